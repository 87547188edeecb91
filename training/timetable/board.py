"""The timetable as its page shows it: one week by room, trainer or cohort, what blocks and warns, what has no place. Built from
one reading of the plan; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.days import day_words
from training.states import CohortState

from . import moving, reading, selectors
from .cause_words import cause_words, impossible_words
from .rule_words import Names, city_words, holiday_words, violation_words
from .solver.clash import cause
from .solver.precheck import precheck
from .solver.problem import FRIDAY, week_of
from .solver.rules import Violation, check, hard, soft_cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from training.models import Session

    from .parts import Part
    from .solver.problem import Placed

ROOM, TRAINER, COHORT = "room", "trainer", "cohort"
WAYS = {ROOM: _("By room"), TRAINER: _("By trainer"), COHORT: _("By cohort")}
MAX_CAUSES = 3  # cohorts whose cause is looked for while the page waits; the page of a session looks for its own
MAX_WHYS = 1  # sentences in a cell; the page of the session has them all
CAUSE_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """One rule that is not kept, in words. tone: "no" where it blocks, "you" where it warns. key: of the session that it is told of."""

    key: str
    session: Session
    tone: str
    words: str
    cost: int
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A session in the grid. whys: sentences of what blocks or warns, the first of them; is_new: moved since it was published.
    trainer_id, venue_id: "" where there is none; seen: see selectors.mark_of."""

    session: Session
    trainer_id: str
    venue_id: str
    seen: str
    at: datetime
    trainer: str
    venue: str
    tone: str
    whys: tuple[str, ...]
    is_new: bool
    is_locked: bool


