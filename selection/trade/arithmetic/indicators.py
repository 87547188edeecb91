"""Indicators of Pakistan's trade from the flows of one source: by HS code and by sector. Pure; analytics.py does the arithmetic.

The flows of one source must be of one kind of reporting and, as far as the source allows, of one HS edition; two sources are
never added to each other. Growth and shares are fractions; every indicator names the years it stands on.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from selection.trade.areas import is_country
from selection.trade.flows import CHINA, EDITIONS, INDIA, PAKISTAN, WORLD, Flow

from . import analytics
from .analytics import Computed, Shipment
from .book import Book, Goods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from selection.trade.expected import LargeExporter

OLD_AFTER_YEARS = 3
"""Years after the last one of an annual figure: trade comes 6 to 18 months late, so two years are usual and four are old."""
MINIMUM_KG = 1_000
PRICE_YEARS = 3
"""Years that are pooled for a price gap: the latest is incomplete, and one small shipment of it would stand for all."""
MIN_YEARS = 3
USUAL_YEARS = 5
MAX_YEARS = 7
"""Years between the ends of a growth: a longer one tells of another time."""
MIN_BASE_USD = 100_000
MIN_WORLD_BASE_USD = 1_000_000
"""What was sold a year at the beginning of a growth, by Pakistan and by the world: growth from next to nothing has no size."""
MAX_GROWTH = 0.5
"""A yearly growth above this is told as this: 50 % a year is sevenfold in five years."""
MIN_MONTHS = 6
SERIES_TOLD = 0.5
"""Fraction of the series in the fullest of the last twelve months: with fewer, a month has only begun to come in."""


class Name(StrEnum):
    """What can be asked for. The first ten are the evidence of a score; the rest is shown beside it."""

    RCA = "rca"
    WORLD_IMPORT_GROWTH = "world_import_growth"
    MARKET_SHARE = "market_share"
    MARKET_SHARE_GROWTH = "market_share_growth"
    CONCENTRATION_HHI = "concentration_hhi"
    UNIT_VALUE_GAP_CHINA = "unit_value_gap_china"
    UNIT_VALUE_GAP_INDIA = "unit_value_gap_india"
    PLATFORM_DEMAND = "platform_demand"
    PLATFORM_SEARCHES_GROWTH = "platform_searches_growth"
    RELATIVE_DEMAND_GROWTH = "relative_demand_growth"
    EXPORT_VALUE = "export_value"
    EXPORT_GROWTH = "export_growth"
    RCA_SYMMETRIC = "rca_symmetric"


SHOWN_OF_HEADING = (Name.EXPORT_VALUE, Name.RCA, Name.WORLD_IMPORT_GROWTH, Name.MARKET_SHARE, Name.MARKET_SHARE_GROWTH)
"""What the page of a sector shows of each of its headings."""


def row_of_figure(name: str, hs6: str | None) -> str:
    """Id of the row in which the page of a sector shows a figure: that of the product's heading where headings show it, else
    that of the whole sector. hs6: the product, None for a firm without one."""
    return row_of_heading(hs6[:4]) if hs6 and name in SHOWN_OF_HEADING else name


def row_of_heading(hs4: str) -> str:
    return f"hs-{hs4}"


class Note(StrEnum):
    """What a reader must know about a figure that has a value."""

    GROWTH_CAPPED = "growth_capped"
    LATER_YEARS_LEFT_OUT = "later_years_left_out"
    WEIGHTS_PARTLY_ESTIMATED = "weights_partly_estimated"


class Unit(StrEnum):
    """The scoring engine knows its indicators by these units."""

    RATIO = "ratio"
    INDEX = "index 0 to 1"
    EVEN_INDEX = "index -1 to 1"
    FRACTION = "fraction"
    FRACTION_A_YEAR = "fraction a year"
    USD = "current US dollars"
    REQUESTS = "requests for quotation per active supplier"


class Missing(StrEnum):
    """Reasons beyond those of the arithmetic (analytics.Undefined)."""

    NOT_IN_SOURCE = "not_in_source"
    NO_WORLD = "no_world"
    NO_EXPORTER_TOTAL = "no_exporter_total"
    SERIES_TOO_SHORT = "series_too_short"
    MIXED_GOODS = "mixed_goods"
    NO_VINTAGE = "no_vintage"
    SERVICES = "services"
    NO_SUPPLIERS = "no_suppliers"
    NO_PLATFORM_DATA = "no_platform_data"
    BASE_TOO_SMALL = "base_too_small"
    NO_EXPORTS = "no_exports"
    NO_ALL_GOODS = "no_all_goods"
    RIVAL_MISSING = "rival_missing"
    SOURCE_UNFIT = "source_unfit"


UNITS: Mapping[Name, Unit] = {
    Name.RCA: Unit.RATIO,
    Name.RCA_SYMMETRIC: Unit.EVEN_INDEX,
    Name.WORLD_IMPORT_GROWTH: Unit.FRACTION_A_YEAR,
    Name.RELATIVE_DEMAND_GROWTH: Unit.FRACTION_A_YEAR,
    Name.MARKET_SHARE: Unit.FRACTION,
    Name.MARKET_SHARE_GROWTH: Unit.FRACTION_A_YEAR,
    Name.CONCENTRATION_HHI: Unit.INDEX,
    Name.UNIT_VALUE_GAP_CHINA: Unit.FRACTION,
    Name.UNIT_VALUE_GAP_INDIA: Unit.FRACTION,
    Name.PLATFORM_DEMAND: Unit.REQUESTS,
    Name.PLATFORM_SEARCHES_GROWTH: Unit.FRACTION_A_YEAR,
    Name.EXPORT_VALUE: Unit.USD,
    Name.EXPORT_GROWTH: Unit.FRACTION_A_YEAR,
}
EVIDENCE = tuple(Name)[:10]
PLATFORM_NAMES = (Name.PLATFORM_DEMAND, Name.PLATFORM_SEARCHES_GROWTH)
PRICE_NAMES = (Name.UNIT_VALUE_GAP_CHINA, Name.UNIT_VALUE_GAP_INDIA)


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator of one HS code (hs told) or of one sector (hs empty). last_year: None where there is no value.

    notes: what must be known about a value.
    """

    hs: str
    sector: str
    name: Name
    figure: Computed
    period: str = ""
    last_year: int | None = None
    notes: tuple[Note, ...] = ()

    @property
    def unit(self) -> Unit:
        return UNITS[self.name]


