"""Being there, in the browser: the code on the screen, scanned in time and signed in late, and joining a meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tdap_portal.audit.models import Event
from tests.factories.accounts import PASSWORD, UserFactory, officer
from tests.factories.selection import ApplicationFactory, owner_of
from tests.training.made import at, cohort, manager, place, published, trainer, venue
from training.attendance import selectors, services
from training.models import AttendanceMark, Place, Session
from training.states import Happened, PlaceState

pytestmark = pytest.mark.django_db
DAY = "2027-03-06"
SHOWN = at(f"{DAY} 10:00:00")
MEETING = "https://meet.example.org/j/12345"


def when(text: str):
    return at(f"{DAY} {text}")


class Hall:
    """A session from 10 to 12 with its trainer and people, each with a place, an account and a telephone."""

    def __init__(self, names: str = "ali sana bilal") -> None:
        self.teacher = UserFactory(name="Usman Tariq")
        self.cohort = cohort()
        self.session = published(self.cohort, f"{DAY} 10:00", trainer=trainer(user=self.teacher), minutes=120)
        self.people = {name: UserFactory(name=name.title(), language="en") for name in names.split()}
        for person in self.people.values():
            place(self.cohort, person, asked_at=at("2027-03-01 10:00"))
        self.code = services.screen_code(self.session, at=SHOWN)

    def path(self, code: str | None = None, session: Session | None = None) -> str:
        return reverse("training:attend", args=((session or self.session).public_id, code or self.code))

    def sign_in(self, phone: Client, name: str, then: str = "/"):
        data = {"login": self.people[name].email, "password": PASSWORD}
        return phone.post(f"{reverse('account_login')}?next={then}", data)

    def signed_in(self, name: str) -> Client:
        phone = Client()
        with time_machine.travel(when("09:30"), tick=False):
            phone.force_login(self.people[name])
        return phone

    def marked(self) -> dict[str, str]:
        """Who is marked, and since when."""
        rows = AttendanceMark.objects.filter(session=self.session).select_related("place")
        return {mark.place.attendee: f"{mark.observed_at.astimezone(SHOWN.tzinfo):%H:%M:%S}" for mark in rows}


@pytest.fixture
def hall() -> Hall:
    cache.clear()
    return Hall()


def go(phone: Client, method: str, path: str, moment: str, **data):
    with time_machine.travel(when(moment), tick=False):
        return getattr(phone, method)(path, data)


def text_of(answer) -> str:
    return answer.content.decode()


# ------------------------------------------------------------------------------------------------------- case t05


def test_scanned_in_time_and_signed_in_late_is_present_since_the_scan(hall):
    phone = Client()
    sent = go(phone, "get", hall.path(), "10:00:24")
    assert (sent.status_code, sent["Location"].startswith(reverse("account_login"))) == (302, True)
    assert hall.path() in sent["Location"].replace("%2F", "/")
    with time_machine.travel(when("10:01:59"), tick=False):
        hall.sign_in(phone, "ali")
        asked = phone.get(hall.path())
        assert "Your scan of 10:00:24 is good" in text_of(asked)
        assert hall.marked() == {}
        done = phone.post(hall.path(), follow=True)
    assert "You are marked since 10:00:24" in text_of(done)
    assert hall.marked() == {"Ali": "10:00:24"}
    assert Event.objects.filter(name=Happened.ATTENDED).count() == 1


def test_a_code_is_good_for_five_seconds_more_and_then_asks_nobody_to_sign_in(hall):
    phone, late = hall.signed_in("sana"), Client()
    go(phone, "post", hall.path(), "10:00:34.9")
    assert hall.marked() == {"Sana": "10:00:34"}
    refused = go(late, "get", hall.path(), "10:00:35.1")
    assert (refused.status_code, "This code is over. Scan the screen again." in text_of(refused)) == (422, True)
    assert hall.session.title not in text_of(refused)
    with time_machine.travel(when("10:01:00"), tick=False):
        late.force_login(hall.people["ali"])
        assert late.post(hall.path()).status_code == 422
    assert list(hall.marked()) == ["Sana"]


def test_the_waiting_scan_belongs_to_the_browser_that_scanned(hall):
    go(Client(), "get", hall.path(), "10:00:24")
    sent_on = go(hall.signed_in("sana"), "get", hall.path(), "10:01:10")
    assert (sent_on.status_code, "This code is over" in text_of(sent_on)) == (422, True)


def test_a_telephone_marks_one_person_in_a_session(hall):
    phone = hall.signed_in("ali")
    go(phone, "post", hall.path(), "10:00:24")
    go(phone, "post", reverse("account_logout"), "10:02:00")
    with time_machine.travel(when("10:03:00"), tick=False):
        phone.force_login(hall.people["bilal"])
        again = hall.path(services.screen_code(hall.session))
        refused = phone.post(again)
    assert "This telephone has marked another person in this session" in text_of(refused)
    assert (refused.status_code, hall.marked()) == (422, {"Ali": "10:00:24"})
    with time_machine.travel(when("10:03:05"), tick=False):  # with one of their own
        assert hall.signed_in("bilal").post(again).status_code == 302
    assert list(hall.marked()) == ["Ali", "Bilal"]


def test_a_name_of_a_telephone_that_was_written_by_hand_is_none(hall):
    phone = hall.signed_in("ali")
    phone.cookies["attend_device"] = "of-somebody-else"
    go(phone, "post", hall.path(), "10:00:24")
    device = AttendanceMark.objects.get().device
    assert (len(device), phone.cookies["attend_device"].value.split(":")[0]) == (32, device)


def test_a_waiting_scan_lives_ten_minutes(hall):
    phone = Client()
    go(phone, "get", hall.path(), "10:00:24")
    with time_machine.travel(when("10:11:00"), tick=False):
        hall.sign_in(phone, "ali")
        refused = phone.get(hall.path())
        assert "Your scan waited for more than ten minutes" in text_of(refused)
        assert phone.post(hall.path()).status_code == 422
        fresh = phone.post(hall.path(services.screen_code(hall.session)))
    assert (refused.status_code, fresh.status_code, hall.marked()) == (422, 302, {"Ali": "10:11:00"})


def test_whoever_signs_out_takes_the_waiting_scan_along(hall):
    phone = hall.signed_in("ali")
    go(phone, "get", hall.path(), "10:00:24")
    go(phone, "post", reverse("account_logout"), "10:01:00")
    with time_machine.travel(when("10:02:00"), tick=False):
        phone.force_login(hall.people["bilal"])
        assert phone.post(hall.path()).status_code == 422
    assert hall.marked() == {}


def test_changed_codes_those_of_other_sessions_and_of_a_time_to_come_are_refused_and_counted(hall):
    other = published(cohort(), f"{DAY} 10:00", minutes=120)
    codes = {
        hall.code[:-1] + ("2" if hall.code[-1] != "2" else "3"): "This is not a code of this session.",
        services.screen_code(other, at=SHOWN): "This is not a code of this session.",
        services.screen_code(hall.session, at=SHOWN + timedelta(seconds=30)): "This code is not of now.",
    }
    phone = hall.signed_in("ali")
    for code, words in codes.items():
        refused = go(phone, "get", hall.path(code), "10:00:10")
        assert (refused.status_code, words in text_of(refused)) == (422, True)
    assert (hall.marked(), selectors.refused_scans(hall.session)) == ({}, 3)
    assert selectors.hours_of_files([]) == {}


def test_a_second_scan_doubles_nothing(hall):
    phone = hall.signed_in("ali")
    go(phone, "post", hall.path(), "10:00:24")
    for method in ("get", "post"):
        again = go(phone, method, hall.path(services.screen_code(hall.session, at=when("10:20:00"))), "10:20:00")
        assert "You are marked since 10:00:24" in text_of(again)
    assert (hall.marked(), selectors.refused_scans(hall.session)) == ({"Ali": "10:00:24"}, 0)


def test_to_look_marks_nobody_and_a_double_click_marks_once(hall):
    phone = hall.signed_in("ali")
    for method in ("get", "head"):
        go(phone, method, hall.path(), "10:00:10")
    assert hall.marked() == {}
    for _click in range(2):
        go(phone, "post", hall.path(), "10:00:12")
    assert hall.marked() == {"Ali": "10:00:10"}


# ---------------------------------------------------------------------------------------------------- who, and when


def test_somebody_without_a_place_is_told_so_and_counted(hall):
    stranger = owner_of(ApplicationFactory())
    phone = Client()
    with time_machine.travel(when("09:30"), tick=False):
        phone.force_login(stranger)
    for method in ("get", "post"):
        refused = go(phone, method, hall.path(), "10:00:10")
        assert (refused.status_code, "You have no place in the cohort of this session" in text_of(refused)) == (
            422,
            True,
        )
    assert (AttendanceMark.objects.count(), selectors.refused_scans(hall.session)) == (0, 2)


def test_who_moved_to_another_cohort_before_has_no_place(hall):
    Place.objects.filter(attendee="Ali").update(state=PlaceState.CHANGED, ended_at=at("2027-03-05 12:00"))
    assert go(hall.signed_in("ali"), "post", hall.path(), "10:00:10").status_code == 422


@pytest.mark.parametrize("moment", ["09:29:59", "12:00:00"])
def test_nobody_is_marked_before_and_after(hall, moment):
    path = hall.path(services.screen_code(hall.session, at=when(moment)))
    refused = go(hall.signed_in("ali"), "post", path, moment)
    assert (refused.status_code, "the session is not running" in text_of(refused)) == (422, True)


@pytest.mark.parametrize("code", ["7" * 5000, "١٢٣٤٥٦", "NaN", "' or 1=1 --"])
def test_junk_is_a_code_of_no_session(hall, code):
    assert go(hall.signed_in("ali"), "post", hall.path("x")[:-2] + f"{code}/", "10:00:10").status_code == 422


def test_a_session_that_is_not_there_is_not_found(hall):
    assert (
        go(hall.signed_in("ali"), "get", reverse("training:attend", args=("z" * 12, hall.code)), "10:00:10").status_code
        == 404
    )


def test_whoever_tries_many_codes_is_stopped_even_with_the_right_one_and_others_are_not(hall):
    phone = hall.signed_in("ali")
    with time_machine.travel(when("10:00:10"), tick=False):
        for number in range(10):
            assert "not a code" in text_of(phone.get(hall.path(f"ABCDE{number}")))
        assert "Too many codes were tried" in text_of(phone.post(hall.path()))
        assert "Too many codes were tried" in text_of(
            phone.post(reverse("training:attend_code"), {"code": hall.code[:6]})
        )
        assert hall.signed_in("sana").post(hall.path()).status_code == 302
    assert list(hall.marked()) == ["Sana"]
    with time_machine.travel(when("10:01:30"), tick=False):
        assert phone.post(hall.path(services.screen_code(hall.session))).status_code == 302


# ------------------------------------------------------------------------------------------------------ typed by hand


def test_the_short_code_marks_who_is_signed_in(hall):
    typed = f"{hall.code[:3].lower()} {hall.code[3:6]}"
    phone = hall.signed_in("ali")
    with time_machine.travel(when("10:00:20"), tick=False):
        assert phone.get(reverse("training:attend_code")).status_code == 200
        done = phone.post(reverse("training:attend_code"), {"code": typed}, follow=True)
    assert "You are marked since 10:00:20" in text_of(done)
    assert hall.marked() == {"Ali": "10:00:20"}


def test_the_short_code_typed_before_signing_in_is_kept(hall):
    phone = Client()
    with time_machine.travel(when("10:00:20"), tick=False):
        sent = phone.post(reverse("training:attend_code"), {"code": hall.code[:6]})
        assert phone.get(sent["Location"]).status_code == 302
    with time_machine.travel(when("10:03:00"), tick=False):
        hall.sign_in(phone, "ali")
        phone.post(sent["Location"])
    assert hall.marked() == {"Ali": "10:00:20"}


@pytest.mark.parametrize(
    ("who", "code", "words"),
    [
        ("ali", "ABCDEF", "This is not a code of this session."),
        ("ali", "", "This field is required"),
        ("ali", "7" * 5000, "at most 40 characters"),
        ("nobody", "ABCDEF", "This is not a code of a session that runs now."),
    ],
)
def test_another_short_code_is_refused_beside_its_field(hall, who, code, words):
    phone = Client() if who == "nobody" else hall.signed_in(who)
    refused = go(phone, "post", reverse("training:attend_code"), "10:00:20", code=code)
    assert (refused.status_code, words in text_of(refused)) == (422, True)
    assert hall.marked() == {}


def test_somebody_whose_session_is_not_now_is_told_so(hall):
    refused = go(hall.signed_in("ali"), "post", reverse("training:attend_code"), "13:00:00", code="ABCDEF")
    assert "No session of yours runs now." in text_of(refused)


# ------------------------------------------------------------------------------------------------------------ joining


@pytest.fixture
def online(hall) -> Hall:
    hall.cohort.join_url = MEETING
    hall.cohort.save()
    return hall


def join(hall: Hall, name: str, moment: str, method: str = "post", *, phone: Client | None = None):
    return go(phone or hall.signed_in(name), method, reverse("training:join", args=(hall.session.public_id,)), moment)


def test_joining_marks_and_leads_on_to_the_meeting(online):
    phone = online.signed_in("ali")
    looked = join(online, "ali", "09:50:00", "get", phone=phone)
    assert ("Join the meeting" in text_of(looked), MEETING in text_of(looked), online.marked()) == (True, False, {})
    assert join(online, "ali", "09:50:00", phone=phone).status_code == 302
    led = join(online, "ali", "09:50:01", "get", phone=phone)
    assert (led["Refresh"], MEETING in text_of(led)) == (f"1; url={MEETING}", True)
    assert (online.marked(), AttendanceMark.objects.get().source) == ({"Ali": "09:50:00"}, "scan")
    again = join(online, "ali", "10:30:00", "get", phone=phone)
    assert ("Refresh" in again, MEETING in text_of(again)) == (False, True)


@pytest.mark.parametrize(
    ("moment", "is_open"), [("09:44:59", False), ("09:45:00", True), ("11:59:59", True), ("12:00:00", False)]
)
def test_a_meeting_is_open_from_a_quarter_of_an_hour_before_until_its_end(online, moment, is_open):
    looked = join(online, "ali", moment, "get")
    sent = join(online, "ali", moment)
    assert ("Join the meeting" in text_of(looked), sent.status_code, bool(online.marked())) == (
        is_open, 302 if is_open else 422, is_open
    )  # fmt: skip


def test_without_an_address_nobody_is_marked_from_elsewhere(hall):
    sent = join(hall, "ali", "10:05:00")
    assert (sent.status_code, "The trainer sends it" in text_of(sent), hall.marked()) == (422, True, {})


def test_the_address_of_the_session_comes_before_that_of_its_cohort_and_of_its_room(online):
    session = online.session
    session.venue = venue(city="", link="https://meet.example.org/room")
    assert selectors.meeting_address(session) == MEETING
    session.join_url = f"{MEETING}6"
    assert selectors.meeting_address(session) == f"{MEETING}6"
    session.join_url = session.cohort.join_url = ""
    assert selectors.meeting_address(session) == "https://meet.example.org/room"
    session.venue.link = "http://meet.example.org/room"
    assert selectors.meeting_address(session) == ""


def test_a_second_person_at_one_computer_is_not_marked_and_joins_all_the_same(online):
    phone = online.signed_in("ali")
    join(online, "ali", "10:00:00", phone=phone)
    with time_machine.travel(when("10:05:00"), tick=False):
        phone.force_login(online.people["sana"])
    assert join(online, "sana", "10:05:00", phone=phone).status_code == 302
    led = join(online, "sana", "10:05:01", "get", phone=phone)
    assert ("marked another person" in text_of(led), led["Refresh"]) == (True, f"1; url={MEETING}")
    assert list(online.marked()) == ["Ali"]


def test_who_is_not_in_the_session_finds_no_meeting_and_whoever_teaches_or_set_it_reads_the_address(online):
    path = reverse("training:join", args=(online.session.public_id,))
    found = {}
    people = {"stranger": UserFactory(), "officer": officer(), "trainer": online.teacher, "manager": manager()}
    for name, person in people.items():
        client = Client()
        with time_machine.travel(when("10:05:00"), tick=False):
            client.force_login(person)
            looked, sent = client.get(path), client.post(path)
        found[name] = (looked.status_code, MEETING in text_of(looked), sent.status_code)
    assert found == {
        "stranger": (404, False, 404), "officer": (404, False, 404),
        "trainer": (200, True, 422), "manager": (200, True, 422),
    }  # fmt: skip
    assert online.marked() == {}
    assert Client().get(path).status_code == 302


def test_a_session_that_is_called_off_is_joined_by_nobody(online):
    Session.objects.filter(pk=online.session.pk).update(cancelled_at=at("2027-03-05 12:00"))
    sent = join(online, "ali", "10:05:00")
    assert (sent.status_code, "called off" in text_of(sent), online.marked()) == (422, True, {})
