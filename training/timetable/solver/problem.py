"""What a timetable is made of: who teaches whom, where and when, and a plan of it.

Every time is wall-clock time in Pakistan, without a zone: the country has one, and does not change its clocks.
Codes of cities, skills, languages and equipment are whatever the caller uses; they are only compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

MONDAY_TO_SATURDAY = frozenset(range(6))
FRIDAY = 4
ON_SITE, ONLINE, HYBRID = "on_site", "online", "hybrid"
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"

Span = tuple[datetime, datetime]
"""From the first moment to the moment at which it is over."""


@dataclass(frozen=True, slots=True)
class Trainer:
    """cities: where they teach on site, home among them or not. away: whole days. busy: hours promised elsewhere.

    max_week: sessions that nobody may ask more of in a week, Monday to Sunday; good_week: as many as are gladly given.
    """

    id: str
    skills: frozenset[str]
    languages: frozenset[str]
    cities: frozenset[str]
    home: str
    weekdays: frozenset[int] = MONDAY_TO_SATURDAY
    away: frozenset[date] = frozenset()
    busy: tuple[Span, ...] = ()
    max_week: int = 5
    good_week: int = 3


@dataclass(frozen=True, slots=True)
class Venue:
    """hours: when it opens and closes, by weekday; on a weekday that is missing it stays closed. busy: taken by
    others."""

    id: str
    city: str
    capacity: int
    hours: Mapping[int, tuple[time, time]]
    equipment: frozenset[str] = frozenset()
    closed: frozenset[date] = frozenset()
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting of a cohort. A module of more hours than fit into one meeting is several of these."""

    id: str
    module: str
    minutes: int
    skill: str
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cohort:
    """sessions: in the order in which they are to be held. city: "" where it meets online only.

    first, last: between these days, both included, all of it has to be held; due: by when it should be, None where no
    matter. per_week: sessions at most in a week. prefers: a time of day, None where no matter.
    """

    id: str
    city: str
    mode: str
    language: str
    size: int
    first: date
    last: date
    sessions: tuple[Session, ...]
    per_week: int = 2
    due: date | None = None
    prefers: str | None = None

    @property
    def is_online(self) -> bool:
        return self.mode == ONLINE

    @property
    def good_gap(self) -> tuple[int, int]:
        """Days from one session to the next, at least and at most, that spread them evenly over the weeks."""
        return 7 // self.per_week, -(-7 // self.per_week)


@dataclass(frozen=True, slots=True)
class Hours:
    """When sessions may be held on some weekdays. A row with dates (Ramazan) takes the place of those without on its
    days.

    starts: the times at which a proposal lets sessions begin; a person may choose any other.
    is_online: for cohorts that meet online only (True), for the others (False), or for all (None).
    """

    opens: time
    closes: time
    starts: tuple[time, ...]
    weekdays: frozenset[int] = MONDAY_TO_SATURDAY
    is_online: bool | None = None
    first: date | None = None
    last: date | None = None
    reason: str = ""

    def covers(self, day: date, *, is_online: bool) -> bool:
        return (
            day.weekday() in self.weekdays
            and self.is_online in (None, is_online)
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Holiday:
    """is_provisional: the moon has yet to be seen."""

    name: str
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """prayer: the Friday prayer, None where none is kept free. travel: minutes from door to door between two cities, in
    either order; far: between two that are not listed."""

    hours: tuple[Hours, ...]
    holidays: Mapping[date, Holiday] = field(default_factory=dict)
    prayer: tuple[time, time] | None = (time(13), time(14, 30))
    travel: Mapping[tuple[str, str], int] = field(default_factory=dict)
    far: int = 12 * 60

    def hours_on(self, day: date, *, is_online: bool) -> list[Hours]:
        """The rows that hold on a day; [] on a day without hours."""
        rows = [row for row in self.hours if row.covers(day, is_online=is_online)]
        dated = [row for row in rows if row.first is not None or row.last is not None]
        return dated or rows

    def road(self, one: str, other: str) -> int:
        """Minutes between two cities; 0 where one is "" (online)."""
        if one == other or not one or not other:
            return 0
        return self.travel.get((one, other), self.travel.get((other, one), self.far))


@dataclass(frozen=True, slots=True)
class Rule:
    """is_hard: blocks; a soft one warns and costs `cost` points for each unit that it is off (see `rules`).

    limit: the number that a rule speaks of, where it speaks of one that no person, venue or cohort carries.
    """

    code: str
    is_hard: bool
    cost: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where and when one session is held. venue: None for one that is online only."""

    start: datetime
    trainer: str
    venue: str | None = None


Plan = Mapping[str, Placed]
"""By id of the session; one that has no place is missing."""


@dataclass(frozen=True)
class Problem:
    """All that a plan is made from and checked against.

    standing: places that people know (published) or that somebody chose by hand. fixed: those of them that no solver
    may touch. now: what began before it is over and stays, None where nothing has begun.
    """

    trainers: tuple[Trainer, ...]
    venues: tuple[Venue, ...]
    cohorts: tuple[Cohort, ...]
    calendar: Calendar
    rules: Mapping[str, Rule]
    standing: Plan = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    now: datetime | None = None

    @cached_property
    def sessions(self) -> dict[str, tuple[Cohort, Session]]:
        """By id, in the order of the cohorts. Raises ValueError where two have one id."""
        found = {session.id: (cohort, session) for cohort in self.cohorts for session in cohort.sessions}
        if len(found) < sum(len(cohort.sessions) for cohort in self.cohorts):
            raise ValueError("Two sessions have one id.")
        return found

    @cached_property
    def stays(self) -> frozenset[str]:
        """Sessions that no solver may touch: the fixed ones, and those that have begun."""
        begun = {key for key, placed in self.standing.items() if self.now is not None and placed.start < self.now}
        return frozenset(key for key in self.fixed | begun if key in self.standing and key in self.sessions)

    def span(self, key: str, placed: Placed) -> Span:
        return placed.start, placed.start + timedelta(minutes=self.sessions[key][1].minutes)


def week_of(day: date) -> date:
    """The Monday of its week: a week of the turn of the year stays one week."""
    return day - timedelta(days=day.weekday())


def day_of(start: datetime) -> date:
    """The day of a moment, which is wall-clock time in Pakistan already."""
    return start.date()


def time_of_day(start: time) -> str:
    if start < time(12):
        return MORNING
    return AFTERNOON if start < time(17) else EVENING