@dataclass(frozen=True, slots=True)
class _Found:
    figure: Computed
    period: str = ""
    last_year: int | None = None
    notes: tuple[Note, ...] = ()


def from_flows(
    flows: Iterable[Flow], *, sector_of: Callable[[str], str | None], large: Iterable[LargeExporter] = ()
) -> list[Result]:
    """All flow indicators of every HS code in `flows` and of every sector they fall in.

    sector_of: HS code of 4 or 6 digits to sector code or None. A sector is summed over six digits where the source has all of a
    heading, so that the longest prefix decides, else over whole headings; a source that knows only some six-digit codes says
    nothing about sectors. Prices are never compared for a whole sector: its goods are too mixed.
    large: who is missed where the source has no report of it at all and no world of its own.
    """
    book = Book(flows, large)
    results: list[Result] = []
    for hs in book.codes():
        results += [_result(hs, sector_of(hs) or "", name, found) for name, found in _indicators(book, (hs,)).items()]
    by_sector: dict[str, list[str]] = defaultdict(list)
    for heading in (hs for hs in book.codes() if len(hs) == 4):
        for hs in book.lines_of(heading) or (heading,):
            if sector := sector_of(hs):
                by_sector[sector].append(hs)
    for sector, codes in sorted(by_sector.items()):
        results += [_result("", sector, name, found) for name, found in _indicators(book, tuple(codes)).items()]
    return results


