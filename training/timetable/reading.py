"""The rows of the timetable as the solver and its check read them: wall-clock times of Pakistan, ids as text."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tdap_portal.core.calendar import closed_days, holiday_name
from training.cohorts.versions import published_slot
from training.models import Absence, Cohort, Holiday, Road, RuleLevel, TeachingHours, Trainer, Venue, VenueClosing
from training.states import UNFINISHED, HoursKind

from . import selectors
from .solver import problem as solver
from .solver.rules import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from training.cohorts.versions import Slot
    from training.models import Session

MODES = {"in_person": solver.ON_SITE, "online": solver.ONLINE, "mixed": solver.HYBRID}


def wall(moment: datetime) -> datetime:
    """A moment as the clock on the wall shows it in Pakistan."""
    return timezone.localtime(moment).replace(tzinfo=None)


def moment(clock: datetime) -> datetime:
    return timezone.make_aware(clock)


def read_problem(
    *,
    now: datetime | None = None,
    board: Iterable[Session] | None = None,
    also: int | None = None,
    cohorts_of: Collection[int] | None = None,
) -> solver.Problem:
    """All cohorts that are not finished, with what is planned for them. A session that is called off, or planned to be, is left out.

    board: its sessions where they were read already. also: id of a session that is read even where it is called off. cohorts_of: ids of
    some cohorts, of which the board is: then only trainers and rooms that they have are read. Twelve queries, whatever there is (one less
    where the closed days are kept).
    """
    now = now or timezone.now()
    rows = selectors.board() if board is None else board
    sessions = [row for row in rows if row.pk == also or not selectors.planned_slot(row).is_cancelled]
    by_cohort: dict[int, list[Session]] = defaultdict(list)
    for row in sessions:
        by_cohort[row.cohort_id].append(row)
    kept = Cohort.objects.filter(state__in=[state.value for state in UNFINISHED]).order_by("code")
    cohorts = list(kept if cohorts_of is None else kept.filter(pk__in=cohorts_of))
    slots = {row.pk: selectors.planned_slot(row) for row in sessions}
    standing = {str(pk): placed for pk, slot in slots.items() if (placed := placed_at(slot)) is not None}
    fixed = {str(row.pk) for row in sessions if (draft := selectors.draft_of(row)) is not None and draft.is_locked}
    days = [cohort.starts_on for cohort in cohorts] + [cohort.ends_on for cohort in cohorts]
    first, last = (min(days), max(days)) if days else (timezone.localdate(now),) * 2
    return solver.Problem(
        trainers=_trainers({slot.trainer_id for slot in slots.values()}, is_all=cohorts_of is None),
        venues=_venues({slot.venue_id for slot in slots.values()}, is_all=cohorts_of is None),
        cohorts=tuple(_cohort(cohort, by_cohort[cohort.pk]) for cohort in cohorts if by_cohort[cohort.pk]),
        calendar=_calendar(first, last + timedelta(weeks=8)),
        rules=rules_on(timezone.localdate(now)),
        standing=standing,
        fixed=frozenset(fixed),
        now=wall(now),
    )


def placed_at(slot: Slot) -> solver.Placed | None:
    """None where a time or a trainer is missing: to the solver that is no place."""
    if slot.starts_at is None or slot.trainer_id is None:
        return None
    return solver.Placed(wall(slot.starts_at), str(slot.trainer_id), str(slot.venue_id) if slot.venue_id else None)


def as_published(problem: solver.Problem, board: Iterable[Session]) -> solver.Problem:
    """The same problem as people know it: what is published stands, so that a plan is measured by what changes for them. Locks are
    for proposals; a person may move what is locked."""
    standing = {}
    for row in board:
        slot = published_slot(row)
        placed = None if slot.is_cancelled else placed_at(slot)
        if placed is not None and str(row.pk) in problem.sessions:
            standing[str(row.pk)] = placed
    return replace(problem, standing=standing, fixed=frozenset())


def seal_of(problem: solver.Problem) -> str:
    """Of all that a proposal rests on but the time of day."""
    return hashlib.sha256(json.dumps(_in_order(replace(problem, now=None))).encode()).hexdigest()


def _in_order(value: Any) -> Any:
    """Anything of a problem as lists of text, the same in every process: sets and mappings have no order of their own."""
    if is_dataclass(value):
        return [_in_order(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return sorted([_in_order(key), _in_order(one)] for key, one in value.items())
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, tuple):
        return [_in_order(one) for one in value]
    return str(value)


def rules_on(day: date) -> Mapping[str, solver.Rule]:
    """The solver's rules, with the level and cost that rows in force on a day give them."""
    rules = dict(DEFAULTS)
    for row in RuleLevel.objects.filter(starts_on__lte=day).order_by("starts_on", "pk"):
        if row.code in rules:
            rules[row.code] = replace(
                rules[row.code], is_hard=row.is_hard, cost=row.cost, limit=row.limit or rules[row.code].limit
            )
    return rules


