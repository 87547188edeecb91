"""The series in words and as a chart."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.models.labels import INDICATOR_LABELS
from payments.states import Indicator
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.lines import Line, Lines
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.days import day_words

from . import selectors
from .growth import by_quarter, quarter_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.models import PulsePoint

    from .growth import Growth


def number(value: Decimal) -> str:
    """ "297.52", "272,600": without zeros at the end."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: Decimal, places: str = "0.01") -> str:
    """ "+4.92", "−0.3"."""
    text = number(abs(value).quantize(Decimal(places), ROUND_HALF_UP))
    return f"{'−' if value < 0 else '+'}{text}"


def finding(points: list[PulsePoint]) -> str:
    own = selectors.series(points, Indicator.OUTSTANDING)
    if not own:
        return ""
    last = own[-1]
    return _("Banks had lent small firms Rs %(value)s billion on %(day)s.") % {
        "value": number(last.value),
        "day": day_words(last.day),
    }


def figure_of(points: list[PulsePoint]) -> ChartFigure | None:
    """None with fewer than two quarters."""
    own = selectors.series(points, Indicator.OUTSTANDING)
    steps, values = by_quarter(selectors.as_points(own))
    if len(steps) < 2:
        return None
    first, last = own[0], own[-1]
    title = _("From Rs %(first)s billion in %(before)s to Rs %(last)s billion in %(after)s") % {
        "first": number(first.value),
        "before": first.day.year,
        "last": number(last.value),
        "after": last.day.year,
    }
    return ChartFigure(
        title=title,
        says=_("SME financing outstanding, Rs billion, by quarter; where nobody published a figure there is no line"),
        source=_("Source: beside each figure in the table."),
        drawing=Lines(_("Quarter"), tuple(map(quarter_words, steps)), (Line(_("SME financing"), tuple(values)),)),
    )


def growth_words(grown: Growth) -> dict[str, Any]:
    span = ngettext("%(number)d quarter", "%(number)d quarters", grown.quarters) % {"number": grown.quarters}
    return {
        "before": grown.before,
        "after": grown.after,
        "span": span,
        "change": signed(grown.change),
        "percent": f"{signed(grown.percent)} %" if grown.percent is not None else "–",
        "yearly": f"{signed(grown.yearly, '0.1')} %" if grown.yearly is not None else "–",
    }


def tables(points: list[PulsePoint]) -> list[tuple[str, list[tuple[PulsePoint, str]]]]:
    """Every indicator of the series that has a point, with its points, the latest first."""
    found = []
    for indicator, label in INDICATOR_LABELS.items():
        own = selectors.series(points, indicator)
        if own:
            found.append((str(label), [(point, number(point.value)) for point in reversed(own)]))
    return found


def article_rows(points: list[PulsePoint]) -> list[dict[str, Any]]:
    return [
        {
            "label": one.point.get_indicator_display(),
            "point": one.point,
            "said": number(one.point.value),
            "found": number(one.found.quantize(Decimal("0.01"), ROUND_HALF_UP)) if one.found is not None else "",
        }
        for one in selectors.beside_article(points)
    ]


def csv_of(points: Sequence[PulsePoint]) -> str:
    """English codes, since machines read it; the article's figures are marked."""
    head = ("indicator", "day", "value", "source", "of_the_article")
    return as_csv(
        head,
        [
            (point.indicator, point.day.isoformat(), point.value, point.source, "yes" if point.is_article else "no")
            for point in points
        ],
    )
