"""Finding the best set and proving it: a relaxation over the cells, then a search among the few firms that it leaves open.

Every step that decides is made in whole numbers. With multipliers m of the rows (none below zero, that of a soft rule not
above its weight) no set is worth more than

    allowance(m) + sum over the firms of max(0, worth - charge(m))

so a good guess of m, from floating numbers, gives a bound that holds exactly. A firm whose own term is larger than what the
bound lies above the aim is in every set that reaches the aim, or in none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.engine.compose_cells import Problem
from selection.engine.compose_guide import Guide
from selection.engine.compose_pool import SearchStopped

SMALL = 3000
"""Up to so many firms, all go into the first relaxation."""
WHOLE = 1e-6
"""Shares of a cell nearer than this to a whole number are tried as one."""


@dataclass(frozen=True, slots=True)
class Root:
    """Multipliers (parts of 1/scale), and the bound that they give in the same parts; is_possible: False where the
    multipliers prove that no set keeps the hard rules."""

    multipliers: np.ndarray
    bound: int
    is_possible: bool


@dataclass(slots=True)
class Steps:
    """How many relaxations may still be asked."""

    left: int

    def one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise SearchStopped


def gains(problem: Problem, multipliers: np.ndarray, *, with_worth: bool = True) -> np.ndarray:
    """Worth of each firm less its charge, in parts of 1/scale."""
    charges = problem.charges(multipliers)[problem.cells]
    return problem.worth * problem.scale - charges if with_worth else -charges


def relax(problem: Problem) -> Root:
    """Multipliers of the whole problem. Only firms that are worth their charge are ever put into the relaxation."""
    guide, reach = Guide(problem), _first_reach(problem)
    places = problem.places()
    guide.add(np.flatnonzero(places < reach[problem.cells]))
    while True:
        advice = guide.ask()
        is_possible = advice.shares is not None
        multipliers = problem.clipped(advice.multipliers, with_worth=is_possible)
        gain = gains(problem, multipliers, with_worth=is_possible)
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
        gain = gains(problem, multipliers)
        return Root(multipliers, int(gain[gain > 0].sum()), is_possible=True)
    return Root(multipliers, bound, is_possible)


def _first_reach(problem: Problem) -> np.ndarray:
    """How far into each cell the first relaxation looks: the best of all, and the best for each floor."""
    if len(problem.firms) <= SMALL:
        return problem.takes
    number = min(len(problem.firms), 2 * max(1, problem.rows[problem.seats_row].limit))
    line = np.partition(problem.worth, -number)[-number]
    reach = np.bincount(problem.cells[problem.worth >= line], minlength=len(problem.takes))
    for table, class_of in zip(problem.tables, problem.classes, strict=True):
        for place, row in enumerate(problem.rows):
            if not row.is_floor or not table[:, place].any():
                continue
            counts = (table[:, place] > 0)[class_of]
            worth = problem.worth[counts[problem.cells]]
            number = min(len(worth), 2 * max(0, row.limit))
            if number:
                line = np.partition(worth, -number)[-number]
                more = np.bincount(problem.cells[problem.worth >= line], minlength=len(problem.takes))
                reach = np.where(counts, np.maximum(reach, more), reach)
    return reach


class Core:
    """The firms that the root leaves open for an aim: a problem of its own, much smaller, and the search in it.

    aim: hundredths of a point that a set must reach. low, high: by cell of the whole problem, firms that are in for certain,
    and the first that is out for certain. proof: filled by `find`, one entry a step, in the order of the steps.
    """

    def __init__(self, problem: Problem, root: Root, aim: int, steps: Steps) -> None:
        slack = root.bound - aim * problem.scale
        gain = gains(problem, root.multipliers)
        self.low = np.bincount(problem.cells[gain > slack], minlength=len(problem.takes))
        self.high = np.bincount(problem.cells[gain >= -slack], minlength=len(problem.takes))
        self.whole = problem
        self.is_open = slack >= 0
        self.high = np.maximum(self.low, self.high)
        self.problem = problem.between(self.low, self.high).with_rows_that_can_bind()
        self.base = int(problem.worth[problem.is_taken(self.low)].sum())
        self.open_cells = np.flatnonzero(self.low < self.high)
        self.places = self.problem.places()
        self.steps = steps
        self.guide = Guide(self.problem)
        self.guide.add(np.arange(len(self.problem.firms)))

    def spread(self, taken: np.ndarray) -> np.ndarray:
        """Firms a cell of the whole problem, from firms a cell of this one."""
        full = self.low.copy()
        full[self.open_cells] += taken
        return full

    def gathered(self, taken: np.ndarray) -> np.ndarray:
        """The other way round."""
        return (taken - self.low)[self.open_cells]

    def find(
        self,
        aim: int,
        low: np.ndarray | None = None,
        high: np.ndarray | None = None,
        *,
        best: bool = False,
        proof: list[dict[str, Any]] | None = None,
    ) -> np.ndarray | None:
        """A set that reaches the aim (the first one met, or the best), as firms a cell; None where there is none.

        low, high: bounds a cell to search within. Raises SearchStopped where the steps allowed are used up before one is met.
        """
        found = None
        try:
            for found in self.sets(aim, low, high, raises=best, proof=proof):
                if not best:
                    break
        except SearchStopped:
            if found is None:
                raise
        return found

    def sets(
        self,
        aim: int,
        low: np.ndarray | None = None,
        high: np.ndarray | None = None,
        *,
        raises: bool = False,
        proof: list[dict[str, Any]] | None = None,
    ) -> Iterator[np.ndarray]:
        """Every set that reaches the aim, as firms a cell; with raises only such as are better than those met before."""
        if not self.is_open:
            return
        problem, aim = self.problem, aim - self.base
        start = (np.zeros_like(problem.takes) if low is None else low, problem.takes if high is None else high)
        stack, steps = [start], [] if proof is None else proof
        while stack:
            self.steps.one()
            lows, highs = stack.pop()
            look = self._look(lows, highs)
            if look.may_reach(aim * problem.scale):
                value = problem.value_of(look.totals)
                if value is not None and value >= aim:
                    yield look.totals
                    if not raises:
                        stack += self._others(look, lows, highs, aim * problem.scale)
                        continue
                    aim = value + 1
            if not look.may_reach(aim * problem.scale):
                steps.append(self._step(look.multipliers, with_worth=look.with_worth))
            elif (lows == highs).all():
                steps.append(self._plain(lows))
            else:
                cell, share = _branch(look.shares, lows, highs)
                firm = int(min(max(np.floor(share), lows[cell]), highs[cell] - 1))
                sides = [(lows, _with(highs, cell, firm)), (_with(lows, cell, firm + 1), highs)]
                first = "in" if share - firm >= 0.5 else "out"
                steps.append({"firm": int(problem.firms[problem.starts[cell] + firm]), "first": first})
                stack += sides if first == "in" else reversed(sides)

    def _others(
        self, look: "_Look", lows: np.ndarray, highs: np.ndarray, aim: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Bounds that divide all other sets within these: from one cell more or fewer firms, from the cells before as many.

        Left out is what the multipliers show to be below the aim.
        """
        problem, now = self.problem, look.totals
        gain = gains(problem, look.multipliers, with_worth=look.with_worth)
        slack = aim if look.bound is None else look.bound - aim
        reach = np.abs(gain) <= slack if look.bound is not None else np.ones(len(gain), dtype=bool)
        low, high = lows.copy(), highs.copy()
        for cell in np.flatnonzero(lows < highs).tolist():
            at = problem.starts[cell] + now[cell]
            if now[cell] > low[cell] and reach[at - 1]:
                yield low.copy(), _with(high, cell, now[cell] - 1)
            if now[cell] < high[cell] and reach[at]:
                yield _with(low, cell, now[cell] + 1), high.copy()
            low[cell] = high[cell] = now[cell]

    def _look(self, lows: np.ndarray, highs: np.ndarray) -> "_Look":
        problem = self.problem
        is_in, is_out = self.places < lows[problem.cells], self.places >= highs[problem.cells]
        self.guide.within(is_in, ~is_out)
        advice = self.guide.ask()
        with_worth = advice.shares is not None
        multipliers = problem.clipped(advice.multipliers, with_worth=with_worth)
        bound = self._bound(multipliers, is_in, is_out, with_worth=with_worth)
        if advice.shares is None:
            return _Look(None, lows, multipliers, bound, with_worth)
        shares = np.bincount(problem.cells, weights=advice.shares, minlength=len(problem.takes))
        totals = np.clip(np.rint(shares), lows, highs).astype(np.int64)
        return _Look(shares, totals, multipliers, bound, with_worth)

    def _bound(self, multipliers: np.ndarray, is_in: np.ndarray, is_out: np.ndarray, *, with_worth: bool) -> int | None:
        """What no set within the bounds can pass, in parts of 1/scale; None where the numbers are too large to say."""
        largest = float(np.abs(multipliers).astype(np.float64) @ np.maximum(1, self.guide.row_size))
        if largest * (len(self.places) + 1) > 2.0**61:
            return None
        gain = gains(self.problem, multipliers, with_worth=with_worth)
        gain[is_out] = 0
        return self.problem.allowance(multipliers) + int(gain[is_in | (gain > 0)].sum())

    def _plain(self, taken: np.ndarray) -> dict[str, Any]:
        """The step that shows the exact value of a single set: that it breaks a hard rule, or what it is worth."""
        multipliers = np.zeros(len(self.problem.rows), dtype=np.int64)
        off = self.problem.signs * (self.problem.used(taken) - self.problem.limits)
        for place in np.flatnonzero(off > 0).tolist():
            weight = self.problem.rows[place].weight
            if weight is None:
                return self._step(_with(multipliers * 0, place, 1), with_worth=False)
            multipliers[place] = weight * self.problem.scale
        return self._step(multipliers, with_worth=True)

    def _step(self, multipliers: np.ndarray, *, with_worth: bool) -> dict[str, Any]:
        return {"points": int(with_worth), "multipliers": self.problem.named(multipliers)}


