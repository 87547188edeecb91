"""Three telephones in a hall without a network: every mark is kept, sent once, and what disagrees is shown to choose from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.browser.world import session_of
from tests.factories.accounts import UserFactory
from tests.training.attendance.test_services import DAY, Hall
from tests.training.made import at, manager, trainer
from training.attendance import selectors, services
from training.models import AttendanceMark, Session
from training.states import AttendanceStatus as Status
from training.states import PlaceState

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Telephone:
    """One device of the trainer, with a clock of its own."""

    def __init__(self, browser: Browser, server: LiveServer, person, clock: str, *, worker: bool = False) -> None:
        self.context = browser.new_context(
            base_url=server.url, viewport={"width": 360, "height": 740}, service_workers="allow" if worker else "block"
        )
        cookies = {"django_language": "en", "sessionid": session_of(person)}
        self.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.clock.install(time=at(f"{DAY} {clock}"))

    def opens(self, session: Session) -> None:
        self.page.goto(f"/training/sessions/{session.public_id}/")

    def goes_off_line(self) -> None:
        self.context.set_offline(True)

    def clock_says(self, hour: str) -> None:
        self.page.clock.set_fixed_time(at(f"{DAY} {hour}"))

    def marks(self, place, status: str, *, late: str = "") -> None:
        row = self.page.locator(f'li[data-place="{place.public_id}"]')
        row.locator(f'[value="{status}"]').check(force=True)
        if late:
            row.locator("[type=number]").fill(late)
            row.locator("[type=number]").blur()

    def kept(self) -> str:
        return self.page.locator('[data-net="kept"]').inner_text().strip()

    def presses_save(self) -> None:
        self.page.get_by_role("button", name="Save the roll").click()

    def comes_back(self) -> None:
        """The network is there again: what is kept goes by itself."""
        with self.page.expect_response(re.compile("/marks/")):
            self.context.set_offline(False)
        self.page.locator('[data-net="said"]').wait_for(state="visible")


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def hall(served):
    return Hall()


@pytest.fixture
def time():
    with time_machine.travel(at(f"{DAY} 10:05"), tick=True) as travel:
        yield lambda hour, day=DAY: travel.move_to(at(f"{day} {hour}"))


def test_three_telephones_come_back_from_a_hall_without_network(browser, served, hall, time):
    first, second, third = (
        Telephone(browser, served, hall.teacher, clock) for clock in ("10:05:00", "10:05:00", "13:05:00")
    )
    for phone in (first, second, third):
        phone.opens(hall.session)
        phone.goes_off_line()
    usman = hall.places["usman"]  # moved to another cohort after the page was loaded, before the session
    usman.state, usman.ended_at = PlaceState.CHANGED.value, at("2027-03-03 09:00")
    usman.save()
    first.clock_says("10:12:00")
    first.marks(hall.places["ali"], "present")
    first.marks(hall.places["sana"], "absent")
    first.clock_says("10:13:00")
    first.marks(usman, "present")
    second.clock_says("10:25:00")
    second.marks(hall.places["sana"], "late", late="25")
    third.clock_says("13:20:00")
    third.marks(hall.places["maryam"], "present")
    assert first.kept() == "Kept on this phone, not sent yet: 3."
    first.presses_save()
    first.page.locator('[data-net="off"]').wait_for(state="visible")
    assert first.kept() == "Kept on this phone, not sent yet: 3."
    assert AttendanceMark.objects.count() == 0
    time("11:30")
    services.correct(
        actor=manager(),
        session=hall.session,
        place=hall.places["ali"],
        status=Status.EXCUSED,
        words="Flight to Karachi",
    )
    for phone, clock, arrives in (
        (second, "12:01:00", "12:01:00"),
        (first, "12:05:00", "12:05:00"),
        (third, "15:07:00", "12:07:00"),
    ):
        time(arrives)
        phone.clock_says(clock)
        phone.comes_back()
        assert not phone.page.locator('[data-net="kept"]').is_visible()
        assert "draft:" not in phone.page.evaluate("Object.keys(localStorage).join()")
    lines = {line.place.attendee: line for line in selectors.roll_of(hall.session)}
    assert {name: line.settled.status for name, line in lines.items()} == {
        "Ali": Status.EXCUSED, "Sana": Status.OPEN, "Maryam": Status.PRESENT, "Usman": Status.PRESENT
    }  # fmt: skip
    assert [mark.observed_at for mark in lines["Ali"].settled.beside] == [at(f"{DAY} 10:12")]
    assert [(mark.status, mark.minutes) for mark in lines["Sana"].settled.beside] == [
        (Status.LATE, 95),
        (Status.ABSENT, None),
    ]
    assert lines["Maryam"].settled.by.observed_at == at(f"{DAY} 10:20")
    assert [name for name, line in lines.items() if line.is_visitor] == ["Usman"]
    assert AttendanceMark.objects.exclude(source="correction").count() == 5
    words = third.page.locator("main").inner_text()
    for said in (
        "Two marks disagree",
        "Late, 25 minutes (95 of 120 count)",
        "Roll, telephone 2, 10:12",
        "clock went 180 minutes ahead",
        "Visitors",
        "Usman",
    ):
        assert said in words, said
    assert words.index("Late, 25 minutes") < words.index(
        "Roll, telephone 2, 10:12"
    )  # the later observation is offered first
    third.page.get_by_label("Why").fill("She came late")
    third.page.get_by_role("button", name="Settle it").click()
    third.page.wait_for_load_state()
    assert hall.status("sana") == "late"
    for phone in (first, second, third):
        phone.context.close()


def test_marks_outlive_a_reload_and_a_roll_for_another_trainer_s_session_stays_on_the_telephone(
    browser, served, hall, time
):
    phone = Telephone(browser, served, hall.teacher, "10:05:00")
    phone.opens(hall.session)
    phone.goes_off_line()
    phone.marks(hall.places["ali"], "present")
    phone.context.set_offline(False)
    phone.page.locator('[data-net="said"]').wait_for(state="visible")
    phone.goes_off_line()
    phone.marks(hall.places["sana"], "absent")
    phone.page.route("**/marks/", lambda route: route.abort())
    phone.context.set_offline(False)
    phone.page.reload()
    assert phone.kept() == "Kept on this phone, not sent yet: 1."
    assert phone.page.locator(f'li[data-place="{hall.places["sana"].public_id}"] [value="absent"]').is_checked()
    phone.page.goto("/training/day/")
    assert phone.page.locator("[data-kept-of]").inner_text().startswith("Kept on this phone")
    phone.opens(hall.session)
    phone.page.unroute("**/marks/")
    Session.objects.update(trainer=trainer(user=UserFactory()))
    phone.presses_save()
    refused = phone.page.locator('[data-net="refused"]')
    refused.wait_for(state="visible")
    assert "This is not a session of yours any more, so nothing of it was taken." in refused.inner_text()
    assert phone.kept() == "Kept on this phone, not sent yet: 1."
    assert AttendanceMark.objects.count() == 1
    phone.context.close()


def test_the_page_opens_again_without_a_network_and_is_gone_after_signing_out(browser, served, hall, time):
    phone = Telephone(browser, served, hall.teacher, "10:05:00", worker=True)
    phone.opens(hall.session)
    phone.page.locator("[data-offline-ready]").wait_for(state="visible")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller")
    phone.goes_off_line()
    phone.marks(hall.places["ali"], "present")
    phone.page.reload()
    assert phone.kept() == "Kept on this phone, not sent yet: 1."
    phone.marks(hall.places["sana"], "present")
    phone.comes_back()
    phone.page.get_by_text("2 of 4 are in.").wait_for()  # above the roll, too
    assert phone.page.locator(".counters").inner_text().split()[0] == "2"
    assert sorted(AttendanceMark.objects.values_list("place__attendee", flat=True)) == ["Ali", "Sana"]
    assert phone.page.evaluate("caches.keys()") != []
    phone.page.goto("/accounts/logout/")
    phone.page.get_by_role("button", name="Sign out").click()
    phone.page.wait_for_function("async () => (await caches.keys()).length === 0")
    assert "draft:" not in phone.page.evaluate("Object.keys(localStorage).join()")
    phone.context.close()


def test_the_code_changes_by_itself_and_says_so_when_it_cannot(browser, served, hall, time):
    time("10:10:27")
    phone = Telephone(browser, served, hall.teacher, "10:10:27")
    phone.opens(hall.session)
    before = phone.page.locator(".qr-code").inner_text()
    phone.page.wait_for_function("(before) => document.querySelector('.qr-code').innerText !== before", arg=before)
    phone.goes_off_line()
    phone.page.clock.fast_forward(31_000)
    phone.page.locator(".code-old").wait_for(state="visible")
    phone.context.set_offline(False)
    phone.page.locator(".code-old").wait_for(state="hidden")
    phone.context.close()
