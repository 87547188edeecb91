"""Among equally good sets: the first by the tie rule, and how many there are."""

import math

import numpy as np

from selection.engine.compose_cells import Problem
from selection.engine.compose_core import Core, Steps
from selection.engine.compose_pool import SearchStopped
from selection.engine.compose_search import Solved

MAX_COUNTED = 100
"""Equally good sets are counted up to this many."""


def first_of_equals(problem: Problem, solved: Solved, ranks: np.ndarray, max_steps: int) -> tuple[np.ndarray, bool]:
    """The set of this value whose ranks, sorted, come first, as firms a cell; an empty seat stands behind every rank.

    Firm by firm in the order of the ranks: it is in where a set of this value has it beside all that was decided before.
    False where the steps allowed were used up on the way.
    """
    value = solved.value
    core = Core(problem, solved.root, value, Steps(max_steps))
    inner, now = core.problem, core.gathered(solved.taken)
    low, high = np.zeros_like(inner.takes), inner.takes.copy()
    for firm in np.argsort(ranks[inner.firms], kind="stable").tolist():
        cell, place = int(inner.cells[firm]), int(core.places[firm])
        if not low[cell] <= place < high[cell]:
            continue
        further = low.copy()
        further[cell] = place + 1
        if place >= now[cell]:
            try:
                found = next(core.sets(value, further, high), None)
            except SearchStopped:
                return core.spread(now), False
            if found is None:
                high[cell] = place
                continue
            now = found
        low = further
    return core.spread(now), True


def count_equals(problem: Problem, solved: Solved, max_steps: int) -> tuple[int, bool]:
    """How many sets have this value, and whether that is exact; not exact: there are more than so many.

    Each set found stands for all that differ from it only in firms of one cell with the same points.
    """
    core, number = Core(problem, solved.root, solved.value, Steps(max_steps)), 0
    try:
        for taken in core.sets(solved.value):
            number += _ways(problem, core.spread(taken))
            if number > MAX_COUNTED:
                return MAX_COUNTED, False
    except SearchStopped:
        return max(0, number - 1), False
    return number, True


def _ways(problem: Problem, taken: np.ndarray) -> int:
    """In how many ways so many firms of each cell can be the best of it: the last ones may be worth the same."""
    ends = problem.starts[:-1] + taken
    after = np.minimum(ends, len(problem.worth) - 1)
    tied = (taken > 0) & np.where(
        taken < problem.takes, problem.worth[after] == problem.worth[ends - 1], problem.beyond > 0
    )
    ways = 1
    for cell in np.flatnonzero(tied).tolist():
        worth = problem.worth[problem.starts[cell] : problem.starts[cell + 1]]
        last = worth[taken[cell] - 1]
        equal = int((worth == last).sum()) + (int(problem.beyond[cell]) if last == worth[-1] else 0)
        ways *= math.comb(equal, int(taken[cell]) - int((worth > last).sum()))
    return ways
