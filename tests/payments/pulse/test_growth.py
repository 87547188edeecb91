"""Growth of SME finance, held against the figures of the press and of the article."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from payments.pulse.growth import (
    Point,
    by_quarter,
    fiscal_year_of,
    growth_between,
    growths,
    quarter_of,
    quarter_words,
)

pytestmark = pytest.mark.unit


def point(day, value):
    return Point(date.fromisoformat(day), Decimal(value))


MARCH, JUNE = point("2016-03-31", "283.58"), point("2016-06-30", "297.52")


def test_the_quarter_that_the_article_speaks_of():
    grown = growth_between(MARCH, JUNE)
    assert (grown.change, grown.percent, grown.quarters, grown.yearly) == (Decimal("13.94"), Decimal("4.92"), 1, None)


def test_a_year_and_more():
    assert growth_between(point("2015-06-30", "260.78"), JUNE).percent == Decimal("14.09")
    grown = growth_between(point("2018-12-31", "513"), point("2025-06-30", "692"))
    assert (grown.quarters, grown.yearly) == (26, Decimal("4.7"))
    assert growth_between(point("2015-06-30", "0"), JUNE).percent is None


def test_points_come_in_any_order():
    assert [(one.before, one.after) for one in growths([JUNE, MARCH])] == [(MARCH, JUNE)]


def test_quarters_without_a_figure_stay_empty():
    steps, values = by_quarter([JUNE, point("2015-06-30", "260.78"), MARCH])
    assert [quarter_words(step) for step in steps] == ["2015 Q2", "2015 Q3", "2015 Q4", "2016 Q1", "2016 Q2"]
    assert values == [Decimal("260.78"), None, None, Decimal("283.58"), Decimal("297.52")]
    assert by_quarter([]) == ([], [])


def test_the_fiscal_year_is_named_by_its_end():
    assert [fiscal_year_of(date(2016, 6, 30)), fiscal_year_of(date(2016, 7, 1))] == [2016, 2017]
    assert quarter_of(date(2016, 4, 1)) == quarter_of(date(2016, 6, 30))