def _trainers(also: set[int | None], *, is_all: bool) -> tuple[solver.Trainer, ...]:
    """is_all: whoever is there for new sessions too."""
    ids = [pk for pk in also if pk]
    away: dict[int, list[solver.Span]] = defaultdict(list)
    absences = Absence.objects.order_by("starts_at")
    for row in absences if is_all else absences.filter(trainer_id__in=ids):
        away[row.trainer_id].append((wall(row.starts_at), wall(row.ends_at)))
    rows = Trainer.objects.filter(pk__in=ids)
    rows = rows | Trainer.objects.filter(is_active=True) if is_all else rows
    return tuple(
        solver.Trainer(
            id=str(row.pk),
            skills=frozenset(row.skills),
            languages=frozenset(row.languages),
            cities=frozenset(row.cities),
            home=row.home_city,
            weekdays=frozenset(row.weekdays) or solver.MONDAY_TO_SATURDAY,
            busy=tuple(away[row.pk]),
            max_week=row.weekly_sessions,
            good_week=max(1, row.weekly_sessions - 2),
        )
        for row in rows.distinct().order_by("pk")
    )


def _venues(also: set[int | None], *, is_all: bool) -> tuple[solver.Venue, ...]:
    ids = [pk for pk in also if pk]
    shut: dict[int, list[solver.Span]] = defaultdict(list)
    closings = VenueClosing.objects.order_by("starts_at")
    for row in closings if is_all else closings.filter(venue_id__in=ids):
        shut[row.venue_id].append((wall(row.starts_at), wall(row.ends_at)))
    rows = Venue.objects.filter(pk__in=ids)
    rows = rows | Venue.objects.filter(is_active=True) if is_all else rows
    return tuple(
        solver.Venue(
            id=str(row.pk),
            city=row.city,
            capacity=row.seats,
            hours={
                int(day): (time.fromisoformat(span[0]), time.fromisoformat(span[1]))
                for day, span in row.opening.items()
            },
            equipment=frozenset(row.equipment),
            busy=tuple(shut[row.pk]),
        )
        for row in rows.distinct().order_by("pk")
    )


def _cohort(row: Cohort, sessions: Iterable[Session]) -> solver.Cohort:
    return solver.Cohort(
        id=str(row.pk),
        city=row.city,
        mode=MODES[row.mode],
        language=row.language,
        size=row.places,
        first=row.starts_on,
        last=row.ends_on,
        sessions=tuple(
            solver.Session(str(one.pk), str(one.module_id or ""), one.minutes, one.skill, frozenset(one.equipment))
            for one in sessions
        ),
        per_week=row.weekly_sessions,
        prefers=None if row.time_of_day == "any" else row.time_of_day,
    )


def _calendar(first: date, last: date) -> solver.Calendar:
    hours, prayer = [], None
    for row in TeachingHours.objects.order_by("starts_on", "opens", "pk"):
        if row.kind == HoursKind.PRAYER:
            prayer = (row.opens, row.closes)
            continue
        hours.append(
            solver.Hours(
                opens=row.opens,
                closes=row.closes,
                starts=tuple(time.fromisoformat(text) for text in row.starts) or (row.opens,),
                weekdays=frozenset(row.weekdays),
                is_online=row.is_online,
                first=row.starts_on,
                last=row.ends_on,
                reason=row.name,
            )
        )
    roads = {(row.one, row.other): row.minutes for row in Road.objects.all()}
    return solver.Calendar(tuple(hours), holidays_between(first, last), prayer, roads)


def holidays_between(first: date, last: date) -> dict[date, solver.Holiday]:
    """Days on which nothing is held: public holidays of the library and of the portal's own rows, whatever day of the week."""
    corrections = closed_days()
    provisional: dict[date, str] = {}
    for row in Holiday.objects.filter(ends_on__gte=first, starts_on__lte=last, is_provisional=True):
        for day in days_between(row.starts_on, row.ends_on):
            provisional[day] = row.name
    names = selectors.closed_day_names(first, last)
    found: dict[date, solver.Holiday] = {}
    for day in days_between(first, last):
        is_open = corrections.get(day)
        name = names.get(day) if is_open is False else None if is_open else holiday_name(day)
        if name:
            is_estimated = day in provisional or (is_open is None and "estimated" in name)
            found[day] = solver.Holiday(provisional.get(day, name), is_provisional=is_estimated)
    return found


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def facts_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a violation as they are kept beside a proposal."""
    return json.loads(json.dumps(dict(facts), default=_plain))


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else str(value)
