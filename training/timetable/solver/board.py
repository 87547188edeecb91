"""The board while a plan is made: who is where, what is taken, and what it all costs."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from training.timetable.solver.grid import INF, NOT_PLACED, Course, Grid, Kind
from training.timetable.solver.path import PASSED_OVER, Steps, best_days

TRIES = 6
"""Ways that are looked for before a session is left out that could not be given the trainer it was promised."""

Place = tuple[int, int, int]
"""Slot, trainer, venue; -1 for none."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the bound adds to each slot: [trainer, slot] and [venue, slot], the last slot standing for none."""

    trainer: np.ndarray
    venue: np.ndarray


class Board:
    """places: by cohort and place of the session in it. Pinned sessions stand from the start and are never removed."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        trainers, venues = grid.problem.trainers, grid.problem.venues
        self.held = np.zeros((len(trainers), len(grid.cities), grid.none + 1), dtype=np.int16)
        self.taken = np.zeros((len(venues), grid.none + 1), dtype=np.int16)
        self.load = np.zeros((len(trainers), grid.weeks), dtype=np.int64)
        self.max_week = np.array([trainer.max_week for trainer in trainers], dtype=np.int64)
        self.good_week = np.array([trainer.good_week for trainer in trainers], dtype=np.int64)
        if grid.price("load") == INF:
            self.max_week = np.minimum(self.max_week, self.good_week)
        self.load_price = 0.0 if grid.price("load") == INF else grid.price("load")
        self.gap_price = grid.price("gap")
        self.places: dict[tuple[int, int], Place] = {}
        self.cost_of = np.zeros(len(grid.courses))
        """What each cohort costs by itself: all but the load of its trainers."""
        self.load_cost = 0.0
        self._steps: dict[tuple[int, tuple[int, int]], Steps] = {}
        for number, course in enumerate(grid.courses):
            for place, taken in course.pinned.items():
                self._put(number, place, taken)
            self._reckon(number)

    @property
    def cost(self) -> float:
        return float(self.cost_of.sum()) + self.load_cost

    def unplaced(self) -> list[tuple[int, int]]:
        sizes = [len(course.kinds) for course in self.grid.courses]
        if len(self.places) == sum(sizes):
            return []
        every = ((number, place) for number, size in enumerate(sizes) for place in range(size))
        return [key for key in every if key not in self.places]

    # One session

    def _put(self, number: int, place: int, taken: Place, by: int = 1) -> None:
        """by: 1 puts it on the board, -1 takes it off."""
        slot, trainer, venue = taken
        if trainer >= 0:
            cities, slots = self.grid.near(self.grid.courses[number].city, slot)
            self.held[trainer, cities, slots] += by
            week = self.grid.week[slot]
            good = self.good_week[trainer]
            before = self.load[trainer, week]
            self.load[trainer, week] = before + by
            self.load_cost += self.load_price * float(max(0, before + by - good) - max(0, before - good))
        if venue >= 0:
            self.taken[venue, self.grid.alike(slot)] += by
        if by > 0:
            self.places[number, place] = taken
        else:
            del self.places[number, place]

    def remove(self, number: int) -> dict[int, Place]:
        """Takes a cohort off, but for what is pinned; gives what was taken off."""
        course, off = self.grid.courses[number], {}
        for place in range(len(course.kinds)):
            if place not in course.pinned and (number, place) in self.places:
                off[place] = self.places[number, place]
                self._put(number, place, off[place], by=-1)
        self.cost_of[number] = 0.0
        return off

    def put_back(self, number: int, places: dict[int, Place]) -> None:
        """Places a cohort that is off the board just so."""
        for place, taken in places.items():
            self._put(number, place, taken)
        self._reckon(number)

    def load_places(self, places: dict[tuple[int, int], Place]) -> None:
        """Makes the board hold these, and nothing else but what is pinned."""
        for number in range(len(self.grid.courses)):
            self.remove(number)
        by_cohort: dict[int, dict[int, Place]] = {number: {} for number in range(len(self.grid.courses))}
        for (number, place), taken in places.items():
            if place not in self.grid.courses[number].pinned:
                by_cohort[number][place] = taken
        for number, some in by_cohort.items():
            self.put_back(number, some)

    # One cohort

    def trainer_costs(self, course: Course) -> np.ndarray:
        """[trainer, slot of the course]: 0 where free, what a full week costs, INF where not."""
        grid, slots = self.grid, course.slots.ravel()
        full = np.where(self.load >= self.good_week[:, None], self.load_price, 0.0)
        full[self.load >= self.max_week[:, None]] = INF
        costs = grid.trainer_base[:, slots] + full[:, grid.week[slots]]
        costs[self.held[:, course.city, slots] > 0] = INF
        return costs

    def venue_costs(self, course: Course) -> np.ndarray:
        """[venue, slot of the course], and a last row of zeros for those that need none."""
        slots = course.slots.ravel()
        costs = np.where(self.taken[:, slots] > 0, INF, self.grid.venue_base[:, slots])
        return np.vstack((costs, np.zeros(len(slots))))

    def slot_costs(self, course: Course, prices: Prices | None = None) -> list[np.ndarray]:
        """Of each session of the chain that is not pinned, and what pinned ones cost where they are: [day, slot a day].

        prices: then what others hold does not count, and each pays the price of what it takes.
        """
        shape, slots = course.slots.shape, course.slots.ravel()
        if prices is None:
            trainers, venues = self.trainer_costs(course), self.venue_costs(course)
        else:
            trainers, venues = prices.trainer[:, slots], np.vstack((prices.venue[:, slots], np.zeros(len(slots))))
        shared: dict[int, np.ndarray] = {}
        costs = []
        for place in course.chain:
            kind = course.kinds[place]
            if place in course.pinned:
                costs.append(self.pinned_costs(course, place).reshape(shape))
                continue
            if id(kind) not in shared:
                shared[id(kind)] = self._kind_costs(kind, trainers, venues).reshape(shape)
            costs.append(shared[id(kind)])
        return costs

    @staticmethod
    def _kind_costs(kind: Kind, trainers: np.ndarray, venues: np.ndarray) -> np.ndarray:
        if not len(kind.who) or not len(kind.where):
            return np.full(len(kind.static), INF)
        pay = (trainers[kind.who] + kind.pay[:, None]).min(axis=0)
        rent = (venues[kind.where] + kind.rent[:, None]).min(axis=0)
        return np.asarray(kind.static + pay + rent)

    def pinned_costs(self, course: Course, place: int) -> np.ndarray:
        """What a session that stays costs where it is: an entry a slot of the course, INF anywhere else."""
        costs = np.full(course.slots.size, INF)
        costs[course.position[course.pinned[place][0]]] = self._own_cost(course, place, course.pinned[place])
        return costs

    def _own_cost(self, course: Course, place: int, taken: Place) -> float:
        """What a place costs by itself; what only a person may choose is not counted here, the check tells it."""
        slot, trainer, venue = taken
        kind = course.kinds[place]
        at = course.position[slot]
        parts = (
            float(kind.static[at]),
            kind.pay_of.get(trainer, INF),
            kind.rent_of.get(venue, INF),
            float(self.grid.trainer_base[trainer, slot]) if trainer >= 0 else INF,
            float(self.grid.venue_base[venue, slot]) if venue >= 0 else INF,
        )
        return sum([part for part in parts if part < INF])

    def steps(self, course: Course) -> Steps:
        key = (len(course.late), course.cohort.good_gap)
        if key not in self._steps:
            self._steps[key] = Steps(*key, self.gap_price)
        return self._steps[key]

    def insert(self, number: int, noise: np.ndarray | None = None) -> None:
        """Places a cohort as well as what is free allows, sessions without a place left out.

        noise: [session, day], added to what a day costs, so that another way may be found.
        """
        course = self.grid.courses[number]
        costs = self.slot_costs(course)
        by_day = [cost.min(axis=1) for cost in costs]
        if noise is not None:
            by_day = [cost + noise[place, : len(cost)] for place, cost in enumerate(by_day)]
        may_pass = [place not in course.pinned for place in course.chain]
        for attempt in range(1, TRIES + 1):
            _, days = best_days(by_day, may_pass, course, self.steps(course))
            picks = {
                place: int(course.slots[day, int(costs[at][day].argmin())])
                for at, (place, day) in enumerate(zip(course.chain, days, strict=True))
                if place not in course.pinned and day != PASSED_OVER
            }
            left_out = self._settle_all(number, picks)
            if not left_out or attempt == TRIES:
                break
            # One trainer's week was counted on for two sessions: the way is looked for anew without that day.
            for at, place in enumerate(course.chain):
                if place in left_out:
                    by_day[at] = by_day[at].copy()
                    by_day[at][days[at]] = INF
            self.remove(number)
        self._reckon(number)

    def _settle_all(self, number: int, picks: dict[int, int]) -> list[int]:
        """Settles sessions at their slots; gives those that had to be left out."""
        week_of, left_out = self.grid.week, []
        for place, slot in picks.items():
            if self._settle(number, place, slot):
                continue
            # The others of the week may have taken the only trainer that this one can have, and can have others.
            rivals = [p for p, s in picks.items() if week_of[s] == week_of[slot] and (number, p) in self.places]
            before = {(number, p): self.places[number, p] for p in rivals}
            self.lift(before)
            order = [place, *rivals]
            if not all(self._settle(number, p, picks[p]) for p in order):
                self.lift([(number, p) for p in order if (number, p) in self.places])
                for key, taken in before.items():
                    self._put(*key, taken)
                left_out.append(place)
        return left_out

    def _settle(self, number: int, place: int, slot: int) -> bool:
        """Gives a slot the best trainer and venue that are free now: an earlier session may have filled a week. False: none is."""
        grid, course = self.grid, self.grid.courses[number]
        kind = course.kinds[place]
        who, week = kind.who, grid.week[slot]
        load = self.load[who, week]
        pay = kind.pay + grid.trainer_base[who, slot] + self.load_price * (load >= self.good_week[who])
        pay[(self.held[who, course.city, slot] > 0) | (load >= self.max_week[who])] = INF
        best = int(pay.argmin())
        venue = -1
        if kind.where[0] >= 0:
            rent = kind.rent + grid.venue_base[kind.where, slot]
            rent[self.taken[kind.where, slot] > 0] = INF
            room = int(rent.argmin())
            venue = int(kind.where[room])
            if rent[room] == INF:
                return False
        if pay[best] == INF:
            return False
        self._put(number, place, (slot, int(who[best]), venue))
        return True

    def _reckon(self, number: int) -> None:
        """Works out anew what a cohort costs by itself."""
        course = self.grid.courses[number]
        low, high = course.cohort.good_gap
        cost, days = 0.0, []
        for place in range(len(course.kinds)):
            taken = self.places.get((number, place))
            if taken is None:
                cost += NOT_PLACED
                continue
            cost += self._own_cost(course, place, taken)
            days.append(int(self.grid.day[taken[0]]))
        days.sort()
        if self.gap_price < INF:
            cost += self.gap_price * sum(
                max(low - (day - last), (day - last) - high, 0) for last, day in itertools.pairwise(days)
            )
        if days:
            late = float(course.late[days[-1] - course.first_day])
            cost += late if late < INF else 0.0
        self.cost_of[number] = cost

    # Trainers and venues of all, where slots stay

    def lift(self, keys: Iterable[tuple[int, int]]) -> None:
        """Takes single sessions off."""
        for key in keys:
            self._put(*key, self.places[key], by=-1)

    def settle(self, places: dict[tuple[int, int], Place]) -> None:
        """Puts single sessions on, and works out their cohorts anew."""
        for key, taken in places.items():
            self._put(*key, taken)
        for number in sorted({number for number, _ in places}):
            self._reckon(number)
