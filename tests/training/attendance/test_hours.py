"""Sixty-five per cent of what? The share of the hours of a person."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.attendance.hours import Expected, hours_of
from training.states import AttendanceStatus as Status

pytestmark = pytest.mark.unit
PRESENT = Status.PRESENT


def held(hours: int, status: Status | None = PRESENT, credited: int | None = None) -> Expected:
    there = None if credited is None else Fraction(credited)
    return Expected(hours * 60, is_over=True, status=status, credited=there)


def coming(hours: int, status: Status | None = None) -> Expected:
    return Expected(hours * 60, is_over=False, status=status)


CALLED_OFF = Expected(180, is_over=False, is_off=True, status=PRESENT)
COMING = [coming(2), coming(2), coming(3), coming(2), coming(2)]  # the eighth to the twelfth
HINA = [held(2), held(2), CALLED_OFF, held(2, Status.EXCUSED), held(2, Status.LATE, 110), held(3, Status.ABSENT)]
BILAL = [held(2), held(2), CALLED_OFF, held(2), held(2), held(3)]


def per_cent(share: Fraction | None) -> str:
    return f"{float(share * 100):.1f}"


def test_hours_are_those_held_that_one_was_expected_at():
    hina = hours_of([*HINA, coming(2), *COMING], percent=80)
    assert (hina.there, hina.held, per_cent(hina.share)) == (350, 540, "64.8")
    assert (hina.best_there, hina.best_held, per_cent(hina.best_share)) == (1130, 1320, "85.6")
    assert (hina.is_met, hina.can_be_met) == (False, True)


def test_the_day_on_which_the_rule_can_no_longer_be_met_is_seen():
    missed = [coming(2), coming(2), coming(2), held(3, Status.ABSENT), coming(2), coming(2)]
    hina = hours_of([*HINA, *missed], percent=80)
    assert (hina.best_there, hina.best_held, per_cent(hina.best_share)) == (950, 1320, "72.0")
    assert not hina.can_be_met


def test_a_session_in_progress_counts_on_neither_side():
    bilal = hours_of([*BILAL, coming(2, PRESENT), *COMING], percent=80)
    assert (bilal.there, bilal.held, bilal.share) == (660, 660, 1)


def test_while_nothing_was_held_there_is_nothing_to_count():
    first = hours_of([coming(2, PRESENT), *COMING], percent=80)
    assert (first.share, first.is_met, first.can_be_met) == (None, False, True)


def test_a_correction_from_excused_to_absent_counts():
    corrected = [held(2), held(2), CALLED_OFF, held(2, Status.ABSENT), HINA[4], HINA[5]]
    hina = hours_of(corrected, percent=80)
    assert (hina.there, hina.held, per_cent(hina.share)) == (350, 660, "53.0")


def test_what_is_not_settled_is_not_absent():
    hours = hours_of([held(2), held(2, Status.OPEN)], percent=80)
    assert (hours.there, hours.held, hours.best_there, hours.best_held) == (120, 120, 240, 240)


@pytest.mark.parametrize(("minutes", "is_met"), [(Fraction("1055.9"), False), (1056, True)])
def test_nothing_is_rounded_before_the_rule(minutes, is_met):
    session = Expected(22 * 60, is_over=True, status=PRESENT, credited=Fraction(minutes))
    assert hours_of([session], percent=80).is_met is is_met


def test_nobody_marked_is_absent_once_it_is_over():
    assert hours_of([held(2, None), held(2)], percent=80).share == Fraction(1, 2)


def test_more_minutes_than_the_session_has_are_not_credited():
    assert hours_of([held(2, PRESENT, 174)], percent=80).there == 120


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_rule_outside_a_hundred_is_refused(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        hours_of([], percent=percent)


STATUSES = st.one_of(st.none(), st.sampled_from(Status))
SESSIONS = st.lists(
    st.builds(
        Expected,
        minutes=st.integers(15, 480),
        is_over=st.booleans(),
        is_off=st.booleans(),
        status=STATUSES,
        credited=st.one_of(st.none(), st.fractions(0, 500)),
    ),
    max_size=12,
)


@given(SESSIONS, st.integers(0, 100))
def test_no_more_is_attended_than_was_held_and_the_best_is_never_less(sessions, percent):
    hours = hours_of(sessions, percent=percent)
    assert 0 <= hours.there <= hours.held <= hours.best_held
    assert hours.there <= hours.best_there <= hours.best_held
    if hours.share is not None:
        assert hours.share <= hours.best_share
    assert hours.can_be_met == (hours.best_there - hours.may_miss >= Fraction(percent, 100) * hours.best_held)