@dataclass(frozen=True, slots=True)
class Demand:
    """What buyers on the platform did for one product from one market in one month; None where the platform did not tell."""

    hs6: str
    market: str
    month: str
    searches: int | None
    rfqs: int | None
    inquiries: int | None
    active_suppliers: int | None


def from_demand(rows: Iterable[Demand], *, sector_of: Callable[[str], str | None]) -> list[Result]:
    """Platform indicators by six-digit code, heading and sector, each over the latest twelve months of its own series (month as
    "2026-09").

    platform_demand: requests for quotation a year for each supplier active in a market. platform_searches_growth: searches of the latest twelve months over the twelve before, minus 1; only where both years are complete.
    """
    groups: dict[tuple[str, str], list[Demand]] = defaultdict(list)
    for row in rows:
        sector = sector_of(row.hs6) or ""
        groups[row.hs6, sector].append(row)
        groups[row.hs6[:4], sector_of(row.hs6[:4]) or ""].append(row)
        if sector:
            groups["", sector].append(row)
    results = []
    for (code, sector), group in sorted(groups.items()):
        months = _last_months(_latest_month(group), 24)
        now = [row for row in group if row.month in months[:12]]
        then = [row for row in group if row.month in months[12:]]
        for name, figure in (
            (Name.PLATFORM_DEMAND, _requests(now)),
            (Name.PLATFORM_SEARCHES_GROWTH, _searches_growth(now, then)),
        ):
            has = figure.value is not None
            period, year = (f"{months[11]} to {months[0]}", int(months[0][:4])) if has else ("", None)
            results.append(Result(code, sector, name, figure, period, year))
    return results


# Platform ------------------------------------------------------------------------------------------------------------
def _last_months(latest: str, count: int) -> list[str]:
    """The latest month and those before it, latest first."""
    months = int(latest[:4]) * 12 + int(latest[5:7]) - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(months, months - count, -1)]


def _latest_month(rows: list[Demand]) -> str:
    """The latest month that most series (a product in a market) have told, so that one that is early does not end the others."""
    series: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        series[row.month].add((row.hs6, row.market))
    recent = [month for month in _last_months(max(series), 12) if month in series]
    most = max(len(series[month]) for month in recent)
    return next(month for month in recent if len(series[month]) >= SERIES_TOLD * most)


def _requests(rows: list[Demand]) -> Computed:
    """Twelve times what one supplier can expect in a month, so that a year with gaps is not a weak year; from six months up."""
    known = [row for row in rows if row.active_suppliers is not None and row.rfqs is not None]
    suppliers = sum(row.active_suppliers or 0 for row in known)
    if not known:
        return Computed(None, Missing.NO_PLATFORM_DATA)
    if len({row.month for row in known}) < MIN_MONTHS:
        return Computed(None, Missing.SERIES_TOO_SHORT)
    if suppliers == 0:
        return Computed(None, Missing.NO_SUPPLIERS)
    return Computed(12 * sum(row.rfqs or 0 for row in known) / suppliers)


def _searches_growth(now: list[Demand], then: list[Demand]) -> Computed:
    """Compares only what was told in every month of both years: a market or product that joined later is not growth."""
    by_series: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in now + then:
        if row.searches is not None:
            by_series[row.hs6, row.market].add(row.month)
    whole = {series for series, months in by_series.items() if len(months) == 24}
    if not whole:
        return Computed(None, Missing.SERIES_TOO_SHORT)
    first, last = (
        math.fsum(row.searches or 0 for row in rows if (row.hs6, row.market) in whole) for rows in (then, now)
    )
    return analytics.yearly_growth(first, last, 1)


