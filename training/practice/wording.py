"""Works, rubrics and marks in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from training.models.labels import WORK_STATE_LABELS
from training.states import TO_BE_MARKED, WorkState

from .rubric import most_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from training.models import Marking, Work

TONES = {
    WorkState.WAITING: "us",
    WorkState.DIFFERING: "us",
    WorkState.ACCEPTED: "done",
    WorkState.AGAIN: "you",
    WorkState.REPLACED: "rest",
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """levels: (points, words), from the fewest points."""

    name: str
    levels: tuple[tuple[int, str], ...]


def rubric_words(criteria: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    language = "ur" if get_language() == "ur" else "en"
    return [
        Criterion(one[language], tuple((level["points"], level[language]) for level in one["levels"]))
        for one in criteria
    ]


def state_words(work: Work) -> str:
    """As the people of the portal read it."""
    return str(WORK_STATE_LABELS[WorkState(work.state)])


def firm_words(work: Work) -> str:
    """As the firm reads it, which does not learn that two marks differed."""
    return _("Being marked") if work.state in TO_BE_MARKED else state_words(work)


def tone_of(work: Work) -> str:
    return TONES[WorkState(work.state)]


def points_words(points: Decimal) -> str:
    """ "7" or "7.5"."""
    return f"{points.normalize():f}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a firm reads of its work. tone; says: where it stands; words: what the markers wrote, () before it is settled."""

    tone: str
    says: str
    words: tuple[str, ...] = ()


def outcome_of(work: Work) -> Outcome:
    """work: with its markings. The firm does not learn who marked it, nor that two marks differed."""
    if work.state == WorkState.REPLACED:
        return Outcome("rest", _("You handed in a newer one."))
    if work.points is None:
        return Outcome("us", _("Two people mark it, each by themselves. We write to you."))
    marks = {
        "points": points_words(work.points),
        "most": most_points(work.rubric["criteria"]),
        "needed": work.rubric["pass_points"],
    }
    words = tuple(one.words for one in sorted(work.markings.all(), key=lambda one: one.place))
    if work.state == WorkState.ACCEPTED:
        return Outcome("done", _("Accepted: %(points)s of %(most)d points.") % marks, words)
    return Outcome(
        "you", _("Please do it again: %(points)s of %(most)d points, and %(needed)d are needed.") % marks, words
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """What one person found: (criterion, level, points) of each, and the sum."""

    lines: tuple[tuple[str, str, int], ...]
    points: int
    was: int | None


def marked_words(work: Work, marking: Marking) -> Marked:
    rubric = rubric_words(work.rubric["criteria"])
    levels = marking.levels if marking.agreed_levels is None else marking.agreed_levels
    lines = tuple(
        (one.name, one.levels[level][1], one.levels[level][0]) for one, level in zip(rubric, levels, strict=True)
    )
    return Marked(lines, marking.counts, None if marking.agreed_points is None else marking.points)


def done_words(work: Work) -> str:
    """What the page says after marks were given."""
    if work.state == WorkState.DIFFERING:
        return _(
            "Your marks are kept. They lie far from the other ones: read those and agree, or a third person marks."
        )
    if work.state == WorkState.WAITING:
        return _("Your marks are kept. A second person marks it without seeing them.")
    return _("The work is settled, and the firm is told.")
