"""Assessments and tries in words, and questions as one try shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tdap_portal.core.days import day_words
from training.practice import wording as practice_wording

from .attempts import GRACE, order_of
from .opening import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from training.models import Attempt, AttemptQuestion, PracticalTask

    from .selectors import Standing

TONES = {
    Stage.TO_COME: "us",
    Stage.OPEN: "you",
    Stage.UNDER_WAY: "you",
    Stage.PAUSED: "rest",
    Stage.PASSED: "done",
    Stage.USED_UP: "no",
}


BADGES = {
    Stage.TO_COME: gettext_lazy("Not open yet"),
    Stage.UNDER_WAY: gettext_lazy("Under way"),
    Stage.PASSED: gettext_lazy("Passed"),
    Stage.USED_UP: gettext_lazy("Not passed"),
}


def moment_words(moment: datetime) -> str:
    return day_words(timezone.localtime(moment), "DATETIME_FORMAT")


def order_in(attempt: Attempt, row: AttemptQuestion) -> list[int]:
    """In which order the options of a question are shown in this try."""
    return order_of(len(row.version.options), seed=attempt.seed, question=str(row.position))


@dataclass(frozen=True, slots=True)
class Option:
    """value: its place as it is shown, which tells nothing of its place in the question."""

    value: int
    text: str
    is_chosen: bool
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as one try shows it. shown: what is saved, by places as they are shown. state: "in", "flag", "" for open."""

    position: int
    row: AttemptQuestion
    options: tuple[Option, ...]
    shown: str
    state: str


def shown_of(attempt: Attempt, row: AttemptQuestion, *, chosen: Iterable[int] | None = None) -> Shown:
    """chosen: places as they are shown of what the person marked and did not save; None for what is saved. Nothing of what is right."""
    order = order_in(attempt, row)
    saved = {order.index(one) for one in row.chosen}
    marked = saved if chosen is None else set(chosen)
    texts = row.version.options_here
    options = tuple(Option(place, texts[one], place in marked) for place, one in enumerate(order))
    return Shown(row.position, row, options, ",".join(str(place) for place in sorted(saved)), state_of(row))


def state_of(row: AttemptQuestion) -> str:
    return "flag" if row.is_flagged else "in" if row.chosen else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question after the try. options: with what is right only where that may be shown. result: "right", "wrong", "open"."""

    position: int
    text: str
    options: tuple[Option, ...]
    result: str
    points: int
    explanation: str


def answered_of(attempt: Attempt, rows: Iterable[AttemptQuestion], *, with_right: bool) -> list[Answered]:
    found = []
    for row in rows:
        texts, right = row.version.options_here, set(row.version.right)
        options = tuple(
            Option(place, texts[one], one in row.chosen, with_right and one in right)
            for place, one in enumerate(order_in(attempt, row))
        )
        result = "open" if not row.chosen else "right" if set(row.chosen) == right else "wrong"
        explanation = row.version.explanation_here
        found.append(Answered(row.position, row.version.text_here, options, result, row.version.points, explanation))
    return found


@dataclass(frozen=True, slots=True)
class Stands:
    """Where somebody stands, for a card: a badge, a sentence, and what can be done. act: "begin", "go_on" or "" for nothing. then: how it
    goes on after a try, "" where nothing comes."""

    tone: str
    badge: str
    says: str
    act: str = ""
    then: str = ""


def stands_of(row: Standing) -> Stands:
    """Nothing to say where the certificate of the place asks for no assessment."""
    if row.stand is None:
        return Stands("rest", "", "")
    stage, tone = row.stand.stage, TONES[row.stand.stage]
    marks = _marks(row.best) if row.best else ""
    if stage in BADGES:
        says = {Stage.TO_COME: _opens(row), Stage.UNDER_WAY: _ends(row)}.get(stage, marks)
        return Stands(tone, str(BADGES[stage]), says, "go_on" if stage == Stage.UNDER_WAY else "")
    left = ngettext("%(number)d try is left.", "%(number)d tries are left.", row.stand.left) % {
        "number": row.stand.left
    }
    if row.stand.next_at is not None:
        later = _("The next try can be begun from %(at)s.") % {"at": moment_words(row.stand.next_at)}
        then = f"{later} {left}"
        return Stands(tone, _("Not passed yet"), f"{marks} {then}", "", then)
    return Stands(tone, _("Can be begun"), f"{marks} {left}" if marks else left, "begin", left)


def _ends(row: Standing) -> str:
    if row.under_way is None:
        return ""
    return _("The time runs. It ends at %(at)s.") % {"at": moment_words(row.under_way.closes_at - GRACE)}


def _opens(row: Standing) -> str:
    opening = row.opening
    if opening is None:
        return ""
    counts = {"held": opening.held, "needed": opening.needed, "of": opening.of}
    says = _("It opens once %(needed)d of %(of)d sessions are over; %(held)d are.") % counts
    if opening.at is None:
        return says
    return f"{says} " + _("As they are planned, that is at %(at)s.") % {"at": moment_words(opening.at)}


def _marks(best: Attempt) -> str:
    return _("%(percent)d of 100, and %(needed)d are needed.") % {"percent": best.percent, "needed": best.pass_mark}


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One practical task of a place: where it stands."""

    task: PracticalTask
    tone: str
    badge: str


def works_of(row: Standing) -> list[WorkLine]:
    return [
        WorkLine(task, practice_wording.tone_of(work), practice_wording.firm_words(work))
        if work is not None
        else WorkLine(task, "you", _("To be handed in"))
        for task, work in row.works
    ]


def late_words(
    rows: Iterable[AttemptQuestion],
    late: Iterable[tuple[datetime, str, list[tuple[int, list[int]]]]],
) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """What arrived after the end: when, from whom, and the texts of what was marked, by the number of the question."""
    texts = {row.position: row.version.options_here for row in rows}
    return [
        (
            moment_words(at),
            who,
            [(position, _(", ").join(texts[position][one] for one in chosen)) for position, chosen in answers],
        )
        for at, who, answers in late
    ]
