"""The board while a plan is made: who is where, what is taken, and what it all costs."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from training.timetable.solver.grid import BLOCKED, INF, NOT_PLACED, Course, Grid
from training.timetable.solver.path import PASSED_OVER, Steps, best_days
from training.timetable.solver.ways import Ways

TRIES = 6
"""Ways that are looked for before a session is left out that could not be given the trainer it was promised."""
MOST_VIEWS = 1000
"""Cohorts of which what never changes is kept; of more of them it is laid out anew each time."""

Place = tuple[int, int, int]
"""Slot, trainer, venue; -1 for none."""
_Shadow = tuple[int, int, np.ndarray]
"""From which slot up to which somebody is in the way, and where among them: BLOCKED, else 0."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What each slot is worth to others: [trainer, slot] and [venue, slot], the last slot standing for none."""

    trainer: np.ndarray
    venue: np.ndarray


class Board:
    """places: by cohort and place of the session in it. Pinned sessions stand from the start and are never removed.

    held: [trainer, slot, city], taken: [venue, slot], full: [trainer, week]: BLOCKED or more where somebody stands in
    the way. prices: what makes cohorts leave to others what is scarce, None where nobody knows it.
    """

    def __init__(self, grid: Grid, prices: Prices | None = None) -> None:
        self.grid, self.prices = grid, prices
        trainers, venues = grid.problem.trainers, grid.problem.venues
        self.held = np.zeros((len(trainers), grid.none + 1, len(grid.cities)))
        self.taken = np.zeros((len(venues), grid.none + 1))
        self._loads = [[0] * grid.weeks for _ in trainers]
        self.max_week = np.array([trainer.max_week for trainer in trainers], dtype=np.int64)
        self.good_week = np.array([trainer.good_week for trainer in trainers], dtype=np.int64)
        if grid.price("load") == INF:
            self.max_week = np.minimum(self.max_week, self.good_week)
        self.load_price = 0.0 if grid.price("load") == INF else grid.price("load")
        self.gap_price = grid.price("gap")
        self._limits = list(zip(self.good_week.tolist(), self.max_week.tolist(), strict=True))
        of_empty = [self._fullness(0, *limits) for limits in self._limits]
        self.full = np.repeat(np.array(of_empty)[:, None], grid.weeks, axis=1)
        self.places: dict[tuple[int, int], Place] = {}
        self.cost_of = np.zeros(len(grid.courses))
        """What each cohort costs by itself: all but the load of its trainers."""
        self.load_cost = 0.0
        self.size = sum(len(course.kinds) for course in grid.courses)
        self._week, self._day = grid.week.tolist(), grid.day.tolist()
        self._shadows: dict[tuple[int, int], _Shadow] = {}
        self._shades: dict[int, _Shadow] = {}
        self._steps: dict[tuple[int, tuple[int, int]], Steps] = {}
        self._views: dict[int, _View] = {}
        for number, course in enumerate(grid.courses):
            for place, taken in course.pinned.items():
                self._put(number, place, taken)
            self._reckon(number)

    @property
    def cost(self) -> float:
        return float(self.cost_of.sum()) + self.load_cost

    def unplaced(self) -> list[tuple[int, int]]:
        if len(self.places) == self.size:
            return []
        sizes = [len(course.kinds) for course in self.grid.courses]
        every = ((number, place) for number, size in enumerate(sizes) for place in range(size))
        return [key for key in every if key not in self.places]

    # One session

    @property
    def load(self) -> np.ndarray:
        """[trainer, week] sessions held."""
        return np.array(self._loads, dtype=np.int64).reshape(len(self._loads), self.grid.weeks)

    def _fullness(self, load: int, good: int, most: int) -> float:
        """What one more costs in a week that has so many."""
        return BLOCKED if load >= most else self.load_price if load >= good else 0.0

    def _shadow(self, city: int, slot: int) -> _Shadow:
        """Of a trainer who holds this slot in this city: [slot, city]."""
        found = self._shadows.get((city, slot))
        if found is None:
            cities, slots = self.grid.near(city, slot)
            low, high = int(slots.min()), int(slots.max()) + 1
            shadow = np.zeros((high - low, len(self.grid.cities)))
            shadow[slots - low, cities] = BLOCKED
            found = self._shadows[city, slot] = (low, high, shadow)
        return found

    def _shade(self, slot: int) -> _Shadow:
        """Of a venue that is taken in this slot: [slot]."""
        found = self._shades.get(slot)
        if found is None:
            slots = self.grid.alike(slot)
            low, high = int(slots.min()), int(slots.max()) + 1
            shade = np.zeros(high - low)
            shade[slots - low] = BLOCKED
            found = self._shades[slot] = (low, high, shade)
        return found

    def _put(self, number: int, place: int, taken: Place) -> None:
        slot, trainer, venue = taken
        if trainer >= 0:
            low, high, shadow = self._shadow(self.grid.courses[number].city, slot)
            self.held[trainer, low:high] += shadow
            self._count(trainer, self._week[slot], 1)
        if venue >= 0:
            low, high, shade = self._shade(slot)
            self.taken[venue, low:high] += shade
        self.places[number, place] = taken

    def _take_off(self, number: int, place: int) -> Place:
        taken = slot, trainer, venue = self.places.pop((number, place))
        if trainer >= 0:
            low, high, shadow = self._shadow(self.grid.courses[number].city, slot)
            self.held[trainer, low:high] -= shadow
            self._count(trainer, self._week[slot], -1)
        if venue >= 0:
            low, high, shade = self._shade(slot)
            self.taken[venue, low:high] -= shade
        return taken

    def _count(self, trainer: int, week: int, by: int) -> None:
        good, most = self._limits[trainer]
        loads = self._loads[trainer]
        before = loads[week]
        after = loads[week] = before + by
        if max(before, after) >= min(good, most):
            self.full[trainer, week] = self._fullness(after, good, most)
            self.load_cost += self.load_price * (max(0, after - good) - max(0, before - good))

    def remove(self, number: int) -> dict[int, Place]:
        """Takes a cohort off, but for what is pinned; gives what was taken off."""
        course = self.grid.courses[number]
        off: dict[int, Place] = {}
        for place in range(len(course.kinds)):
            if place not in course.pinned and (number, place) in self.places:
                off[place] = self._take_off(number, place)
        self.cost_of[number] = 0.0
        return off

    def put_back(self, number: int, places: dict[int, Place], cost: float | None = None) -> None:
        """Places a cohort that is off the board just so. cost: of it by itself, None where that is not known."""
        for place, taken in places.items():
            self._put(number, place, taken)
        if cost is None:
            self._reckon(number)
        else:
            self.cost_of[number] = cost

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

    def _view(self, number: int) -> "_View":
        view = self._views.get(number)
        if view is None:
            view = _View(self, number)
            if len(self.grid.courses) <= MOST_VIEWS:
                self._views[number] = view
        return view

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

    def insert(self, number: int, noise: np.ndarray | None = None, care: float = 0.0) -> None:
        """Places a cohort as well as what is free allows, sessions without a place left out.

        noise: [session, day], added to what a day costs, so that another way may be found. care: how much of what its
        places are worth to others a cohort minds.
        """
        course = self.grid.courses[number]
        if not course.chain:
            self._reckon(number)
            return
        view = self._view(number)
        costs = view.costs(self, care)
        by_day = costs.min(axis=1)
        if noise is not None:
            by_day += noise[: len(by_day), : by_day.shape[1]]
        least, found = view.ways.best(np.ascontiguousarray(by_day.T)[:, :, None])
        if least[0] >= NOT_PLACED or not self._settle_each(number, view, costs, found[:, 0].tolist(), care):
            self._insert_some(number, costs, by_day, care)
            self._reckon(number)

    def _settle_each(self, number: int, view: "_View", costs: np.ndarray, days: list[int], care: float) -> bool:
        """Gives each session what was cheapest when it was looked for; False, and nothing, where that cannot be."""
        picks, cost = view.picks(costs, days)
        taken: set[tuple[int, int]] = set()
        twice = []
        for place, pick in picks.items():
            trainer, week = pick[1], self._week[pick[0]]
            if (trainer, week) in taken and self._loads[trainer][week] >= min(self._limits[trainer]):
                twice.append(place)  # the first of that week made it fuller than this one knew
            else:
                self._put(number, place, pick)
                taken.add((trainer, week))
        if twice and self._settle_all(number, {place: picks[place][0] for place in twice}, care):
            self.remove(number)
            return False
        if twice or cost is None:
            self._reckon(number)
        else:
            self.cost_of[number] = cost + self._spread(view.course, days)
        return True

    def _insert_some(self, number: int, costs: np.ndarray, by_day: np.ndarray, care: float) -> None:
        """Where not all find a place: as many as do, the way looked for anew where one's trainer had been promised
        twice."""
        course = self.grid.courses[number]
        by_session = list(np.where(by_day < BLOCKED, by_day, INF))
        may_pass = [place not in course.pinned for place in course.chain]
        for attempt in range(1, TRIES + 1):
            _, days = best_days(by_session, may_pass, course, self.steps(course))
            picks = {
                place: int(course.slots[day, int(costs[at, :, day].argmin())])
                for at, (place, day) in enumerate(zip(course.chain, days, strict=True))
                if place not in course.pinned and day != PASSED_OVER
            }
            left_out = self._settle_all(number, picks, care)
            if not left_out or attempt == TRIES:
                break
            # One trainer's week was counted on for two sessions: the way is looked for anew without that day.
            for at, place in enumerate(course.chain):
                if place in left_out:
                    by_session[at][days[at]] = INF
            self.remove(number)

    def _settle_all(self, number: int, picks: dict[int, int], care: float) -> list[int]:
        """Settles sessions at their slots; gives those that had to be left out."""
        week_of, left_out = self._week, []
        for place, slot in picks.items():
            if self._settle(number, place, slot, care):
                continue
            # The others of the week may have taken the only trainer that this one can have, and can have others.
            rivals = [p for p, s in picks.items() if week_of[s] == week_of[slot] and (number, p) in self.places]
            before = {(number, p): self.places[number, p] for p in rivals}
            self.lift(before)
            order = [place, *rivals]
            if not all(self._settle(number, p, picks[p], care) for p in order):
                self.lift([(number, p) for p in order if (number, p) in self.places])
                for key, taken in before.items():
                    self._put(*key, taken)
                left_out.append(place)
        return left_out

    def _settle(self, number: int, place: int, slot: int, care: float) -> bool:
        """Gives a slot the best trainer and venue that are free now: an earlier session may have filled a week. False:
        none is."""
        grid, course = self.grid, self.grid.courses[number]
        kind = course.kinds[place]
        who, week = kind.who, self._week[slot]
        pay = kind.pay + grid.trainer_base[who, slot] + self.held[who, slot, course.city] + self.full[who, week]
        if care and self.prices is not None:
            pay += care * self.prices.trainer[who, slot]
        best = int(pay.argmin())
        venue = -1
        if kind.where[0] >= 0:
            rent = kind.rent + grid.venue_base[kind.where, slot] + self.taken[kind.where, slot]
            if care and self.prices is not None:
                rent += care * self.prices.venue[kind.where, slot]
            room = int(rent.argmin())
            venue = int(kind.where[room])
            if rent[room] >= BLOCKED:
                return False
        if pay[best] >= BLOCKED:
            return False
        self._put(number, place, (slot, int(who[best]), venue))
        return True

    def _reckon(self, number: int) -> None:
        """Works out anew what a cohort costs by itself."""
        course = self.grid.courses[number]
        cost, days = 0.0, []
        for place in range(len(course.kinds)):
            taken = self.places.get((number, place))
            if taken is None:
                cost += NOT_PLACED
                continue
            cost += self._own_cost(course, place, taken)
            days.append(self._day[taken[0]] - course.first_day)
        self.cost_of[number] = cost + self._spread(course, sorted(days))

    def _spread(self, course: Course, days: list[int]) -> float:
        """What the days between sessions cost, and the last of them. days: of the course, in order."""
        cost = 0.0
        if self.gap_price < INF:
            low, high = course.cohort.good_gap
            gaps = (day - last for last, day in itertools.pairwise(days))
            cost += self.gap_price * sum([max(low - gap, gap - high, 0) for gap in gaps])
        if days:
            late = float(course.late[days[-1]])
            cost += late if late < INF else 0.0
        return cost

    # Trainers and venues of all, where slots stay

    def lift(self, keys: Iterable[tuple[int, int]]) -> None:
        """Takes single sessions off."""
        for key in keys:
            self._take_off(*key)

    def settle(self, places: dict[tuple[int, int], Place]) -> None:
        """Puts single sessions on, and works out their cohorts anew."""
        for key, taken in places.items():
            self._put(*key, taken)
        for number in sorted({number for number, _ in places}):
            self._reckon(number)


