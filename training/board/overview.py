"""A partner's board as its page, its workbook, its PDF and its digest show it: one making, so that all tell the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from tdap_portal.charts.bars import Bar, Bars, StackedBars
from tdap_portal.charts.drawing import ChartFigure, Table
from training.models.labels import COHORT_STATE_LABELS
from training.places.wording import given_words
from training.states import CohortState

from . import figures, wording
from .figures import SPLIT_STEPS, By, Step, Wanted
from .suppress import cut, cut_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tdap_portal.accounts.models import Partner
    from training.models import Session

    from .figures import CohortFigures, Nominee, Strip
    from .selectors import CohortLine, PartnerLine, Snapshot, Totals
    from .suppress import Cut

SHOWN_FIRMS = 50
SHOWN_NEEDS = 6
SHOWN_COHORTS = 50
CHOICE_OF_COHORTS = 300


@dataclass(frozen=True, slots=True)
class SplitTable:
    """Firms by group. rows: name and a count a step, None for what is hidden; no row at all where the groups are too small."""

    by: By
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]

    @property
    def hides(self) -> bool:
        return any(count is None for _name, counts in self.rows for count in counts)


@dataclass(frozen=True, slots=True)
class CohortRow:
    line: CohortLine
    figures: CohortFigures
    given: str
    state: str
    tone: str

    @property
    def share(self) -> str:
        return wording.percent(self.figures.share)


@dataclass(frozen=True, slots=True)
class NeedRow:
    nominee: Nominee
    what: str
    does: str
    tone: str


@dataclass(frozen=True, slots=True)
class Board:
    """nominees: those that it counts. wanted: its filters as they are in force; cohort: the one asked for. chosen: the one whose strip is shown, None without any.
    needs: all firms that need a call, of which the page shows the first."""

    partner: Partner
    at: datetime
    wanted: Wanted
    rounds: tuple[str, ...]
    cohort_names: tuple[tuple[str, str], ...]
    nominees: tuple[Nominee, ...]
    counts: Mapping[Step, int]
    finding: str
    loss: str
    figure: ChartFigure | None
    splits: tuple[SplitTable, ...]
    cohorts: tuple[CohortRow, ...]
    chosen: CohortRow | None
    strip: Strip | None
    needs: tuple[NeedRow, ...]

    @property
    def is_filtered(self) -> bool:
        return bool(self.wanted.round or self.wanted.cohort)

    @property
    def cohort(self) -> str:
        """Short name of the cohort asked for, "" for all."""
        return dict(self.cohort_names).get(self.wanted.cohort, "")

    @property
    def calls(self) -> str:
        return wording.calls(len(self.needs))


def board_of(snapshot: Snapshot, wanted: Wanted) -> Board:
    """A round or a cohort that the partner has no nominee in reads as no filter."""
    wanted = Wanted(
        wanted.round if wanted.round in snapshot.rounds else "",
        wanted.cohort if wanted.cohort in snapshot.cohorts else "",
    )
    nominees = [row for row in snapshot.nominees if wanted.keeps(row)]
    counts = figures.funnel(nominees, first=Step.PLACED if wanted.cohort else Step.NOMINATED)
    name = snapshot.cohorts[wanted.cohort].cohort.code if wanted.cohort else ""
    cohorts = _cohort_rows(snapshot, nominees)
    chosen = _chosen(cohorts)
    return Board(
        partner=snapshot.partner,
        at=snapshot.at,
        wanted=wanted,
        rounds=tuple(snapshot.rounds),
        cohort_names=_names(snapshot, wanted.cohort),
        nominees=tuple(nominees),
        counts=counts,
        finding=wording.finding(counts, name),
        loss=wording.loss(counts),
        figure=wording.figure(counts, snapshot.at, name) if nominees else None,
        splits=() if wanted.cohort else tuple(splits_of(snapshot.nominees, wanted.round)),
        cohorts=cohorts,
        chosen=chosen,
        strip=_strip(nominees, chosen),
        needs=tuple(_need_rows(snapshot, nominees)),
    )


def _names(snapshot: Snapshot, wanted: str) -> tuple[tuple[str, str], ...]:
    """Of the latest cohorts, and of the one asked for."""
    names = [(public_id, line.cohort.code) for public_id, line in snapshot.cohorts.items()]
    return tuple(names[:CHOICE_OF_COHORTS]) + tuple(one for one in names[CHOICE_OF_COHORTS:] if one[0] == wanted)


def splits_of(nominees: Iterable[Nominee], round_: str = "") -> list[SplitTable]:
    """The tables by group, of all rounds or of one. They are cut over all nominees whatever is asked for, so that no two of them
    tell together what each of them hides; a cohort has none."""
    nominees = list(nominees)
    return [_split_table(by, _cut_of(nominees, by, round_)) for by in By]


def _cut_of(nominees: Sequence[Nominee], by: By, round_: str) -> Cut | None:
    whole = cut(figures.split(nominees, by))
    if not round_:
        return whole
    rounds: dict[str, list[Nominee]] = defaultdict(list)
    for nominee in nominees:
        rounds[nominee.round].append(nominee)
    return cut_parts({code: figures.split(rows, by) for code, rows in rounds.items()}, whole).get(round_)


def _split_table(by: By, found: Cut | None) -> SplitTable:
    rows = found.rows if found is not None else ()
    if len(rows) == 1 and len(rows[0].groups) > 1:  # all of them as one group are the funnel over again
        rows = ()
    return SplitTable(
        by,
        str(wording.SPLITS[by]),
        (str(wording.GROUP_HEADS[by]), *(str(wording.STEPS[step]) for step in SPLIT_STEPS)),
        tuple((wording.group_words(by, row.groups), row.counts) for row in rows),
    )


TONES = {CohortState.RUNNING: "us", CohortState.FINISHED: "done"}


def _cohort_rows(snapshot: Snapshot, nominees: Sequence[Nominee]) -> tuple[CohortRow, ...]:
    found = figures.by_cohort(nominees)
    return tuple(
        CohortRow(
            line,
            found[public_id],
            given_words(line.cohort),
            str(COHORT_STATE_LABELS[CohortState(line.cohort.state)]),
            "no" if found[public_id].calls else TONES.get(CohortState(line.cohort.state), "rest"),
        )
        for public_id, line in snapshot.cohorts.items()
        if public_id in found
    )


def cohorts_shown(board: Board) -> tuple[CohortRow, ...]:
    """The first SHOWN_COHORTS of a long list: those with calls to make, then those that run, then the latest."""
    return tuple(sorted(board.cohorts, key=_worth_looking_at)[:SHOWN_COHORTS])


def _worth_looking_at(row: CohortRow) -> tuple[int, bool]:
    return -row.figures.calls, row.line.cohort.state != CohortState.RUNNING


def _chosen(cohorts: Sequence[CohortRow]) -> CohortRow | None:
    """The cohort that is most worth looking at: with calls to make, then one that runs, then the latest."""
    return min(cohorts, key=_worth_looking_at, default=None)


def _strip(nominees: Sequence[Nominee], chosen: CohortRow | None) -> Strip | None:
    if chosen is None or not chosen.line.sessions:
        return None
    return figures.strip(nominees, chosen.line.cohort.public_id, [session.pk for session in chosen.line.sessions])


def _need_rows(snapshot: Snapshot, nominees: Sequence[Nominee]) -> Iterable[NeedRow]:
    for nominee in figures.needing(nominees):
        cohort = snapshot.cohorts[nominee.cohort].cohort.code if nominee.cohort else ""
        what, does = wording.need_words(nominee, cohort)
        need = nominee.need
        yield NeedRow(nominee, what, does, wording.NEED_TONES[need] if need else "rest")


def strip_title(board: Board) -> str:
    """The finding over the strip."""
    if board.chosen is None:
        return ""
    found = board.chosen.figures
    share = wording.percent(found.share)
    if not share:
        return gettext("No session of %(cohort)s is over yet") % {"cohort": board.chosen.line.cohort.code}
    return gettext("In %(cohort)s your firms attended %(share)s of the hours") % {
        "cohort": board.chosen.line.cohort.code,
        "share": share,
    }


def three_figures(board: Board) -> tuple[tuple[str, str], ...]:
    """Name and value of what a digest tells: seats, certificates, and hours attended of those held."""
    there = sum((row.figures.there for row in board.cohorts), Fraction(0))
    held = sum((row.figures.held for row in board.cohorts), Fraction(0))
    share = wording.percent(there / held) if held else gettext("nothing held yet")
    return (
        (gettext("Seats accepted"), str(board.counts[Step.SEAT])),
        (gettext("Attendance so far"), share),
        (gettext("Certified"), str(board.counts[Step.CERTIFIED])),
    )


@dataclass(frozen=True, slots=True)
class StripView:
    """Who was there, as marks. rows: firm, cells of mark, words and class, sessions attended of those held. more: firms not shown."""

    sessions: tuple[Session, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str, str], ...], str], ...]
    more: int


def strips_of(board: Board) -> list[tuple[CohortRow, StripView]]:
    """All cohorts of a board with everybody in them."""
    found = []
    people: dict[str, list[Nominee]] = defaultdict(list)
    for nominee in board.nominees:
        people[nominee.cohort].append(nominee)
    for row in board.cohorts:
        own = _strip(people[row.line.cohort.public_id], row)
        view = strip_view(replace(board, chosen=row, strip=own), most=None)
        if view is not None:
            found.append((row, view))
    return found


CAME = ("present", "late")
HELD = (*CAME, "absent", "none")


def strip_view(board: Board, *, most: int | None = SHOWN_FIRMS) -> StripView | None:
    """most: firms, None for all."""
    if board.strip is None or board.chosen is None:
        return None
    rows = []
    for nominee, cells in board.strip.rows[:most]:
        marks = tuple((str(mark), str(words), dress) for mark, words, dress in (wording.MARKS[cell] for cell in cells))
        came, held = sum(cell in CAME for cell in cells), sum(cell in HELD for cell in cells)
        rows.append((nominee.firm, marks, gettext("%(came)d of %(held)d") % {"came": came, "held": held}))
    return StripView(board.chosen.line.sessions, tuple(rows), len(board.strip.rows) - len(rows))


def completion(board: Board) -> ChartFigure | None:
    """How the firms with a place stand: certified, without need of a call, with one. None where no firm has a place."""
    placed = board.counts[Step.PLACED]
    if not placed:
        return None
    certified = board.counts[Step.CERTIFIED]
    calls = sum(row.figures.calls for row in board.cohorts)
    words = ngettext(
        "%(certified)d of %(placed)d firm in cohorts is certified",
        "%(certified)d of %(placed)d firms in cohorts are certified",
        placed,
    )
    parts = ((gettext("certified"), "green"), (gettext("in training"), "g2"), (gettext("away twice in a row"), "brick"))
    return ChartFigure(
        words % {"certified": certified, "placed": placed},
        gettext("Firms with a place in a cohort, by where they stand"),
        gettext("TDAP portal, %(day)s.") % {"day": wording.moment(board.at)},
        StackedBars(
            gettext("Firms"), parts, ((gettext("Your firms"), (certified, placed - certified - calls, calls)),)
        ),
    )


# ----------------------------------------------------------------------------------------------------- the officials


def totals_words(totals: Totals) -> str:
    """The finding over the board of cohorts."""
    running = totals.states.get(CohortState.RUNNING, 0)
    says = ngettext("%(number)d cohort is running.", "%(number)d cohorts are running.", running) % {"number": running}
    without = totals.without_place
    if not without:
        return f"{says} {gettext('Every firm with a seat has its place.')}"
    more = ngettext("%(number)d firm has no place yet.", "%(number)d firms have no place yet.", without)
    return f"{says} {more % {'number': without}}"


def funnels_table(lines: Sequence[PartnerLine]) -> Table:
    """Partners down, steps across."""
    steps = tuple(lines[0].counts) if lines else ()
    head = (gettext("Partner"), *(str(wording.STEPS[step]) for step in steps))
    return Table(head, tuple((line.name, *(str(line.counts[step]) for step in steps)) for line in lines))


def funnels_figure(lines: Sequence[PartnerLine], round_: str) -> ChartFigure:
    """Seats accepted of those nominated, by partner."""
    nominated = sum(line.counts[Step.NOMINATED] for line in lines)
    seats = sum(line.counts[Step.SEAT] for line in lines)
    words = ngettext(
        "%(seats)d of %(nominated)d nominated firm accepted a seat",
        "%(seats)d of %(nominated)d nominated firms accepted a seat",
        nominated,
    )
    bars = tuple(
        Bar(
            line.name,
            line.counts[Step.SEAT],
            note=gettext("of %(number)d nominated") % {"number": line.counts[Step.NOMINATED]},
        )
        for line in sorted(lines, key=lambda line: (-line.counts[Step.SEAT], line.name))
    )
    return ChartFigure(
        words % {"seats": seats, "nominated": nominated},
        gettext("Nominees of %(round)s with an accepted seat, by partner") % {"round": round_},
        gettext("TDAP portal, %(day)s.") % {"day": wording.moment(timezone.now())},
        Bars((gettext("Partner"), gettext("Seats accepted")), bars),
    )
