"""The rules of a timetable, and the check of a plan against all of them, apart from everything that makes plans.

Each rule has a code, a level and a cost that may be changed as data. What is off is counted in units: a session, or
where the rule speaks of days or of sessions a week, each of them. A proposal keeps the rules of ALWAYS whatever their
level is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from training.timetable.solver.problem import (
    FRIDAY,
    Cohort,
    Placed,
    Plan,
    Problem,
    Rule,
    Session,
    Trainer,
    Venue,
    day_of,
    time_of_day,
    week_of,
)

RULES = (
    Rule("unplaced", is_hard=True),
    Rule("unknown", is_hard=True),
    Rule("moved_fixed", is_hard=True),
    Rule("past", is_hard=True),
    Rule("notice", is_hard=False, cost=3, limit=24),
    Rule("window", is_hard=True),
    Rule("holiday", is_hard=True),
    Rule("hours", is_hard=True),
    Rule("prayer", is_hard=True),
    Rule("skill", is_hard=True),
    Rule("language", is_hard=True),
    Rule("trainer_city", is_hard=True),
    Rule("trainer_away", is_hard=True),
    Rule("trainer_twice", is_hard=True),
    Rule("trainer_week", is_hard=True),
    Rule("travel", is_hard=True),
    Rule("venue_missing", is_hard=True),
    Rule("venue_city", is_hard=True),
    Rule("capacity", is_hard=True),
    Rule("equipment", is_hard=True),
    Rule("venue_closed", is_hard=True),
    Rule("venue_twice", is_hard=True),
    Rule("cohort_twice", is_hard=True),
    Rule("per_week", is_hard=True),
    Rule("order", is_hard=False, cost=5),
    Rule("time_of_day", is_hard=False, cost=2),
    Rule("friday_afternoon", is_hard=False, cost=3),
    Rule("gap", is_hard=False, cost=1),
    Rule("late", is_hard=False, cost=1),
    Rule("away_from_home", is_hard=False, cost=3),
    Rule("load", is_hard=False, cost=1),
    Rule("road", is_hard=False, cost=2, limit=180),
    Rule("days_in_row", is_hard=False, cost=2, limit=5),
)
"""Limits: notice in hours, road in minutes, days_in_row in days."""

DEFAULTS: Mapping[str, Rule] = {rule.code: rule for rule in RULES}

ALWAYS = frozenset(
    {
        *("unplaced", "unknown", "moved_fixed", "past"),
        *("trainer_twice", "trainer_week", "travel", "road", "venue_twice", "cohort_twice", "per_week", "order"),
    }
)
"""Kept by every proposal, also where a person may break them at a cost."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan does not keep. sessions: those it is about, in the order of time. cost: points; 0 where it
    blocks. facts: plain values from which the words are made."""

    code: str
    is_hard: bool
    cost: int
    sessions: tuple[str, ...]
    facts: Mapping[str, Any]


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every violation, in the order of the rules, then of the sessions; () where all is well."""
    found = list(_Check(problem, plan).all())
    places = {code: place for place, code in enumerate(problem.rules)}
    return tuple(sorted(found, key=lambda violation: (places[violation.code], violation.sessions)))