class _View:
    """What of a cohort's choices never changes, laid out once: its slots, who may hold each session in them, and where.

    Slots are counted day by day through the first of each day, then through the second, and so on.
    """

    def __init__(self, board: Board, number: int) -> None:
        grid, course = board.grid, board.grid.courses[number]
        self.course, self.ways = course, Ways([course], board.gap_price)
        self.days, self.width = course.slots.shape
        self.slots = course.slots.T.ravel()
        self.slot_list = self.slots.tolist()
        kinds = list({id(course.kinds[place]): course.kinds[place] for place in course.chain}.values())
        kinds = [kind for kind in kinds if any(course.kinds[p] is kind for p in course.chain if p not in course.pinned)]
        places = {id(kind): at for at, kind in enumerate(kinds)}
        self.kind_of = [places.get(id(course.kinds[place]), 0) for place in course.chain]
        pinned = [place for place in course.chain if place in course.pinned]
        self.own = [at for at, place in enumerate(course.chain) if place not in course.pinned]
        rows = [len(kinds) + pinned.index(p) if p in pinned else self.kind_of[at] for at, p in enumerate(course.chain)]
        self.rows = None if rows == list(range(len(kinds))) else np.array(rows)
        size = self.slots.size
        static = [kind.static for kind in kinds] + [board.pinned_costs(course, place) for place in pinned]
        laid = [costs.reshape(self.days, self.width).T.ravel() for costs in static]
        self.static = np.array(laid).reshape(-1, size)
        self.kinds = len(kinds)
        self.who = _Crowd([(kind.who, kind.pay) for kind in kinds], self.slots, grid.trainer_base)
        self.where = _Crowd([(kind.where, kind.rent) for kind in kinds], self.slots, grid.venue_base)
        self.weeks = grid.week[self.slots]
        self.at = np.array(self.own, dtype=int)
        self.own_kind = np.array([self.kind_of[at] for at in self.own], dtype=int)
        if board.prices is not None:
            self.who.price(board.prices.trainer)
            self.where.price(board.prices.venue)

    def costs(self, board: Board, care: float) -> np.ndarray:
        """[session of the chain, slot a day, day], BLOCKED or more where it cannot be held."""
        who = self.who
        now = board.held[who.column, self.slots, self.course.city]
        now += board.full[who.column, self.weeks]
        costs = self.static.copy()
        costs[: self.kinds] += who.least(now, care)
        costs[: self.kinds] += self.where.least(board.taken[self.where.column, self.slots], care)
        if self.rows is not None:
            costs = costs[self.rows]
        return costs.reshape(-1, self.width, self.days)

    def picks(self, costs: np.ndarray, days: list[int]) -> tuple[dict[int, Place], float | None]:
        """On these days the cheapest slot of each session that is not pinned, and who and where, as `costs` saw it.

        Also what they cost by themselves, None where a pinned session has to be counted too.
        """
        if not self.own:
            return {}, None
        day = np.array(days)[self.at]
        spot = costs[self.at, :, day].argmin(axis=1) * self.days + day
        who, pay = self.who.chosen(self.own_kind, spot)
        where, rent = self.where.chosen(self.own_kind, spot)
        chain, slots = self.course.chain, self.slot_list
        picks = {
            chain[at]: (slots[s], one, other)
            for at, s, one, other in zip(self.own, spot.tolist(), who, where, strict=True)
        }
        if self.course.pinned:
            return picks, None
        return picks, float(self.static[self.own_kind, spot].sum()) + pay + rent


