"""Growth between points of a series that has gaps. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Point:
    """The value at the end of a quarter, or on another day that its source names."""

    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Growth:
    """From one point to the next. change: in the series' own unit; percent: to a hundredth, None from nothing. quarters: between
    them."""

    before: Point
    after: Point
    change: Decimal
    percent: Decimal | None
    quarters: int

    @property
    def yearly(self) -> Decimal | None:
        """Per cent a year, compound, where a year or more lies between; else None: a quarter tells no year."""
        if self.quarters < 4 or self.percent is None or self.after.value <= 0:
            return None
        factor = (self.after.value / self.before.value) ** (Decimal(4) / self.quarters)
        return ((factor - 1) * 100).quantize(TENTH, ROUND_HALF_UP)


def quarter_of(day: date) -> int:
    """Number of the quarter of a day, counted on over the years."""
    return day.year * 4 + (day.month - 1) // 3


def quarter_words(number: int) -> str:
    """ "2016 Q2": of the calendar year."""
    return f"{number // 4} Q{number % 4 + 1}"


def fiscal_year_of(day: date) -> int:
    """The Pakistani fiscal year, July to June, by the year in which it ends: FY16 is July 2015 to June 2016."""
    return day.year + (day.month >= 7)


def growth_between(before: Point, after: Point) -> Growth:
    change = after.value - before.value
    percent = (change * 100 / before.value).quantize(Decimal("0.01"), ROUND_HALF_UP) if before.value > 0 else None
    return Growth(before, after, change, percent, quarter_of(after.day) - quarter_of(before.day))


def growths(points: Sequence[Point]) -> list[Growth]:
    """From each point to the next one, in the order of their days."""
    ordered = sorted(points, key=lambda point: point.day)
    return [growth_between(before, after) for before, after in itertools.pairwise(ordered)]


def by_quarter(points: Sequence[Point]) -> tuple[list[int], list[Decimal | None]]:
    """Every quarter from the first point to the last, and its value; None where the series has none. The last point of a
    quarter counts."""
    known = {quarter_of(point.day): point.value for point in sorted(points, key=lambda point: point.day)}
    if not known:
        return [], []
    steps = list(range(min(known), max(known) + 1))
    return steps, [known.get(step) for step in steps]
