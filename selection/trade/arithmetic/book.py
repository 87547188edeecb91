"""The flows of one source, opened by code and year: who reported when, and which years of some goods are whole. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from selection.trade.areas import is_country
from selection.trade.flows import ALL_GOODS, EXPORT, PAKISTAN, WORLD, Flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selection.trade.expected import LargeExporter

PARTIAL_UNDER = 0.6
"""A report of the last two years that holds less than this fraction of the reporter's one before is not all in yet: no
country's exports of all goods fell by two fifths within a year in peace."""
LINES_MAKE_UP = 0.99
"""Fraction of a heading's exports that its six-digit codes must hold to be summed in its place; one per cent is for rounding."""
MISSING_MAY_CARRY = 0.05
"""Fraction of the exports of some goods: a year counts only where the countries that have not reported it carried no more when
they last did. One large exporter that is late would move every share; a dozen small ones do not."""


class Book:
    """Flows of one source, opened by code and year."""

    def __init__(self, flows: Iterable[Flow], large: Iterable[LargeExporter] = ()) -> None:
        self.exports: dict[tuple[str, int], dict[tuple[str, str], Flow]] = defaultdict(dict)
        self.imports: dict[tuple[str, int], dict[tuple[str, str], Flow]] = defaultdict(dict)
        self._reporters: dict[int, set[str]] = defaultdict(set)
        self._reports: dict[tuple[int, str], dict[str, float]] = defaultdict(dict)
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
                self._reports[flow.year, flow.reporter][flow.hs] = flow.value_usd
                for who in {WORLD, flow.reporter}:
                    self._editions[flow.year, who][flow.edition] += flow.value_usd
        self.told_years = sorted(self._reporters)
        self.own_world = any(WORLD in reporters for reporters in self._reporters.values())
        self._leave_out_partial_reports()
        self.years = [year for year in self.told_years if self._reporters[year]]
        ever = set().union(*self._reporters.values())
        self._silent = [] if self.own_world else [each for each in large if each.code not in ever]
        self.all_goods = Goods(self, (ALL_GOODS,))

    def codes(self) -> list[str]:
        return sorted(self._codes)

    def _leave_out_partial_reports(self) -> None:
        """A year that a reporter has only begun to tell counts as one that it has not reported."""
        for year in self.told_years[-2:]:
            for reporter in sorted(self._reporters[year]):
                earlier = [each for each in self.told_years if each < year and reporter in self._reporters[each]]
                if earlier and self._told(reporter, year, earlier[-1]) < PARTIAL_UNDER:
                    self._reporters[year].discard(reporter)

    def _told(self, reporter: str, year: int, before: int) -> float:
        """The reporter's exports of a year as a fraction of those of another: of all goods, else of the headings told in it."""
        now, then = self._reports[year, reporter], self._reports[before, reporter]
        if ALL_GOODS in now and ALL_GOODS in then:
            codes = {ALL_GOODS}
        else:
            codes = {hs for hs in then if len(hs) == 4} or set(then)
        told = math.fsum(then[hs] for hs in codes)
        return math.fsum(now.get(hs, 0.0) for hs in codes) / told if told else 1.0

    def silent_share(self, code: str) -> float:
        """What the large exporters without any report carry of the world's exports of a code, as a fraction."""
        shares: dict[str, tuple[int, float]] = {}
        for each in self._silent:
            if code.startswith(each.hs):
                shares[each.code] = max(shares.get(each.code, (0, 0.0)), (len(each.hs) + 1, each.share))
        return math.fsum(share for _length, share in shares.values())

    def lines_of(self, heading: str) -> tuple[str, ...]:
        """The six-digit codes of a heading, where their exports make up the heading's in every year; else none."""
        lines = tuple(sorted(code for code in self._codes if len(code) == 6 and code.startswith(heading)))
        whole, parts = Goods(self, (heading,)), Goods(self, lines)
        made_up = all(parts.sum(year) >= LINES_MAKE_UP * whole.sum(year) for year in self.years)
        return lines if self.years and made_up else ()

    def reporters(self, *years: int) -> set[str]:
        """Countries that reported in all of these years."""
        return {code for code in set.intersection(*(self._reporters[year] for year in years)) if is_country(code)}

    def has_own_world(self, year: int) -> bool:
        return WORLD in self._reporters[year]

    def edition(self, year: int, who: str) -> str:
        """The HS edition in which most of the year's exports were reported: of a country, or of the world; "" where not told."""
        counts = self._editions.get((year, who), {})
        return max(sorted(counts), key=lambda edition: counts[edition], default="")

    def editions(self, year: int) -> set[str]:
        """In which Pakistan and the world were counted."""
        return {self.edition(year, PAKISTAN), self.edition(year, WORLD)}

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


class Goods:
    """Some codes of a book, taken together; values in dollars."""

    def __init__(self, book: Book, codes: tuple[str, ...]) -> None:
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

    def own(self, year: int) -> float | None:
        """Pakistan's exports of the year: 0 where it reported other goods and somebody else these; None where it did not report."""
        if PAKISTAN not in self.book.reporters(year):
            return None
        told = self.exported(year, PAKISTAN)
        return 0.0 if told is None and self._sold[year] else told

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
            return [year for year in self.book.years if self.book.has_own_world(year)]
        return [year for year in self.book.years if len(self.book.reporters(year)) > 1 and self._nearly_whole(year)]

    def _nearly_whole(self, year: int) -> bool:
        missing = math.fsum(self._sold[last].get(country, 0.0) for country, last in self.book.late[year].items())
        missing += self._of_silent(year)
        return missing <= MISSING_MAY_CARRY * (missing + (self.world(year) or 0.0))

    def _of_silent(self, year: int) -> float:
        """About what large exporters without any report sold of these goods."""
        missing = []
        for code in self.codes:
            share = self.book.silent_share(code)
            rows = self.book.exports.get((code, year), {}) if share else {}
            sold = math.fsum(row.value_usd for (_reporter, partner), row in rows.items() if partner == WORLD)
            missing.append(sold * share / (1 - share) if share < 1 else math.inf)
        return math.fsum(missing)

    @property
    def misses_a_rival(self) -> bool:
        """True where large exporters without any report carry too much of these goods for any year to count."""
        return any(self._of_silent(year) > MISSING_MAY_CARRY * self.sum(year) for year in self.book.years)
