"""What no proposal can cost less than: what all may want is priced, and each cohort pays for itself.

Give each trainer's and each venue's moments a price, and each trainer's week one for every session in it. Whatever the
prices are, no plan is cheaper than what the cohorts cost when each takes its own best way at these prices, less what
all that is priced is worth: where a plan keeps the rules, nobody takes a moment twice. Prices are whole parts of SCALE,
so that every sum is exact. Left out, which can only make the bound lower: the road between cities, and that one
cohort's sessions of a week share the trainer's week.

It holds for plans that keep the rules of `rules.ALWAYS`, one session a day at the times that the calendar offers (a
standing place is offered to its own session). A session without a place counts NOT_PLACED.
"""

from dataclasses import dataclass

import numpy as np

from training.timetable.solver.board import Board, Prices
from training.timetable.solver.grid import INF, NOT_PLACED, Grid
from training.timetable.solver.path import PASSED_OVER, best_days
from training.timetable.solver.problem import Problem

STEPS = 120
FIRST_PACE, SLOWER, FRESH = 0.4, 0.97, 0.3
SCALE = 1024
"""A power of two: floats hold whole parts of it exactly."""


@dataclass(frozen=True, slots=True)
class Bound:
    """value: points that no plan costs less than, 0 where some sessions can have no place, or where one that runs already stands where
    the calendar offers none. steps: how often the prices
    were set. lacking: sessions that, as far as the prices show, no plan can give a place."""

    value: int
    steps: int
    lacking: int = 0


def lower_bound(problem: Problem, *, aim: float, steps: int = STEPS) -> Bound:
    """The best bound found in so many steps. aim: the cost of a plan that there is, which the steps are measured by."""
    prices = _Prices(Board(Grid(problem)))
    pull, pace = np.zeros_like(prices.all), FIRST_PACE
    first = best = 0.0  # no cost is below zero
    for step in range(steps):
        value, overdrawn = prices.value()
        if not np.isfinite(value):
            return Bound(0, step)
        first, best = (value if step == 0 else first), max(best, value)
        pull = FRESH * overdrawn + (1 - FRESH) * pull  # the way of the last steps goes on: one step alone swings about
        pull[(prices.all == 0) & (pull < 0)] = 0  # a price is never below zero
        size = float((pull**2).sum())
        if size == 0 or best >= aim:
            break
        if value < first - 3 * max(aim - first, 1.0):  # prices ran away
            pace /= 2
        prices.move(pull * (pace * max(aim - value, 1.0) / size))
        pace *= SLOWER
    lacking = max(0, int(np.ceil(best / NOT_PLACED - 0.01)))  # soft costs are far below a hundredth of one
    return Bound(0 if lacking else int(np.ceil(best)), steps, lacking)


class _Prices:
    """trainer: [trainer, moment], venue: [venue, moment], week: [trainer, week]. A moment is where some slot begins:
    two slots overlap just where one holds the other's first moment."""

    def __init__(self, board: Board) -> None:
        self.board, grid = board, board.grid
        moments = np.unique(grid.start[:-1])
        self.holds = np.zeros((len(moments), grid.none + 1))
        self.holds[:] = (grid.start[None, :] <= moments[:, None]) & (moments[:, None] < grid.end[None, :])
        shapes = [(len(board.load), len(moments)), (len(board.taken), len(moments)), (len(board.load), grid.weeks)]
        self.all = np.zeros(sum(rows * columns for rows, columns in shapes))
        self.trainer, self.venue, self.week = self.parts(self.all, shapes)
        self.shapes = shapes
        self.sizes = np.arange(int(board.max_week.max(initial=0)) + 1)
        over = np.maximum(self.sizes[None, :] - board.good_week[:, None], 0) * board.load_price
        self.loads = np.where(self.sizes[None, :] <= board.max_week[:, None], over, INF)

    @staticmethod
    def parts(flat: np.ndarray, shapes: list[tuple[int, int]]) -> list[np.ndarray]:
        """Views of one array."""
        ends = np.cumsum([rows * columns for rows, columns in shapes])
        return [flat[end - r * c : end].reshape(r, c) for end, (r, c) in zip(ends, shapes, strict=True)]

    def move(self, step: np.ndarray) -> None:
        self.all[:] = np.rint(np.maximum(self.all + step, 0) * SCALE) / SCALE

    def value(self) -> tuple[float, np.ndarray]:
        """The bound at these prices, and how far each trainer's moment, venue's moment and trainer's week is
        overdrawn."""
        board, grid = self.board, self.board.grid
        slots = Prices(
            grid.trainer_base + self.trainer @ self.holds + self.week[:, grid.week],
            grid.venue_base + self.venue @ self.holds,
        )
        overdrawn = np.zeros_like(self.all)
        trainer_use, venue_use, week_use = self.parts(overdrawn, self.shapes)
        trainer_use -= 1
        venue_use -= 1
        value = -float(self.trainer.sum()) - float(self.venue.sum())
        for course in grid.courses:
            costs = board.slot_costs(course, slots)
            may_pass = [place not in course.pinned for place in course.chain]
            cost, days = best_days([cost.min(axis=1) for cost in costs], may_pass, course, board.steps(course))
            value += cost
            for place, day, by_slot in zip(course.chain, days, costs, strict=True):
                if day == PASSED_OVER:
                    continue
                slot = int(course.slots[day, int(by_slot[day].argmin())])
                week, kind = grid.week[slot], course.kinds[place]
                if place in course.pinned:
                    trainer, venue = course.pinned[place][1:]
                    if trainer < 0:
                        continue
                else:
                    # Between equals the one used least: any choice of the cheapest shows where prices should go.
                    pay = kind.pay + slots.trainer[kind.who, slot]
                    trainer = _least_used(kind.who, pay, week_use[kind.who, week])
                    venue = -1
                    if kind.where[0] >= 0:
                        rent = kind.rent + slots.venue[kind.where, slot]
                        venue = _least_used(kind.where, rent, venue_use[kind.where] @ self.holds[:, slot])
                trainer_use[trainer] += self.holds[:, slot]
                week_use[trainer, week] += 1
                if venue >= 0:
                    venue_use[venue] += self.holds[:, slot]
        worth = self.loads[:, None, :] - self.week[:, :, None] * self.sizes
        least = worth.min(axis=2)
        is_least = worth == least[:, :, None]
        fewest = is_least.argmax(axis=2)
        most = len(self.sizes) - 1 - is_least[:, :, ::-1].argmax(axis=2)
        week_use -= np.clip(week_use, fewest, most)
        return value + float(least.sum()), overdrawn


def _least_used(places: np.ndarray, costs: np.ndarray, uses: np.ndarray) -> int:
    cheapest = np.flatnonzero(costs == costs.min())
    return int(places[cheapest[uses[cheapest].argmin()]])
