"""One session moved: which rules that breaks, and where it could go without breaking one that blocks. Pure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from .solver.problem import Cohort, Placed, Plan, Problem, Session, Span, Trainer, Venue
from .solver.rules import Violation, check, hard, soft_cost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

AROUND = timedelta(days=14)
"""How far a session reaches: weeks of trainers and their days in a row lie within it."""
MAX_FOUND = 8  # days
MAX_PAIRS = 4  # of trainer and room, at one moment
OTHER_TRAINER, OTHER_VENUE = 3, 1
"""What another trainer or room weighs beside a point of a soft rule, where places are offered; a day off weighs one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A place without a block. warnings: of this session alone."""

    placed: Placed
    warnings: tuple[Violation, ...]


def mark_of(violation: Violation) -> str:
    """Names a violation: the rule, and the sessions that it is about."""
    return f"{violation.code}:{'-'.join(violation.sessions)}"


def blocks_of(violations: Iterable[Violation], keys: Collection[str]) -> list[Violation]:
    """What blocks about these sessions. A session without a place is no clash: nobody is sent anywhere."""
    return [
        one for one in violations if one.is_hard and one.code != "unplaced" and not set(keys).isdisjoint(one.sessions)
    ]


def check_move(problem: Problem, plan: Plan, key: str, placed: Placed) -> tuple[Violation, ...]:
    """Every rule about one session that is not kept where it is placed so. Only those are looked at that it can touch: its cohort, and
    what its trainer and its room have around that day. What `check` says of the whole plan about this session is the same."""
    own = problem.sessions[key][0].id
    near = {
        other: at
        for other, at in plan.items()
        if other in problem.sessions
        and (
            problem.sessions[other][0].id == own
            or (
                abs(at.start - placed.start) < AROUND
                and (at.trainer == placed.trainer or (at.venue is not None and at.venue == placed.venue))
            )
        )
    }
    rules = {code: rule for code, rule in problem.rules.items() if code != "unplaced"}
    found = check(replace(problem, rules=rules), {**near, key: placed})
    return tuple(one for one in found if key in one.sessions)


def offers(problem: Problem, plan: Plan, key: str, *, number: int = 3) -> list[Offer]:
    """Places without a block, the best one of a day each, the least change and cost first. [] where none was found."""
    at = plan.get(key)
    candidates = _Candidates(problem, plan, key)
    found: dict[date, tuple[int, Offer]] = {}
    for start, pairs in candidates.all():
        if start.date() not in found and len(found) >= MAX_FOUND:
            break
        for trainer, venue in pairs:
            placed = Placed(start, trainer, venue)
            if placed == at:
                continue
            violations = check_move(problem, plan, key, placed)
            if not hard(violations):
                one = (candidates.weight(placed) + soft_cost(violations), Offer(placed, violations))
                found[start.date()] = min(found.get(start.date(), one), one, key=lambda each: each[0])
                break
    return [offer for _weight, offer in sorted(found.values(), key=lambda one: one[0])[:number]]


class _Candidates:
    """Who and where would do, free at that hour; the check has the last word."""

    def __init__(self, problem: Problem, plan: Plan, key: str) -> None:
        self.problem, self.key = problem, key
        self.cohort, self.session = problem.sessions[key]
        self.at = plan.get(key)
        self.taken: dict[str, list[Span]] = defaultdict(list)
        for other, placed in plan.items():
            if other == key or other not in problem.sessions:
                continue
            span = problem.span(other, placed)
            for name in (f"t{placed.trainer}", f"v{placed.venue}", f"c{problem.sessions[other][0].id}"):
                self.taken[name].append(span)
        self.trainers = sorted((one for one in problem.trainers if self._teaches(one)), key=self._trainer_order)
        self.venues = (
            [None] if self.cohort.is_online else sorted(filter(self._holds, problem.venues), key=self._room_order)
        )
        self.anchor = self.at.start if self.at else self._due(plan)

    def all(self) -> Iterator[tuple[datetime, list[tuple[str, str | None]]]]:
        """Moments, the nearest days first, with trainers and rooms that are free then."""
        first = self.problem.now or datetime.combine(self.cohort.first, time())
        soonest = first + timedelta(days=1 if self.problem.now else -1)
        if self.at is not None and self.at.start > soonest:
            yield self.at.start, list(itertools.islice(self._free(self.at.start), MAX_PAIRS))
        for day in self._days():
            if day in self.problem.calendar.holidays:
                continue
            rows = self.problem.calendar.hours_on(day, is_online=self.cohort.is_online)
            starts = {datetime.combine(day, start) for row in rows for start in row.starts}
            moments = sorted(starts, key=lambda start: (abs(_minutes(start) - _minutes(self.anchor)), start))
            for start in moments:
                free = list(itertools.islice(self._free(start), MAX_PAIRS)) if start > soonest else []
                if free:
                    yield start, free

    def weight(self, placed: Placed) -> int:
        days = abs((placed.start.date() - self.anchor.date()).days)
        if self.at is None:
            return days
        return (
            days + OTHER_TRAINER * (placed.trainer != self.at.trainer) + OTHER_VENUE * (placed.venue != self.at.venue)
        )

    def _days(self) -> list[date]:
        first, middle = self.cohort.first, self.anchor.date()
        if self.problem.now is not None:
            first = max(first, self.problem.now.date())
        days = [first + timedelta(days=offset) for offset in range((self.cohort.last - first).days + 1)]
        return sorted(days, key=lambda day: (abs((day - middle).days), day))

    def _due(self, plan: Plan) -> datetime:
        """About when a session without a place would be held: after those before it, or before those after it."""
        order = [session.id for session in self.cohort.sessions]
        place, gap = order.index(self.key), timedelta(days=7 / self.cohort.per_week)
        before = [(place - index, plan[one].start) for index, one in enumerate(order[:place]) if one in plan]
        if before:
            steps, start = before[-1]
            return start + steps * gap
        return datetime.combine(self.cohort.first, time(9, 30)) + place * gap

    def _free(self, start: datetime) -> Iterator[tuple[str, str | None]]:
        span = (start, start + timedelta(minutes=self.session.minutes))
        if self._is_taken(f"c{self.cohort.id}", span):
            return
        for trainer in self.trainers:
            if start.weekday() not in trainer.weekdays or self._is_taken(f"t{trainer.id}", span):
                continue
            for venue in self.venues:
                if venue is None or not self._is_taken(f"v{venue.id}", span):
                    yield trainer.id, venue.id if venue else None

    def _is_taken(self, name: str, span: Span) -> bool:
        return any(start < span[1] and span[0] < end for start, end in self.taken.get(name, ()))

    def _teaches(self, trainer: Trainer) -> bool:
        cohort: Cohort = self.cohort
        session: Session = self.session
        is_near = cohort.is_online or cohort.city in trainer.cities
        return session.skill in trainer.skills and cohort.language in trainer.languages and is_near

    def _holds(self, venue: Venue) -> bool:
        return (
            venue.city == self.cohort.city
            and venue.capacity >= self.cohort.size
            and self.session.equipment <= venue.equipment
        )

    def _trainer_order(self, trainer: Trainer) -> tuple[bool, bool, str]:
        return self.at is None or trainer.id != self.at.trainer, trainer.home != self.cohort.city, trainer.id

    def _room_order(self, venue: Venue) -> tuple[bool, int, str]:
        return self.at is None or venue.id != self.at.venue, venue.capacity, venue.id


def _minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
