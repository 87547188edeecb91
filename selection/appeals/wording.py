"""Appeals in the words of pages and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

from selection.applications.copy_words import row_of
from selection.models.labels import VERDICT_LABELS
from selection.states import APPEALABLE, ENDED_STATES, AppealOutcome, AppealState, State, Verdict
from smes.profile.facts import label_of
from smes.vocabulary.wording import certificate_name, market_name, paper_name
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.calendar import today

from . import selectors
from .correcting import PROOFS, YEARS, fact_of_key, key_of_proof
from .grounds import GROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from selection.models import Appeal, AppealPoint, Application

    from .outlook import Finding, Outlook
    from .permissions import PartInFile
    from .selectors import Window

ROW_NAMES = {"certifications": certificate_name, "export_markets": market_name}
VERDICT_TONES = {Verdict.RIGHT: "done", Verdict.WRONG: "no", Verdict.UNCLEAR: "you"}
OUTCOME_TONES = {AppealOutcome.UPHELD: "done", AppealOutcome.REJECTED: "no", AppealOutcome.REREAD: "us"}


@dataclass(frozen=True, slots=True)
class PointShown:
    """One point as a page shows it. papers: (name, public id). corrections: (fact, as it was frozen, as it counts now)."""

    position: int
    ground: str
    words: str
    papers: tuple[tuple[str, str], ...]
    verdict: str
    tone: str
    answer: str
    corrections: tuple[tuple[str, str], ...]


def points_shown(appeal: Appeal, findings: Iterable[Finding] = ()) -> list[PointShown]:
    """findings: of the director, where they are not kept yet; not written into the rows."""
    names = {paper.public_id: paper_name(paper.kind) for paper in selectors.papers_there(appeal.application)}
    points = list(appeal.points_made.all())
    found = {one.position: one for one in findings}
    for point in points:
        if one := found.get(point.position):
            point.verdict, point.answer, point.corrections = one.verdict, one.answer, dict(one.corrections)
    return [_shown(point, names) for point in points]


def _shown(point: AppealPoint, names: Mapping[str, str]) -> PointShown:
    verdict = Verdict(point.verdict) if point.verdict else None
    return PointShown(
        point.position,
        gettext(GROUNDS[point.ground].words),
        point.words,
        tuple((names[paper], paper) for paper in point.papers if paper in names),
        str(VERDICT_LABELS[verdict]) if verdict else "",
        VERDICT_TONES[verdict] if verdict else "rest",
        point.answer,
        tuple(
            (name_of_key(key), value_in_words(key, value, names)) for key, value in sorted(point.corrections.items())
        ),
    )


CSV_HEAD = (
    "appeal",
    "round",
    "file",
    "firm",
    "state",
    "outcome",
    "sent",
    "answer due",
    "director",
    "answered",
    "points before",
    "points after",
    "seat of the reserve",
)


def csv_rows(appeals: Iterable[Appeal]) -> Iterator[tuple[Any, ...]]:
    """Appeals that were sent, in English, since machines read it; no words of firms or directors."""
    for row in appeals:
        yield (
            row.code,
            row.round.code,
            row.application.file_number,
            row.application.sme_name,
            row.state,
            row.outcome,
            _minute(row.sent_at),
            row.due_on,
            row.director.name if row.director else "",
            _minute(row.answered_at),
            "" if row.points is None else row.points,
            "" if row.points_after is None else row.points_after,
            "yes" if row.from_reserve else "no",
        )


def _minute(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else ""


@dataclass(frozen=True, slots=True)
class AppealOnHome:
    """What a firm's home shows of the appeal of its file. late: the promised day has passed without an answer."""

    window: Window
    late: bool
    tone: str


def on_home(file: Application, window: Window) -> AppealOnHome | None:
    """None where nothing was sent and nothing can be, or where the file has moved on since the answer."""
    appeal = window.appeal if window.is_sent else None
    if appeal is None:
        return AppealOnHome(window, late=False, tone="") if window.is_open else None
    if not _still_stands(appeal, State(file.state)):
        return None
    late = appeal.state == AppealState.SENT and appeal.due_on is not None and appeal.due_on < today()
    return AppealOnHome(window, late=late, tone=tone_of(appeal))


def _still_stands(appeal: Appeal, state: State) -> bool:
    """Whether the file is where the appeal, or its answer, left it."""
    if appeal.state == AppealState.CLOSED:
        return state == State.SELECTED
    if appeal.outcome == AppealOutcome.UPHELD:
        return state == (State.SELECTED if appeal.from_reserve else State.WAITLISTED)
    if appeal.outcome == AppealOutcome.REREAD:
        return state not in ENDED_STATES
    return state in APPEALABLE


def tone_of(appeal: Appeal) -> str:
    """Of what was answered; that of what we have to do before."""
    return OUTCOME_TONES[AppealOutcome(appeal.outcome)] if appeal.outcome else "us"


def name_of_key(key: str) -> str:
    """The fact, or the row of a list, that a correction is about, in the reader's language."""
    key = key_of_proof(key)
    fact, _slash, row = key.partition("/")
    if fact != YEARS:
        label = gettext(label_of(fact))
        return f"{label}: {ROW_NAMES[fact](row)}" if row else label
    year, route = row.split("/")
    words = {
        "direct": gettext("Exports of the year that ended in %(year)s, direct, in US dollars"),
        "export_house": gettext("Exports of the year that ended in %(year)s, through an export house, in US dollars"),
    }
    return words.get(route, words["direct"]) % {"year": year}


def value_in_words(key: str, value: Any, papers: Mapping[str, str]) -> str:
    """As the frozen copy is shown; the key's own value where it has no words there. papers: names by public id."""
    if fact_of_key(key) == PROOFS:
        return gettext("verified by the paper “%(paper)s”") % {"paper": papers.get(value, "–")}
    if fact_of_key(key) == YEARS:
        return str(number_format(value, use_l10n=True, force_grouping=True)) if value is not None else "–"
    return row_of({key: value}, key).value if value is not None else "–"


@dataclass(frozen=True, slots=True)
class LineShown:
    """A criterion before and after: points, and the difference with its sign, "" where it did not move."""

    name: str
    of: Decimal
    before: Decimal
    after: Decimal
    moved: str


def lines_shown(outlook: Outlook) -> list[LineShown]:
    return [
        LineShown(gettext(line.label), line.of, line.before, line.after, f"{line.moved:+}" if line.moved else "")
        for line in outlook.lines
    ]


def barred_shown(part: PartInFile) -> list[tuple[str, str]]:
    """(names, why) of the people who may not decide this appeal, without those who are tied: why is their own affair."""
    groups = (
        (part.deciders, gettext("decided on this file")),
        (part.of_round - part.deciders, gettext("had a part in the decision of the round")),
        (part.readers, gettext("read it; their words, marks and reasons stand on the file")),
        (part.proposers - part.readers, gettext("recommended on it, or proposed a waiver")),
    )
    names = accounts_selectors.names_by_id(part.everybody - part.tied)
    shown = ((gettext(", ").join(names[pk] for pk in sorted(people) if pk in names), why) for people, why in groups)
    return [(who, why) for who, why in shown if who]
