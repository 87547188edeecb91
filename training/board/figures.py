"""What a partner's board counts of its nominees: the funnel, the splits, who needs a call. Pure.

Each nominee stands on one step, the last of those that it has reached without a gap, so that a step is never larger than the one before.
Later floors add steps (a shop that is live, a first order) behind the last one here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from training.states import AttendanceStatus as Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

MISSED_IN_A_ROW = 2
DAYS_LEFT = 3  # working days in which a nominee's answer ends soon


class Step(IntEnum):
    NOMINATED = 0
    AGREED = 1
    APPLIED = 2
    DECIDED = 3  # how, a partner does not learn
    SEAT = 4
    PLACED = 5
    CAME = 6  # to a session at least
    CERTIFIED = 7


SPLIT_STEPS = (Step.NOMINATED, Step.APPLIED, Step.SEAT, Step.CERTIFIED)


class By(StrEnum):
    SECTOR = "sector"
    PROVINCE = "province"
    WOMEN_LED = "women_led"


class Need(StrEnum):
    MISSED = "missed"
    NO_PLACE = "no_place"
    ANSWER_ENDS = "answer_ends"


class Sitting(NamedTuple):
    """A session that a firm was or is expected at. status: None where nobody marked it. is_over: it was held; is_off: called off."""

    session: int
    cohort: str
    starts_at: datetime | None
    is_over: bool
    is_off: bool
    status: Status | None

    @property
    def is_missed(self) -> bool:
        return self.is_over and not self.is_off and self.status in (None, Status.ABSENT)

    @property
    def counts(self) -> bool:
        """Whether it says something of a firm that stays away: it was held, and the firm was neither excused nor is it open who was there."""
        return self.is_over and not self.is_off and self.status not in (Status.EXCUSED, Status.OPEN)


@dataclass(frozen=True, slots=True)
class Nominee:
    """One firm that a partner nominated in a round, as the partner itself wrote it. women_led: None where that was not told.
    cohort: public id of the one in which it holds a place, "" without. there, held: minutes. answer_until: None once it answered."""

    public_id: str
    firm: str
    round: str
    sector: str
    province: str
    women_led: bool | None
    step: Step
    cohort: str = ""
    waits: bool = False
    there: Fraction = Fraction(0)
    held: Fraction = Fraction(0)
    sittings: tuple[Sitting, ...] = ()
    answer_until: date | None = None
    answer_days: int = 0

    def group(self, by: By) -> str:
        if by == By.WOMEN_LED:
            return "yes" if self.women_led else "no"
        return self.sector if by == By.SECTOR else self.province

    @property
    def missed_last(self) -> int:
        """How many of the last sessions that count it missed, one after the other, up to now."""
        number = 0
        held = sorted(
            (sitting for sitting in self.sittings if sitting.counts and sitting.starts_at is not None),
            key=lambda sitting: (sitting.starts_at, sitting.session),
            reverse=True,
        )
        for sitting in held:
            if not sitting.is_missed:
                break
            number += 1
        return number

    @property
    def need(self) -> Need | None:
        """What its partner can do for it this week."""
        if self.step < Step.CERTIFIED and self.cohort and self.missed_last >= MISSED_IN_A_ROW:
            return Need.MISSED
        if self.step == Step.SEAT and not self.waits:
            return Need.NO_PLACE
        if self.answer_until is not None and self.answer_days <= DAYS_LEFT:
            return Need.ANSWER_ENDS
        return None


def step_of(*, agreed: bool, stage: str, placed: bool, came: bool, certified: bool) -> Step:
    """How far a nominee has come. stage: as nominations tell its partner, "" before it has applied."""
    applied = bool(stage)
    reached = (agreed, applied, stage in ("decided", "seat"), stage == "seat", placed, came, certified)
    step = Step.NOMINATED
    for at, is_reached in enumerate(reached, 1):
        if not is_reached:
            break
        step = Step(at)
    return step


def funnel(nominees: Iterable[Nominee], *, first: Step = Step.NOMINATED) -> dict[Step, int]:
    """How many reached each step, from the first one named."""
    counts = dict.fromkeys((step for step in Step if step >= first), 0)
    for nominee in nominees:
        for step in counts:
            counts[step] += nominee.step >= step
    return counts


def worst(counts: Mapping[Step, int]) -> tuple[Step, Step, int] | None:
    """The two steps between which most firms are lost, and how many; the earliest of equals. None where none is lost."""
    losses = [(before, after, counts[before] - counts[after]) for before, after in pairwise(counts)]
    found = max(losses, key=lambda loss: loss[2], default=None)
    return found if found is not None and found[2] > 0 else None


def split(nominees: Iterable[Nominee], by: By) -> dict[str, tuple[int, ...]]:
    """Firms by group at each of SPLIT_STEPS; "" for those of whom the partner told nothing."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(SPLIT_STEPS))
    for nominee in nominees:
        row = counts[nominee.group(by)]
        for at, step in enumerate(SPLIT_STEPS):
            row[at] += nominee.step >= step
    return {group: tuple(row) for group, row in counts.items()}


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """Of one cohort: the partner's firms in it, how many of them need a call, are certified; minutes attended of those held."""

    firms: int = 0
    calls: int = 0
    certified: int = 0
    there: Fraction = Fraction(0)
    held: Fraction = Fraction(0)

    @property
    def share(self) -> Fraction | None:
        return self.there / self.held if self.held else None


