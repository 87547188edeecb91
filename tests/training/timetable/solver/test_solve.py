"""A proposal is the best plan where all can be tried, keeps every rule where not, and is the same on every run."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.timetable import made_problem
from tests.training.timetable.solver.small import (
    CALENDAR,
    MONDAY,
    at,
    cohort,
    least_cost,
    placed,
    problem,
    trainer,
    venue,
)
from training.timetable.solver.bound import lower_bound
from training.timetable.solver.clash import cause
from training.timetable.solver.precheck import precheck
from training.timetable.solver.problem import Calendar, Holiday, Hours, Problem
from training.timetable.solver.repair import repair
from training.timetable.solver.rules import DEFAULTS, check, hard, soft_cost
from training.timetable.solver.solve import PRICED, STEPS, STEPS_SHARED, cost_of, prices_for, solve, steps_for

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[4]
TINY = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def tiny_problems(draw) -> Problem:
    """One or two cohorts of two sessions in a week or two: up to some thousand plans."""
    online = Hours(time(9), time(20), (time(9, 30), time(18)), is_online=True)
    day = MONDAY + timedelta(days=draw(st.integers(0, 6)))
    holidays = {day: Holiday("Holi")} if draw(st.booleans()) else {}
    calendar = replace(CALENDAR, hours=(replace(CALENDAR.hours[0], is_online=False), online), holidays=holidays)
    trainers = tuple(
        trainer(
            name,
            home=draw(st.sampled_from(["Lahore", "Sialkot"])),
            away=frozenset(MONDAY + timedelta(days=n) for n in draw(st.sets(st.integers(0, 6), max_size=4))),
            max_week=draw(st.integers(1, 3)),
            good_week=draw(st.integers(1, 2)),
        )
        for name in ("ali", "sara")
    )
    venues = (venue(closed=frozenset({MONDAY + timedelta(days=draw(st.integers(0, 6)))})), venue("sia", city="Sialkot"))
    cohorts = [
        cohort(
            name, 2, weeks=1,
            mode="online" if place == "" else "on_site", city=place,
            prefers=draw(st.sampled_from(["morning", "afternoon", None])),
            due=MONDAY + timedelta(days=draw(st.integers(1, 6))),
            per_week=draw(st.integers(1, 2)) if name == "a" else 2,
        )
        for name in ("a", "b")[: draw(st.integers(1, 2))]
        for place in [draw(st.sampled_from(["Lahore", "Sialkot", ""]))]
    ]  # fmt: skip
    return Problem(trainers, venues, tuple(cohorts), calendar, DEFAULTS)


@TINY
@given(tiny_problems())
def test_no_plan_of_a_tiny_problem_is_cheaper_and_none_is_below_the_bound(made):
    least, found = least_cost(made), solve(made, seed=1, steps=60)
    if least is None:
        assert found.unplaced
        return
    assert (found.soft_cost, found.hard_clashes) == (least, 0)
    assert lower_bound(made, aim=least, steps=20).value <= least
    assert found.bound.value <= least


def test_the_search_finds_what_one_after_the_other_does_not():
    """Two cohorts want the same only morning; the one that comes first takes the day that the other needs."""
    first = cohort("a", 1, weeks=1)
    second = cohort("b", 1, weeks=1, last=MONDAY)
    made = problem(first, second, calendar=replace(CALENDAR, hours=(Hours(time(9), time(18), (time(9, 30),)),)))
    assert solve(made, seed=1, steps=0).unplaced
    assert solve(made, seed=1, steps=30).hard_clashes == 0


@pytest.fixture(scope="module")
def middling() -> Problem:
    return made_problem(12)


def test_a_proposal_breaks_no_hard_rule_and_its_cost_is_what_the_check_counts(middling):
    found = solve(middling, seed=3, steps=60)
    assert hard(check(middling, found.plan)) == ()
    assert set(found.plan) == set(middling.sessions)
    assert cost_of(middling, found.plan) == soft_cost(check(middling, found.plan)) == found.soft_cost
    assert found.soft_cost <= found.first_cost


def digest(seed: int, steps: int) -> str:
    plan = solve(made_problem(12), seed=seed, steps=steps).plan
    return hashlib.sha256(repr(sorted(plan.items())).encode()).hexdigest()


def test_a_large_problem_shares_its_steps_so_that_it_ends_in_time_too():
    sizes = [steps_for(made_problem(cohorts)) for cohorts in (1, 60, 240)]
    assert sizes == [STEPS, STEPS, STEPS_SHARED // 2880]
    assert prices_for(made_problem(240)) < prices_for(made_problem(60)) == PRICED


def test_seed_and_steps_make_a_plan_again_also_in_another_process():
    code = f"from {__name__} import digest; print(digest(5, 40))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert digest(5, 40) == digest(5, 40) == other.stdout.strip()
    assert digest(6, 40) != digest(5, 40)


def test_what_is_fixed_or_began_stays_and_the_rest_goes_round_it():
    standing = {"lhr-1": placed("2027-03-02 11:11"), "lhr-2": placed("2027-03-09 14:00")}
    made = problem(cohort(sessions=3), standing=standing, fixed=frozenset({"lhr-2"}), now=at("2027-03-02 12:00"))
    found = solve(made, seed=1, steps=20)
    assert {key: found.plan[key] for key in standing} == standing
    assert found.hard_clashes == 0


def test_sessions_that_a_person_put_out_of_order_stay_so_and_are_told():
    standing = {"lhr-1": placed("2027-03-10 09:30"), "lhr-2": placed("2027-03-03 09:30")}
    made = problem(cohort(sessions=4), standing=standing, fixed=frozenset(standing))
    found = solve(made, seed=1, steps=20)
    assert {key: found.plan[key] for key in standing} == standing
    assert {v.code for v in found.violations} >= {"order"}
    assert found.hard_clashes == 0


def test_what_cannot_all_be_placed_is_placed_as_far_as_it_goes():
    made = problem(cohort(sessions=3, weeks=1))
    found = solve(made, seed=1, steps=5)
    assert (len(found.plan), len(found.unplaced)) == (2, 1)
    assert [v.code for v in hard(found.violations)] == ["unplaced"]


def test_a_proposal_keeps_to_the_hours_of_ramazan_prayer_and_a_year_that_turns():
    ramazan = Hours(time(9), time(15), (time(9), time(12)), first=date(2026, 12, 28), last=date(2027, 1, 10))
    calendar = Calendar(
        (Hours(time(9), time(18), (time(12), time(15))), ramazan), {date(2027, 1, 1): Holiday("New Year")}
    )
    made = problem(
        cohort(sessions=8, first=date(2026, 12, 21), last=date(2027, 1, 17)), calendar=calendar,
    )  # fmt: skip
    found = solve(made, seed=1, steps=30)
    assert found.hard_clashes == 0
    in_ramazan = [p.start for p in found.plan.values() if date(2026, 12, 28) <= p.start.date() <= date(2027, 1, 10)]
    assert len(in_ramazan) == 4
    assert all(start.time() in (time(9), time(12)) for start in in_ramazan)


@pytest.mark.parametrize(("minutes", "is_placed"), [(75, True), (76, False)])
def test_one_trainer_serves_two_cities_on_one_day_where_the_road_is_short_enough(minutes, is_placed):
    """Sessions end at 12:30, and begin at 14:00: a gap of 90 minutes; each cohort has one day, the same."""
    hours = (Hours(time(9), time(18), (time(9, 30), time(14))),)
    calendar = Calendar(hours, travel={("Sialkot", "Lahore"): minutes + 15})
    made = problem(
        cohort("a", 1, last=MONDAY), cohort("b", 1, last=MONDAY, city="Sialkot"),
        venues=(venue(), venue("sia", city="Sialkot")), calendar=calendar,
    )  # fmt: skip
    found = solve(made, seed=1, steps=10)
    assert (not found.unplaced) is is_placed


def test_a_soft_rule_made_hard_binds_the_proposal_and_a_hard_one_made_soft_frees_it():
    made = problem(cohort(sessions=1, prefers="afternoon"), venues=(venue(capacity=5),))
    soft = {**DEFAULTS, "capacity": replace(DEFAULTS["capacity"], is_hard=False, cost=4)}
    binding = {**soft, "time_of_day": replace(DEFAULTS["time_of_day"], is_hard=True)}
    assert solve(made, seed=1, steps=5).unplaced == ("lhr-1",)
    found = solve(replace(made, rules=soft), seed=1, steps=5)
    assert (found.soft_cost, found.hard_clashes) == (4, 0)
    found = solve(replace(made, rules=binding), seed=1, steps=5)
    assert found.plan["lhr-1"].start.time() == time(14)


def test_a_plan_can_be_begun_from_another_and_progress_is_told(middling):
    start, told = solve(middling, seed=1, steps=30), []
    again = solve(middling, seed=2, steps=10, start=start.plan, on_step=lambda step, cost: told.append((step, cost)))
    assert again.first_cost == start.soft_cost
    assert again.soft_cost <= start.soft_cost
    assert [step for step, _ in told] == list(range(1, 11))


GONE = {"lhr-1": placed("2027-03-02 11:11", "ghost", "nowhere"), "gone": placed("2027-01-02 11:11")}


@pytest.mark.parametrize(
    ("made", "unplaced"),
    [
        (problem(trainers=()), 2),
        (problem(venues=()), 2),
        (problem(calendar=Calendar(())), 2),
        (replace(problem(), cohorts=()), 0),
        (problem(cohort(sessions=0)), 0),
        (problem(cohort(mode="hybrid")), 0),
        (problem(cohort(mode="online", city=""), venues=()), 0),
        (problem(standing=GONE), 0),
        (problem(standing=GONE, fixed=frozenset(GONE)), 0),
        (problem(rules={}), 0),
    ],
)
def test_where_something_is_missing_the_rest_is_answered(made, unplaced):
    found = solve(made, seed=1, steps=3)
    assert len(found.unplaced) == unplaced
    assert lower_bound(made, aim=9, steps=2).lacking == unplaced
    assert len(precheck(made)) == unplaced
    assert [cause(made, found.plan, group.id) is None for group in made.cohorts] == [not unplaced for _ in made.cohorts]
    assert len(repair(made, seed=1, steps=3).plan) == len(made.sessions) - unplaced