@dataclass(slots=True)
class Cell:
    """off: why nothing is held there, or when not; "" on a usual day."""

    day: date
    off: str
    shown: list[Shown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """target: id of the room or trainer that a session dropped here gets; "" by cohort, and where there is none."""

    name: str
    small: str
    target: str
    cohort: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A session without a place. why: "" where nobody has looked yet; its own page says it."""

    session: Session
    why: str


class Board:
    """All reads are done when it is made, in a number that does not depend on how much is planned.

    part: of a plan too large for one page, what is shown; then only that is read, checked and counted.
    """

    def __init__(
        self, *, week: date | None = None, by: str = ROOM, now: datetime | None = None, part: Part | None = None
    ) -> None:
        self.now, self.part = now or timezone.now(), part
        self.by = by if by in WAYS else ROOM
        ids = None if part is None else part.ids
        self.rows = list(selectors.board(ids))
        self.planned = reading.read_problem(now=self.now, board=self.rows, cohorts_of=ids)
        self.problem = reading.as_published(self.planned, self.rows)
        self.plan = self.planned.standing
        self.sessions = {str(row.pk): row for row in self.rows}
        self.trainers = selectors.trainers_by_id(int(one.id) for one in self.planned.trainers)
        self.venues = selectors.venues_by_id(int(one.id) for one in self.planned.venues)
        self.names = Names({row.pk: row for row in self.rows}, self.trainers, self.venues)
        self.moved = [row for row in self.rows if selectors.is_moved(row)]
        self.week = part.week if part is not None else week_of(week or self._first_day())

    def _first_day(self) -> date:
        """Today, or the day of the first session that is planned after it."""
        today = timezone.localdate(self.now)
        coming = [at.start.date() for at in self.plan.values() if at.start.date() >= today]
        return min(coming, default=today)

    # what is not kept

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        return check(self.problem, self.plan)

    @cached_property
    def blocks(self) -> list[Line]:
        return [self.line(one) for one in hard(self.violations) if one.code != "unplaced"]

    @cached_property
    def blocks_of_moved(self) -> list[Line]:
        """Those that publishing would bring to people."""
        keys = {str(row.pk) for row in self.moved}
        return [self.line(one) for one in moving.blocks_of(self.violations, keys)]

    @cached_property
    def warnings(self) -> list[Line]:
        return [self.line(one) for one in self.violations if not one.is_hard]

    @property
    def cost(self) -> int:
        return soft_cost(self.violations)

    def line(self, violation: Violation, about: str = "") -> Line:
        """about: the session that it is told of; one that was moved last, else the last in time."""
        key = about or self._told_of(violation)
        row = self.sessions[key]
        draft = selectors.draft_of(row)
        return Line(
            key=key,
            session=row,
            tone="no" if violation.is_hard else "you",
            words=violation_words(violation.code, violation.sessions, violation.facts, self.names, about=key),
            cost=violation.cost,
            reason=draft.reason if draft and violation.is_hard else "",
        )

    def _told_of(self, violation: Violation) -> str:
        moved = {str(row.pk) for row in self.moved}
        return next((key for key in reversed(violation.sessions) if key in moved), violation.sessions[-1])

    @cached_property
    def of_session(self) -> dict[str, list[Line]]:
        """By id of the session, what blocks first."""
        found: dict[str, list[Line]] = defaultdict(list)
        for one in sorted(self.violations, key=lambda one: not one.is_hard):
            for key in one.sessions:
                if key in self.sessions and one.code != "unplaced":
                    found[key].append(self.line(one, about=key))
        return found

    # the grid

    @cached_property
    def days(self) -> list[date]:
        """Monday to Saturday; Sunday where something is held on it."""
        held = {at.start.date() for at in self.plan.values()}
        days = [self.week + timedelta(days=number) for number in range(7)]
        return days if days[6] in held else days[:6]

    @cached_property
    def grid(self) -> list[Row]:
        groups: dict[str, list[tuple[str, Placed]]] = defaultdict(list)
        for key, at in sorted(self.plan.items(), key=lambda item: (item[1].start, item[0])):
            if at.start.date() in self.days and key in self.sessions:
                groups[self._group_of(key, at)].append((key, at))
        return [self._row(name, groups.get(name, [])) for name in self._groups(groups)]

    def _group_of(self, key: str, at: Placed) -> str:
        if self.by == COHORT:
            return str(self.sessions[key].cohort_id)
        return at.trainer if self.by == TRAINER else at.venue or ""

    def _groups(self, held: Iterable[str]) -> Iterator[str]:
        """Rows of the grid in their order: all rooms or trainers that are used; cohorts that can meet in this week."""
        held = set(held)
        if self.by == ROOM:
            for pk, venue in sorted(self.venues.items(), key=lambda item: (item[1].city, item[1].name)):
                if venue.is_active or str(pk) in held:
                    yield str(pk)
            if "" in held:
                yield ""
        elif self.by == TRAINER:
            for pk, trainer in sorted(self.trainers.items(), key=lambda item: (item[1].name, item[0])):
                if trainer.is_active or str(pk) in held:
                    yield str(pk)
        else:
            for cohort in self.planned.cohorts:
                if cohort.id in held or (cohort.first <= self.days[-1] and cohort.last >= self.week):
                    yield cohort.id

    def _row(self, name: str, held: list[tuple[str, Placed]]) -> Row:
        cells = {day: Cell(day, self.off(day)) for day in self.days}
        for key, at in held:
            cells[at.start.date()].shown.append(self._shown(key, at))
        head, small = self._head(name)
        is_cohort = self.by == COHORT
        return Row(head, small, "" if is_cohort else name, name if is_cohort else "", list(cells.values()))

    def _head(self, name: str) -> tuple[str, str]:
        if self.by == COHORT:
            cohort = next(row.cohort for row in self.rows if str(row.cohort_id) == name)
            return cohort.code, city_words(cohort.city) if cohort.city else gettext("online")
        if self.by == TRAINER:
            trainer = self.trainers[int(name)]
            return trainer.name_here, city_words(trainer.home_city)
        if not name:
            return gettext("Online"), gettext("no room needed")
        venue = self.venues[int(name)]
        seats = ngettext("%(number)d seat", "%(number)d seats", venue.seats) % {"number": venue.seats}
        return venue.name_here, gettext(", ").join([city_words(venue.city), seats] if venue.city else [seats])

    def _shown(self, key: str, at: Placed) -> Shown:
        row = self.sessions[key]
        lines = self.of_session.get(key, [])
        draft = selectors.draft_of(row)
        return Shown(
            session=row,
            trainer_id=at.trainer,
            venue_id=at.venue or "",
            seen=selectors.mark_of(row),
            at=at.start,
            trainer=self.names.trainer(at.trainer),
            venue=self.names.venue(at.venue) if at.venue else gettext("Online"),
            tone=lines[0].tone if lines else "",
            whys=tuple(line.words for line in lines[:MAX_WHYS]),
            is_new=selectors.is_moved(row),
            is_locked=draft is not None and draft.is_locked,
        )

    def off(self, day: date) -> str:
        calendar = self.planned.calendar
        holiday = calendar.holidays.get(day)
        if holiday:
            text = gettext("%(name)s, expected") if holiday.is_provisional else "%(name)s"
            return text % {"name": holiday_words(holiday.name)}
        if day.weekday() == FRIDAY and calendar.prayer:
            first, last = (_clock(one) for one in calendar.prayer)
            return gettext("Friday prayer %(from)s to %(until)s") % {"from": first, "until": last}
        return ""

    @cached_property
    def by_day(self) -> list[Cell]:
        """The same week as a list: each day with all of its sessions by time."""
        cells = {day: Cell(day, self.off(day)) for day in self.days}
        for row in self.grid:
            for cell in row.cells:
                cells[cell.day].shown += cell.shown
        for cell in cells.values():
            cell.shown.sort(key=lambda one: one.at)
        return list(cells.values())

    # what has no place

    @cached_property
    def unplaced(self) -> list[Unplaced]:
        """Those that can still be planned and have no time; why: what no plan can do, or what stands in the way of their cohort."""
        keys = [key for key in self.planned.sessions if key not in self.plan]
        if not keys:
            return []
        if self.part is not None:  # why is said of the whole plan alone, where somebody opens the session
            return [Unplaced(self.sessions[key], "") for key in keys]
        seal = reading.seal_of(self.planned)
        looked: dict[str, str] = {}
        impossible = self._impossible(seal)
        found = []
        for key in keys:
            cohort = self.planned.sessions[key][0].id
            why = impossible.get(key, "")
            if not why and (cohort in looked or len(looked) < MAX_CAUSES):
                why = looked[cohort] = looked.get(cohort) or self._cause(cohort, seal)
            found.append(Unplaced(self.sessions[key], why))
        return found

    def why_unplaced(self, key: str) -> str:
        seal = reading.seal_of(self.planned)
        return self._impossible(seal).get(key) or self._cause(self.planned.sessions[key][0].id, seal)

    def _impossible(self, seal: str) -> dict[str, str]:
        kept = cache.get(f"timetable-impossible-{seal}")
        if kept is None:
            kept = [(one.code, one.sessions, one.resources, one.room) for one in precheck(self.planned)]
            cache.set(f"timetable-impossible-{seal}", kept, CAUSE_SECONDS)
        return {
            key: impossible_words(code, sessions, resources, room, problem=self.planned, names=self.names)
            for code, sessions, resources, room in kept
            for key in sessions
        }

    def _cause(self, cohort: str, seal: str) -> str:
        name = f"timetable-cause-{seal}-{cohort}"
        kept = cache.get(name)
        if kept is None:
            kept = [cause(self.planned, self.plan, cohort)]
            cache.set(name, kept, CAUSE_SECONDS)
        return cause_words(kept[0])

    # places for one session

    def offers(self, session: Session) -> list[tuple[moving.Offer, list[Line]]]:
        """Places without a block, each with what it would warn of."""
        found = moving.offers(self.problem, self.plan, str(session.pk))
        return [(offer, [self.line(one, about=str(session.pk)) for one in offer.warnings]) for offer in found]

    def lines_of_move(self, session: Session, placed: Placed) -> list[Line]:
        """What would block or warn of one session there, what blocks first."""
        found = moving.check_move(self.problem, self.plan, str(session.pk), placed)
        ordered = sorted(found, key=lambda one: not one.is_hard)
        return [self.line(one, about=str(session.pk)) for one in ordered]

    def words_of(self, blocks: Iterable[dict[str, object]], about: str = "") -> list[str]:
        """Blocks as a refusal carries them, in words."""
        found = []
        for one in blocks:
            sessions: tuple[str, ...] = tuple(one["sessions"])  # type: ignore[arg-type]
            key = about or next((key for key in reversed(sessions) if key in self.sessions), "")
            facts: dict[str, object] = one["facts"]  # type: ignore[assignment]
            found.append(violation_words(str(one["code"]), sessions, facts, self.names, about=key))
        return found

    # in one sentence

    @property
    def part_words(self) -> str:
        """The city of the part that is shown; "" online, and where all is."""
        return city_words(self.part.city) if self.part is not None and self.part.city else ""

    @property
    def placed_count(self) -> int:
        return sum(1 for key in self.planned.sessions if key in self.plan)

    @property
    def locked_count(self) -> int:
        return sum(1 for row in self.rows if (draft := selectors.draft_of(row)) is not None and draft.is_locked)

    @property
    def span_words(self) -> str:
        """ "6 cohorts, 60 sessions, 5 July to 26 August 2027"."""
        cohorts = [one for one in self.planned.cohorts if one.sessions]
        number = len(self.planned.sessions)
        parts = [
            ngettext("%(number)d cohort", "%(number)d cohorts", len(cohorts)) % {"number": len(cohorts)},
            ngettext("%(number)d session", "%(number)d sessions", number) % {"number": number},
        ]
        if cohorts:
            first, last = min(one.first for one in cohorts), max(one.last for one in cohorts)
            parts.append(gettext("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)})
        return gettext(", ").join(parts)


def is_over(session: Session) -> bool:
    """Whether it was held, or its cohort is over, so that it stays where it is."""
    is_held = session.ends_at is not None and session.ends_at <= timezone.now()
    return is_held or CohortState(session.cohort.state) in {CohortState.FINISHED, CohortState.CANCELLED}


def _clock(value: time) -> str:
    return value.isoformat("minutes")
