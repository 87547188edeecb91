"""The search among the few firms that the relaxation of the whole leaves open, in parts that are divided cell by cell."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selection.engine.compose_cells import ROOM, Problem
from selection.engine.compose_guide import Guide
from selection.engine.compose_pool import SearchStopped

WHOLE = 1e-6
"""Shares of a cell nearer than this to a whole number are tried as one."""
MANY = 500
"""A relaxation counts as one step more for each so many firms, as it takes that much longer."""


@dataclass(frozen=True, slots=True)
class Root:
    """Multipliers (parts of 1/scale), and the bound that they give in the same parts; is_possible: False where the
    multipliers prove that no set keeps the hard rules."""

    multipliers: np.ndarray
    bound: int
    is_possible: bool


@dataclass(slots=True)
class Steps:
    """How many relaxations may still be asked, large ones counted more than once, and the turns given so far."""

    left: int
    turns: int = 0

    def take(self, firms: int) -> bool:
        """Takes one with so many firms; False where none is left."""
        self.left -= 1 + firms // MANY
        return self.left >= 0

    def turn(self) -> int:
        """A number higher than all given before."""
        self.turns += 1
        return self.turns


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


@dataclass(order=True, slots=True)
class _Part:
    """A part of the search. promise: the smaller is looked at first, then turn. lows, highs: bounds a cell. known: the cell
    and side (0: fewer, 1: more) it came from, how far the share had to move, and the bound before. Once it was looked at:
    bound, step: what shows it; divided_by, sides: how it was divided, the side to look at first in front."""

    promise: int
    turn: int
    lows: np.ndarray = field(compare=False)
    highs: np.ndarray = field(compare=False)
    known: tuple[int, int, float, int | None] | None = field(default=None, compare=False)
    bound: int | None = field(default=None, compare=False)
    step: dict[str, Any] = field(default_factory=dict, compare=False)
    divided_by: dict[str, Any] = field(default_factory=dict, compare=False)
    sides: tuple["_Part", ...] = field(default=(), compare=False)


class Core:
    """The firms that the root leaves open for an aim: a problem of its own, much smaller, and the search in it.

    aim: hundredths of a point that a set must reach. low, high: by cell of the whole problem, firms that are in for certain,
    and the first that is out for certain. before: a core of the same problem whose experience in dividing is taken over.
    """

    def __init__(self, problem: Problem, root: Root, aim: int, steps: Steps, before: "Core | None" = None) -> None:
        slack = root.bound - aim * problem.scale
        gain = problem.gains(root.multipliers)
        self.low = np.bincount(problem.cells[gain > slack], minlength=len(problem.takes))
        self.high = np.bincount(problem.cells[gain >= -slack], minlength=len(problem.takes))
        self.aim = aim
        self.is_open = slack >= 0
        self.high = np.maximum(self.low, self.high)
        self.problem = problem.between(self.low, self.high).with_rows_that_can_bind()
        self.base = int(problem.worth[problem.is_taken(self.low)].sum())
        self.open_cells = np.flatnonzero(self.low < self.high)
        self.places = self.problem.places()
        self.steps = steps
        self.guide = Guide(self.problem)
        self.guide.add(np.arange(len(self.problem.firms)))
        self.falls: np.ndarray = np.zeros((2, len(problem.takes))) if before is None else before.falls
        self.times: np.ndarray = np.zeros((2, len(problem.takes))) if before is None else before.times

    def spread(self, taken: np.ndarray) -> np.ndarray:
        """Firms a cell of the whole problem, from firms a cell of this one."""
        full = self.low.copy()
        full[self.open_cells] += taken
        return full

    def gathered(self, taken: np.ndarray) -> np.ndarray:
        """The other way round."""
        return (taken - self.low)[self.open_cells]

    def best(self, aim: int) -> tuple[np.ndarray | None, list[dict[str, Any]] | None]:
        """The best set that reaches the aim, as firms a cell, None where none does; and the steps that show that there is no
        better one (none that reaches the aim), None where the steps allowed were used up before."""
        if not self.is_open:
            return None, []
        problem, aim, found = self.problem, aim - self.base, None
        start = _Part(-ROOM, 0, np.zeros_like(problem.takes), problem.takes)
        parts = [start]
        while parts and -parts[0].promise >= aim * problem.scale:
            if not self.steps.take(len(self.places)):
                return found, None
            part = heapq.heappop(parts)
            look = self._look(part.lows, part.highs)
            self._learn(part, look)
            part.step = {"points": int(look.with_worth), "multipliers": problem.named(look.multipliers)}
            part.bound = look.bound if look.with_worth else None
            value = problem.value_of(look.totals) if look.may_reach(aim * problem.scale) else None
            if value is not None and value >= aim:
                found, aim = look.totals, value + problem.grain
            if not look.may_reach(aim * problem.scale):
                continue
            if (part.lows == part.highs).all():
                part.step = self._plain(part.lows)
            else:
                part.promise = -part.bound if part.bound is not None else part.promise
                self._divide(part, look)
                for side in reversed(part.sides):
                    heapq.heappush(parts, side)
        return found, _in_order(start, aim * problem.scale)

    def sets(self, aim: int, low: np.ndarray | None = None, high: np.ndarray | None = None) -> Iterator[np.ndarray]:
        """Every set that reaches the aim, as firms a cell, within bounds a cell. Raises SearchStopped."""
        if not self.is_open:
            return
        problem, aim = self.problem, (aim - self.base) * self.problem.scale
        parts = [
            _Part(0, 0, np.zeros_like(problem.takes) if low is None else low, problem.takes if high is None else high)
        ]
        while parts:
            if not self.steps.take(len(self.places)):
                raise SearchStopped
            part = parts.pop()
            look = self._look(part.lows, part.highs)
            self._learn(part, look)
            if not look.may_reach(aim):
                continue
            value = problem.value_of(look.totals)
            if value is not None and value * problem.scale >= aim:
                yield look.totals
                parts += [_Part(0, 0, *bounds) for bounds in self._others(look, part.lows, part.highs, aim)]
            elif (part.lows < part.highs).any():
                self._divide(part, look)
                parts += reversed(part.sides)

    def _divide(self, part: _Part, look: _Look) -> None:
        """In two at one firm: without it and those after it in its cell, or with it and those before it."""
        cell, share = self._branch(look.shares, part.lows, part.highs)
        firm = int(min(max(np.floor(share), part.lows[cell]), part.highs[cell] - 1))
        is_in_first = share - firm >= 0.5
        sides = [(part.lows, _with(part.highs, cell, firm)), (_with(part.lows, cell, firm + 1), part.highs)]
        first = "in" if is_in_first else "out"
        part.divided_by = {"firm": int(self.problem.firms[self.problem.starts[cell] + firm]), "first": first}
        halves = []
        for side in (1, 0) if is_in_first else (0, 1):
            known = (cell, side, max(WHOLE, abs(share - firm - side)), look.bound)
            halves.append(_Part(part.promise, -self.steps.turn(), *sides[side], known))
        part.sides = tuple(halves)

    def _learn(self, part: _Part, look: _Look) -> None:
        """Keeps how much the bound fell by a whole firm more or less of a cell, to divide where it falls most."""
        if part.known is None or look.bound is None or not look.with_worth:
            return
        cell, side, way, before = part.known
        if before is None:
            return
        self.falls[side, self.open_cells[cell]] += max(0, before - look.bound) / way
        self.times[side, self.open_cells[cell]] += 1

    def _branch(self, shares: np.ndarray | None, lows: np.ndarray, highs: np.ndarray) -> tuple[int, float]:
        """The cell to divide at, and its share: of those whose share is not whole, where the bound is expected to fall most;
        where all are whole, the first that is not fixed."""
        if shares is None:
            shares = (lows + highs) / 2
        part = shares - np.floor(shares)
        is_broken = (lows < highs) & (np.minimum(part, 1 - part) > WHOLE)
        if not is_broken.any():
            cell = int(np.argmax(lows < highs))
            return cell, float(shares[cell])
        falls, times = self.falls[:, self.open_cells], self.times[:, self.open_cells]
        known = times > 0
        usual = falls[known].sum() / times[known].sum() if known.any() else 1.0
        down, up = np.where(known, falls / np.maximum(times, 1), usual)
        score = np.maximum(down * part, 1.0) * np.maximum(up * (1 - part), 1.0)
        cell = int(np.argmax(np.where(is_broken, score, -1.0)))
        return cell, float(shares[cell])

    def _others(
        self, look: _Look, lows: np.ndarray, highs: np.ndarray, aim: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Bounds that divide all other sets within these: from one cell more or fewer firms, from the cells before as many.

        Left out is what the multipliers show to be below the aim.
        """
        problem, now = self.problem, look.totals
        gain = problem.gains(look.multipliers, with_worth=look.with_worth)
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

    def _look(self, lows: np.ndarray, highs: np.ndarray) -> _Look:
        problem = self.problem
        is_in, is_out = self.places < lows[problem.cells], self.places >= highs[problem.cells]
        self.guide.within(is_in, ~is_out)
        advice = self.guide.ask()
        multipliers, with_worth = advice.multipliers, advice.shares is not None
        bound = self._bound(multipliers, is_in, is_out, with_worth=with_worth)
        if advice.shares is None:
            return _Look(None, lows, multipliers, bound, with_worth)
        shares = np.bincount(problem.cells, weights=advice.shares, minlength=len(problem.takes))
        totals = np.clip(np.rint(shares), lows, highs).astype(np.int64)
        return _Look(shares, totals, multipliers, bound, with_worth)

    def _bound(self, multipliers: np.ndarray, is_in: np.ndarray, is_out: np.ndarray, *, with_worth: bool) -> int | None:
        """What no set within the bounds can pass, in parts of 1/scale; None where the numbers are too large to say."""
        sizes = np.abs(self.problem.limits) + self.guide.row_size * (len(self.places) + 1)
        if float(multipliers @ sizes) > ROOM:
            return None
        gain = self.problem.gains(multipliers, with_worth=with_worth)
        allowance = int((self.problem.signs * multipliers) @ self.problem.limits)
        return allowance + int(gain[is_in | (~is_out & (gain > 0))].sum())

    def _plain(self, taken: np.ndarray) -> dict[str, Any]:
        """The step that shows the exact value of a single set: that it breaks a hard rule, or what it is worth."""
        multipliers = np.zeros(len(self.problem.rows), dtype=np.int64)
        off = self.problem.signs * (self.problem.used(taken) - self.problem.limits)
        for place in np.flatnonzero(off > 0).tolist():
            weight = self.problem.rows[place].weight
            if weight is None:
                return {"points": 0, "multipliers": self.problem.named(_with(multipliers * 0, place, 1))}
            multipliers[place] = weight * self.problem.scale
        return {"points": 1, "multipliers": self.problem.named(multipliers)}


def _with(numbers: np.ndarray, place: int, number: int) -> np.ndarray:
    changed = numbers.copy()
    changed[place] = number
    return changed


def _in_order(start: _Part, aim: int) -> list[dict[str, Any]]:
    """The steps of a search that is over, a part before its sides; a part whose own bound lies below the aim ends there."""
    steps, parts = [], [start]
    while parts:
        part = parts.pop()
        if not part.sides or (part.bound is not None and part.bound < aim):
            steps.append(part.step)
        else:
            steps.append(part.divided_by)
            parts += reversed(part.sides)
    return steps
