"""Indicators of Pakistan's trade from the flows of one source: by HS code and by sector. Pure; analytics.py does the arithmetic.

The flows of one source must be of one kind of reporting and, as far as the source allows, of one HS edition; two sources are
never added to each other. Growth and shares are fractions; every indicator names the years it stands on.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from selection.trade.areas import is_country
from selection.trade.flows import ALL_GOODS, CHINA, EDITIONS, EXPORT, INDIA, PAKISTAN, WORLD, Flow

from . import analytics
from .analytics import Computed, Shipment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

OLD_AFTER_YEARS = 3
"""Years after the last one of an annual figure: trade comes 6 to 18 months late, so two years are usual and four are old."""
MINIMUM_KG = 1_000
PRICE_YEARS = 3
"""Years that are pooled for a price gap: the latest is incomplete, and one small shipment of it would stand for all."""
MIN_YEARS = 3
USUAL_YEARS = 5
MIN_MONTHS = 6
SERIES_TOLD = 0.5
"""Fraction of the series in the fullest of the last twelve months: with fewer, a month has only begun to come in."""
LINES_MAKE_UP = 0.99
"""Fraction of a heading's exports that its six-digit codes must hold to be summed in its place; one per cent is for rounding."""
MISSING_MAY_CARRY = 0.05
"""Fraction of the exports of some goods: a year counts only where the countries that have not reported it carried no more when
they last did. One large exporter that is late would move every share; a dozen small ones do not."""


class Name(StrEnum):
    """What can be asked for. The first nine are the evidence of a score; the rest is shown beside it."""

    RCA = "rca"
    WORLD_IMPORT_GROWTH = "world_import_growth"
    MARKET_SHARE = "market_share"
    MARKET_SHARE_GROWTH = "market_share_growth"
    CONCENTRATION_HHI = "concentration_hhi"
    UNIT_VALUE_GAP_CHINA = "unit_value_gap_china"
    UNIT_VALUE_GAP_INDIA = "unit_value_gap_india"
    PLATFORM_DEMAND = "platform_demand"
    PLATFORM_SEARCHES_GROWTH = "platform_searches_growth"
    EXPORT_VALUE = "export_value"
    EXPORT_GROWTH = "export_growth"
    RCA_SYMMETRIC = "rca_symmetric"


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


