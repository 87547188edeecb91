"""What is impossible is named before a plan is looked for: the sessions, what they want, and how much is missing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.timetable import made_problem
from tests.training.timetable.solver.small import CALENDAR, MONDAY, at, cohort, placed, problem, trainer, venue
from training.timetable.solver.matching import hall_sets
from training.timetable.solver.precheck import Impossible, precheck
from training.timetable.solver.problem import Hours

pytestmark = pytest.mark.unit
MORNINGS = replace(CALENDAR, hours=(Hours(time(9), time(13), (time(9, 30),)),))


def test_a_problem_that_has_a_plan_has_nothing_impossible():
    assert precheck(problem()) == ()
    assert precheck(made_problem(12)) == ()


def test_more_sessions_than_a_venue_has_mornings():
    """Seven cohorts of one session, one venue, six mornings."""
    cohorts = [cohort(name, 1, weeks=1) for name in "abcdefg"]
    made = problem(*cohorts, trainers=(trainer(max_week=9), trainer("sara", max_week=9)), calendar=MORNINGS)
    sessions = tuple(f"{name}-1" for name in "abcdefg")
    (found,) = precheck(made)
    assert (found, found.missing) == (Impossible("venues_full", sessions, ("hall",), 6), 1)
    assert precheck(replace(made, venues=(venue(), venue("room")))) == ()


def test_only_those_who_need_the_scarce_room_are_named():
    large = [cohort(name, 1, weeks=1, size=25) for name in "abcdefg"]
    made = problem(
        *large, cohort("small", 3, weeks=2, size=10), calendar=MORNINGS, venues=(venue(), venue("room", capacity=12)),
        trainers=(trainer(max_week=9), trainer("sara", max_week=9)),
    )  # fmt: skip
    (found,) = precheck(made)
    assert (found.sessions, found.resources, found.room) == (tuple(f"{n}-1" for n in "abcdefg"), ("hall",), 6)


def test_more_sessions_than_trainers_have_moments_or_may_give_in_a_week():
    cohorts = [cohort(name, 1, weeks=1) for name in "abcdefg"]
    made = problem(*cohorts, trainers=(trainer(max_week=9),), venues=(venue(), venue("room")), calendar=MORNINGS)
    assert [(x.code, x.resources, x.room, x.missing) for x in precheck(made)] == [("trainers_full", ("ali",), 6, 1)]
    made = replace(made, trainers=(trainer(max_week=4), trainer("sara", max_week=2)))
    assert [(x.code, x.resources, x.room, x.missing) for x in precheck(made)] == [("weeks_full", ("ali", "sara"), 6, 1)]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_trainer", {"trainers": (trainer(skills=frozenset()),)}),
        ("no_venue", {"venues": (venue(capacity=3),)}),
        ("no_slot", {"calendar": replace(CALENDAR, hours=(Hours(time(9), time(10), (time(9),)),))}),
        ("never_together", {"venues": (venue(hours={6: (time(9), time(18))}),)}),
        ("never_together", {"trainers": (trainer(away=frozenset(MONDAY + timedelta(days=n) for n in range(28))),)}),
    ],
)
def test_a_session_that_nothing_fits_is_named_with_what_it_lacks(code, changes):
    made = problem(cohort(sessions=1), **changes)
    assert precheck(made) == (Impossible(code, ("lhr-1",)),)


def test_overlapping_starts_of_one_day_are_counted_as_many_as_fit():
    """09:00, 10:00, 13:00 and 14:00 for three hours each: two a day."""
    hours = replace(CALENDAR, hours=(Hours(time(9), time(18), (time(9), time(10), time(13), time(14))),))
    cohorts = [cohort(name, 1, last=MONDAY) for name in "abc"]
    made = problem(*cohorts, calendar=hours, trainers=(trainer(), trainer("sara")))
    (found,) = precheck(made)
    assert (found.code, found.room, found.missing) == ("venues_full", 2, 1)


def test_what_stands_takes_its_place():
    taken = {"a-1": placed("2027-03-01 09:30")}
    made = problem(
        cohort("a", 1), cohort("b", 1, last=MONDAY), calendar=MORNINGS, trainers=(trainer(), trainer("sara")),
        standing=taken, now=at("2027-03-01 09:30"), fixed=frozenset(taken),
    )  # fmt: skip
    (found,) = precheck(made)
    assert (found.code, found.sessions, found.room) == ("venues_full", ("a-1", "b-1"), 1)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_a_hall_set_lacks_just_what_no_matching_can_serve(data):
    rooms = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=4))
    wanted = data.draw(st.lists(st.lists(st.integers(0, len(rooms) - 1), unique=True, max_size=4), max_size=6))
    found = hall_sets(wanted, rooms)
    for hall in found:
        assert {place for member in hall.members for place in wanted[member]} == set(hall.places)
        assert sum(rooms[place] for place in hall.places) == hall.room < len(hall.members)
    most = 0
    for choice in itertools.product(*[[None, *places] for places in wanted]):
        if all(choice.count(place) <= room for place, room in enumerate(rooms)):
            most = max(most, sum(place is not None for place in choice))
    assert sum(hall.missing for hall in found) == len(wanted) - most
