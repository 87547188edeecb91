"""Why a cohort finds no way: the smallest cause, and what stands in the way of each session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.training.timetable.solver.small import CALENDAR, MONDAY, at, cohort, placed, problem, trainer, venue
from training.timetable.solver.clash import Blocked, cause
from training.timetable.solver.problem import Holiday, Hours

pytestmark = pytest.mark.unit

DAYS = [MONDAY + timedelta(days=number) for number in range(28)]


def test_a_cohort_that_has_a_way_has_no_cause():
    assert cause(problem(), {}, "lhr") is None


@pytest.mark.parametrize(
    ("groups", "made"),
    [
        (("skill",), problem(trainers=(trainer(skills=frozenset()),))),
        (("skill",), problem(trainers=(trainer(languages=frozenset()),))),
        (("trainer_city",), problem(trainers=(trainer(cities=frozenset()),))),
        (("room",), problem(venues=(venue(capacity=1),))),
        (("per_week", "window"), problem(cohort(sessions=3, per_week=1, weeks=2))),
        (("per_week", "window"), problem(cohort(sessions=3, weeks=1))),
        (("window",), problem(now=at("2027-03-28 10:00"))),
        (("trainer", "window"), problem(trainers=(trainer(away=frozenset(DAYS)),))),
        (("venue", "window"), problem(venues=(venue(closed=frozenset(DAYS)),))),
        (("venue",), problem(venues=(venue(hours={}),))),
        (("calendar", "window"), problem(calendar=replace(CALENDAR, holidays=dict.fromkeys(DAYS, Holiday("Eid"))))),
        (("trainer_week",), problem(trainers=(trainer(max_week=0),))),
    ],
)
def test_the_smallest_cause(groups, made):
    found = cause(made, {}, "lhr")
    assert found is not None
    assert found.groups == groups


def test_the_others_of_the_plan_stand_in_the_way_and_are_told_apart_by_rule():
    """The only trainer teaches in Karachi on Monday; the cohort has Monday alone."""
    far = cohort("khi", 1, city="Karachi")
    here = cohort("lhr", 1, last=MONDAY)
    made = problem(
        here,
        far,
        trainers=(trainer(cities=frozenset({"Lahore", "Karachi"})),),
        venues=(venue(), venue("sea", city="Karachi")),
    )
    plan = {"khi-1": placed("2027-03-01 09:30", where="sea")}
    found = cause(made, plan, "lhr")
    assert found is not None
    assert found.groups == ("trainer", "travel", "window")
    assert found.blocked == (Blocked("lhr-1", {"trainer": 1, "travel": 1}, 0, ("ali",), ("hall",)),)
    assert cause(replace(made, trainers=(*made.trainers, trainer("sara"))), plan, "lhr") is None


def test_each_slot_counts_for_what_rules_it_out_first():
    hours = replace(
        CALENDAR, hours=(Hours(time(9), time(18), (time(9, 30), time(14))),), holidays={date(2027, 3, 3): Holiday("x")}
    )
    made = problem(
        cohort(sessions=1, last=date(2027, 3, 5)), calendar=hours,
        venues=(venue(closed=frozenset({date(2027, 3, 1)})),),
        trainers=(
            trainer(away=frozenset({date(2027, 3, day) for day in (1, 2, 4, 5)})),
            trainer("sara", skills=frozenset()),
        ),
    )  # fmt: skip
    found = cause(made, {}, "lhr")
    assert found is not None
    # Ten slots: two on the holiday, one in the prayer, two where the hall is shut, five without the trainer.
    assert found.blocked[0].counts == {"calendar": 3, "venue": 2, "trainer": 5}
    assert (found.blocked[0].free, found.blocked[0].trainers, found.blocked[0].venues) == (0, ("ali",), ("hall",))


def test_sessions_that_stay_are_part_of_the_way():
    standing = {"lhr-2": placed("2027-03-01 09:30")}
    made = problem(cohort(sessions=2, weeks=1), standing=standing, fixed=frozenset(standing))
    found = cause(made, standing, "lhr")
    assert found is not None
    assert found.groups == ("window",)
    assert cause(replace(made, fixed=frozenset()), standing, "lhr") is None
