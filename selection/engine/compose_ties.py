"""Among equally good sets: the first by the tie rule, and how many there are."""

import math
from dataclasses import dataclass

import numpy as np

from selection.engine.compose_cells import ROOM, Problem
from selection.engine.compose_core import Core, Steps
from selection.engine.compose_pool import SearchStopped
from selection.engine.compose_search import Solved

MAX_COUNTED = 100
"""Equally good sets are counted up to this many."""


@dataclass(frozen=True, slots=True)
class Ties:
    """taken: the set by the tie rule, firms a cell; is_first: False where the steps allowed were used up before that was
    certain. number, is_exact: how many sets are as good; not exact: there are more."""

    taken: np.ndarray
    is_first: bool
    number: int = 0
    is_exact: bool = False


def ties_of(problem: Problem, solved: Solved, ranks: np.ndarray, max_steps: int, *, counts: bool) -> Ties:
    """The set of the best value whose ranks, sorted, come first (an empty seat stands behind every rank), and the count.

    Each set that the search meets stands for all that differ from it only in firms of one cell with the same points. Where
    these are not too many, the first is among those counted; else it is looked for firm by firm.
    """
    core = Core(problem, solved.root, solved.value, Steps(max_steps), solved.core)
    if not counts:
        return Ties(*_firm_by_firm(core, solved, ranks))
    met, number = [], 0
    try:
        for taken in core.sets(solved.value):
            met.append(core.spread(taken))
            number += _ways(problem, met[-1])
            if len(met) > MAX_COUNTED:
                break
        else:
            first = min(met, key=lambda taken: [*sorted(ranks[problem.firms[problem.is_taken(taken)]].tolist()), ROOM])
            return Ties(first, is_first=True, number=min(number, MAX_COUNTED), is_exact=number <= MAX_COUNTED)
    except SearchStopped:
        pass
    core.steps = Steps(max_steps)
    return Ties(*_firm_by_firm(core, solved, ranks), number=max(0, min(number - 1, MAX_COUNTED)))


def _firm_by_firm(core: Core, solved: Solved, ranks: np.ndarray) -> tuple[np.ndarray, bool]:
    """In the order of the ranks: a firm is in where a set of this value has it beside all that was decided before."""
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
                found = next(core.sets(solved.value, further, high), None)
            except SearchStopped:
                return core.spread(now), False
            if found is None:
                high[cell] = place
                continue
            now = found
        low = further
    return core.spread(now), True


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