def by_cohort(nominees: Iterable[Nominee]) -> dict[str, CohortFigures]:
    """By public id of the cohort."""
    grouped: dict[str, list[Nominee]] = defaultdict(list)
    for nominee in nominees:
        if nominee.cohort:
            grouped[nominee.cohort].append(nominee)
    return {cohort: of_cohort(rows) for cohort, rows in grouped.items()}


def of_cohort(rows: Sequence[Nominee]) -> CohortFigures:
    return CohortFigures(
        firms=len(rows),
        calls=sum(row.need == Need.MISSED for row in rows),
        certified=sum(row.step >= Step.CERTIFIED for row in rows),
        there=sum((row.there for row in rows), Fraction(0)),
        held=sum((row.held for row in rows), Fraction(0)),
    )


ORDER = (Need.MISSED, Need.NO_PLACE, Need.ANSWER_ENDS)


def needing(nominees: Iterable[Nominee]) -> list[Nominee]:
    """Those for whom the partner can do something: who stayed away longest first, then without a place, then the nearest last days."""
    found = [(ORDER.index(need), row) for row in nominees if (need := row.need) is not None]
    found.sort(key=lambda pair: (pair[0], -pair[1].missed_last, pair[1].answer_days, pair[1].firm, pair[1].public_id))
    return [row for _at, row in found]


def lowest_first(nominees: Iterable[Nominee]) -> list[Nominee]:
    """By share of hours, the lowest first; without any held last."""
    return sorted(
        nominees,
        key=lambda row: (row.held == 0, row.there / row.held if row.held else Fraction(0), row.firm, row.public_id),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks to see. "" for all."""

    round: str = ""
    cohort: str = ""

    def keeps(self, nominee: Nominee) -> bool:
        return self.round in ("", nominee.round) and self.cohort in ("", nominee.cohort)


@dataclass(frozen=True, slots=True)
class Strip:
    """Who was there, firm by firm. sessions: numbers of the cohort's sessions in order; cells by firm, "" where it was not expected."""

    sessions: tuple[int, ...]
    rows: tuple[tuple[Nominee, tuple[str, ...]], ...]


def strip(nominees: Iterable[Nominee], cohort: str, sessions: Sequence[int]) -> Strip:
    """Of one cohort. A cell is the status, "none" for one over without a mark, "next" for one to come, "" where not expected."""
    rows = []
    for nominee in lowest_first(row for row in nominees if row.cohort == cohort):
        seen = {sitting.session: _cell(sitting) for sitting in nominee.sittings if sitting.cohort == cohort}
        rows.append((nominee, tuple(seen.get(session, "") for session in sessions)))
    return Strip(tuple(sessions), tuple(rows))


def _cell(sitting: Sitting) -> str:
    if sitting.status is not None:
        return sitting.status.value
    return "none" if sitting.is_over else "next"