@dataclass(frozen=True, slots=True)
class _Look:
    """What a relaxation says about a part of the search. shares: a cell, None where nothing is feasible; totals: a set to
    try; bound: in parts of 1/scale, None: not known; with_worth: False where the bound, below 0, shows that there is no set."""

    shares: np.ndarray | None
    totals: np.ndarray
    multipliers: np.ndarray
    bound: int | None
    with_worth: bool

    def may_reach(self, aim: int) -> bool:
        return self.bound is None or self.bound >= (aim if self.with_worth else 0)


def _branch(shares: np.ndarray | None, lows: np.ndarray, highs: np.ndarray) -> tuple[int, float]:
    """The cell whose share is the least whole, and the share; where all are whole, the first that is not fixed."""
    if shares is None:
        shares = (lows + highs) / 2
    off = np.where(lows < highs, np.abs(shares - np.rint(shares)), -1)
    cell = int(np.argmax(off if off.max() > WHOLE else lows < highs))
    return cell, float(shares[cell])


def _with(numbers: np.ndarray, place: int, number: int) -> np.ndarray:
    changed = numbers.copy()
    changed[place] = number
    return changed


@dataclass(frozen=True, slots=True)
class Solved:
    """taken: firms a cell; value: worth less penalties; bound: what no set can pass, the value itself where it is proven
    to be the best; proof: the steps that show it beside the root, none where the root's bound does."""

    taken: np.ndarray
    value: int
    bound: int
    root: Root
    proof: tuple[dict[str, Any], ...] = ()


