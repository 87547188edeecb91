"""What everybody may know of all rounds: counts, medians, no firm."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, Sum
from django.utils import timezone

from selection.models import NO_DUE_DATE, Application, DeskTally, Round
from selection.rounds.counts import FileCounts, counts_of
from selection.states import DECIDED_STATES, OPEN_STATES, State
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.sectors import SECTORS
from tdap_portal.core.calendar import today

from .figures import OTHERS, fold_small, median_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NUMBERS_KEY = "selection.open_numbers"
NUMBERS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class OpenNumbers:
    """The portal's promise in figures. median_days: working days from submission to the decision. in_time: decisions within
    the promised days. late_now: files past their date. women_pct: of the seats given, None before the first."""

    submitted: int
    decided: int
    in_time: int
    median_days: float | None
    selected: int
    waiting: int
    late_now: int
    women_pct: int | None
    sectors: int
    provinces: int
    at: datetime

    @property
    def late(self) -> int:
        return self.decided - self.in_time


def open_numbers() -> OpenNumbers:
    """All rounds together. Counted at most every five minutes, so that a full front page costs nothing."""
    found = cache.get(NUMBERS_KEY)
    if found is None:
        found = _count_numbers()
        cache.set(NUMBERS_KEY, found, NUMBERS_SECONDS)
    return found


def _count_numbers() -> OpenNumbers:
    corners = corners_of()
    whole = _sum(corners.values())
    chosen = [(province, sector) for (_, province, sector), tally in corners.items() if tally.selected]
    days: Counter[int] = Counter()
    in_time = decided = 0
    for used, of, number in (
        Application.objects.filter(state__in=DECIDED_STATES, days_used__isnull=False)
        .values_list("days_used", "round__promise_days")
        .annotate(number=Count("pk"))
        .order_by()
    ):
        days[used] += number
        decided += number
        in_time += number if used <= of else 0
    women = dict(
        Application.objects.filter(state=State.SELECTED).values_list("women_led").annotate(Count("pk")).order_by()
    )
    seats = sum(women.values())
    return OpenNumbers(
        submitted=whole.submitted,
        decided=decided,
        in_time=in_time,
        median_days=median_of(days),
        selected=whole.selected,
        waiting=whole.waiting,
        late_now=Application.objects.filter(state__in=OPEN_STATES, due_on__lt=today(), due_on__lte=NO_DUE_DATE).count(),
        women_pct=round(100 * women.get(True, 0) / seats) if seats else None,
        sectors=len({sector for _, sector in chosen if sector}),
        provinces=len({province for province, _ in chosen if province}),
        at=timezone.now(),
    )


def corners_of(round_id: int | None = None) -> dict[tuple[int, str, str], FileCounts]:
    """Tallies by (round number, province, sector), of one round or of all."""
    rows = DeskTally.objects.all() if round_id is None else DeskTally.objects.filter(round_id=round_id)
    numbers: dict[tuple[int, str, str], dict[str, int]] = defaultdict(dict)
    for number, province, sector, state, total in (
        rows.values_list("round__number", "province", "sector", "state").annotate(Sum("number")).order_by()
    ):
        numbers[number, province, sector][state] = total
    return {corner: tally for corner, states in numbers.items() if (tally := counts_of(states)).submitted}


def _sum(tallies: object) -> FileCounts:
    whole = FileCounts()
    for tally in tallies:  # type: ignore[attr-defined]
        whole += tally
    return whole


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A row of a results table. code: of the province or sector, OTHERS for those not named or too few to be shown."""

    code: str
    tally: FileCounts


@dataclass(frozen=True, slots=True)
class Results:
    """Open results of one round, or of all (round None)."""

    whole: FileCounts
    by_province: tuple[ResultLine, ...]
    by_sector: tuple[ResultLine, ...]
    median_days: float | None


def results_of(round_: Round | None) -> Results:
    corners = corners_of(round_.pk if round_ else None)
    decided = Application.objects.filter(state__in=DECIDED_STATES, days_used__isnull=False)
    if round_ is not None:
        decided = decided.filter(round=round_)
    days = dict(decided.values_list("days_used").annotate(Count("pk")).order_by())
    return Results(
        whole=_sum(corners.values()),
        by_province=_lines(lines_by_round(corners, 1), tuple(PROVINCES)),
        by_sector=_lines(lines_by_round(corners, 2), tuple(SECTORS)),
        median_days=median_of(days),
    )


def lines_by_round(corners: Mapping[tuple[int, str, str], FileCounts], at: int) -> dict[int, dict[str, FileCounts]]:
    """By round, then by province (at=1) or sector (at=2), small lines folded; a code that we do not know is among others."""
    order = PROVINCES if at == 1 else SECTORS
    sums: dict[int, dict[str, FileCounts]] = defaultdict(lambda: defaultdict(FileCounts))
    for corner, tally in corners.items():
        sums[corner[0]][str(corner[at]) if corner[at] in order else OTHERS] += tally
    return {number: fold_small(lines) for number, lines in sums.items()}


def _lines(by_round: Mapping[int, Mapping[str, FileCounts]], order: tuple[str, ...]) -> tuple[ResultLine, ...]:
    """One line per code, in the programme's order, others last. Of all rounds it is the sum of what each round shows, so
    that taking a round away from all tells nothing new."""
    sums: dict[str, FileCounts] = defaultdict(FileCounts)
    for lines in by_round.values():
        for code, tally in lines.items():
            sums[code] += tally
    return tuple(ResultLine(code, sums[code]) for code in (*order, OTHERS) if code in sums)
