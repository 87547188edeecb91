"""How long a firm can appeal, and how long the answer may take, as dated data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AppealRule:
    """window_days: working days after the day of the decision, until closing_hour of the last of them in Pakistan. answer_days:
    working days after the day on which the appeal was sent.

    since: the first day of decisions for which it holds; it holds until the next one, so that no window that was told moves.
    """

    window_days: int
    closing_hour: int
    answer_days: int
    since: date
    source: str


APPEAL_RULES = (
    AppealRule(15, 17, 15, since=date(2026, 7, 1), source="Working choice of the selection board, first round"),
)


def appeal_rule(on: date) -> AppealRule:
    """The rule in force on a day; on a day before the first the first."""
    return next((rule for rule in reversed(APPEAL_RULES) if rule.since <= on), APPEAL_RULES[0])
