"""The pool laid out for the search: firms that every rule sees alike and that cost the same stand in one cell.

Within a cell only "the first so many" can be best: whoever exchanges a firm for one that stands before it in its cell breaks
no rule and loses nothing. So the search decides one number a cell. Everything here that decides is a whole number.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from selection.engine.compose_pool import BUDGET, SEATS, Pool, Rule

ROOM = 2**61
"""Sums stay below this, so that they fit whole numbers of 64 bits with room to spare."""


@dataclass(frozen=True, slots=True)
class Row:
    """One limit. code: of the rule, "seats" or "budget". value: of a rule for any one value, else "". limit: after the
    firms that are locked in. weight: None where hard."""

    code: str
    value: str
    is_floor: bool
    limit: int
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is left to decide once the locked firms stand.

    rows: limits, one a rule (a rule for any one value: one a value), then seats, then the budget where there is one.
    signs: +1 for a cap, -1 for a floor. tables: by attribute, one row a class of labels, one column a row of `rows`: 1 where
    it counts. classes: by attribute the class of each cell. costs: a cell, in units of `unit` rupees; None without budget.
    firms: places in the pool, by cell, best first in each; cells: the cell of each; starts: where each cell begins, and the
    end. worth: hundredths of a point of each firm (or what else is to be made large). takes: the most that a cell can give.
    kept: places of the firms locked in. scale: what multipliers are counted in: they are whole parts of 1/scale. beyond: by
    cell of the whole problem, firms cut off behind its last one that are worth as much as that one. grain: every value of a
    set is a multiple of this, such as 100 where all points and weights are whole.
    """

    rows: tuple[Row, ...]
    limits: np.ndarray
    signs: np.ndarray
    tables: tuple[np.ndarray, ...]
    classes: np.ndarray
    costs: np.ndarray | None
    unit: int
    firms: np.ndarray
    cells: np.ndarray
    starts: np.ndarray
    worth: np.ndarray
    takes: np.ndarray
    kept: np.ndarray
    scale: int
    beyond: np.ndarray
    grain: int

    @property
    def seats_row(self) -> int:
        return len(self.rows) - (1 if self.costs is None else 2)

    def charges(self, multipliers: np.ndarray) -> np.ndarray:
        """What a firm of each cell pays for the rows it counts in (floors give), in parts of 1/scale; whole numbers."""
        signed = self.signs * multipliers
        charge = np.full(len(self.takes), signed[self.seats_row])
        for table, class_of in zip(self.tables, self.classes, strict=True):
            charge += (table @ signed)[class_of]
        if self.costs is not None:
            charge += signed[-1] * self.costs
        return charge

    def gains(self, multipliers: np.ndarray, *, with_worth: bool = True) -> np.ndarray:
        """Worth of each firm less its charge, in parts of 1/scale."""
        charges = self.charges(multipliers)[self.cells]
        return self.worth * self.scale - charges if with_worth else -charges

    def allowance(self, multipliers: np.ndarray) -> int:
        """What the limits themselves are worth at these multipliers."""
        return sum(int(s) * int(m) * row.limit for s, m, row in zip(self.signs, multipliers, self.rows, strict=True))

    def named(self, multipliers: np.ndarray) -> list[list[Any]]:
        """As a certificate has them: [code of the rule, value, multiplier] where it is not 0."""
        pairs = zip(self.rows, multipliers.tolist(), strict=True)
        return [[row.code, row.value, number] for row, number in pairs if number]

    def used(self, taken: np.ndarray) -> np.ndarray:
        """How much of each row a set uses. taken: firms a cell, the first so many of it."""
        used = np.zeros(len(self.rows), dtype=np.int64)
        for table, class_of in zip(self.tables, self.classes, strict=True):
            taken_of = np.zeros(len(table), dtype=np.int64)
            np.add.at(taken_of, class_of, taken)
            used += taken_of @ table
        used[self.seats_row] = taken.sum()
        if self.costs is not None:
            used[-1] = taken @ self.costs
        return used

    def value_of(self, taken: np.ndarray) -> int | None:
        """Worth less penalties of a set, firms locked in left out; None where it breaks a hard rule."""
        penalty = 0
        for row, sign, number in zip(self.rows, self.signs.tolist(), self.used(taken).tolist(), strict=True):
            off = sign * (number - row.limit)
            if off > 0:
                if row.weight is None:
                    return None
                penalty += off * row.weight
        return int(self.worth[self.is_taken(taken)].sum()) - penalty

    def places(self) -> np.ndarray:
        """The place of each firm in its cell, 0 first."""
        return np.arange(len(self.firms)) - self.starts[self.cells]

    def is_taken(self, taken: np.ndarray) -> np.ndarray:
        return self.places() < taken[self.cells]

    def between(self, low: np.ndarray, high: np.ndarray) -> Self:
        """What is left where each cell gives its first `low` firms in any case and none from `high` on."""
        limits = self.limits - self.used(low)
        stays = np.flatnonzero(low < high)
        places = self.places()
        open_ones = (places >= low[self.cells]) & (places < high[self.cells])
        takes = (high - low)[stays]
        return replace(
            self,
            rows=tuple(replace(row, limit=limit) for row, limit in zip(self.rows, limits.tolist(), strict=True)),
            limits=limits,
            classes=self.classes[:, stays],
            costs=None if self.costs is None else self.costs[stays],
            firms=self.firms[open_ones],
            cells=np.repeat(np.arange(len(stays)), takes),
            starts=np.concatenate(([0], np.cumsum(takes))),
            worth=self.worth[open_ones],
            takes=takes,
        )

    def with_rows_that_can_bind(self) -> Self:
        """Without the rows that no set can break: a cap that all firms together keep, a floor that none of them is needed for."""
        binds = np.where(self.signs > 0, self.used(self.takes) > self.limits, self.limits > 0)
        binds[self.seats_row :] = True
        return replace(
            self,
            rows=tuple(row for row, is_needed in zip(self.rows, binds, strict=True) if is_needed),
            limits=self.limits[binds],
            signs=self.signs[binds],
            tables=tuple(table[:, binds] for table in self.tables),
        )


