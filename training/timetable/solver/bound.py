"""What no proposal can cost less than: what all may want is priced, and each cohort pays for itself.

Give each trainer's and each venue's moments a price, and each trainer's week one for every session in it. Whatever the
prices are, no plan is cheaper than what the cohorts cost when each takes its own best way at these prices, less what
all that is priced is worth: where a plan keeps the rules, nobody takes a moment twice. Prices are whole parts of SCALE,
so that every sum is exact. Left out, which can only make the bound lower: the road between cities, and that one
cohort's sessions of a week share the trainer's week.

It holds for plans that keep the rules of `rules.ALWAYS`, one session a day at the times that the calendar offers (a
standing place is offered to its own session). A session without a place counts NOT_PLACED.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.timetable.solver.board import Board, Prices
from training.timetable.solver.grid import INF, NOT_PLACED, Course, Grid
from training.timetable.solver.path import PASSED_OVER, best_days
from training.timetable.solver.problem import Problem
from training.timetable.solver.ways import Ways

STEPS = 300
FIRST_PACE, SLOWER, FRESH = 0.4, 0.985, 0.3
SCALE = 1024
"""A power of two: floats hold whole parts of it exactly."""
MOST_TOGETHER = 240
"""Cohorts whose ways are looked for at once: more of them would only take more memory."""


@dataclass(frozen=True, slots=True)
class Bound:
    """value: points that no plan costs less than, 0 where some sessions can have no place, or where one that runs
    already stands where the calendar offers none. steps: how often the prices were set. lacking: sessions that, as far
    as the prices show, no plan can give a place."""

    value: int
    steps: int
    lacking: int = 0


def lower_bound(problem: Problem, *, aim: float, steps: int = STEPS) -> Bound:
    """The best bound found in so many steps. aim: the cost of a plan that there is, which the steps are measured by."""
    return priced(Board(Grid(problem)), aim=aim, steps=steps)[0]


def priced(
    board: Board, *, aim: float, steps: int = STEPS, on_step: Callable[[int], None] | None = None
) -> tuple[Bound, Prices]:
    """The bound, and the prices at which it was found: what is dear is what many want.

    board: of which only the grid is looked at.
    """
    prices = _Prices(board)
    pull, pace, kept = np.zeros_like(prices.all), FIRST_PACE, prices.all.copy()
    first = best = 0.0  # no cost is below zero
    taken = steps
    for step in range(steps):
        value, overdrawn = prices.value()
        if not np.isfinite(value):
            return Bound(0, step), prices.extra()
        if value > best:
            best, kept = value, prices.all.copy()
        first = value if step == 0 else first
        pull = FRESH * overdrawn + (1 - FRESH) * pull  # the way of the last steps goes on: one step alone swings about
        pull[(prices.all == 0) & (pull < 0)] = 0  # a price is never below zero
        size = float((np.rint(pull * SCALE) ** 2).sum()) / SCALE**2
        if size == 0 or best >= aim:
            taken = step + 1
            break
        if value < first - 3 * max(aim - first, 1.0):  # prices ran away
            pace /= 2
        prices.move(pull * (pace * max(aim - value, 1.0) / size))
        pace *= SLOWER
        if on_step is not None:
            on_step(step + 1)
    prices.all[:] = kept
    lacking = max(0, int(np.ceil(best / NOT_PLACED - 0.01)))  # soft costs are far below a hundredth of one
    return Bound(0 if lacking else int(np.ceil(best)), taken, lacking), prices.extra()


class _Prices:
    """trainer: [trainer, moment], venue: [venue, moment], week: [trainer, week]. A moment is where some slot begins:
    two slots overlap just where one holds the other's first moment."""

    def __init__(self, board: Board) -> None:
        self.board, grid = board, board.grid
        moments = np.unique(grid.start[:-1])
        holds = (grid.start[:-1, None] <= moments) & (moments < grid.end[:-1, None])
        slots, self.moments_held = np.nonzero(holds)
        held, self.slots_holding = np.nonzero(holds.T)
        self.first_held = np.searchsorted(slots, np.arange(grid.none))
        self.first_holding = np.searchsorted(held, np.arange(len(moments)))
        trainers = len(board.held)
        shapes = [(trainers, len(moments)), (len(board.taken), len(moments)), (trainers, grid.weeks)]
        self.all = np.zeros(sum(rows * columns for rows, columns in shapes))
        self.trainer, self.venue, self.week = self.parts(self.all, shapes)
        self.shapes = shapes
        self.sizes = np.arange(int(board.max_week.max(initial=0)) + 1)
        over = np.maximum(self.sizes[None, :] - board.good_week[:, None], 0) * board.load_price
        self.loads = np.where(self.sizes[None, :] <= board.max_week[:, None], over, INF)
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, course in enumerate(grid.courses):
            if course.chain:
                alike[len(course.chain), course.cohort.per_week].append(number)
        self.who, self.where = _Choices(trainers), _Choices(len(board.taken))
        self.sides = [
            _Side(board, numbers[start : start + MOST_TOGETHER], self.who, self.where)
            for _, numbers in sorted(alike.items())
            for start in range(0, len(numbers), MOST_TOGETHER)
        ]
        self.who.close()
        self.where.close()

    @staticmethod
    def parts(flat: np.ndarray, shapes: list[tuple[int, int]]) -> list[np.ndarray]:
        """Views of one array."""
        ends = np.cumsum([rows * columns for rows, columns in shapes])
        return [flat[end - r * c : end].reshape(r, c) for end, (r, c) in zip(ends, shapes, strict=True)]

    def move(self, step: np.ndarray) -> None:
        self.all[:] = np.rint(np.maximum(self.all + step, 0) * SCALE) / SCALE

    def extra(self) -> Prices:
        """What is to be paid for each slot beside what it costs."""
        return Prices(self.of_slots(self.trainer) + self.week[:, self.board.grid.week], self.of_slots(self.venue))

    def of_slots(self, prices: np.ndarray) -> np.ndarray:
        """[of all, slot] the prices of the moments that a slot holds; 0 for none."""
        found = np.zeros((len(prices), self.board.grid.none + 1))
        if found[:, :-1].size:
            found[:, :-1] = np.add.reduceat(prices[:, self.moments_held], self.first_held, axis=1)
        return found

    def of_moments(self, uses: np.ndarray) -> np.ndarray:
        """[of all, moment] the uses of the slots that hold it."""
        if not len(self.first_holding) or not len(uses):
            return np.zeros((len(uses), len(self.first_holding)))
        return np.asarray(np.add.reduceat(uses[:, self.slots_holding], self.first_holding, axis=1))

    def value(self) -> tuple[float, np.ndarray]:
        """The bound at these prices, and how far each trainer's moment, venue's moment and trainer's week is overdrawn.

        Between equals the use is shared: any mean of the cheapest ways shows where prices should go.
        """
        grid, extra = self.board.grid, self.extra()
        pay, rent = self.who.least(grid.trainer_base, extra.trainer), self.where.least(grid.venue_base, extra.venue)
        trainer_slots, venue_slots = np.zeros_like(extra.trainer), np.zeros_like(extra.venue)
        value = -float(self.trainer.sum()) - float(self.venue.sum())
        for side in self.sides:
            cost, who, where, slots = side.ways(pay, rent)
            value += cost
            self.who.count(trainer_slots, who, slots)
            self.where.count(venue_slots, where, slots)
        overdrawn = np.zeros_like(self.all)
        trainer_use, venue_use, week_use = self.parts(overdrawn, self.shapes)
        trainer_use += self.of_moments(trainer_slots) - 1
        venue_use += self.of_moments(venue_slots) - 1
        np.add.at(week_use.T, grid.week[:-1], trainer_slots.T[:-1])
        worth = self.loads[:, None, :] - self.week[:, :, None] * self.sizes
        least = worth.min(axis=2)
        is_least = worth == least[:, :, None]
        fewest = is_least.argmax(axis=2)
        most = len(self.sizes) - 1 - is_least[:, :, ::-1].argmax(axis=2)
        week_use -= np.clip(week_use, fewest, most)
        return value + float(least.sum()), overdrawn


