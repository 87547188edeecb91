"""A problem as arrays: every slot in which a session may be held, and what each would cost where all else were free.

A slot is a start and an end, so that sessions of different lengths, and those that a person put at odd times, stand
beside each other. Which slots of one trainer or one venue exclude each other is worked out once; the rest of the solver
only counts. Costs are whole numbers kept as floats; `INF` is what may not be.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from training.timetable.solver.problem import (
    FRIDAY,
    Cohort,
    Placed,
    Plan,
    Problem,
    Session,
    Span,
    Trainer,
    Venue,
    day_of,
    time_of_day,
    week_of,
)

INF = float("inf")
NOT_PLACED = 10_000_000.0
"""What a session without a place costs the search: more than all soft rules and all moves together, whatever they
are."""
BLOCKED = float(2**40)
"""What a place costs the search that somebody stands in the way of: once for each, so that it can be taken off again."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weights:
    """What it costs to differ from the standing plan (repair); nothing where a plan is made anew."""

    slot: int = 0
    trainer: int = 0
    venue: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """What sessions of a cohort with the same needs share.

    static: cost a slot of the course (its last entry: no slot), INF where calendar or window forbid it. who: trainers,
    those that fit fewest sessions first; pay: what each costs here. where: venues, the smallest first; rent: what each
    costs.
    """

    static: np.ndarray
    who: np.ndarray
    pay: np.ndarray
    where: np.ndarray
    rent: np.ndarray
    pay_of: dict[int, float]
    rent_of: dict[int, float]


@dataclass(frozen=True, slots=True)
class Course:
    """A cohort in the grid. slots: [days, slots a day at most], numbers of slots, the last one of the grid for none;
    position: where each of them is, counted through all days.

    first_day: from the grid's first day; a Monday. kinds: one a session. pinned: slot, trainer, venue (-1: none) of
    those that stay. chain: sessions that the path goes through; pinned ones that a person put out of order stand
    outside it and only take their day. room_in_week: sessions a week that the chain may hold. late: cost a day, if it
    is the last one.
    """

    cohort: Cohort
    city: int
    first_day: int
    slots: np.ndarray
    position: dict[int, int]
    kinds: tuple[Kind, ...]
    pinned: dict[int, tuple[int, int, int]]
    chain: tuple[int, ...]
    room_in_week: np.ndarray
    taken_days: np.ndarray
    late: np.ndarray


