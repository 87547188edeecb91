"""Finding the best set and proving it: a relaxation over the cells, then a search among the few firms that it leaves open.

Every step that decides is made in whole numbers. With multipliers m of the rows (none below zero, that of a soft rule not
above its weight) no set is worth more than

    allowance(m) + sum over the firms of max(0, worth - charge(m))

so a good guess of m, from floating numbers, gives a bound that holds exactly. A firm whose own term is larger than what the
bound lies above the aim is in every set that reaches the aim, or in none.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.engine.compose_cells import Problem
from selection.engine.compose_core import Core, Root, Steps
from selection.engine.compose_guide import Guide

SMALL = 3000
"""Up to so many firms, all go into the first relaxation."""


def relax(problem: Problem) -> Root:
    """Multipliers of the whole problem. Only firms that are worth their charge are ever put into the relaxation."""
    guide, reach = Guide(problem), _first_reach(problem)
    places = problem.places()
    guide.add(np.flatnonzero(places < reach[problem.cells]))
    while True:
        advice = guide.ask()
        multipliers, is_possible = advice.multipliers, advice.shares is not None
        gain = problem.gains(multipliers, with_worth=is_possible)
        wanted = np.bincount(problem.cells[gain > 0], minlength=len(problem.takes))
        further = np.minimum(wanted, np.maximum(64, 2 * reach))
        if (further <= reach).all():
            break
        further = np.maximum(further, reach)
        guide.add(np.flatnonzero((places >= reach[problem.cells]) & (places < further[problem.cells])))
        reach = further
    bound = problem.allowance(multipliers) + int(gain[gain > 0].sum())
    if not is_possible and bound >= 0:  # not proven in whole numbers; the search has to look
        multipliers = np.zeros_like(multipliers)
        gain = problem.gains(multipliers)
        return Root(multipliers, int(gain[gain > 0].sum()), is_possible=True)
    return Root(multipliers, bound, is_possible)


def _first_reach(problem: Problem) -> np.ndarray:
    """How far into each cell the first relaxation looks: the best of all, and the best for each floor."""
    if len(problem.firms) <= SMALL:
        return problem.takes
    reach = _reach_of(problem, np.arange(len(problem.firms)), problem.rows[problem.seats_row].limit)
    for table, class_of in zip(problem.tables, problem.classes, strict=True):
        for place, row in enumerate(problem.rows):
            if row.is_floor and table[:, place].any():
                counts = (table[:, place] > 0)[class_of]
                firms = np.flatnonzero(counts[problem.cells])
                reach = np.maximum(reach, _reach_of(problem, firms, row.limit))
    return reach


def _reach_of(problem: Problem, firms: np.ndarray, limit: int) -> np.ndarray:
    """How far into each cell twice as many firms as the limit reach, the best of these."""
    number = min(len(firms), 2 * max(0, limit))
    best = firms[np.argpartition(-problem.worth[firms], number - 1)[:number]] if number else firms[:0]
    return np.bincount(problem.cells[best], minlength=len(problem.takes))


@dataclass(frozen=True, slots=True)
class Solved:
    """taken: firms a cell; value: worth less penalties; bound: what no set can pass, the value itself where it is proven
    to be the best; core: where the set was found, with the aim that left its firms open; proof: the steps that show the bound
    beside the root, none where the root's does."""

    taken: np.ndarray
    value: int
    bound: int
    root: Root
    core: Core
    proof: tuple[dict[str, Any], ...] = ()


def solve(problem: Problem, max_steps: int) -> Solved | None:
    """A best set; None: proven that no set keeps the hard rules. Raises SearchStopped where neither came out in time."""
    root = relax(problem)
    if not root.is_possible:
        return None
    grain, lowest, behind, steps = problem.grain, _lowest(problem), 0, Steps(max_steps)
    top = root.bound // (problem.scale * grain) * grain
    while True:
        aim = max(top - behind, lowest)
        core = Core(problem, root, aim, steps)
        found, proof = core.best(aim)
        if found is not None or proof is None:
            break
        if aim == lowest:
            return None
        behind = 4 * behind + 4 * grain
    if found is None:
        core = Core(problem, root, lowest, Steps(max_steps))
        found = next(core.sets(lowest), None)
        if found is None:
            return None
    taken = core.spread(found)
    value = problem.value_of(taken)
    assert value is not None  # noqa: S101 - a search gives only sets that keep the hard rules
    if proof is None:
        return Solved(taken, value, top, root, core)
    return Solved(taken, value, value, root, core, tuple(proof) if value < top else ())


def _lowest(problem: Problem) -> int:
    """Less than any set that keeps the hard rules can be worth."""
    number = len(problem.firms)
    penalties = sum((abs(row.limit) + number) * row.weight for row in problem.rows if row.weight is not None)
    return int(problem.worth[problem.worth < 0].sum()) - penalties