# Flows ---------------------------------------------------------------------------------------------------------------
def _indicators(book: Book, codes: tuple[str, ...]) -> dict[Name, _Found]:
    goods = Goods(book, codes)
    rca = _rca(goods)
    found = {
        Name.RCA: rca,
        Name.RCA_SYMMETRIC: replace(rca, figure=analytics.symmetric_rca(rca.figure)),
        Name.WORLD_IMPORT_GROWTH: _world_growth(goods),
        Name.RELATIVE_DEMAND_GROWTH: _relative_growth(goods),
        Name.MARKET_SHARE: _share(goods),
        Name.MARKET_SHARE_GROWTH: _share_growth(goods),
        Name.EXPORT_VALUE: _export_value(goods),
        Name.EXPORT_GROWTH: _export_growth(goods),
    }
    found = {name: _with_years_left_out(book, each) for name, each in found.items()}
    return found | {
        Name.CONCENTRATION_HHI: _concentration(goods),
        Name.UNIT_VALUE_GAP_CHINA: _price_gap(book, codes, CHINA),
        Name.UNIT_VALUE_GAP_INDIA: _price_gap(book, codes, INDIA),
    }


def _with_years_left_out(book: Book, found: _Found) -> _Found:
    """Says so where the source tells of later years than the figure stands on."""
    if found.last_year is None or found.last_year >= book.told_years[-1]:
        return found
    return replace(found, notes=(*found.notes, Note.LATER_YEARS_LEFT_OUT))


def _result(hs: str, sector: str, name: Name, found: _Found) -> Result:
    return Result(hs, sector, name, found.figure, found.period, found.last_year, found.notes)


def _none(reason: str) -> _Found:
    return _Found(Computed(None, reason))


def _at(figure: Computed, year: int) -> _Found:
    return _Found(figure, str(year), year) if figure.value is not None else _Found(figure)


def _why_no_year(goods: Goods, otherwise: str) -> str:
    return Missing.RIVAL_MISSING if goods.misses_a_rival else otherwise


def _rca(goods: Goods) -> _Found:
    reason: str = _why_no_year(goods, Missing.NO_EXPORTER_TOTAL)
    everything = goods.book.all_goods
    for year in reversed(goods.complete_years):
        total = everything.own(year)
        if total is None or year not in everything.complete_years:
            continue
        product, world = goods.world(year), everything.world(year)
        if product is None or world is None:
            reason = Missing.NO_WORLD
            continue
        return _at(analytics.rca(goods.own(year) or 0.0, total, product, world), year)
    return _none(reason)


def _share(goods: Goods) -> _Found:
    for year in reversed(goods.complete_years):
        own, world = goods.own(year), goods.world(year)
        if own is not None and world is not None:
            return _at(analytics.market_share(own, world), year)
    return _none(_why_no_year(goods, Missing.NOT_IN_SOURCE))


def _world_growth(goods: Goods) -> _Found:
    """Growth of world demand, measured by world exports; among countries that reported in all years compared."""
    span = _span([year for year in goods.complete_years if goods.world(year) is not None])
    if span is None:
        return _none(_why_no_year(goods, Missing.SERIES_TOO_SHORT))
    return _grown(_world_exports(goods, span), span, _world_editions(goods), minimum_usd=MIN_WORLD_BASE_USD)


def _relative_growth(goods: Goods) -> _Found:
    """Growth of world demand for these goods less that for all goods, over the same years among the same countries: what
    prices in dollars and the years' ups and downs do to all goods alike is in both."""
    everything = goods.book.all_goods
    whole = [year for year in everything.complete_years if everything.world(year) is not None]
    span = _span([year for year in goods.complete_years if goods.world(year) is not None and year in whole])
    if span is None:
        return _none(Missing.NO_ALL_GOODS if not whole else _why_no_year(goods, Missing.SERIES_TOO_SHORT))
    of_these, of_all = (
        _grown(_world_exports(each, span), span, _world_editions(goods), minimum_usd=MIN_WORLD_BASE_USD, cap=math.inf)
        for each in (goods, everything)
    )
    if of_these.figure.value is None or of_all.figure.value is None:
        return of_all if of_these.figure.value is not None else of_these
    return _capped(replace(of_these, figure=Computed(of_these.figure.value - of_all.figure.value)), MAX_GROWTH)


