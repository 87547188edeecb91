"""How long it is to the last day of a shipment, in steps. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class Age(StrEnum):
    OVER = "over"
    WEEK = "week"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    LATER = "later"
    NO_DAY = "no_day"


SPANS: Final[dict[Age, tuple[int | None, int | None]]] = {
    Age.OVER: (None, -1),
    Age.WEEK: (0, 7),
    Age.MONTH: (8, 30),
    Age.TWO_MONTHS: (31, 60),
    Age.LATER: (61, None),
}
"""First and last number of days to the last day; None without an end."""
NEVER: Final = date(9999, 12, 31)
"""How a shipment without a last day stands in the order of days: behind all others."""


def days_left(due_on: date, today: date) -> int:
    """Below 0 where the day is over."""
    return (due_on - today).days


def age_of(due_on: date | None, today: date) -> Age:
    if due_on is None or due_on >= NEVER:
        return Age.NO_DAY
    left = days_left(due_on, today)
    return next(
        age
        for age, (first, last) in SPANS.items()
        if (first is None or left >= first) and (last is None or left <= last)
    )


def span_of(age: Age, today: date) -> tuple[date, date]:
    """The first and the last of the days that are so old today."""
    if age == Age.NO_DAY:
        return NEVER, NEVER
    first, last = SPANS[age]
    return (
        date.min if first is None else today + timedelta(days=first),
        NEVER - timedelta(days=1) if last is None else today + timedelta(days=last),
    )
