"""How long a firm has to answer, as dated data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """All in working days after the day on which it is asked. days: proposed; max_days: at most. extension_days: more at most, once.

    since: the first day on which it is in force; it holds until the next one.
    """

    days: int
    max_days: int
    extension_days: int
    since: date
    source: str


ANSWER_RULES = (
    AnswerRule(10, 40, 10, since=date(2026, 7, 1), source="Working choice of the selection board, first round"),
)


def answer_rule(on: date) -> AnswerRule:
    """The rule in force on a day; on a day before the first the first."""
    return next((rule for rule in reversed(ANSWER_RULES) if rule.since <= on), ANSWER_RULES[0])