def _world_exports(goods: Goods, span: _Span) -> dict[int, float | None]:
    among = goods.book.reporters(*span.years)
    return {year: goods.world(year, among) for year in span.years}


def _world_editions(goods: Goods) -> Callable[[int], set[str]]:
    return lambda year: {goods.book.edition(year, WORLD)}


def _export_value(goods: Goods) -> _Found:
    for year in reversed(goods.book.years):
        value = goods.own(year)
        if value is not None:
            return _at(Computed(value), year)
    return _none(Missing.NOT_IN_SOURCE)


def _export_growth(goods: Goods) -> _Found:
    values = {year: value for year in goods.book.years if (value := goods.own(year)) is not None}
    span = _span(sorted(values))
    if span is None:
        return _none(Missing.SERIES_TOO_SHORT)
    return _grown(values, span, lambda year: {goods.book.edition(year, PAKISTAN)}, minimum_usd=MIN_BASE_USD)


def _share_growth(goods: Goods) -> _Found:
    """Growth of Pakistan's share in the exports of the countries that reported in all years compared."""
    span = _span([y for y in goods.complete_years if goods.own(y) is not None and goods.world(y)])
    if span is None:
        return _none(_why_no_year(goods, Missing.SERIES_TOO_SHORT))
    world = _world_exports(goods, span)
    own = {year: goods.own(year) for year in span.years}
    shares = {year: _part(own[year], world[year]) for year in span.years}
    return _grown(shares, span, goods.book.editions, minimum_usd=MIN_BASE_USD, dollars=own)


def _part(own: float | None, whole: float | None) -> float | None:
    return own / whole if own is not None and whole else None


def _concentration(goods: Goods) -> _Found:
    """How much of Pakistan's exports goes to a few countries (Herfindahl-Hirschman, 0 to 1). The World row is left out."""
    book = goods.book
    for year in reversed(book.years):
        if goods.own(year) == 0:
            return _none(Missing.NO_EXPORTS)
        by_partner: dict[str, float] = defaultdict(float)
        for code in goods.codes:
            for (reporter, partner), row in book.exports[code, year].items():
                if reporter == PAKISTAN and is_country(partner):
                    by_partner[partner] += row.value_usd
        if by_partner:
            return _at(analytics.concentration(by_partner.values()).hhi, year)
    return _none(analytics.Undefined.NO_PARTNERS)


def _price_gap(book: Book, codes: tuple[str, ...], rival: str) -> _Found:
    """Pakistan's unit value against the rival's in the markets where both sell, for one code: compared market by market and
    year by year, over PRICE_YEARS years up to the latest that can be compared; the median of these gaps."""
    if len(codes) > 1:
        return _none(Missing.MIXED_GOODS)
    reason: str = Missing.NOT_IN_SOURCE
    own: dict[tuple[int, str], Shipment] = {}
    theirs: dict[tuple[int, str], Shipment] = {}
    compared: list[int] = []
    for year in sorted(book.all_years, reverse=True):
        if compared and year <= compared[0] - PRICE_YEARS:
            break
        for ours, rivals in _sales(book, codes[0], year, rival):
            figure = analytics.same_market_gap(ours, rivals, minimum_kg=MINIMUM_KG)
            if figure.value is not None:
                compared.append(year)
                own, theirs = own | ours, theirs | rivals
                break
            if ours and figure.reason:
                reason = figure.reason
    if not compared:
        return _none(reason)
    gap = analytics.same_market_gap(own, theirs, minimum_kg=MINIMUM_KG)
    return _Found(gap, _range(compared[::-1]), compared[0])