class _Crowd:
    """Trainers, or venues, that kinds of sessions choose from, each with what it costs there. column: all of them, once.

    Behind them stand two rows more: nobody, who costs nothing (a session that needs no venue), and one who can never.
    """

    def __init__(self, sets: list[tuple[np.ndarray, np.ndarray]], slots: np.ndarray, base: np.ndarray) -> None:
        every = sorted({place for places, _ in sets for place in places.tolist()} - {-1})
        row = {place: at for at, place in enumerate(every)} | {-1: len(every)}
        self.column = np.array(every, dtype=int)[:, None]
        self.slots = slots
        self.base = np.zeros((len(every) + 2, len(slots)))
        self.base[:-2] = base[self.column, slots]
        self.worth: np.ndarray | None = None
        self.now = np.zeros((len(every) + 2, len(slots)))
        self.now[-1] = BLOCKED
        longest = max([1, *(len(places) for places, _ in sets)])
        self.places = np.full((len(sets), longest), -1)
        self.at = np.full((len(sets), longest), len(every) + 1)
        self.costs = np.zeros((len(sets), longest))
        for number, (places, costs) in enumerate(sets):
            self.places[number, : len(places)] = places
            self.at[number, : len(places)] = [row[place] for place in places.tolist()]
            self.costs[number, : len(places)] = costs
        full = [max(1, len(places)) for places, _ in sets]
        self.starts = np.cumsum([0, *full[:-1]]) if full else np.zeros(0, dtype=int)
        is_one = np.arange(longest)[None, :] < np.array(full, dtype=int)[:, None]
        self.flat, self.flat_costs = self.at[is_one], self.costs[is_one][:, None]
        self.is_free = not self.flat_costs.any()

    def price(self, prices: np.ndarray) -> None:
        """prices: [of all, slot]"""
        self.worth = prices[self.column, self.slots]

    def least(self, now: np.ndarray, care: float) -> np.ndarray:
        """[kind, slot] what the cheapest costs. now: what each costs beside its base, [of column, slot]."""
        mine = np.add(now, self.base[:-2], out=self.now[:-2])
        if care and self.worth is not None:
            mine += care * self.worth
        each = self.now[self.flat]
        if not self.is_free:
            each += self.flat_costs
        return np.asarray(np.minimum.reduceat(each, self.starts, axis=0)) if len(self.starts) else each

    def chosen(self, kinds: np.ndarray, spots: np.ndarray) -> tuple[list[int], float]:
        """Who is the cheapest of each kind in each slot, the first of equals, as `least` saw it; what they cost by
        themselves."""
        at, costs = self.at[kinds], self.costs[kinds]
        best = (self.now[at, spots[:, None]] + costs).argmin(axis=1)
        each = np.arange(len(best))
        own = float(costs[each, best].sum()) + float(self.base[at[each, best], spots].sum())
        found: list[int] = self.places[kinds, best].tolist()
        return found, own