UNITS: Mapping[Name, Unit] = {
    Name.RCA: Unit.RATIO,
    Name.RCA_SYMMETRIC: Unit.EVEN_INDEX,
    Name.WORLD_IMPORT_GROWTH: Unit.FRACTION_A_YEAR,
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
EVIDENCE = tuple(Name)[:9]
PLATFORM_NAMES = (Name.PLATFORM_DEMAND, Name.PLATFORM_SEARCHES_GROWTH)


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator of one HS code (hs told) or of one sector (hs empty). last_year: None where there is no value."""

    hs: str
    sector: str
    name: Name
    figure: Computed
    period: str = ""
    last_year: int | None = None

    @property
    def unit(self) -> Unit:
        return UNITS[self.name]


@dataclass(frozen=True, slots=True)
class _Found:
    figure: Computed
    period: str = ""
    last_year: int | None = None


def from_flows(flows: Iterable[Flow], *, sector_of: Callable[[str], str | None]) -> list[Result]:
    """All flow indicators of every HS code in `flows` and of every sector they fall in.

    sector_of: HS code of 4 or 6 digits to sector code or None. A sector is summed over six digits where the source has all of a
    heading, so that the longest prefix decides, else over whole headings; a source that knows only some six-digit codes says
    nothing about sectors. Prices are never compared for a whole sector: its goods are too mixed.
    """
    book = _Book(flows)
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


def best(candidates: Iterable[Result]) -> Result:
    """Of the same indicator from several sources: the one with a value, then the latest year; the first given wins a tie.

    Raises ValueError for none at all.
    """
    ranked = list(candidates)
    if not ranked:
        raise ValueError("there is no candidate")
    return max(ranked, key=lambda result: (result.figure.value is not None, result.last_year or 0))


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
class _Book:
    """Flows of one source, opened by code and year."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self.exports: dict[tuple[str, int], dict[tuple[str, str], Flow]] = defaultdict(dict)
        self.imports: dict[tuple[str, int], dict[tuple[str, str], Flow]] = defaultdict(dict)
        self._reporters: dict[int, set[str]] = defaultdict(set)
        self._codes: set[str] = set()
        self._editions: dict[tuple[int, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.all_years: set[int] = set()
        for flow in flows:
            if flow.hs != ALL_GOODS:
                self._codes.add(flow.hs)
            side = self.exports if flow.flow == EXPORT else self.imports
            side[flow.hs, flow.year][flow.reporter, flow.partner] = flow
            self.all_years.add(flow.year)
            if flow.flow == EXPORT and flow.partner == WORLD:
                self._reporters[flow.year].add(flow.reporter)
                for who in {WORLD, flow.reporter}:
                    self._editions[flow.year, who][flow.edition] += flow.value_usd
        self.years = sorted(self._reporters)
        self.own_world = any(WORLD in reporters for reporters in self._reporters.values())
        self.all_goods = _Goods(self, (ALL_GOODS,))

    def codes(self) -> list[str]:
        return sorted(self._codes)

    def lines_of(self, heading: str) -> tuple[str, ...]:
        """The six-digit codes of a heading, where their exports make up the heading's in every year; else none."""
        lines = tuple(sorted(code for code in self._codes if len(code) == 6 and code.startswith(heading)))
        whole, parts = _Goods(self, (heading,)), _Goods(self, lines)
        made_up = all(parts.sum(year) >= LINES_MAKE_UP * whole.sum(year) for year in self.years)
        return lines if self.years and made_up else ()

    def reporters(self, *years: int) -> set[str]:
        """Countries that reported in all of these years."""
        return {code for code in set.intersection(*(self._reporters[year] for year in years)) if is_country(code)}

    def edition(self, year: int, who: str) -> str:
        """The HS edition in which most of the year's exports were reported: of a country, or of the world; "" where not told."""
        counts = self._editions.get((year, who), {})
        return max(sorted(counts), key=lambda edition: counts[edition], default="")

    @cached_property
    def late(self) -> dict[int, dict[str, int]]:
        """For each year the countries that reported others but not this one, each with the year in which it last did before;
        for one that joined later, the year in which it first did."""
        ever = {country for year in self.years for country in self.reporters(year)}
        reported = {country: [year for year in self.years if country in self._reporters[year]] for country in ever}
        return {
            year: {
                country: max((each for each in years if each < year), default=years[0])
                for country, years in reported.items()
                if year not in years
            }
            for year in self.years
        }


class _Goods:
    """Some codes of a book, taken together; values in dollars."""

    def __init__(self, book: _Book, codes: tuple[str, ...]) -> None:
        self.book = book
        self.codes = codes
        self._sold: dict[int, dict[str, float]] = {year: self._sold_in(year) for year in book.years}

    def _sold_in(self, year: int) -> dict[str, float]:
        values: dict[str, list[float]] = defaultdict(list)
        for code in self.codes:
            for (reporter, partner), row in self.book.exports.get((code, year), {}).items():
                if partner == WORLD:
                    values[reporter].append(row.value_usd)
        return {reporter: math.fsum(amounts) for reporter, amounts in values.items()}

    def sum(self, year: int) -> float:
        """Of all that is on record for the year, whoever reported it."""
        return math.fsum(self._sold[year].values())

    def exported(self, year: int, reporter: str) -> float | None:
        """Exports to the world of all codes; None where not one of them is on record."""
        return self._sold[year].get(reporter)

    def world(self, year: int, among: set[str] | None = None) -> float | None:
        """World exports of all codes: the source's own sum, else the sum of its countries (of `among`, where told)."""
        if self.book.own_world:
            return self.exported(year, WORLD)
        countries = self.book.reporters(year) if among is None else among
        values = [value for country, value in self._sold[year].items() if country in countries]
        return math.fsum(values) if values else None

    @cached_property
    def complete_years(self) -> list[int]:
        """Years that may be shown: the source gives its own world, or what is missing carried little of these goods."""
        if self.book.own_world:
            return self.book.years
        return [year for year in self.book.years if len(self.book.reporters(year)) > 1 and self._nearly_whole(year)]

    def _nearly_whole(self, year: int) -> bool:
        missing = math.fsum(self._sold[last].get(country, 0.0) for country, last in self.book.late[year].items())
        return missing <= MISSING_MAY_CARRY * (missing + (self.world(year) or 0.0))


def _indicators(book: _Book, codes: tuple[str, ...]) -> dict[Name, _Found]:
    goods = _Goods(book, codes)
    rca = _rca(goods)
    symmetric = _Found(analytics.symmetric_rca(rca.figure), rca.period, rca.last_year)
    return {
        Name.RCA: rca,
        Name.RCA_SYMMETRIC: symmetric,
        Name.WORLD_IMPORT_GROWTH: _world_growth(goods),
        Name.MARKET_SHARE: _share(goods),
        Name.MARKET_SHARE_GROWTH: _share_growth(goods),
        Name.CONCENTRATION_HHI: _concentration(book, codes),
        Name.UNIT_VALUE_GAP_CHINA: _price_gap(book, codes, CHINA),
        Name.UNIT_VALUE_GAP_INDIA: _price_gap(book, codes, INDIA),
        Name.EXPORT_VALUE: _export_value(goods),
        Name.EXPORT_GROWTH: _export_growth(goods),
    }


def _result(hs: str, sector: str, name: Name, found: _Found) -> Result:
    return Result(hs, sector, name, found.figure, found.period, found.last_year)


def _none(reason: str) -> _Found:
    return _Found(Computed(None, reason))


def _at(figure: Computed, year: int) -> _Found:
    return _Found(figure, str(year), year) if figure.value is not None else _Found(figure)


def _rca(goods: _Goods) -> _Found:
    reason: str = Missing.NO_EXPORTER_TOTAL
    everything = goods.book.all_goods
    for year in reversed(goods.complete_years):
        total = everything.exported(year, PAKISTAN)
        if total is None or year not in everything.complete_years:
            continue
        product, world = goods.world(year), everything.world(year)
        if product is None or world is None:
            reason = Missing.NO_WORLD
            continue
        # The country reported this year, so a code that is not in its report was not exported.
        return _at(analytics.rca(goods.exported(year, PAKISTAN) or 0.0, total, product, world), year)
    return _none(reason)


def _share(goods: _Goods) -> _Found:
    for year in reversed(goods.complete_years):
        own, world = goods.exported(year, PAKISTAN), goods.world(year)
        if own is not None and world is not None:
            return _at(analytics.market_share(own, world), year)
    return _none(Missing.NOT_IN_SOURCE)


def _world_growth(goods: _Goods) -> _Found:
    """Growth of world demand, measured by world exports; among countries that reported in all years compared."""
    span = _span(goods.complete_years)
    if span is None:
        return _none(Missing.SERIES_TOO_SHORT)
    among = goods.book.reporters(*span.years)
    values = {year: goods.world(year, among) for year in span.years}
    return _grown(values, span, lambda year: {goods.book.edition(year, WORLD)})


def _export_value(goods: _Goods) -> _Found:
    for year in reversed(goods.book.years):
        value = goods.exported(year, PAKISTAN)
        if value is not None:
            return _at(Computed(value), year)
    return _none(Missing.NOT_IN_SOURCE)


def _export_growth(goods: _Goods) -> _Found:
    values = {year: value for year in goods.book.years if (value := goods.exported(year, PAKISTAN)) is not None}
    span = _span(sorted(values))
    if span is None:
        return _none(Missing.SERIES_TOO_SHORT)
    return _grown(values, span, lambda year: {goods.book.edition(year, PAKISTAN)})


def _share_growth(goods: _Goods) -> _Found:
    """Growth of Pakistan's share in the exports of the countries that reported in all years compared."""
    span = _span([y for y in goods.complete_years if goods.exported(y, PAKISTAN) is not None and goods.world(y)])
    if span is None:
        return _none(Missing.SERIES_TOO_SHORT)
    among = goods.book.reporters(*span.years)
    shares: dict[int, float | None] = {}
    for year in span.years:
        own, world = goods.exported(year, PAKISTAN), goods.world(year, among)
        shares[year] = own / world if own is not None and world else None
    return _grown(shares, span, lambda year: {goods.book.edition(year, who) for who in (PAKISTAN, WORLD)})


def _concentration(book: _Book, codes: tuple[str, ...]) -> _Found:
    """How much of Pakistan's exports goes to a few countries (Herfindahl-Hirschman, 0 to 1). The World row is left out."""
    for year in reversed(book.years):
        by_partner: dict[str, float] = defaultdict(float)
        for code in codes:
            for (reporter, partner), row in book.exports[code, year].items():
                if reporter == PAKISTAN and is_country(partner):
                    by_partner[partner] += row.value_usd
        if by_partner:
            return _at(analytics.concentration(by_partner.values()).hhi, year)
    return _none(analytics.Undefined.NO_PARTNERS)


def _price_gap(book: _Book, codes: tuple[str, ...], rival: str) -> _Found:
    """Pakistan's unit value against the rival's in the markets where both sell, for one code: compared market by market and
    year by year, then pooled over PRICE_YEARS years up to the latest that can be compared."""
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
    pooled = analytics.same_market_gap(own, theirs, minimum_kg=MINIMUM_KG)
    return _Found(pooled, _range(compared[::-1]), compared[0])


def _sales(
    book: _Book, code: str, year: int, rival: str
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
    """First and last years of a growth rate, each one year or three that are averaged, and the years between their middles."""

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
    against the one nearest to five years before it, at least three apart; None where there is no such pair."""
    if len(years) >= 6 and years[-1] - years[-6] == 5:
        return _Span(tuple(years[-6:-3]), tuple(years[-3:]))
    earlier = [year for year in years if years[-1] - year >= MIN_YEARS]
    if not earlier:
        return None
    first = min(earlier, key=lambda year: abs(years[-1] - USUAL_YEARS - year))
    return _Span((first,), (years[-1],))


def _grown(values: Mapping[int, float | None], span: _Span, editions_of: Callable[[int], set[str]]) -> _Found:
    sums = []
    for years in (span.first, span.last):
        values_of_years = [values.get(year) for year in years]
        if None in values_of_years:
            return _none(Missing.NOT_IN_SOURCE)
        sums.append(math.fsum(value for value in values_of_years if value is not None) / len(years))
    figure = analytics.yearly_growth(sums[0], sums[1], span.between)
    return _Found(figure, span.label(editions_of), span.last[-1]) if figure.value is not None else _Found(figure)
