"""The lower bound stays below every plan and comes near to the best where trainers, venues and weeks are scarce."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import numpy as np
import pytest

from tests.factories.timetable import made_problem
from tests.training.timetable.solver.small import CALENDAR, cohort, least_cost, placed, problem, trainer, venue
from training.timetable.solver.board import Board
from training.timetable.solver.bound import SCALE, _Prices, lower_bound
from training.timetable.solver.grid import Grid
from training.timetable.solver.problem import Hours
from training.timetable.solver.solve import solve

pytestmark = pytest.mark.unit


def test_prices_of_scarce_moments_raise_the_bound_to_the_best_plan():
    """Both want the one venue on Monday; priced, one of them has to be late."""
    made = problem(
        cohort("a", 1, weeks=1, due=cohort().first), cohort("b", 1, weeks=1, due=cohort().first),
        trainers=(trainer(), trainer("sara")),
        calendar=replace(CALENDAR, hours=(Hours(time(9), time(18), (time(9, 30),)),)),
    )  # fmt: skip
    assert least_cost(made) == 1
    assert lower_bound(made, aim=1, steps=1).value == 0  # without prices
    assert lower_bound(made, aim=1, steps=40).value == 1


def test_whatever_the_prices_the_bound_is_below_a_plan_that_there_is():
    made = made_problem(8)
    cost = solve(made, seed=1, steps=60).soft_cost
    prices, random = _Prices(Board(Grid(made))), np.random.default_rng(4)
    for size in (0, 0.1, 1, 5):
        prices.all[:] = np.rint(random.random(len(prices.all)) * size * SCALE) / SCALE
        assert prices.value()[0] <= cost


def test_the_bound_of_a_made_problem_is_near():
    made = made_problem(12)
    cost = solve(made, seed=1, steps=300).soft_cost
    found = lower_bound(made, aim=cost, steps=60)
    assert 0.8 * cost <= found.value <= cost
    assert lower_bound(made, aim=cost, steps=60) == found


def test_sessions_that_no_plan_can_place_are_counted_apart():
    made = problem(cohort(sessions=3, weeks=1))
    assert lower_bound(made, aim=1, steps=5).lacking == 1
    assert lower_bound(made, aim=1, steps=5).value == 0


def test_what_is_fixed_is_counted_where_it_stands():
    late = problem(
        cohort(sessions=1, due=cohort().first),
        standing={"lhr-1": placed("2027-03-05 10:00")},
        fixed=frozenset({"lhr-1"}),
    )
    assert solve(late, seed=1, steps=1).soft_cost == lower_bound(late, aim=10, steps=3).value == 4
    no_one = replace(late, standing={"lhr-1": placed("2027-03-05 10:00", "nobody", "nowhere")}, venues=(venue(),))
    assert lower_bound(no_one, aim=10, steps=3).value == 4
