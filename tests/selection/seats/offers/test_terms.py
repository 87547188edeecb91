"""When an offer ends, and what can still go out: the round whose last moment is Wednesday 24 March 2027, 17:00."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from selection.seats.offers.terms import Reach, full_term_ends, reminder_moments, term_at, working_days_left

KARACHI = ZoneInfo("Asia/Karachi")
PAKISTAN_DAY = date(2027, 3, 23)
LAST = datetime(2027, 3, 24, 17, tzinfo=KARACHI)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day != PAKISTAN_DAY


CALENDAR = {"zone": KARACHI, "is_working_day": is_working_day}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=KARACHI)


def term(moment: datetime, **terms):
    return term_at(moment, **{"days": 5, "short_days": None, "hour": 17, "last_moment": LAST, **terms}, **CALENDAR)


@pytest.mark.parametrize(
    ("freed", "full_ends", "reach", "deadline"),
    [
        (at(16, 16), LAST, Reach.FULL, LAST),
        (at(17, 10), at(25, 17), Reach.TOO_LATE, None),
        (at(26, 11), datetime(2027, 4, 2, 17, tzinfo=KARACHI), Reach.OVER, None),
        (at(29, 9, 15), datetime(2027, 4, 5, 17, tzinfo=KARACHI), Reach.OVER, None),
    ],
)
def test_the_table_of_seats_that_become_free_late(freed, full_ends, reach, deadline):
    assert full_term_ends(freed, days=5, hour=17, **CALENDAR) == full_ends
    assert (term(freed).reach, term(freed).deadline) == (reach, deadline)


@pytest.mark.parametrize(
    ("moment", "reach", "deadline"),
    [(at(17, 10), Reach.SHORT, LAST), (at(19, 10), Reach.SHORT, LAST), (at(22, 10), Reach.TOO_LATE, None)],
)
def test_a_short_term_goes_out_by_itself_as_long_as_it_fits_and_ends_at_the_last_moment(moment, reach, deadline):
    found = term(moment, short_days=2)

    assert (found.reach, found.deadline) == (reach, deadline)


def test_without_a_last_moment_the_full_term_always_fits():
    assert term(at(29, 9), last_moment=None).reach == Reach.FULL


def test_the_day_of_an_offer_is_pakistans():
    late_evening_in_utc = datetime(2027, 3, 15, 20, tzinfo=ZoneInfo("UTC"))  # already the 16th in Karachi

    assert full_term_ends(late_evening_in_utc, days=1, hour=17, **CALENDAR) == at(17, 17)


def test_an_offer_is_recalled_at_half_time_and_one_working_day_before_its_end():
    half, before = reminder_moments(at(16, 17), LAST, **CALENDAR)

    assert half == at(20, 17)
    assert before == at(22, 17)  # Tuesday is Pakistan Day


def test_working_days_that_are_left_count_both_ends():
    assert working_days_left(at(16, 16), LAST, **CALENDAR) == 6
    assert working_days_left(at(24, 16), LAST, **CALENDAR) == 1
    assert working_days_left(at(24, 18), LAST, **CALENDAR) == 0