def solve(problem: Problem, max_steps: int) -> Solved | None:
    """A best set; None: proven that no set keeps the hard rules. Raises SearchStopped where neither came out in time."""
    root = relax(problem)
    if not root.is_possible:
        return None
    top = root.bound // problem.scale
    found, aim, bound = None, top, top
    lowest, behind, steps = _lowest(problem), 0, Steps(max_steps)
    try:
        while found is None:
            aim = max(top - behind, lowest)
            core = Core(problem, root, aim, steps)
            found = core.find(aim, best=True)
            if found is None and aim <= lowest:
                return None
            behind = 4 * behind + 4
    except SearchStopped:
        core = Core(problem, root, lowest, Steps(max_steps))
        found = core.find(lowest)
        if found is None:
            return None
    taken = core.spread(found)
    value = problem.value_of(taken)
    assert value is not None  # noqa: S101 - find gives only sets that keep the hard rules
    proof: list[dict[str, Any]] = []
    if value < bound:
        try:
            Core(problem, root, value + 1, Steps(max_steps)).find(value + 1, proof=proof)
            bound = value
        except SearchStopped:
            proof = []
    return Solved(taken, value, bound, root, tuple(proof))


def _lowest(problem: Problem) -> int:
    """Less than any set that keeps the hard rules can be worth."""
    number = len(problem.firms)
    penalties = sum((abs(row.limit) + number) * row.weight for row in problem.rows if row.weight is not None)
    return int(problem.worth[problem.worth < 0].sum()) - penalties
