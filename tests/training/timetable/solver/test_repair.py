"""A plan that something hits is put right with the fewest changes, and what was held or began never moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.timetable import made_problem
from tests.training.timetable.solver.small import (
    CALENDAR,
    MONDAY,
    at,
    cohort,
    every_plan,
    placed,
    problem,
    trainer,
    venue,
)
from training.timetable.solver.problem import Holiday, Hours
from training.timetable.solver.repair import CHANGED_TRAINER, CHANGED_VENUE, MOVED_SLOT, Change, repair
from training.timetable.solver.rules import check, hard
from training.timetable.solver.solve import solve

pytestmark = pytest.mark.unit
SARA = trainer("sara")
GOOD = {"lhr-1": placed("2027-03-01 09:30"), "lhr-2": placed("2027-03-04 09:30")}


def changes_cost(made, plan) -> int:
    total = 0
    for key, new in plan.items():
        old = made.standing[key]
        total += MOVED_SLOT * (old.start != new.start)
        total += CHANGED_TRAINER * (old.trainer != new.trainer) + CHANGED_VENUE * (old.venue != new.venue)
    return total


def test_a_plan_that_nothing_hits_stays_to_the_letter():
    made = problem(standing=GOOD, trainers=(trainer(), SARA))
    found = repair(made, seed=1)
    assert (found.plan, found.changes, found.cost, found.moved) == (GOOD, (), 0, 0)


def test_an_ill_trainer_is_stood_in_for():
    ill = trainer(away=frozenset({MONDAY}))
    found = repair(problem(standing=GOOD, trainers=(ill, SARA)), seed=1)
    assert found.changes == (Change("lhr-1", GOOD["lhr-1"], placed("2027-03-01 09:30", "sara")),)
    assert (found.cost, found.moved) == (10, 0)


def test_where_nobody_can_stand_in_only_what_must_moves():
    found = repair(problem(standing=GOOD, trainers=(trainer(away=frozenset({MONDAY})),)), seed=1)
    assert (found.cost, found.moved, hard(found.violations)) == (100, 1, ())
    assert found.plan["lhr-2"] == GOOD["lhr-2"]


def test_two_trainers_change_places_before_a_session_moves():
    """Ali alone speaks English, and Sara is ill: he goes over to her cohort only if his own can have Omar."""
    english = cohort("eng", 1, language="en")
    both = trainer(languages=frozenset({"ur", "en"}))
    standing = {"lhr-1": placed("2027-03-01 09:30"), "eng-1": placed("2027-03-01 09:30", "sara", "room")}
    sara = trainer("sara", languages=frozenset({"en"}), away=frozenset({MONDAY}))
    made = problem(
        cohort(sessions=1),
        english,
        trainers=(both, sara, trainer("omar")),
        venues=(venue(), venue("room")),
        standing=standing,
    )
    found = repair(made, seed=1)
    assert (found.cost, found.moved) == (20, 0)
    assert (found.plan["eng-1"].trainer, found.plan["lhr-1"].trainer) == ("ali", "omar")


def test_a_closed_venue_costs_another_venue_alone():
    shut = venue(closed=frozenset({MONDAY}))
    found = repair(problem(standing=GOOD, venues=(shut, venue("room"))), seed=1)
    assert (found.cost, found.plan["lhr-1"]) == (2, placed("2027-03-01 09:30", where="room"))


def test_a_new_holiday_moves_what_falls_on_it():
    made = problem(standing=GOOD, calendar=replace(CALENDAR, holidays={MONDAY: Holiday("Eid-ul-Fitr")}))
    found = repair(made, seed=1)
    assert (found.cost, found.moved, hard(found.violations)) == (100, 1, ())


def test_a_session_that_was_held_stays_though_its_day_became_a_holiday():
    calendar = replace(CALENDAR, holidays={MONDAY: Holiday("Eid"), date(2027, 3, 4): Holiday("Eid")})
    found = repair(problem(standing=GOOD, calendar=calendar, now=at("2027-03-02 08:00")), seed=1)
    assert found.plan["lhr-1"] == GOOD["lhr-1"]
    assert [change.session for change in found.changes] == ["lhr-2"]
    assert [v.sessions for v in hard(found.violations)] == [("lhr-1",)]


def test_a_time_that_a_person_chose_is_kept_where_it_may_be():
    standing = {"lhr-1": placed("2027-03-01 10:45"), "lhr-2": placed("2027-03-04 09:30")}
    found = repair(problem(standing=standing, trainers=(trainer(away=frozenset({MONDAY})), SARA)), seed=1)
    assert found.plan["lhr-1"] == placed("2027-03-01 10:45", "sara")


def test_a_cohort_that_a_person_put_out_of_order_is_not_put_in_order():
    standing = {
        "lhr-1": placed("2027-03-10 09:30"), "lhr-2": placed("2027-03-03 09:30"), "lhr-3": placed("2027-03-15 09:30"),
    }  # fmt: skip
    holiday = replace(CALENDAR, holidays={date(2027, 3, 15): Holiday("Eid")})
    found = repair(problem(cohort(sessions=3), standing=standing, calendar=holiday), seed=1)
    assert [change.session for change in found.changes] == ["lhr-3"]
    assert hard(found.violations) == ()


def test_a_session_without_a_place_is_given_one():
    found = repair(problem(standing={"lhr-1": GOOD["lhr-1"]}), seed=1)
    assert [(change.session, change.old) for change in found.changes] == [("lhr-2", None)]
    assert found.changes[0].is_moved
    assert hard(found.violations) == ()


def test_a_trainer_whose_week_is_full_is_not_counted_on_twice():
    """Sara has one session a week and holds the first; the second, which Ali cannot hold, moves to a day of his."""
    standing = {
        "a-1": placed("2027-03-01 09:30", "sara"), "a-2": placed("2027-03-04 09:30"),
        "b-1": placed("2027-03-01 09:30", where="room"),
    }  # fmt: skip
    ali, sara = trainer(away=frozenset({date(2027, 3, 3), date(2027, 3, 4)})), trainer("sara", max_week=1)
    made = problem(
        cohort("a", 2, weeks=1), cohort("b", 1, weeks=1), trainers=(ali, sara), venues=(venue(), venue("room")),
        standing=standing,
    )  # fmt: skip
    found = repair(made, seed=1)
    assert (found.cost, found.moved, hard(found.violations)) == (100, 1, ())


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_plan_of_a_tiny_problem_changes_less(data):
    day = MONDAY + timedelta(days=data.draw(st.integers(0, 5)))
    hours = (Hours(time(9), time(18), (time(9, 30),)),)
    trainers = (trainer(max_week=4), trainer("sara", max_week=data.draw(st.integers(1, 4))))
    venues = (venue(), venue("room", capacity=data.draw(st.sampled_from([10, 30]))))
    made = problem(
        cohort("a", 2, weeks=1),
        cohort("b", 1, weeks=1),
        trainers=trainers,
        venues=venues,
        calendar=replace(CALENDAR, hours=hours),
    )
    made = replace(made, standing=solve(made, seed=data.draw(st.integers(0, 3)), steps=5).plan)
    assert len(made.standing) == 3
    ill = {"away": frozenset({day, day + timedelta(days=1)})}
    made = data.draw(
        st.sampled_from(
            [
                replace(made, trainers=(replace(trainers[0], **ill), trainers[1])),
                replace(made, venues=(venue(closed=frozenset({day})), venues[1])),
                replace(made, calendar=replace(made.calendar, holidays={day: Holiday("Eid")})),
            ]
        )
    )
    possible = [changes_cost(made, plan) for plan in every_plan(made)]
    found = repair(made, seed=1)
    if possible:
        assert hard(found.violations) == ()
        assert found.cost == changes_cost(made, found.plan) == min(possible)
    else:
        assert hard(found.violations)


def test_the_same_repair_on_every_run_and_nothing_blocks_where_a_trainer_of_many_is_ill():
    made = made_problem(12)
    plan = solve(made, seed=1, steps=20).plan
    who = plan["c0-3"].trainer
    week = frozenset(plan["c0-3"].start.date() + timedelta(days=number) for number in range(-3, 4))
    ill = tuple(replace(x, away=x.away | week) if x.id == who else x for x in made.trainers)
    made = replace(made, trainers=ill, standing=plan)
    hit = {key for violation in hard(check(made, plan)) for key in violation.sessions}
    found = repair(made, seed=7)
    assert found == repair(made, seed=7)
    assert hard(found.violations) == ()
    assert "c0-3" in hit <= {change.session for change in found.changes}