def _sales(
    book: Book, code: str, year: int, rival: str
) -> Iterator[tuple[dict[tuple[int, str], Shipment], dict[tuple[int, str], Shipment]]]:
    """What Pakistan and the rival sold in each market that year: first as the markets themselves recorded it (both CIF in the
    same port), then as the suppliers did."""
    imports = {(partner, market): row for (market, partner), row in book.imports.get((code, year), {}).items()}
    for rows in (imports, book.exports.get((code, year), {})):
        sold: dict[str, dict[tuple[int, str], Shipment]] = {PAKISTAN: {}, rival: {}}
        for (supplier, market), row in rows.items():
            if supplier in sold and is_country(market):
                sold[supplier][year, market] = Shipment(row.value_usd, row.net_weight_kg, row.weight_estimated)
        yield sold[PAKISTAN], sold[rival]


def _range(ordered: Sequence[int | str]) -> str:
    """The first and the last of some years (or editions) in order, "2021–2023", or the only one."""
    return str(ordered[0]) if len(ordered) == 1 else f"{ordered[0]}\u2013{ordered[-1]}"


def _mark(editions: set[str]) -> str:
    """HS editions in brackets: " (H5)", or the oldest and the newest of several."""
    return f" ({_range(sorted(editions))})" if editions else ""


@dataclass(frozen=True, slots=True)
class _Span:
    """First and last years of a growth rate, each one year or the middle of three, and the years between them."""

    first: tuple[int, ...]
    last: tuple[int, ...]

    @property
    def years(self) -> tuple[int, ...]:
        return self.first + self.last

    @property
    def between(self) -> int:
        return self.last[len(self.last) // 2] - self.first[len(self.first) // 2]

    def label(self, editions_of: Callable[[int], set[str]]) -> str:
        """The years, and where they were counted in more than one HS edition, in which: "2019–2021 (H5) to 2022–2024 (H6)"."""
        first, last = (set().union(*map(editions_of, years)) & set(EDITIONS) for years in (self.first, self.last))
        if len(first | last) > 1:
            return f"{_range(self.first)}{_mark(first)} to {_range(self.last)}{_mark(last)}"
        if len(self.first) == 1:
            return _range(self.years)
        return f"{_range(self.first)} to {_range(self.last)}"


def _span(years: list[int]) -> _Span | None:
    """Three years against three where six in a row are there, so that one shipment does not make a trend; else the last year
    against the one nearest to five years before it, three to seven apart; None where there is no such pair."""
    if len(years) >= 6 and years[-1] - years[-6] == 5:
        return _Span(tuple(years[-6:-3]), tuple(years[-3:]))
    earlier = [year for year in years if MIN_YEARS <= years[-1] - year <= MAX_YEARS]
    if not earlier:
        return None
    first = min(earlier, key=lambda year: abs(years[-1] - USUAL_YEARS - year))
    return _Span((first,), (years[-1],))


def _grown(
    values: Mapping[int, float | None],
    span: _Span,
    editions_of: Callable[[int], set[str]],
    *,
    minimum_usd: float,
    dollars: Mapping[int, float | None] | None = None,
    cap: float = MAX_GROWTH,
) -> _Found:
    """Growth between the medians of both ends: the middle one of three years, so that a single shipment moves nothing.

    minimum_usd: what must have been sold in the first years. dollars: what was sold, where the values are shares of it.
    """
    first, last, sold = (
        [known for year in years if (known := table.get(year)) is not None]
        for table, years in ((values, span.first), (values, span.last), (dollars or values, span.first))
    )
    if len(first) + len(last) < len(span.years):
        return _none(Missing.NOT_IN_SOURCE)
    if statistics.median(sold) < minimum_usd:
        return _none(Missing.BASE_TOO_SMALL)
    figure = analytics.yearly_growth(statistics.median(first), statistics.median(last), span.between)
    return _capped(_Found(figure, span.label(editions_of), span.last[-1]), cap)


def _capped(found: _Found, cap: float) -> _Found:
    if found.figure.value is None or found.figure.value <= cap:
        return found
    return replace(found, figure=Computed(cap), notes=(*found.notes, Note.GROWTH_CAPPED))
