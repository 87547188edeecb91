"""The promise clock of one file: what starts it, stops it and lets it stand still."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from selection.applications import clock
from selection.models import NO_DUE_DATE, Application, Round
from tdap_portal.core import calendar
from tdap_portal.core.models import ClosedDay
from tdap_portal.core.promise import Pause

pytestmark = pytest.mark.django_db

# May 2027 from the 3rd to the 14th has no holiday: Monday the 3rd is day 0, and five days end on Monday the 10th.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 5, day) for day in range(3, 8))
NEXT_MONDAY, NEXT_TUESDAY, NEXT_WEDNESDAY = (date(2027, 5, day) for day in range(10, 13))
NOTED = datetime(2027, 5, 11, tzinfo=UTC)


@pytest.fixture
def row():
    """A file that was submitted on Monday, in a round that promises five working days."""
    row = Application(round=Round(promise_days=5))
    clock.start(row, on=MONDAY)
    return row


def test_the_promise_is_dated_at_the_start(row):
    assert (row.clock_started_on, row.clock_pauses, row.awaiting_firm, row.days_used) == (MONDAY, [], False, None)
    assert row.due_on == NEXT_MONDAY


def test_a_new_start_forgets_the_earlier_promise(row):
    clock.pause(row, on=TUESDAY)
    clock.stop(row, on=FRIDAY)
    clock.start(row, on=FRIDAY)

    assert (row.clock_started_on, row.clock_pauses, row.awaiting_firm, row.days_used) == (FRIDAY, [], False, None)
    assert row.due_on == date(2027, 5, 14)


def test_asked_the_file_has_no_date_until_the_answer_and_then_a_later_one(row):
    clock.pause(row, on=WEDNESDAY)
    assert (row.awaiting_firm, row.due_on, row.clock_pauses) == (True, NO_DUE_DATE, [["2027-05-05", None]])
    assert clock.due_if_answered(row, on=FRIDAY) == date(2027, 5, 13)

    clock.resume(row, on=FRIDAY)
    assert (row.awaiting_firm, row.due_on) == (False, NEXT_WEDNESDAY)
    assert row.clock_pauses == [["2027-05-05", "2027-05-07"]]


def test_asking_twice_is_one_pause_and_an_earlier_pause_keeps_its_end(row):
    clock.pause(row, on=TUESDAY)
    clock.pause(row, on=WEDNESDAY)
    assert row.clock_pauses == [["2027-05-04", None]]

    clock.resume(row, on=THURSDAY)
    clock.pause(row, on=FRIDAY)
    clock.stop(row, on=NEXT_MONDAY)
    assert row.clock_pauses == [["2027-05-04", "2027-05-06"], ["2027-05-07", "2027-05-10"]]


def test_a_decision_keeps_the_days_it_took_and_owes_nothing_more(row):
    clock.pause(row, on=WEDNESDAY)
    clock.stop(row, on=FRIDAY)

    assert (row.awaiting_firm, row.due_on, row.days_used) == (False, NO_DUE_DATE, 1)


def test_a_file_that_was_never_submitted_has_no_clock():
    draft = Application(round=Round(promise_days=5))

    assert clock.read(draft, on=MONDAY) is None
    assert clock.due_if_answered(draft, on=MONDAY) is None
    clock.stop(draft, on=MONDAY)
    assert (draft.days_used, draft.due_on) == (None, NO_DUE_DATE)


def test_a_draft_again_is_owed_nothing(row):
    row.late_noted_at = NOTED
    clock.pause(row, on=TUESDAY)
    row.days_used = 1
    clock.clear(row)

    assert {name: getattr(row, name) for name in clock.FIELDS} == {
        "clock_started_on": None,
        "clock_pauses": [],
        "due_on": NO_DUE_DATE,
        "awaiting_firm": False,
        "days_used": None,
        "late_noted_at": None,
    }


def test_the_day_of_the_decision_is_the_day_in_pakistan(row):
    row.decided_at = datetime(2027, 5, 5, 20, tzinfo=UTC)  # one in the morning of Thursday in Karachi

    assert clock.read(row, on=NEXT_MONDAY).used == 3


def test_a_late_file_is_told_today_as_the_date_when_it_answers(row):
    clock.pause(row, on=date(2027, 5, 13))

    assert clock.read(row, on=date(2027, 5, 13)).left == -2
    assert clock.due_if_answered(row, on=date(2027, 5, 13)) == date(2027, 5, 13)


def test_a_corrected_calendar_moves_the_date_once(row):
    assert clock.redate(row, on=TUESDAY) is False
    ClosedDay.objects.create(day=THURSDAY, name="Closed by order", source="Cabinet Division, notification 1")
    calendar.forget_closed_days()

    assert clock.redate(row, on=TUESDAY) is True
    assert row.due_on == NEXT_TUESDAY
    assert clock.redate(row, on=TUESDAY) is False


def test_a_date_that_nothing_is_owed_by_does_not_move(row):
    clock.pause(row, on=TUESDAY)

    assert clock.redate(row, on=TUESDAY) is False
    assert row.due_on == NO_DUE_DATE


@pytest.mark.parametrize(("on", "noted"), [(NEXT_MONDAY, None), (NEXT_TUESDAY, NOTED)])
def test_a_breach_is_forgotten_only_while_the_date_lies_ahead(row, on, noted):
    row.late_noted_at = NOTED
    clock.redate(row, on=on)

    assert (row.due_on, row.late_noted_at) == (NEXT_MONDAY, noted)


def test_pauses_are_read_as_days():
    stored = [["2027-05-04", "2027-05-06"], ["2027-05-07", None]]

    assert clock.pauses_of(stored) == (Pause(TUESDAY, THURSDAY), Pause(FRIDAY, None))
