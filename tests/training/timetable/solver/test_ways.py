"""The way found week by week costs what the way found day by day costs, of one cohort and of many side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training.timetable.solver.small import cohort, problem
from training.timetable.solver.grid import INF, Course, Grid
from training.timetable.solver.path import Steps, best_days
from training.timetable.solver.ways import Ways

pytestmark = pytest.mark.unit
SOME = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def courses(random: np.random.Generator, number: int, sessions: int, per_week: int) -> list[Course]:
    """Of two to five weeks, some of which are full or half full, and some days taken."""
    made = []
    for _ in range(number):
        group = cohort("a", sessions, weeks=int(random.integers(2, 6)), per_week=per_week)
        course = Grid(problem(group)).courses[0]
        room = random.integers(per_week - 1, per_week + 1, len(course.room_in_week))
        late = np.maximum(np.arange(len(course.late)) - int(random.integers(0, 30)), 0) * 2.0
        made.append(replace(course, room_in_week=room, late=late, taken_days=random.random(len(late)) < 0.05))
    return made


def cost_of(course: Course, costs: np.ndarray, days: list[int], price: float) -> float:
    """What a way costs, counted one by one; INF where it breaks something."""
    low, high = course.cohort.good_gap
    gaps = np.diff(days)
    weeks = np.bincount(np.array(days) // 7, minlength=len(course.room_in_week))
    if (gaps <= 0).any() or (weeks > course.room_in_week).any() or course.taken_days[days].any():
        return INF
    off = np.maximum(np.maximum(low - gaps, gaps - high), 0).sum()
    own = sum(costs[day, place] for place, day in enumerate(days))
    return float(own + (off * price if off else 0.0) + course.late[days[-1]])


@SOME
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 3), st.sampled_from([0.0, 1.0, 2.5, INF]))
def test_week_by_week_and_day_by_day_find_ways_of_the_same_cost(seed, sessions, per_week, price):
    random = np.random.default_rng(seed)
    some = courses(random, 4, sessions, per_week)
    ways = Ways(some, price)
    costs = np.rint(random.random((ways.weeks * 7, sessions, len(some))) * 40) / 4
    costs[random.random(costs.shape) < random.random() * 0.8] = INF
    for at, course in enumerate(some):
        costs[len(course.late) :, :, at] = INF
    least, days = ways.best(costs.copy())
    for at, course in enumerate(some):
        own = costs[: len(course.late), :, at]
        expected, _ = best_days(list(own.T), [False] * sessions, course, Steps(len(own), course.cohort.good_gap, price))
        alone, way = Ways([course], price).best(own[:, :, None].copy())
        assert least[at] == alone[0] == expected
        if expected < INF:
            assert cost_of(course, own, days[:, at].tolist(), price) == expected
            assert cost_of(course, own, way[:, 0].tolist(), price) == expected


def test_a_cohort_without_a_way_does_not_stop_the_others():
    some = courses(np.random.default_rng(1), 2, 3, 2)
    costs = np.zeros((Ways(some, 1.0).weeks * 7, 3, 2))
    for at, course in enumerate(some):
        costs[len(course.late) :, :, at] = INF
    costs[:, 1, 0] = INF
    least, _ = Ways(some, 1.0).best(costs)
    assert (least[0], least[1] < INF) == (INF, True)
