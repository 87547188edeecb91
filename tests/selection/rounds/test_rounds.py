"""Rounds by date and by hand, and the alarms of the promise."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db.models.signals import pre_save
from django.urls import reverse
from django.utils import timezone

from selection.applications import clock
from selection.intake import services as intake_services
from selection.models import NO_DUE_DATE, Application, Round
from selection.rounds import services as rounds_services
from selection.states import Outcome
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.core.models import ClosedDay
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, decided, owner_of
from tests.factories.smes import SmeFactory

pytestmark = pytest.mark.django_db


def dates(**changed):
    now = timezone.now()
    return {"opens_at": now + timedelta(days=1), "closes_at": now + timedelta(days=30)} | changed


def code_of(call, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        call(**kwargs)
    return refusal.value.code


# ----------------------------------------------------------------------------------------------------------- rounds


def test_a_director_sets_up_a_round():
    row = rounds_services.create_round(actor=director(), number=4, seats=60, policy="2026-1", **dates())

    assert (row.code, row.state, row.tracks) == ("R4", "planned", ["general", "carpet_revival", "startup", "services"])
    assert [event.name for event in timeline(row)] == ["round.created"]


def test_a_new_round_promises_what_the_settings_say(settings, client):
    settings.PROMISE_WORKING_DAYS = 10
    row = rounds_services.create_round(actor=director(), number=4, seats=60, policy="2026-1", **dates())
    client.force_login(director())

    form = client.get(reverse("selection:round_new")).context["form"]
    assert (row.promise_days, form["promise_days"].value()) == (10, 10)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"policy": "1999-1"}, "unknown_policy"),
        ({"policy": "../2026-1"}, "unknown_policy"),
        ({"tracks": []}, "unknown_track"),
        ({"tracks": ["general", "moon"]}, "unknown_track"),
        ({"closes_at": None}, "dates"),
        ({"number": 3}, "number_taken"),
    ],
)
def test_a_round_that_cannot_be_is_refused(changed, code):
    RoundFactory(number=3)
    values = {"number": 4, "seats": 60, "policy": "2026-1", **dates()} | changed
    values["closes_at"] = values["closes_at"] or timezone.now() - timedelta(days=1)

    assert code_of(rounds_services.create_round, actor=director(), **values) == code


@pytest.mark.parametrize("person", [officer, UserFactory, partner_person])
def test_only_a_director_runs_rounds(person):
    values = {"number": 4, "seats": 60, "policy": "2026-1", **dates()}

    assert code_of(rounds_services.create_round, actor=person(), **values) == "not_allowed"
    assert code_of(rounds_services.close_round, actor=person(), round=RoundFactory()) == "not_allowed"


@pytest.mark.sqlite_leg
def test_rounds_open_and_close_by_their_dates_once():
    now = timezone.now()
    RoundFactory(number=1, opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1))
    RoundFactory(number=2, planned=True, opens_at=now - timedelta(minutes=1))
    RoundFactory(number=3, planned=True)

    assert rounds_services.keep_calendar() == ["R2", "R1"]
    assert rounds_services.keep_calendar() == []
    assert dict(Round.objects.values_list("number", "state")) == {1: "in_review", 2: "open", 3: "planned"}


def test_opening_and_closing_by_hand_moves_the_dates_to_now():
    row = RoundFactory(planned=True)

    opened = rounds_services.open_round(actor=director(), round=row)
    assert (opened.state, opened.opens_at <= timezone.now()) == ("open", True)
    closed = rounds_services.close_round(actor=director(), round=row)
    assert (closed.state, closed.closes_at <= timezone.now()) == ("in_review", True)


def test_a_planned_round_is_not_closed():
    with pytest.raises(WrongState):
        rounds_services.close_round(actor=director(), round=RoundFactory(planned=True))


@pytest.mark.sqlite_leg
def test_finishing_fixes_the_line_at_the_points_of_the_last_seat():
    round_ = RoundFactory()
    rows = [decided(ApplicationFactory(round=round_, scored=True)) for _ in range(2)]
    decided(ApplicationFactory(round=round_, scored=True), Outcome.DECLINE)
    for row, points in zip(rows, ("71.25", "66.00"), strict=True):
        Application.objects.filter(pk=row.pk).update(points=Decimal(points))
    rounds_services.close_round(actor=director(), round=round_)

    finished = rounds_services.finish_round(actor=director(), round=round_)

    assert (finished.state, finished.line_points) == ("decided", Decimal("66.00"))


def test_a_round_with_open_files_is_not_finished():
    row = ApplicationFactory(scored=True)
    rounds_services.close_round(actor=director(), round=row.round)

    assert code_of(rounds_services.finish_round, actor=director(), round=row.round) == "files_open"


# ----------------------------------------------------------------------------------------------------------- alarms


def let_be_due(day: date) -> None:
    """All files were submitted so long ago that their promise ends on this working day, or else on the last one before it."""
    start = day
    while add_working_days(start, 15) > day:
        start -= timedelta(days=1)
    Application.objects.update(clock_started_on=start, due_on=add_working_days(start, 15))


def close(day: date) -> None:
    """An official corrects the calendar: this working day is none."""
    ClosedDay.objects.create(day=day, name="Eid al-Fitr", source="Notification 7")


@pytest.mark.sqlite_leg
def test_a_file_due_in_two_working_days_is_warned_of_once():
    row = ApplicationFactory(scored=True)
    desk = officer()
    let_be_due(add_working_days(today(), 2))
    Application.objects.update(officer=desk)

    assert rounds_services.sound_promise_alarms() == (1, 0)
    assert rounds_services.sound_promise_alarms() == (0, 0)
    deliver_all()

    message = Message.objects.get(to=desk, template="promise.due_soon")
    assert row.file_number in message.subject
    assert "Waiting for its readers" in message.body


def test_a_new_date_is_warned_of_again():
    ApplicationFactory(scored=True)
    let_be_due(add_working_days(today(), 1))
    rounds_services.sound_promise_alarms()
    let_be_due(add_working_days(today(), 2))

    assert rounds_services.sound_promise_alarms() == (1, 0)


def test_a_broken_promise_goes_to_the_officer_and_the_directors_once():
    ApplicationFactory(scored=True)
    desk, boss = officer(), director()
    let_be_due(today() - timedelta(days=1))
    Application.objects.update(officer=desk)

    assert rounds_services.sound_promise_alarms() == (0, 1)
    assert rounds_services.sound_promise_alarms() == (0, 0)
    deliver_all()

    told = Message.objects.filter(template="promise.broken").values_list("to_id", flat=True)
    assert sorted(told) == sorted([desk.pk, boss.pk])


def test_a_file_that_waits_for_the_firm_or_is_decided_raises_no_alarm():
    asked = ApplicationFactory(scored=True)
    ask(asked)
    done = ApplicationFactory(scored=True)
    Application.objects.filter(pk=done.pk).update(due_on=date(2020, 1, 1))
    decided(Application.objects.get(pk=done.pk))

    assert rounds_services.sound_promise_alarms() == (0, 0)


def test_without_an_officer_all_officers_hear_of_a_date_that_comes_near():
    ApplicationFactory(scored=True)
    people = [officer(), officer()]
    let_be_due(add_working_days(today(), 1))
    rounds_services.sound_promise_alarms()
    deliver_all()

    told = Message.objects.filter(template="promise.due_soon").values_list("to_id", flat=True)
    assert sorted(told) == sorted(person.pk for person in people)


def test_a_promise_that_is_broken_again_after_a_new_submission_is_told_again():
    row = ApplicationFactory(scored=True, sme_values={"turnover_pkr": 5_000_000_000})
    let_be_due(today() - timedelta(days=1))
    assert rounds_services.sound_promise_alarms() == (0, 1)
    intake_services.reopen_application(actor=owner_of(row), application=row)
    intake_services.submit_application(actor=owner_of(row), application=row, declared=True)
    let_be_due(today() - timedelta(days=1))

    assert rounds_services.sound_promise_alarms() == (0, 1)


def test_a_day_that_turned_out_closed_raises_no_false_alarm():
    ApplicationFactory(scored=True)
    let_be_due(today() - timedelta(days=1))
    due = Application.objects.get().due_on
    for day in (due, add_working_days(due, 1), add_working_days(due, 2), add_working_days(due, 3)):
        close(day)

    rounds_services.sound_promise_alarms()

    row = Application.objects.get()
    assert (row.due_on >= today(), row.late_noted_at) == (True, None)
    assert "promise.broken" not in [event.name for event in timeline(row)]


@pytest.mark.sqlite_leg
def test_a_correction_of_the_calendar_moves_the_dates_of_open_files_once():
    waiting, asked, done = (ApplicationFactory(scored=True) for _ in range(3))
    ask(asked)
    decided(done)
    before = Application.objects.get(pk=waiting.pk).due_on
    assert rounds_services.redate_open_files() == 0
    close(add_working_days(today(), 3))

    assert [rounds_services.redate_open_files() for _ring in range(2)] == [1, 0]

    dates = dict(Application.objects.values_list("pk", "due_on"))
    assert dates == {waiting.pk: add_working_days(before, 1), asked.pk: NO_DUE_DATE, done.pk: NO_DUE_DATE}
    assert [event.data["files"] for event in timeline(waiting.round) if event.name == "promise.redated"] == [1]


def test_a_correction_that_is_taken_back_moves_the_dates_back_and_forgets_the_alarm_only_if_the_date_lies_ahead():
    ApplicationFactory(scored=True)
    let_be_due(today() - timedelta(days=1))
    rounds_services.sound_promise_alarms()
    before = Application.objects.get()
    days = [add_working_days(before.clock_started_on, n) for n in (1, 2, 3, 4)]
    for day in days:
        close(day)
    rounds_services.redate_open_files()
    ahead = Application.objects.get()
    ClosedDay.objects.all().delete()
    rounds_services.redate_open_files()

    assert (before.late_noted_at is None, ahead.late_noted_at, ahead.due_on > today()) == (False, None, True)
    assert Application.objects.get().due_on == before.due_on


def test_a_note_of_a_broken_promise_goes_while_its_last_day_is_not_over():
    row = ApplicationFactory(submitted=True)
    noted, kept = timezone.now(), []
    for day in (row.due_on, add_working_days(row.due_on, 1)):
        row.late_noted_at = noted
        clock.redate(row, on=day)
        kept.append(row.late_noted_at)

    assert kept == [None, noted]


# ------------------------------------------------------------------------------------------------------- a bad row


def test_a_file_with_broken_pauses_does_not_silence_the_others_alarms(caplog):
    bad, good = (ApplicationFactory(scored=True) for _ in range(2))
    let_be_due(today() - timedelta(days=1))
    Application.objects.filter(pk=bad.pk).update(clock_pauses=[["nonsense", None]])

    assert rounds_services.sound_promise_alarms() == (0, 1)
    assert "promise.broken" in [event.name for event in timeline(good)]
    assert f"failed for {bad.pk}" in caplog.text


def test_a_file_with_broken_pauses_does_not_hold_up_the_others_dates():
    bad, good = (ApplicationFactory(scored=True, round=round_) for round_ in [RoundFactory()] * 2)
    Application.objects.filter(pk=bad.pk).update(clock_pauses=[["nonsense", None]])
    close(add_working_days(today(), 3))

    assert rounds_services.redate_open_files() == 1
    assert Application.objects.get(pk=good.pk).due_on > good.due_on


def test_a_round_that_cannot_be_opened_does_not_keep_the_others_from_their_dates():
    now = timezone.now()
    for number in (1, 2):
        RoundFactory(number=number, planned=True, opens_at=now - timedelta(minutes=1))

    def breaks(instance, **_kwargs):
        if instance.number == 1:
            raise RuntimeError("a fault in one round")

    pre_save.connect(breaks, sender=Round)
    try:
        assert rounds_services.keep_calendar() == ["R2"]
    finally:
        pre_save.disconnect(breaks, sender=Round)


# ------------------------------------------------------------------------------------------------ the director's pages


def test_the_directors_pages_are_closed_to_everybody_else(client):
    RoundFactory(number=4)
    addresses = (
        reverse("selection:rounds"),
        reverse("selection:round_new"),
        reverse("selection:round_act", args=["R4", "close"]),
    )
    for person, expected in (
        (SmeFactory().created_by, (404, 404, 404)),
        (partner_person(), (404, 404, 404)),
        (officer(), (200, 403, 403)),
        (director(), (200, 200, 200)),
    ):
        client.force_login(person)
        assert tuple(client.get(address).status_code for address in addresses) == expected


def test_a_director_sets_up_and_runs_a_round_on_the_pages(client):
    client.force_login(director())
    moment = "%Y-%m-%dT%H:%M"
    now = timezone.localtime()
    typed = {
        "number": "4", "seats": "60", "policy": "2026-1", "promise_days": "15", "tracks": ["general", "startup"],
        "opens_at": (now + timedelta(days=1)).strftime(moment), "closes_at": (now + timedelta(days=9)).strftime(moment),
    }  # fmt: skip

    assert client.post(reverse("selection:round_new"), typed).url == reverse("selection:rounds")
    assert not Round.objects.get().is_public
    assert client.post(reverse("selection:round_act", args=["R4", "open"])).url == reverse("selection:rounds")
    assert client.post(reverse("selection:round_act", args=["R4", "open"])).status_code == 409
    assert client.post(reverse("selection:round_act", args=["R4", "burn"])).status_code == 404
    row = Round.objects.get()
    assert (row.code, row.state, row.tracks) == ("R4", "open", ["general", "startup"])


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_list_of_rounds_costs_the_same_however_long_it_is(client, rounds, django_assert_num_queries):
    client.force_login(director())
    for number in range(rounds):
        RoundFactory(number=number + 1)
    with django_assert_num_queries(5):
        client.get(reverse("selection:rounds"))


# ------------------------------------------------------------------------------------------------------ while planned


@pytest.fixture
def planned():
    return RoundFactory(number=7, planned=True, is_public=False, name="Spring", name_ur="بہار")


def changes(row, **changed):
    names = ("opens_at", "closes_at", "seats", "policy", "tracks", "name", "name_ur", "promise_days")
    rest = {"training_note": "", "training_note_ur": ""}
    return {name: getattr(row, name) for name in names} | rest | changed


def test_a_round_that_is_not_published_is_seen_by_nobody_outside_and_does_not_open(client, planned):
    Round.objects.update(opens_at=timezone.now() - timedelta(hours=1))
    pages = ("/rounds/", "/results/", "/rounds/R7/", "/results/?round=R7")
    answers = [client.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    named = re.compile(r"(?<![\w-])R7(?![\w-])")  # a token of the page may hold the two letters
    assert [bool(named.search(answer.content.decode())) for answer in answers[:2]] == [False, False]
    assert rounds_services.keep_calendar() == []

    rounds_services.publish_round(actor=director(), round=planned)
    assert client.get("/rounds/R7/").status_code == 200
    assert named.search(client.get("/rounds/").content.decode())
    assert rounds_services.keep_calendar() == ["R7"]


def test_a_director_previews_the_page_of_a_round_and_an_officer_does_not(client, planned):
    client.force_login(director())
    assert "This is the preview" in client.get("/rounds/R7/").content.decode()
    client.force_login(officer())
    assert client.get("/rounds/R7/").status_code == 404


def test_a_planned_round_is_changed_published_and_cancelled_on_the_pages(client, planned):
    client.force_login(director())
    page = client.get(reverse("selection:round_edit", args=["R7"]))
    assert 'value="Spring"' in page.content.decode()
    typed = {name: value for name, value in page.context["form"].initial.items() if not hasattr(value, "tzinfo")}
    moments = {name: timezone.localtime(getattr(planned, name)).strftime("%Y-%m-%dT%H:%M") for name in DATES}
    assert client.post(reverse("selection:round_edit", args=["R7"]), typed | moments | {"seats": 12}).status_code == 302
    assert Round.objects.get().seats == 12
    assert client.post(reverse("selection:round_act", args=["R7", "publish"])).status_code == 302
    assert Round.objects.get().is_public
    assert "cannot be undone" in client.get(reverse("selection:round_act", args=["R7", "cancel"])).content.decode()
    assert client.post(reverse("selection:round_act", args=["R7", "cancel"])).status_code == 302
    assert Round.objects.count() == 0
    events = Event.objects.filter(name__startswith="round.").order_by("pk").values_list("name", flat=True)
    assert list(events) == ["round.changed", "round.published", "round.cancelled"]


DATES = ("opens_at", "closes_at")


@pytest.mark.parametrize(
    "act", [rounds_services.change_round, rounds_services.publish_round, rounds_services.cancel_round]
)
def test_a_round_that_has_opened_is_neither_changed_nor_published_nor_cancelled(act):
    row = RoundFactory()
    values = changes(row, seats=1) if act is rounds_services.change_round else {}
    with pytest.raises(DomainError) as refused:
        act(actor=director(), round=row, **values)
    assert refused.value.code == "not_planned"
    assert Round.objects.get().seats == 60


@pytest.mark.parametrize(
    "act", [rounds_services.change_round, rounds_services.publish_round, rounds_services.cancel_round]
)
def test_only_a_director_changes_what_is_planned(act, planned):
    values = changes(planned) if act is rounds_services.change_round else {}
    with pytest.raises(NotAllowed):
        act(actor=officer(), round=planned, **values)


def test_a_round_opened_by_hand_is_public(planned):
    assert rounds_services.open_round(actor=director(), round=planned).is_public


def test_a_partner_does_not_read_of_a_round_that_is_not_published(client, planned):
    client.force_login(partner_person())
    assert "Round 7" not in client.get("/home/partner/").content.decode()
    rounds_services.publish_round(actor=director(), round=planned)
    cache.clear()
    assert "Round 7" in client.get("/home/partner/").content.decode()


def test_the_name_of_a_round_stands_in_the_language_of_the_reader(client, planned):
    rounds_services.publish_round(actor=director(), round=planned)
    client.cookies["django_language"] = "ur"
    page = client.get("/rounds/").content.decode()
    assert ("بہار" in page, "Spring" in page) == (True, False)
    assert "Spring" in client.get("/rounds/", headers={"cookie": "django_language=en"}).content.decode()


def test_a_round_with_open_files_says_which_they_are_and_offers_no_button(client):
    file = ApplicationFactory(scored=True)
    Round.objects.update(state="in_review")
    client.force_login(director())
    page = client.get(reverse("selection:round_act", args=[file.round.code, "finish"])).content.decode()
    assert f"/desk/?tab=all&round={file.round.code}&state=scored" in page
    assert "Finish it" not in page
    type(file).objects.update(state="declined", decided_at=timezone.now())
    call_command("rebuild_tallies")
    page = client.get(reverse("selection:round_act", args=[file.round.code, "finish"])).content.decode()
    assert "Finish it" in page