class Grid:
    """trainers, venues, cohorts: as in the problem. Slot arrays have one entry more than there are slots: none."""

    def __init__(self, problem: Problem, weights: Weights | None = None) -> None:
        self.problem, self.weights = problem, weights or Weights()
        self.trainer_of = {trainer.id: place for place, trainer in enumerate(problem.trainers)}
        self.venue_of = {venue.id: place for place, venue in enumerate(problem.venues)}
        cities = {venue.city for venue in problem.venues} | {cohort.city for cohort in problem.cohorts}
        self.cities = ["", *sorted(cities - {""})]
        days = [c.first for c in problem.cohorts] + [c.last for c in problem.cohorts]
        days += [day_of(placed.start) for placed in problem.standing.values()]
        self.monday = week_of(min(days, default=date(2000, 1, 3)))
        self.weeks = (max(days, default=self.monday) - self.monday).days // 7 + 1
        self._calendar_costs: dict[tuple[bool, str | None, int], float] = {}
        self._lay_slots()
        self.trainer_base = np.array([self._trainer_row(trainer) for trainer in problem.trainers]).reshape(
            -1, self.none + 1
        )
        self.venue_base = np.array([self._venue_row(venue) for venue in problem.venues]).reshape(-1, self.none + 1)
        self._pays: dict[tuple[str, str, str | None, str | None], dict[int, float]] = {}
        self._fits = self._count_fits()
        self.courses = [self._course(cohort) for cohort in problem.cohorts]
        self._near: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}
        self._alike: dict[int, np.ndarray] = {}

    def price(self, code: str) -> float:
        """What one unit off a rule costs: INF where it blocks, 0 where nobody asks it."""
        rule = self.problem.rules.get(code)
        return 0.0 if rule is None else INF if rule.is_hard else float(rule.cost)

    # Slots

    def _lay_slots(self) -> None:
        problem = self.problem
        found: dict[tuple[datetime, int], list[bool]] = {}
        self.offered: dict[tuple[bool, int], list[tuple[datetime, int]]] = {}
        wanted = sorted({(c.is_online, s.minutes) for c in problem.cohorts for s in c.sessions})
        for is_online, minutes in wanted:
            offered = self.offered[is_online, minutes] = []
            for number in range(self.weeks * 7):
                day = self.monday + number * DAY
                starts = {x for row in problem.calendar.hours_on(day, is_online=is_online) for x in row.starts}
                offered += [(datetime.combine(day, clock), minutes) for clock in sorted(starts)]
            found.update((slot, []) for slot in offered)
        for key, placed in problem.standing.items():
            if key in problem.sessions:
                found.setdefault((placed.start, problem.sessions[key][1].minutes), [])
        self.spans: list[Span] = [(start, start + minutes * MINUTE) for start, minutes in sorted(found)]
        self.number_of = {slot: place for place, slot in enumerate(sorted(found))}
        self.none = len(self.spans)
        epoch = datetime.combine(self.monday, time())
        self.start = np.array([(start - epoch) // MINUTE for start, _ in self.spans] + [-(10**9)])
        self.end = np.array([(end - epoch) // MINUTE for _, end in self.spans] + [-(10**9)])
        self.day = np.append(self.start[:-1] // (24 * 60), 0)
        self.week = self.day // 7

    def near(self, city: int, slot: int) -> tuple[np.ndarray, np.ndarray]:
        """Cities and slots that a trainer cannot teach in who holds this slot in this city: at once, or too far."""
        found = self._near.get((city, slot))
        if found is None:
            road = np.array([self.problem.calendar.road(self.cities[city], other) for other in self.cities])[:, None]
            gap = np.maximum(self.start - self.end[slot], self.start[slot] - self.end)[None, :]
            most = self.problem.rules["road"].limit if "road" in self.problem.rules else 10**9
            too_far = (road > most) & (self.day == self.day[slot])[None, :] & (self.start >= 0)[None, :]
            cities, slots = np.nonzero((gap < road) | (gap < 0) | too_far)
            found = self._near[city, slot] = (cities, slots)
        return found

    def alike(self, slot: int) -> np.ndarray:
        """Slots that overlap this one."""
        found = self._alike.get(slot)
        if found is None:
            found = self._alike[slot] = np.flatnonzero((self.start < self.end[slot]) & (self.end > self.start[slot]))
        return found

    def _hit(self, spans: tuple[Span, ...]) -> np.ndarray:
        """Which slots overlap any of these."""
        hit = np.zeros(self.none + 1, dtype=bool)
        epoch = datetime.combine(self.monday, time())
        for start, end in spans:
            hit |= (self.start < (end - epoch) / MINUTE) & (self.end > (start - epoch) / MINUTE)
        return hit

    # What holds whoever is taught

    def _day_number(self, days: Iterable[date]) -> list[int]:
        return [(day - self.monday).days for day in days]

    def _trainer_row(self, trainer: Trainer) -> np.ndarray:
        off = self._hit(trainer.busy) | np.isin(self.day, self._day_number(trainer.away))
        off |= ~np.isin(self.day % 7, list(trainer.weekdays))
        return np.where(off, self.price("trainer_away"), 0.0)

    def _venue_row(self, venue: Venue) -> np.ndarray:
        off = self._hit(venue.busy) | np.isin(self.day, self._day_number(venue.closed))
        for weekday in range(7):
            opens, closes = venue.hours.get(weekday, (time(), time()))
            midnight = self.day * 24 * 60
            is_open = (self.start >= midnight + _minutes(opens)) & (self.end <= midnight + _minutes(closes))
            off |= (self.day % 7 == weekday) & ~is_open
        return np.where(off, self.price("venue_closed"), 0.0)

    def calendar_cost(self, cohort: Cohort, slot: int) -> float:
        """What day and time of a slot cost a cohort, but for its window."""
        key = (cohort.is_online, cohort.prefers, slot)
        if key not in self._calendar_costs:
            self._calendar_costs[key] = self._calendar_cost(cohort, self.spans[slot])
        return self._calendar_costs[key]

    def _calendar_cost(self, cohort: Cohort, span: Span) -> float:
        calendar, (start, end) = self.problem.calendar, span
        day, cost = day_of(start), 0.0
        if day in calendar.holidays:
            cost += self.price("holiday")
        rows = calendar.hours_on(day, is_online=cohort.is_online)
        if not any(row.opens <= start.time() and end <= datetime.combine(day, row.closes) for row in rows):
            cost += self.price("hours")
        if day.weekday() == FRIDAY:
            prayer = calendar.prayer
            after = datetime.combine(day, prayer[1] if prayer else time(14, 30))
            if prayer and start < after and end > datetime.combine(day, prayer[0]):
                cost += self.price("prayer")
            if start >= after:
                cost += self.price("friday_afternoon")
        if cohort.prefers and time_of_day(start.time()) != cohort.prefers:
            cost += self.price("time_of_day")
        return cost

    def _move_costs(self, session: Session, slots: np.ndarray) -> np.ndarray:
        """What it costs that a session no longer begins when people know it to begin."""
        stands, problem = self.problem.standing.get(session.id), self.problem
        costs = np.full(slots.shape, 0.0 if stands is None else float(self.weights.slot))
        if problem.now is not None:
            now = (problem.now - datetime.combine(self.monday, time())) / MINUTE
            notice = problem.rules.get("notice")
            if notice:
                costs[self.start[slots] < now + notice.limit * 60] += self.price("notice")
            costs[self.start[slots] < now] = INF
        if stands is not None:
            costs[slots == self.number_of[stands.start, session.minutes]] = 0.0
        return costs

    # Who and where

    def pay_of(self, cohort: Cohort, session: Session) -> dict[int, float]:
        """What each trainer who may costs, by place."""
        stands = self.problem.standing.get(session.id)
        stays = None if stands is None or not self.weights.trainer else stands.trainer
        key = (session.skill, cohort.language, None if cohort.is_online else cohort.city, stays)
        if key not in self._pays:
            self._pays[key] = self._pay_of(*key)
        return self._pays[key]

    def _pay_of(self, skill: str, language: str, city: str | None, stays: str | None) -> dict[int, float]:
        """city: None online. stays: whoever stands there costs no change; None where nobody does."""
        found = {}
        codes = ("skill", "language", "trainer_city", "away_from_home")
        no_skill, no_language, no_city, not_home = (self.price(code) for code in codes)
        for place, trainer in enumerate(self.problem.trainers):
            cost = 0.0 if skill in trainer.skills else no_skill
            if language not in trainer.languages:
                cost += no_language
            if city is not None:
                cost += 0.0 if city in trainer.cities else no_city
                cost += 0.0 if city == trainer.home else not_home
            if stays is not None and stays != trainer.id:
                cost += self.weights.trainer
            if cost < INF:
                found[place] = cost
        return found

    def rent_of(self, cohort: Cohort, session: Session) -> dict[int, float]:
        """What each venue that may costs, by place; {-1: 0} for a cohort that needs none."""
        if cohort.is_online:
            return {-1: 0.0}
        stands, found = self.problem.standing.get(session.id), {}
        for place, venue in enumerate(self.problem.venues):
            if venue.city != cohort.city:
                continue
            cost = self.price("capacity") if venue.capacity < cohort.size else 0.0
            if session.equipment - venue.equipment:
                cost += self.price("equipment")
            if stands is not None and stands.venue != venue.id:
                cost += self.weights.venue
            if cost < INF:
                found[place] = cost
        return found

    def _count_fits(self) -> np.ndarray:
        """How many sessions each trainer could hold."""
        fits = np.zeros(len(self.problem.trainers), dtype=int)
        wanted = Counter(
            (session.skill, cohort.language, None if cohort.is_online else cohort.city)
            for cohort in self.problem.cohorts
            for session in cohort.sessions
        )
        for (skill, language, city), number in wanted.items():
            for place, trainer in enumerate(self.problem.trainers):
                is_able = skill in trainer.skills and language in trainer.languages
                if is_able and (city is None or city in trainer.cities):
                    fits[place] += number
        return fits

    # Cohorts

    def _course(self, cohort: Cohort) -> Course:
        pinned = {
            place: self.place_of(session.id, self.problem.standing[session.id])
            for place, session in enumerate(cohort.sessions)
            if session.id in self.problem.stays
        }
        own = [
            self.number_of[self.problem.standing[session.id].start, session.minutes]
            for session in cohort.sessions
            if session.id in self.problem.standing
        ]
        days = [week_of(cohort.first), week_of(cohort.last), *(week_of(day_of(self.spans[slot][0])) for slot in own)]
        first_day = (min(days) - self.monday).days
        length = (max(days) - min(days)).days + 7
        rows: list[list[int]] = [[] for _ in range(length)]
        offered = {
            self.number_of[slot] for minutes in {s.minutes for s in cohort.sessions}
            for slot in self.offered[cohort.is_online, minutes]
        }  # fmt: skip
        for slot in sorted(offered | set(own)):
            if 0 <= self.day[slot] - first_day < length:
                rows[self.day[slot] - first_day].append(slot)
        width = max(1, *(len(row) for row in rows))
        slots = np.array([row + [self.none] * (width - len(row)) for row in rows])
        cost = np.array(
            [self.calendar_cost(cohort, slot) if slot < self.none else INF for slot in slots.ravel().tolist()]
        )
        window = [(day - self.monday).days for day in (cohort.first, cohort.last)]
        days_of = self.day[slots.ravel()]
        cost[(days_of < window[0]) | (days_of > window[1])] += self.price("window")
        is_offered = np.isin(slots.ravel(), list(offered))
        shared: dict[tuple[object, ...], Kind] = {}
        kinds = []
        for session in cohort.sessions:
            stands = self.problem.standing.get(session.id)
            key = (session.skill, session.equipment, session.minutes, stands, stands and session.id)
            if key not in shared:
                shared[key] = self._kind(cohort, session, slots.ravel(), cost, is_offered)
            kinds.append(shared[key])
        chain, room, taken = self._chain(cohort, pinned, first_day, length)
        late = np.zeros(length)
        if cohort.due:
            over = np.arange(length) - (cohort.due - self.monday).days + first_day
            late = np.where(over > 0, np.maximum(over, 0) * min(self.price("late"), 10**6), 0.0)
            late[(over > 0) & (self.price("late") == INF)] = INF
        city = self.cities.index("" if cohort.is_online else cohort.city)
        position = {slot: at for at, slot in enumerate(slots.ravel().tolist())}
        return Course(cohort, city, first_day, slots, position, tuple(kinds), pinned, chain, room, taken, late)

    def _kind(self, cohort: Cohort, session: Session, slots: np.ndarray, cost: np.ndarray, offered: np.ndarray) -> Kind:
        """slots, cost, offered: one entry a slot of the course; offered: not only there for the session that stands in
        it."""
        stands = self.problem.standing.get(session.id)
        may = offered | (slots == (-1 if stands is None else self.number_of[stands.start, session.minutes]))
        may &= self.end[slots] - self.start[slots] == session.minutes
        static = np.where(may, cost + self._move_costs(session, slots), INF)
        pay, rent = self.pay_of(cohort, session), self.rent_of(cohort, session)
        who = sorted(pay, key=lambda place: (self._fits[place], place))
        where = sorted(rent, key=lambda place: (self._size(place), place))
        return Kind(
            static,
            np.array(who, dtype=int),
            np.array([pay[place] for place in who]),
            np.array(where, dtype=int),
            np.array([rent[place] for place in where]),
            pay,
            rent,
        )

    def _size(self, venue: int) -> tuple[int, int]:
        return (0, 0) if venue < 0 else (len(self.problem.venues[venue].equipment), self.problem.venues[venue].capacity)

    def _chain(
        self, cohort: Cohort, pinned: dict[int, tuple[int, int, int]], first_day: int, length: int
    ) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
        room = np.full(length // 7, cohort.per_week)
        taken, inside, last, left = np.zeros(length, dtype=bool), [], -1, room.copy()
        for place in range(len(cohort.sessions)):
            if place not in pinned:
                inside.append(place)
                continue
            day = int(self.day[pinned[place][0]]) - first_day
            if day > last and left[day // 7] > 0:
                inside.append(place)
                last = day
            else:
                taken[day] = True
                room[day // 7] = max(0, room[day // 7] - 1)
            left[day // 7] -= 1
        return tuple(inside), room, taken

    def place_of(self, key: str, placed: Placed) -> tuple[int, int, int]:
        """Slot, trainer, venue by number; -1 for a trainer or venue that is not there. Raises KeyError for a slot that
        is not in the grid."""
        slot = self.number_of[placed.start, self.problem.sessions[key][1].minutes]
        return slot, self.trainer_of.get(placed.trainer, -1), self.venue_of.get(placed.venue or "", -1)

    def numbered(self, plan: Plan) -> dict[tuple[int, int], tuple[int, int, int]]:
        """A plan by cohort and place of the session in it; what the grid has no slot for is left out."""
        found = {}
        for cohort_place, cohort in enumerate(self.problem.cohorts):
            for place, session in enumerate(cohort.sessions):
                placed = plan.get(session.id)
                if placed is not None and (placed.start, session.minutes) in self.number_of:
                    found[cohort_place, place] = self.place_of(session.id, placed)
        return found

    def named(self, places: dict[tuple[int, int], tuple[int, int, int]]) -> dict[str, Placed]:
        """A plan by id, in the order of the problem. A place that stands is given back as it stands."""
        plan = {}
        for cohort_place, cohort in enumerate(self.problem.cohorts):
            for place, session in enumerate(cohort.sessions):
                if (cohort_place, place) not in places:
                    continue
                slot, trainer, venue = places[cohort_place, place]
                stands = self.problem.standing.get(session.id)
                if stands is not None and self.place_of(session.id, stands) == (slot, trainer, venue):
                    plan[session.id] = stands
                    continue
                name = self.problem.venues[venue].id if venue >= 0 else None
                plan[session.id] = Placed(self.spans[slot][0], self.problem.trainers[trainer].id, name)
        return plan


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