class _Choices:
    """Sets of trainers, or of venues, from which sessions choose, each with what it costs there; a set is kept once.

    The last row of what is chosen from costs nothing and is nobody: for cohorts that need no venue.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.numbers: dict[tuple[tuple[int, ...], tuple[float, ...], bool], int] = {}

    def number_of(self, places: np.ndarray, costs: np.ndarray, *, is_pinned: bool = False) -> int:
        """is_pinned: what is standing has been paid for already, but for its price."""
        key = (tuple(places.tolist()), tuple(costs.tolist()), is_pinned)
        return self.numbers.setdefault(key, len(self.numbers))

    def close(self) -> None:
        """Lays the sets side by side, as long as the longest."""
        sets = sorted(self.numbers, key=self.numbers.__getitem__)
        longest = max([1, *(len(places) for places, _, _ in sets)])
        self.places = np.full((len(sets), longest), self.number)
        self.costs = np.full((len(sets), longest), INF)
        self.is_pinned = np.array([is_pinned for _, _, is_pinned in sets], dtype=bool)
        for number, (places, costs, _) in enumerate(sets):
            self.places[number, : len(places)] = [self.number if place < 0 else place for place in places]
            self.costs[number, : len(places)] = costs

    def least(self, base: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """[set, slot] what the cheapest of a set costs. base, extra: what each costs and its price, [of all, slot]."""
        nobody = np.zeros((1, base.shape[1]))
        self.each = np.vstack((base + extra, nobody))[self.places]
        self.each[self.is_pinned] = np.vstack((extra, nobody))[self.places[self.is_pinned]]
        self.each += self.costs[:, :, None]
        return np.asarray(self.each.min(axis=1))

    def count(self, use: np.ndarray, sets: np.ndarray, slots: np.ndarray) -> None:
        """Adds one for each of these, shared by the cheapest of its set at its slot. use: [of all, slot]."""
        each = self.each[sets, :, slots]
        is_least = each == each.min(axis=1, keepdims=True)
        share = np.rint(SCALE / is_least.sum(axis=1)) / SCALE  # whole parts, so that no sum depends on its order
        which, place = np.nonzero(is_least)
        chosen = self.places[sets[which], place]
        is_one = chosen < self.number
        np.add.at(use, (chosen[is_one], slots[which[is_one]]), share[which[is_one]])


class _Side:
    """Cohorts of equally many sessions, side by side: what every session costs in every slot, but for who and where."""

    def __init__(self, board: Board, numbers: list[int], who: _Choices, where: _Choices) -> None:
        self.board, grid = board, board.grid
        self.courses = [grid.courses[number] for number in numbers]
        self.ways_of = Ways(self.courses, board.gap_price)
        days, length = self.ways_of.weeks * 7, self.ways_of.length
        width = max(course.slots.shape[1] for course in self.courses)
        self.slots = np.full((width, days, len(numbers)), grid.none)
        self.static = np.full((width, days, length, len(numbers)), INF)
        self.who, self.where = np.zeros((2, length, len(numbers)), dtype=int)
        nothing = np.zeros(1)
        for at, course in enumerate(self.courses):
            high, wide = course.slots.shape
            self.slots[:wide, :high, at] = course.slots.T
            for session, place in enumerate(course.chain):
                kind = course.kinds[place]
                if place in course.pinned:
                    costs = board.pinned_costs(course, place)
                    one, other = (np.array([chosen]) for chosen in course.pinned[place][1:])
                    self.who[session, at] = who.number_of(one, nothing, is_pinned=True)
                    self.where[session, at] = where.number_of(other, nothing, is_pinned=True)
                else:
                    costs = kind.static
                    self.who[session, at] = who.number_of(kind.who, kind.pay)
                    self.where[session, at] = where.number_of(kind.where, kind.rent)
                self.static[:wide, :high, session, at] = costs.reshape(high, wide).T

    def ways(self, pay: np.ndarray, rent: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        """What the best ways cost together; who, where and in which slot: of each session held, its sets and slot.

        pay, rent: [set, slot] of trainers and of venues.
        """
        slots = self.slots[:, :, None, :]
        costs = self.static + pay[self.who, slots]
        costs += rent[self.where, slots]
        by_day = costs.min(axis=0)
        least, days = self.ways_of.best(by_day.copy())
        value = 0.0
        for at, course in enumerate(self.courses):
            if least[at] >= NOT_PLACED:  # not all find a place, or none does: some are passed over
                by_session = list(by_day[: len(course.late), :, at].T)
                least[at], days[:, at] = self._passing(course, by_session)
            value += float(least[at])
        session, whose = np.nonzero(days != PASSED_OVER)
        day = days[session, whose]
        slot = self.slots[costs[:, day, session, whose].argmin(axis=0), day, whose]
        return value, self.who[session, whose], self.where[session, whose], slot

    def _passing(self, course: Course, costs: list[np.ndarray]) -> tuple[float, list[int]]:
        may_pass = [place not in course.pinned for place in course.chain]
        return best_days(costs, may_pass, course, self.board.steps(course))
