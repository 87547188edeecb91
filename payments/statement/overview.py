"""The statement in words, as a chart and as tables for pages, files and paper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from smes.vocabulary.wording import sector_name
from tdap_portal.charts.columns import Column, Columns
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.days import day_words

from .selectors import GOODS, NO_SECTOR, SERVICES
from .suppress import LEAST, total

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from .selectors import Published
    from .suppress import Line

MILLION = 100 * 1_000_000  # paisa
CHART_MONTHS = 6
HIDDEN = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the statement in words. paisa: None for what is hidden."""

    month: date
    kind: str
    sectors: str
    firms: int | None
    paisa: int | None

    @property
    def millions(self) -> str:
        return millions(self.paisa)


def kind_words(kind: str) -> str:
    return {GOODS: _("Goods"), SERVICES: _("Services")}[kind]


def month_words(month: date) -> str:
    return day_words(month, "F Y")


def sectors_words(line: Line) -> str:
    """The sector, or those that are summed."""
    names = [_("Other goods") if code == NO_SECTOR else sector_name(code) for code in line.sectors]
    return names[0] if len(names) == 1 else _("Summed: %(sectors)s") % {"sectors": _(", ").join(names)}


def millions(paisa: int | None) -> str:
    """ "12.3": PKR million, to a tenth."""
    return HIDDEN if paisa is None else f"{Decimal(paisa) / MILLION:,.1f}"


def rows_of(months: Sequence[Published]) -> list[Row]:
    """The latest month first, goods before services."""
    found = []
    for one in months:
        for kind, shown in one.kinds:
            found += [Row(one.month, kind, sectors_words(line), line.firms, line.paisa) for line in shown.lines]
            if shown.is_hidden:
                words = _("Fewer than %(least)d firms, or one firm with nearly all of it: not shown") % {"least": LEAST}
                found.append(Row(one.month, kind, words, None, None))
    return found


def month_total(one: Published) -> int | None:
    return total([one.goods, one.services])


def finding(months: Sequence[Published]) -> str:
    """The number of the latest month, in one sentence."""
    if not months:
        return ""
    last = months[0]
    words = {
        "month": month_words(last.month),
        "goods": millions(last.goods.paisa),
        "services": millions(last.services.paisa),
    }
    if last.goods.is_hidden and last.services.is_hidden:
        return _("Of %(month)s too few firms are confirmed to say anything.") % words
    if last.services.is_hidden:
        return (
            _("In %(month)s banks confirmed PKR %(goods)s million for goods; for services too few firms to say.")
            % words
        )
    if last.goods.is_hidden:
        return (
            _("In %(month)s banks confirmed PKR %(services)s million for services; for goods too few firms to say.")
            % words
        )
    return (
        _("In %(month)s banks confirmed PKR %(goods)s million for goods and PKR %(services)s million for services.")
        % words
    )


def figure_of(months: Sequence[Published]) -> ChartFigure | None:
    """Services by month: the number that nobody had. None with fewer than two months that show them."""
    shown = [one for one in reversed(months[:CHART_MONTHS]) if not one.services.is_hidden]
    if len(shown) < 2:
        return None
    columns = tuple(
        Column(day_words(one.month, "M"), (Decimal(one.services.paisa) / MILLION).quantize(Decimal("0.1")))
        for one in shown
    )
    first, last = shown[0], shown[-1]
    title = _("Services: PKR %(last)s million in %(month)s, PKR %(first)s million in %(before)s") % {
        "last": millions(last.services.paisa),
        "month": month_words(last.month),
        "first": millions(first.services.paisa),
        "before": month_words(first.month),
    }
    return ChartFigure(
        title=title,
        says=_("Proceeds for services that banks confirmed, PKR million a month"),
        source=source_words(months[0]),
        drawing=Columns((_("Month"), _("PKR million")), columns),
    )


def source_words(one: Published) -> str:
    return _("Source: firms of the programme, each receipt confirmed by its bank; published on %(day)s.") % {
        "day": day_words(one.published_on)
    }