def hard(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    return tuple(violation for violation in violations if violation.is_hard)


def soft_cost(violations: tuple[Violation, ...]) -> int:
    return sum(violation.cost for violation in violations)


@dataclass(frozen=True, slots=True)
class _Held:
    """One session that has a place, with all that is asked of it. trainer, venue: None where unknown or none."""

    key: str
    session: Session
    cohort: Cohort
    placed: Placed
    start: datetime
    end: datetime
    trainer: Trainer | None
    venue: Venue | None

    @property
    def day(self) -> date:
        return day_of(self.start)

    @property
    def city(self) -> str:
        """Where the trainer has to be; "" where anywhere will do."""
        if self.cohort.is_online:
            return ""
        return self.venue.city if self.venue else self.cohort.city


class _Check:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        trainers = {trainer.id: trainer for trainer in problem.trainers}
        venues = {venue.id: venue for venue in problem.venues}
        self.held = []
        for key, (cohort, session) in problem.sessions.items():
            placed = plan.get(key)
            if placed is not None:
                start, end = problem.span(key, placed)
                trainer, venue = trainers.get(placed.trainer), venues.get(placed.venue or "")
                self.held.append(_Held(key, session, cohort, placed, start, end, trainer, venue))

    def all(self) -> Iterator[Violation]:
        yield from self._known()
        for held in self.held:
            yield from self._promised(held)
            yield from self._calendar(held)
            if held.trainer:
                yield from self._trainer_fits(held, held.trainer)
            yield from self._venue_fits(held)
        yield from self._trainers_days()
        yield from self._venues_days()
        by_cohort = _grouped(self.held, lambda held: held.cohort.id)
        for cohort in self.problem.cohorts:
            yield from self._course(cohort, by_cohort.get(cohort.id, []))

    def _off(self, code: str, *sessions: str, units: int = 1, **facts: Any) -> Iterator[Violation]:
        """units: how much it is off; 0 or less: not at all."""
        rule = self.problem.rules.get(code)
        if rule is not None and units > 0:
            yield Violation(code, rule.is_hard, 0 if rule.is_hard else rule.cost * units, sessions, facts)

    def _limit(self, code: str) -> int:
        rule = self.problem.rules.get(code)
        return rule.limit if rule else 0

    def _known(self) -> Iterator[Violation]:
        for key, (cohort, _) in self.problem.sessions.items():
            if key not in self.plan:
                yield from self._off("unplaced", key, cohort=cohort.id)
        for key in self.plan:
            if key not in self.problem.sessions:
                yield from self._off("unknown", key, what="session", id=key)
        for held in self.held:
            if held.trainer is None:
                yield from self._off("unknown", held.key, what="trainer", id=held.placed.trainer)
            if held.placed.venue is not None and held.venue is None:
                yield from self._off("unknown", held.key, what="venue", id=held.placed.venue)

    def _promised(self, held: _Held) -> Iterator[Violation]:
        """What a move owes to those who know the place as it stands."""
        stands, now = self.problem.standing.get(held.key), self.problem.now
        if held.key in self.problem.stays and held.placed != stands:
            yield from self._off("moved_fixed", held.key, stands=stands)
        if now is None or (stands is not None and stands.start == held.start):
            return
        if held.start < now:
            yield from self._off("past", held.key, start=held.start, now=now)
        elif held.start < now + timedelta(hours=self._limit("notice")):
            yield from self._off("notice", held.key, start=held.start, now=now, hours=self._limit("notice"))

    def _calendar(self, held: _Held) -> Iterator[Violation]:
        calendar, day, cohort = self.problem.calendar, held.day, held.cohort
        if not cohort.first <= day <= cohort.last:
            yield from self._off("window", held.key, day=day, first=cohort.first, last=cohort.last)
        holiday = calendar.holidays.get(day)
        if holiday:
            yield from self._off("holiday", held.key, day=day, name=holiday.name, is_provisional=holiday.is_provisional)
        rows = calendar.hours_on(day, is_online=cohort.is_online)
        if not any(_at(day, row.opens) <= held.start and held.end <= _at(day, row.closes) for row in rows):
            hours = tuple((row.opens, row.closes, row.reason) for row in rows)
            yield from self._off("hours", held.key, start=held.start, end=held.end, hours=hours)
        if day.weekday() == FRIDAY:
            if calendar.prayer and _overlap((held.start, held.end), _span(day, calendar.prayer)):
                yield from self._off("prayer", held.key, start=held.start, end=held.end, prayer=calendar.prayer)
            if held.start.time() >= (calendar.prayer[1] if calendar.prayer else time(14, 30)):
                yield from self._off("friday_afternoon", held.key, start=held.start)
        if cohort.prefers and time_of_day(held.start.time()) != cohort.prefers:
            yield from self._off("time_of_day", held.key, start=held.start, prefers=cohort.prefers)

    def _trainer_fits(self, held: _Held, trainer: Trainer) -> Iterator[Violation]:
        cohort, key = held.cohort, held.key
        if held.session.skill not in trainer.skills:
            yield from self._off("skill", key, trainer=trainer.id, skill=held.session.skill)
        if cohort.language not in trainer.languages:
            yield from self._off("language", key, trainer=trainer.id, language=cohort.language)
        if held.city and held.city not in trainer.cities:
            yield from self._off("trainer_city", key, trainer=trainer.id, city=held.city)
        if held.city and held.city != trainer.home:
            yield from self._off("away_from_home", key, trainer=trainer.id, home=trainer.home, city=held.city)
        is_away = held.day in trainer.away or held.day.weekday() not in trainer.weekdays
        if is_away or any(_overlap((held.start, held.end), span) for span in trainer.busy):
            yield from self._off("trainer_away", key, trainer=trainer.id, start=held.start, whole_day=is_away)

    def _venue_fits(self, held: _Held) -> Iterator[Violation]:
        cohort, venue, key = held.cohort, held.venue, held.key
        if venue is None:
            if held.placed.venue is None and not cohort.is_online:
                yield from self._off("venue_missing", key, city=cohort.city)
            return
        if venue.city != cohort.city and not cohort.is_online:
            yield from self._off("venue_city", key, venue=venue.id, city=venue.city, wanted=cohort.city)
        if venue.capacity < cohort.size:
            yield from self._off("capacity", key, venue=venue.id, capacity=venue.capacity, size=cohort.size)
        missing = held.session.equipment - venue.equipment
        if missing:
            yield from self._off("equipment", key, venue=venue.id, missing=tuple(sorted(missing)))
        hours = venue.hours.get(held.day.weekday())
        span = (held.start, held.end)
        is_open = hours is not None and _at(held.day, hours[0]) <= held.start and held.end <= _at(held.day, hours[1])
        is_shut = not is_open or held.day in venue.closed
        if is_shut or any(_overlap(span, taken) for taken in venue.busy):
            facts: dict[str, Any] = {
                "start": held.start,
                "hours": hours,
                "whole_day": hours is None or held.day in venue.closed,
            }
            yield from self._off("venue_closed", key, venue=venue.id, **facts)

    def _trainers_days(self) -> Iterator[Violation]:
        """What the sessions of one trainer ask of each other."""
        road_limit = self._limit("road")
        taught = [held for held in self.held if held.trainer]
        for name, all_of_one in _grouped(taught, lambda held: held.placed.trainer).items():
            for place, one in enumerate(all_of_one):
                for other in all_of_one[place + 1 :]:
                    if other.start - one.end >= timedelta(days=2):
                        break
                    yield from self._trainer_pair(name, one, other, road_limit)
            trainer = all_of_one[0].trainer
            assert trainer is not None  # noqa: S101 - only those with one were grouped
            for week, many in _grouped(all_of_one, lambda held: week_of(held.day)).items():
                keys = tuple(held.key for held in many)
                facts = {"trainer": name, "week": week, "number": len(many)}
                over = len(many) - trainer.max_week
                yield from self._off("trainer_week", *keys, units=over, most=trainer.max_week, **facts)
                yield from self._off(
                    "load", *keys, units=len(many) - trainer.good_week, good=trainer.good_week, **facts
                )
            yield from self._days_in_row(name, all_of_one)

    def _trainer_pair(self, name: str, one: _Held, other: _Held, road_limit: int) -> Iterator[Violation]:
        keys = (one.key, other.key)
        if _overlap((one.start, one.end), (other.start, other.end)):
            yield from self._off("trainer_twice", *keys, trainer=name, start=other.start)
            return
        road = self.problem.calendar.road(one.city, other.city)
        facts: dict[str, Any] = {"trainer": name, "from": one.city, "to": other.city, "minutes": road}
        if other.start - one.end < timedelta(minutes=road):
            between = int((other.start - one.end).total_seconds()) // 60
            yield from self._off("travel", *keys, between=between, **facts)
        elif road > road_limit and one.day == other.day:
            yield from self._off("road", *keys, **facts)

    def _days_in_row(self, name: str, all_of_one: list[_Held]) -> Iterator[Violation]:
        limit, run = self._limit("days_in_row"), 0
        last: date | None = None
        for day, many in _grouped(all_of_one, lambda held: held.day).items():
            run = run + 1 if last is not None and day - last == timedelta(days=1) else 1
            last = day
            if run > limit:
                keys = (held.key for held in many)
                yield from self._off("days_in_row", *keys, trainer=name, day=day, number=run, limit=limit)

    def _venues_days(self) -> Iterator[Violation]:
        roomed = [held for held in self.held if held.venue]
        for name, many in _grouped(roomed, lambda held: held.placed.venue).items():
            for one, other in _overlapping(many):
                yield from self._off("venue_twice", one.key, other.key, venue=name, start=other.start)

    def _course(self, cohort: Cohort, held: list[_Held]) -> Iterator[Violation]:
        """held: the sessions of one cohort in the order of time."""
        for one, other in _overlapping(held):
            yield from self._off("cohort_twice", one.key, other.key, cohort=cohort.id, start=other.start)
        for week, many in _grouped(held, lambda one: week_of(one.day)).items():
            facts = {"cohort": cohort.id, "week": week, "number": len(many), "most": cohort.per_week}
            yield from self._off("per_week", *(one.key for one in many), units=len(many) - cohort.per_week, **facts)
        places = {session.id: place for place, session in enumerate(cohort.sessions)}
        low, high = cohort.good_gap
        for one, other in pairwise(held):
            if places[one.key] > places[other.key]:
                yield from self._off("order", one.key, other.key, cohort=cohort.id, start=other.start)
            days = (other.day - one.day).days
            off = max(low - days, days - high)
            yield from self._off("gap", one.key, other.key, units=off, cohort=cohort.id, days=days, good=(low, high))
        if held and cohort.due:
            units = (held[-1].day - cohort.due).days
            yield from self._off("late", held[-1].key, units=units, cohort=cohort.id, day=held[-1].day, due=cohort.due)


def _grouped(held: list[_Held], key: Any) -> dict[Any, list[_Held]]:
    """By what `key` gives, each group in the order of time, the groups in the order of their first."""
    groups: dict[Any, list[_Held]] = defaultdict(list)
    for one in sorted(held, key=lambda one: (one.start, one.key)):
        groups[key(one)].append(one)
    return groups


def _overlapping(held: list[_Held]) -> Iterator[tuple[_Held, _Held]]:
    """Every pair that overlaps; `held` in the order of time."""
    for place, one in enumerate(held):
        for other in held[place + 1 :]:
            if other.start >= one.end:
                break
            yield one, other


def _overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


def _span(day: date, clocks: tuple[time, time]) -> tuple[datetime, datetime]:
    return _at(day, clocks[0]), _at(day, clocks[1])
