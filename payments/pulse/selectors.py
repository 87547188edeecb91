"""The series of SME finance as it stands, what was computed from it, and what the portal itself counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.finance.cases import selectors as cases_selectors
from payments.finance.counting import told
from payments.models import PulsePoint
from payments.states import Indicator

from .growth import Growth, Point, fiscal_year_of, growth_between, growths

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

SHARES = (Indicator.PRIVATE_SHARE, Indicator.GDP_SHARE)


def standing() -> list[PulsePoint]:
    """Points that no other one replaces, by indicator and day; those of the article as well."""
    return list(PulsePoint.objects.filter(replaced_by=None).order_by("indicator", "day", "is_article"))


def series(points: list[PulsePoint], indicator: Indicator) -> list[PulsePoint]:
    """Of one indicator, without the article's."""
    return [point for point in points if point.indicator == indicator and not point.is_article]


def as_points(points: list[PulsePoint]) -> list[Point]:
    return [Point(point.day, point.value) for point in points]


def replaced() -> list[PulsePoint]:
    """Points that were corrected, with the one that stands in their place; the latest correction first."""
    rows = PulsePoint.objects.exclude(replaced_by=None).select_related("replaced_by", "replaced_by__added_by")
    return list(rows.order_by("-replaced_by__added_at", "-pk"))


def point_at(indicator: str, day: date) -> PulsePoint | None:
    """The one that stands; None where there is none."""
    return PulsePoint.objects.filter(indicator=indicator, day=day, is_article=False, replaced_by=None).first()


@dataclass(frozen=True, slots=True)
class OfGdp:
    """SME financing as a share of the GDP of its fiscal year. fiscal_year: 2016 for July 2015 to June 2016. percent: of it."""

    day: date
    fiscal_year: int
    percent: Decimal


def of_gdp(points: list[PulsePoint]) -> list[OfGdp]:
    """Where the GDP of a fiscal year stands in the series; empty until an official adds it with its source."""
    gdp = {fiscal_year_of(point.day): point.value for point in series(points, Indicator.GDP) if point.value > 0}
    return [
        OfGdp(point.day, year, point.value * 100 / gdp[year])
        for point in series(points, Indicator.OUTSTANDING)
        if (year := fiscal_year_of(point.day)) in gdp
    ]


def growth_of(points: list[PulsePoint]) -> list[Growth]:
    return growths(as_points(series(points, Indicator.OUTSTANDING)))


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of the article and what the series say of the same. found: None where they say nothing."""

    point: PulsePoint
    found: Decimal | None


def beside_article(points: list[PulsePoint]) -> list[Beside]:
    own = {point.day: point for point in series(points, Indicator.OUTSTANDING)}
    return [Beside(point, _same(point, points, own)) for point in points if point.is_article]


def _same(article: PulsePoint, points: list[PulsePoint], own: dict[date, PulsePoint]) -> Decimal | None:
    if article.indicator in (Indicator.QUARTER_GROWTH, Indicator.QUARTER_CHANGE):
        before = max((day for day in own if day < article.day), default=None)
        if article.day not in own or before is None:
            return None
        grown = growth_between(Point(before, own[before].value), Point(article.day, own[article.day].value))
        if grown.quarters != 1:
            return None
        return grown.percent if article.indicator == Indicator.QUARTER_GROWTH else grown.change
    if article.indicator == Indicator.GDP_SHARE:
        return next((share.percent for share in of_gdp(points) if share.day == article.day), None)
    same = [one for one in series(points, Indicator(article.indicator)) if one.day == article.day]
    return same[0].value if same else None


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """What firms of the portal asked lenders for and got up to the end of a month. Each is None where it is of so few firms that it would tell
    of one, and goes in steps of `small`. paisa: of what was paid out."""

    referrals: int | None
    disbursed: int | None
    paisa: int | None
    small: int
    until: date


def own_numbers() -> OwnNumbers:
    found = cases_selectors.figures()
    disbursed = told(found.paid_out, small=found.small)
    return OwnNumbers(
        referrals=told(found.asked, small=found.small),
        disbursed=disbursed,
        paisa=found.paid_out_paisa if disbursed is not None else None,
        small=found.small,
        until=found.until,
    )
