"""The nightly look: what it finds, that it finds the same again, and what people are written."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import forget_closed_days
from tdap_portal.core.models import ClosedDay
from tdap_portal.notifications.models import InboundSms, Message
from tests.factories.accounts import UserFactory
from tests.factories.training_assessment import bank, module_of, rules, task
from tests.training import made
from training.engagement import services, watching
from training.engagement.gathering import facts_of
from training.models import Attendance, FeedbackAsk, Nudge, Place, WatchLine, WatchNight, WatchNote
from training.states import CohortState, LagReason, PlaceState

from .behind import absent, held, mark, member, running, watch

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Karachi")


def lines():
    return {line.place_id: line for line in WatchLine.objects.filter(ended_on=None)}


def codes(line):
    return {row.code: row.figure for row in line.reasons.all()}


# ------------------------------------------------------------------------------------------------------------- the look


@pytest.mark.sqlite_leg
def test_who_missed_is_found_with_the_figures_and_who_came_is_not():
    cohort = running()
    away, there = member(cohort), member(cohort)
    sessions = held(cohort, 3)
    mark(away, sessions, "present", "absent", None)
    mark(there, sessions, "present", "late", "present")
    assert watch() == 1
    assert set(lines()) == {away.pk}
    line = lines()[away.pk]
    assert codes(line) == {"missed": 2, "attendance": 33}
    assert (line.main, line.since) == ("missed", timezone.localdate(sessions[1].starts_at))
    assert [note.reasons[0]["figure"] for note in WatchNote.objects.all()] == [2]


def test_a_session_whose_roll_nobody_took_counts_for_nobody():
    """Positive control: with one person marked in it, it does."""
    cohort = running()
    place = member(cohort)
    sessions = held(cohort, 2, called=False)
    assert watch() == 0
    other = member(cohort)
    mark(other, sessions, "present", "present")
    assert watch() == 1
    assert set(lines()) == {place.pk}


def test_who_was_excused_is_not_called_missing():
    cohort = running()
    place = member(cohort)
    mark(place, held(cohort, 3), "absent", "absent", "excused")
    watch()
    assert LagReason.MISSED not in codes(lines()[place.pk])


def test_sessions_before_somebody_joined_are_not_missed():
    cohort = running()
    place = made.place(cohort, UserFactory(last_login=timezone.now()), asked_at=timezone.now() - timedelta(hours=30))
    held(cohort, 4)
    watch()
    assert place.pk not in lines()


def test_sessions_of_the_cohort_that_a_firm_left_count_too():
    first, second = running(), running()
    old = member(first)
    sessions = held(first, 3)
    Place.objects.filter(pk=old.pk).update(state=PlaceState.CHANGED.value, ended_at=timezone.now() - timedelta(hours=1))
    new = member(second, old.attendee_user, application=old.application)
    assert watch() == 1
    assert codes(lines()[new.pk])["missed"] == len(sessions)


@pytest.mark.parametrize("state", [CohortState.OPEN, CohortState.FINISHED, CohortState.CANCELLED])
def test_only_those_whose_training_runs_are_looked_at(state):
    cohort = running()
    member(cohort)
    held(cohort, 3)
    cohort.state = state.value
    cohort.save()
    assert watch() == 0


def test_the_same_again_changes_nothing():
    line = absent(3)
    before = (WatchNote.objects.count(), line.updated_at, list(line.reasons.values_list("pk", flat=True)))
    watch()
    line.refresh_from_db()
    assert (WatchNote.objects.count(), line.updated_at, list(line.reasons.values_list("pk", flat=True))) == before


@pytest.mark.sqlite_leg
def test_only_what_changed_is_written_down():
    cohort = running()
    place = member(cohort)
    held(cohort, 2)
    watch()
    watch(timezone.now() + timedelta(days=1))
    assert WatchNote.objects.count() == 1
    row = made.session(cohort)
    row.starts_at, row.ends_at = timezone.now() - timedelta(hours=3), timezone.now() - timedelta(hours=1)
    row.save()
    mark(place, [row], "absent")
    watch(timezone.now() + timedelta(days=1))
    notes = WatchNote.objects.filter(place=place).order_by("day")
    assert [note.reasons[0]["figure"] for note in notes] == [2, 3]


@pytest.mark.sqlite_leg
def test_back_on_track_closes_by_itself_and_a_later_fall_is_a_line_of_its_own():
    line = absent(2)
    for session in line.cohort.sessions.all():
        mark(line.place, [session], "present")
    watch()
    line.refresh_from_db()
    assert (line.ended_on, line.ended_why) == (timezone.localdate(), "back")
    assert WatchNote.objects.get(place=line.place).reasons == []
    for session in line.cohort.sessions.all():
        mark(line.place, [session], "absent")
    watch()
    assert WatchLine.objects.filter(place=line.place).count() == 2


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("change", ["place", "cohort"])
def test_whose_training_is_over_is_not_behind_any_more(change):
    line = absent(2)
    if change == "place":
        Place.objects.filter(pk=line.place_id).update(state=PlaceState.GIVEN_UP.value, ended_at=timezone.now())
    else:
        type(line.cohort).objects.filter(pk=line.cohort_id).update(state=CohortState.FINISHED.value)
    watch()
    line.refresh_from_db()
    assert (line.ended_on, line.ended_why) == (timezone.localdate(), "over")


def test_no_sign_of_life_and_a_session_that_is_one():
    cohort = running()
    silent = member(cohort, UserFactory(last_login=timezone.now() - timedelta(days=20)))
    came = member(cohort, UserFactory(last_login=timezone.now() - timedelta(days=20)))
    without_account = made.place(cohort, asked_at=timezone.now() - timedelta(days=35))
    mark(came, held(cohort, 1), "present")
    mark(without_account, cohort.sessions.all(), "present")
    watch()
    assert codes(lines()[silent.pk]) == {"login": None}
    assert set(lines()) == {silent.pk}


@pytest.mark.sqlite_leg
def test_three_questions_without_an_answer_are_silence():
    cohort = running()
    place = member(cohort)
    sessions = held(cohort, 3)
    mark(place, sessions, "present", "present", "present")
    for session in sessions:
        FeedbackAsk.objects.create(session=session, place=place, person=place.attendee_user)
    watch()
    assert place.pk not in lines()
    FeedbackAsk.objects.update(created_at=timezone.now() - timedelta(days=3))
    watch()
    assert codes(lines()[place.pk]) == {"silence": 3}


@pytest.mark.parametrize(("days", "figures"), [(6, {}), (8, {"tasks": 2})])
def test_an_assessment_and_a_task_that_nobody_begins_are_overdue_a_week_after_they_opened(days, figures):
    cohort, since = running(), timezone.localdate() - timedelta(days=60)
    place = member(cohort)
    session = made.session(cohort, starts_at=timezone.now() - timedelta(days=days, hours=2))
    session.ends_at = timezone.now() - timedelta(days=days)
    session.save()
    mark(place, [session], "present")
    bank(module_of(cohort.programme), 10)
    rules(cohort.programme, opens_percent=1, since=since)
    task(cohort.programme, since=since)

    watch()

    found = codes(lines()[place.pk]) if place.pk in lines() else {}
    assert {code: figure for code, figure in found.items() if code == "tasks"} == figures


def test_a_rule_that_is_set_counts_from_its_day_on():
    line = absent(2)
    services.set_rule(actor=made.manager(), code="missed", threshold=3, starts_on=timezone.localdate(), words="Eid")
    services.set_rule(
        actor=made.manager(), code="attendance", threshold=5, is_on=False, starts_on=timezone.localdate(), words="x"
    )
    watch()
    line.refresh_from_db()
    assert line.ended_why == "back"


def test_the_look_costs_the_same_for_one_and_for_many():
    cohort = running()
    sessions = held(cohort, 3)

    def cost():
        places = list(watching.watched().order_by("pk"))
        with CaptureQueriesContext(connection) as asked:
            facts_of(places, at=timezone.now())
        return len(asked)

    member(cohort)
    first = cost()
    for _ in range(5):
        mark(member(cohort), sessions, "absent", "absent", "absent")
    assert cost() == first


# ------------------------------------------------------------------------------------------------------------ the night


@pytest.mark.sqlite_leg
def test_a_night_goes_through_all_in_pieces_and_once(monkeypatch):
    monkeypatch.setattr(watching, "AT_ONCE", 2)
    cohort = running()
    for _ in range(4):
        member(cohort)
    held(cohort, 2)
    watching.start_night()
    watching.start_night()
    outbox.deliver_all()
    night = WatchNight.objects.get()
    assert (night.seen, night.behind) == (5, 4)
    assert night.done_at
    assert WatchLine.objects.count() == 4
    assert Event.objects.filter(name="engagement.night_continued").count() == 2
    assert Event.objects.get(name="engagement.night_done").data == {"seen": 5, "behind": 4}
    assert watching.watch_next(night_id=night.pk) == 0


@pytest.mark.sqlite_leg
def test_a_piece_that_was_done_twice_gives_the_same(monkeypatch):
    cohort = running()
    member(cohort)
    held(cohort, 2)
    watching.start_night()
    outbox.deliver_all()
    state = list(WatchLine.objects.values_list("pk", "since", "main", "updated_at"))
    WatchNight.objects.update(after=0, seen=0, behind=0, done_at=None)
    watching.watch_next(night_id=WatchNight.objects.get().pk)
    assert list(WatchLine.objects.values_list("pk", "since", "main", "updated_at")) == state
    assert WatchNight.objects.get().behind == 1


# -------------------------------------------------------------------------------------------------------------- letters


def night_over(day):
    return WatchNight.objects.create(day=day, at=timezone.now(), done_at=timezone.now())


def workday(hour=10):
    """The next working day, in the hours of letters; a Tuesday without a holiday."""
    day = timezone.localdate() + timedelta(days=1)
    while day.weekday() != 1 or not watching.is_working_day(day):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=ZONE)


def nudge(at=None):
    at = at or workday()
    if not WatchNight.objects.filter(day=at.date()).exists():
        night_over(at.date())
    return watching.nudge_those_behind(now=at)


def test_who_is_behind_is_written_to_once_a_day_in_kind_words_and_their_language():
    line = absent(2, person=UserFactory(language="ur", last_login=timezone.now()))
    assert nudge() == 1
    assert nudge(workday(11)) == 0
    message = Message.objects.get()
    assert (message.to, message.template, message.language) == (line.place.attendee_user, "engagement.nudge", "ur")
    assert line.cohort.code in message.body
    assert Nudge.objects.get().line == line


@pytest.mark.parametrize("hour", [8, 19, 23, 0])
def test_quiet_hours_are_kept(hour):
    absent(2)
    assert nudge(workday(hour)) == 0


def test_nobody_is_written_to_on_a_holiday():
    absent(2)
    at = workday()
    ClosedDay.objects.create(day=at.date(), is_open=False, name="Eid", source="x")
    forget_closed_days()
    assert nudge(at) == 0
    ClosedDay.objects.all().delete()
    forget_closed_days()
    assert nudge(at) == 1


@pytest.mark.sqlite_leg
def test_the_limit_counts_a_person_and_not_a_firm():
    """An owner of three firms who comes to no training gets two messages in a week, not six."""
    cohort = running()
    owner = UserFactory(last_login=timezone.now())
    for _ in range(3):
        member(cohort, owner)
    held(cohort, 2)
    watch()
    sent = sum(nudge(workday() + timedelta(days=day)) for day in range(4))
    assert sent == Message.objects.filter(to=owner).count() == 2


@pytest.mark.parametrize("sign", ["reply", "attendance", "call"])
def test_it_ends_once_the_person_answers_or_comes(sign):
    """Positive control: without a sign a second message goes out."""
    line = absent(2)
    other = absent(2)
    first = workday()
    assert nudge(first) == 2
    if sign == "reply":
        InboundSms.objects.create(
            provider_id="a", person=line.place.attendee_user, received_at=first + timedelta(hours=2)
        )
    elif sign == "attendance":
        row = made.session(line.cohort)
        row.starts_at, row.ends_at = first + timedelta(hours=2), first + timedelta(hours=4)
        row.save()
        Attendance.objects.create(session=row, place=line.place, status="present")
    else:
        call = services.note_call(actor=made.manager(), line=line, key="a" * 32, outcome="will_come")
        type(call).objects.filter(pk=call.pk).update(created_at=first + timedelta(hours=1))
        WatchLine.objects.filter(pk=line.pk).update(rests_until=None)
    assert nudge(first + timedelta(days=1)) == 1
    assert Nudge.objects.filter(line=other).count() == 2


def test_whose_call_is_put_off_is_not_written_to():
    line = absent(2)
    at = workday()
    WatchLine.objects.filter(pk=line.pk).update(rests_until=at.date() + timedelta(days=1))
    assert nudge(at) == 0


def test_who_is_back_on_track_since_the_night_is_not_written_to():
    line = absent(2)
    for session in line.cohort.sessions.all():
        mark(line.place, [session], "present")
    assert nudge() == 0


def test_a_policy_of_none_writes_to_nobody():
    absent(2)
    values = {"most": 0, "within_days": 7, "from_hour": 9, "until_hour": 19}
    services.set_policy(actor=made.manager(), starts_on=timezone.localdate(), words="Ramazan", **values)
    assert nudge() == 0


def test_where_nobody_with_an_account_comes_the_owner_is_written_to():
    cohort = running()
    place = made.place(cohort, asked_at=timezone.now() - timedelta(days=35))
    held(cohort, 2)
    watch()
    assert nudge() == 1
    assert Message.objects.get().to == place.sme.created_by


def test_without_a_night_nobody_is_written_to():
    absent(2)
    assert watching.nudge_those_behind(now=workday()) == 0
    WatchNight.objects.create(day=workday().date(), at=timezone.now())  # not done yet
    assert watching.nudge_those_behind(now=workday()) == 0