def problem_of(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
    worth: np.ndarray | None = None,
) -> Problem:
    """The problem in cells. worth: what to make large, one a firm of the pool; None: its points."""
    stays = np.isin(pool.ids, np.array(list(locked_in), dtype=np.int64))
    free = np.flatnonzero(~stays & ~np.isin(pool.ids, np.array(list(locked_out), dtype=np.int64)))
    kept = np.flatnonzero(stays)
    unit, rows = 1, []
    attributes = list(dict.fromkeys(rule.attribute for rule in rules))
    columns: dict[str, list[np.ndarray]] = {name: [] for name in attributes}  # which labels count, a row
    owners = []
    for rule in rules:
        group = pool.groups[rule.attribute]
        limit = rule.seats_meant(seats)
        for value, counts in _counted(rule, group.labels):
            taken = int(counts[group.codes[kept]].sum())
            columns[rule.attribute].append(counts)
            owners.append(rule.attribute)
            rows.append(Row(rule.code, value, rule.is_floor, limit - taken, rule.weight))
    rows.append(Row(SEATS, "", is_floor=False, limit=seats - len(kept)))
    cost = None
    if budget is not None and pool.costs is not None:
        unit = max(1, math.gcd(*np.unique(pool.costs).tolist()))
        cost = pool.costs // unit
        rows.append(Row(BUDGET, "", is_floor=False, limit=budget // unit - int(cost[kept].sum())))
    tables, kinds_of, keys = [], [], np.zeros(len(pool.ids), dtype=np.int64)
    for name in attributes:
        group = pool.groups[name]
        seen = np.array(columns[name], dtype=np.int64).reshape(len(columns[name]), len(group.labels)).T
        kinds, kind_of = np.unique(seen, axis=0, return_inverse=True)
        table = np.zeros((len(kinds), len(rows)), dtype=np.int64)
        table[:, [place for place, owner in enumerate(owners) if owner == name]] = kinds
        tables.append(table)
        kinds_of.append(kind_of.reshape(-1)[group.codes])
        keys = _joined(keys, kinds_of[-1], len(kinds))
    if cost is not None:
        prices, price_of = np.unique(cost, return_inverse=True)
        keys = _joined(keys, price_of, len(prices))
    amount = pool.points if worth is None else worth
    _, cells = np.unique(keys[free], return_inverse=True)
    order = np.lexsort((pool.ranks[free], -amount[free], cells))
    firms, cells = free[order], cells[order]
    starts = np.searchsorted(cells, np.arange(int(cells.max(initial=-1)) + 2))
    largest = int(np.abs(amount).max(initial=0)) + sum(row.weight or 0 for row in rows) + 1
    scale = 2 ** min(24, max(0, (ROOM // (largest * (len(free) + 1))).bit_length() - 6))
    problem = Problem(
        tuple(rows),
        np.array([row.limit for row in rows], dtype=np.int64),
        np.array([-1 if row.is_floor else 1 for row in rows], dtype=np.int64),
        tuple(tables),
        np.array([kind_of[firms[starts[:-1]]] for kind_of in kinds_of]).reshape(len(tables), len(starts) - 1),
        None if cost is None else cost[firms[starts[:-1]]],
        unit,
        firms,
        cells,
        starts,
        amount[firms],
        np.diff(starts),
        kept,
        scale,
        np.zeros(0, dtype=np.int64),
        math.gcd(int(np.gcd.reduce(amount, initial=0)), *(row.weight or 0 for row in rows)) or 1,
    )
    most = _most(problem)
    last = problem.worth[np.maximum(0, starts[:-1] + most - 1)]
    is_beyond = (problem.places() >= most[cells]) & (problem.worth == last[cells])
    beyond = np.bincount(cells[is_beyond], minlength=len(most))[most > 0]
    return replace(problem.between(np.zeros_like(most), most), beyond=beyond)


def _joined(keys: np.ndarray, more: np.ndarray, kinds: int) -> np.ndarray:
    """One number for a pair of numbers, the second below `kinds`."""
    if int(keys.max(initial=0)) >= ROOM // max(1, kinds):
        keys = np.unique(keys, return_inverse=True)[1]
    return keys * kinds + more


def _counted(rule: Rule, labels: Sequence[str]) -> list[tuple[str, np.ndarray]]:
    """The rows of a rule: the value each stands for, "" where all are counted together, and which labels count."""
    if rule.values:
        return [("", np.isin(np.array(labels, dtype=np.str_), rule.values).astype(np.int64))]
    marks = np.eye(len(labels), dtype=np.int64)
    return [(label, marks[place]) for place, label in enumerate(labels) if label]


def _most(problem: Problem) -> np.ndarray:
    """The most that each cell can give, by the hard caps that its firms count in, and one more.

    With the one more, a cap that holds a cell back has its price in the relaxation, and so for all the firms left out here.
    """
    takes = problem.takes - 1
    hard = [place for place, row in enumerate(problem.rows) if not row.is_floor and row.weight is None]
    for table, class_of in zip(problem.tables, problem.classes, strict=True):
        lowest = np.full(len(table), ROOM)
        for place in hard:
            counts = table[:, place] > 0
            lowest[counts] = np.minimum(lowest[counts], max(0, problem.rows[place].limit))
        takes = np.minimum(takes, lowest[class_of])
    takes = np.minimum(takes, max(0, problem.rows[problem.seats_row].limit))
    if problem.costs is not None:
        affordable = max(0, problem.rows[-1].limit) // np.maximum(problem.costs, 1)
        takes = np.minimum(takes, np.where(problem.costs > 0, affordable, takes))
    return takes + 1
