"""An attempt at an assessment: when it ends, what is kept of what was sent, and what it is worth. Pure.

The portal's clock alone counts. What was saved is worth what it is worth: nothing that arrives empty takes an answer away, and
nothing that arrives after the end changes one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GRACE = timedelta(seconds=15)  # for what was under way when the time was up


@dataclass(frozen=True, slots=True)
class Clock:
    """begun_at: by the portal. extra: minutes that this person has more, by an accommodation or asked for once."""

    begun_at: datetime
    minutes: int
    extra: int = 0

    @property
    def ends_at(self) -> datetime:
        return self.begun_at + timedelta(minutes=self.minutes + self.extra)

    @property
    def closes_at(self) -> datetime:
        """From this moment on nothing is taken any more, whenever the worker comes to close it."""
        return self.ends_at + GRACE

    def takes_at(self, now: datetime) -> bool:
        return self.begun_at <= now < self.closes_at


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen for a question: positions as the question has them, not as they were shown. at: when it was saved."""

    chosen: frozenset[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as a page sent it. cleared: the person took every mark away on purpose."""

    chosen: frozenset[int]
    cleared: bool = False


def merge(saved: Mapping[str, Answer], sent: Mapping[str, Sent], *, now: datetime) -> dict[str, Answer]:
    """The answers after a page was saved. By id of the question.

    An empty field keeps what was saved, unless the person cleared it. Hand over what `changed_since` finds, so that a page which was
    opened before another one saved a question does not take the newer answer away.
    """
    kept = dict(saved)
    for question, given in sent.items():
        had = saved.get(question)
        if not given.chosen and not given.cleared:
            continue
        if had is not None and given.chosen == had.chosen:
            continue
        kept[question] = Answer(given.chosen, now)
    return kept


def changed_since(shown: Mapping[str, frozenset[int]], sent: Mapping[str, frozenset[int]]) -> dict[str, Sent]:
    """Of what a page sends, only what differs from what it was opened with: an old tab then changes nothing that it did not touch.

    shown: the answers with which the page was opened; sent: those in its fields, empty where nothing is marked.
    """
    return {
        question: Sent(chosen, cleared=not chosen)
        for question, chosen in sent.items()
        if chosen != shown.get(question, frozenset()) and (chosen or question in shown)
    }


def order_of(positions: int, *, seed: int, question: str = "") -> list[int]:
    """In which order things are shown in one attempt: the same after a reload and for the marker."""
    order = list(range(positions))
    random.Random(f"{seed} {question}").shuffle(order)  # noqa: S311  an order, not a secret
    return order


@dataclass(frozen=True, slots=True)
class Key:
    """The right answer of a question and what it is worth. Several right positions count only together."""

    right: frozenset[int]
    points: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """points of possible; percent: rounded down, so that nobody passes by rounding. wrong, left_open: ids in the order of the keys."""

    points: int
    possible: int
    wrong: tuple[str, ...]
    left_open: tuple[str, ...]

    @property
    def percent(self) -> int:
        return self.points * 100 // self.possible if self.possible else 0

    def passes(self, pass_mark: int) -> bool:
        """pass_mark: of 100."""
        return self.possible > 0 and Fraction(self.points * 100, self.possible) >= pass_mark


def grade(keys: Mapping[str, Key], answers: Mapping[str, Answer]) -> Result:
    points, wrong, left_open = 0, [], []
    for question, key in keys.items():
        answer = answers.get(question)
        if answer is None or not answer.chosen:
            left_open.append(question)
        elif answer.chosen == key.right:
            points += key.points
        else:
            wrong.append(question)
    return Result(points, sum(key.points for key in keys.values()), tuple(wrong), tuple(left_open))


def best_of(results: Sequence[Result]) -> Result | None:
    """Of several attempts the better one counts; the first of two that are equal."""
    return max(results, key=lambda result: result.percent, default=None)


@dataclass(frozen=True, slots=True)
class Try:
    """One try that is over. pass_mark: of 100, as it held for this try."""

    result: Result
    pass_mark: int

    @property
    def is_passed(self) -> bool:
        return self.result.passes(self.pass_mark)


def counting(tries: Sequence[Try]) -> Try | None:
    """The one that counts: the better of those that passed, else the better of all; the first of two that are equal. A mark that was
    raised afterwards takes nobody's pass away."""
    return max(tries, key=lambda one: (one.is_passed, one.result.percent), default=None)
