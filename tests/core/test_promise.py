"""The edges of the promise clock: who must move, and which day counts."""

from datetime import date

import pytest

from tdap_portal.core.promise import Pause, PromiseClock, due_if_resumed, read_clock

pytestmark = pytest.mark.unit

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 3, day) for day in range(1, 6))
NEXT_MONDAY = date(2027, 3, 8)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def read(*pauses, on, days=5, stopped=None):
    return read_clock(MONDAY, days, pauses, on=on, is_working_day=weekdays, stopped=stopped)


@pytest.mark.parametrize(
    ("used", "paused", "tone"),
    [(6, True, "no"), (6, False, "no"), (5, False, "you"), (3, False, "you"), (2, False, "us"), (4, True, "rest")],
)
def test_the_tone_says_who_must_move(used, paused, tone):
    assert PromiseClock(of=5, used=used, due=None, paused=paused).tone == tone


def test_the_first_day_counts_none_and_the_date_is_known_at_once():
    assert read(on=MONDAY) == PromiseClock(of=5, used=0, due=NEXT_MONDAY, paused=False)


def test_a_promise_of_one_day_is_a_promise():
    assert read(on=TUESDAY, days=1) == PromiseClock(of=1, used=1, due=TUESDAY, paused=False)


def test_a_pause_begins_with_its_first_day_and_ends_before_the_day_of_the_answer():
    pause = Pause(WEDNESDAY, FRIDAY)

    assert [read(pause, on=day).paused for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)] == [False, True, True, False]
    assert [read(pause, on=day).used for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)] == [1, 1, 1, 2]


def test_after_the_decision_the_clock_neither_runs_nor_stands_still():
    assert read(Pause(WEDNESDAY), on=FRIDAY, stopped=THURSDAY) == PromiseClock(
        of=5, used=1, due=date(2027, 3, 10), paused=False
    )
    assert read(on=TUESDAY, stopped=THURSDAY).used == 1


@pytest.mark.parametrize(("days_left", "due"), [(-1, FRIDAY), (0, FRIDAY), (1, NEXT_MONDAY)])
def test_the_date_after_an_answer_passes_over_the_weekend(days_left, due):
    assert due_if_resumed(FRIDAY, days_left, is_working_day=weekdays) == due
