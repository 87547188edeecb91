"""The linear relaxation by HiGHS: a guide in floating numbers, of which only whole multipliers are used to prove anything."""

from dataclasses import dataclass

import numpy as np

from selection.engine.compose_cells import ROOM, Problem

OPTIONS = {
    "output_flag": False,
    "log_to_console": False,
    "parallel": "off",
    "threads": 1,
    "random_seed": 0,
    "solver": "simplex",
    "presolve": "off",
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


ROUNDING = 0.25
"""Parts of 1/scale by which a multiplier in floating numbers may lie above a whole number that it means."""


@dataclass(frozen=True, slots=True)
class Advice:
    """shares: how much of each firm, None where nothing is feasible. multipliers: one a row, in whole parts of 1/scale of a
    hundredth of a point, none below zero, that of a soft rule not above its weight; where nothing is feasible those that
    show it, of any size, that of a soft rule zero."""

    shares: np.ndarray | None
    multipliers: np.ndarray


class Guide:
    """One linear programme over the firms of a problem that were added, asked again and again within other bounds."""

    def __init__(self, problem: Problem) -> None:
        import highspy  # noqa: PLC0415 - only the worker composes; no page pays for it at start-up
        from highspy._core import _Highs  # noqa: PLC0415 - highspy.Highs prints a banner for each one made

        self.problem = problem
        self.size = 0
        self.largest = float(max(1, np.abs(problem.worth).max(initial=0)))
        self.row_size = np.ones(len(problem.rows))
        if problem.costs is not None:
            self.row_size[-1] = max(1, problem.costs.max(initial=0))
        self.highs = _Highs()
        self.infinity = highspy.kHighsInf
        self.infeasible = highspy.HighsModelStatus.kInfeasible
        options = highspy.HighsOptions()
        for name, value in OPTIONS.items():
            setattr(options, name, value)
        self.highs.passOptions(options)
        weights = [ROOM if row.weight is None else row.weight * problem.scale for row in problem.rows]
        self.highest = np.array(weights, dtype=np.float64)
        self.is_hard = np.array([row.weight is None for row in problem.rows])
        limits = problem.limits / self.row_size
        is_floor = problem.signs < 0
        empty = np.zeros(0, dtype=np.int32)
        self.highs.addRows(
            len(limits),
            np.where(is_floor, limits, -self.infinity),
            np.where(is_floor, self.infinity, limits),
            0,
            np.zeros(len(limits), dtype=np.int32),
            empty,
            np.zeros(0),
        )
        soft = [place for place, row in enumerate(problem.rows) if row.weight is not None]
        self.soft = len(soft)
        if soft:
            self._add(
                np.array([problem.rows[place].weight for place in soft], dtype=np.float64),
                np.full(len(soft), self.infinity),
                np.arange(len(soft), dtype=np.int32),
                np.array(soft, dtype=np.int32),
                -problem.signs[soft].astype(np.float64),
            )

    def add(self, firms: np.ndarray) -> None:
        """Firms as places in the problem's list."""
        problem, cells = self.problem, self.problem.cells[firms]
        columns = [np.arange(len(firms))]
        rows = [np.full(len(firms), problem.seats_row)]
        values = [np.ones(len(firms))]
        for table, class_of in zip(problem.tables, problem.classes, strict=True):
            column, row = np.nonzero(table[class_of[cells]])
            columns.append(column)
            rows.append(row)
            values.append(np.ones(len(row)))
        if problem.costs is not None:
            columns.append(columns[0])
            rows.append(rows[0] + 1)
            values.append(problem.costs[cells] / self.row_size[-1])
        column = np.concatenate(columns)
        order = np.argsort(column, kind="stable")
        starts = np.searchsorted(column[order], np.arange(len(firms))).astype(np.int32)
        self._add(
            -problem.worth[firms].astype(np.float64),
            np.ones(len(firms)),
            starts,
            np.concatenate(rows)[order].astype(np.int32),
            np.concatenate(values)[order],
        )
        self.size += len(firms)

    def _add(
        self, cost: np.ndarray, upper: np.ndarray, starts: np.ndarray, rows: np.ndarray, values: np.ndarray
    ) -> None:
        self.highs.addCols(len(cost), cost / self.largest, np.zeros(len(cost)), upper, len(rows), starts, rows, values)

    def within(self, lower: np.ndarray, upper: np.ndarray) -> None:
        """From now on each firm that was added is taken at least `lower` and at most `upper`."""
        places = np.arange(self.soft, self.soft + self.size, dtype=np.int32)
        self.highs.changeColsBounds(self.size, places, lower.astype(np.float64), upper.astype(np.float64))

    def ask(self) -> Advice:
        """The best shares and their multipliers."""
        self.highs.run()
        if self.highs.getModelStatus() == self.infeasible:
            _, is_there, ray = self.highs.getDualRay()  # type: ignore[attr-defined]  # its stubs leave it out
            ray = np.asarray(ray) if is_there else np.zeros(len(self.row_size))
            ray = ray * self.problem.signs / self.row_size
            ray = -ray if ray.sum() < 0 else ray
            return Advice(None, self._whole(self.is_hard * ray / max(1e-30, np.abs(ray).max(initial=0))))
        solution = self.highs.getSolution()
        shares = np.asarray(solution.col_value)[self.soft :]
        dual = np.asarray(solution.row_dual)
        return Advice(shares, self._whole(-dual * self.problem.signs * self.largest / self.row_size))

    def _whole(self, multipliers: np.ndarray) -> np.ndarray:
        """Rounded so that charges rather grow: a firm that just pays its charge then does not seem to gain by a rounding."""
        signs = self.problem.signs
        whole = signs * np.ceil(signs * multipliers * self.problem.scale - ROUNDING)
        return np.minimum(np.maximum(whole, 0), self.highest).astype(np.int64)
