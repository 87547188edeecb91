"""Appeals in the words of pages and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from selection.applications.copy_words import row_of
from selection.models.labels import VERDICT_LABELS
from selection.states import AppealOutcome, Verdict
from smes.profile.facts import label_of
from smes.vocabulary.wording import paper_name
from tdap_portal.accounts import selectors as accounts_selectors

from . import selectors
from .correcting import YEARS, fact_of_key
from .grounds import GROUNDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from selection.models import Appeal, AppealPoint

    from .outlook import Outlook
    from .permissions import PartInFile

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


def points_shown(appeal: Appeal) -> list[PointShown]:
    names = {paper.public_id: paper_name(paper.kind) for paper in selectors.papers_there(appeal.application)}
    return [_shown(point, names) for point in appeal.points_made.all()]


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
        tuple((name_of_key(key), value_in_words(key, value)) for key, value in point.corrections.items()),
    )


def name_of_key(key: str) -> str:
    """The fact that a correction is about, in the reader's language."""
    fact = fact_of_key(key)
    if fact != YEARS:
        return gettext(label_of(fact))
    _fact, year, route = key.split("/")
    words = {
        "direct": gettext("Exports of the year that ended in %(year)s, direct, in US dollars"),
        "export_house": gettext("Exports of the year that ended in %(year)s, through an export house, in US dollars"),
    }
    return words.get(route, words["direct"]) % {"year": year}


def value_in_words(key: str, value: Any) -> str:
    """As the frozen copy is shown; the key's own value where it has no words there."""
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
