"""What to ask UN Comtrade so that all indicators can be computed: in two dozen calls with a key, in 400 without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.trade.arithmetic.indicators import MIN_YEARS, USUAL_YEARS
from selection.trade.flows import ALL_GOODS, CHINA, EXPORT, IMPORT, INDIA, PAKISTAN, WORLD
from smes.vocabulary.hs_search import below
from smes.vocabulary.sectors import SECTOR_BY_PREFIX

from .comtrade import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Pakistan's largest goods markets with full reports: USA, China, UK, UAE, Germany, Netherlands, Spain, Italy, Saudi Arabia, France.
MAIN_MARKETS = ("842", "156", "826", "784", "276", "528", "724", "380", "682", "251")
RECENT_YEARS = 3

# Without a key an answer holds 500 rows. So many commodities at a time stay below that: a heading has about 170 reporters, and
# Pakistan up to 120 buyers of it; each of six markets tells what it paid the three suppliers. China buys nothing from itself.
FEW_MARKETS = ("842", "826", "784", "276", "528", "724")
HEADINGS_OF_THE_WORLD, HEADINGS_BY_PARTNER, PRODUCTS_BY_MARKET = 2, 4, 27


def priority_headings() -> tuple[str, ...]:
    """The four-digit headings that hold the products of the priority sectors (about 270)."""
    found: set[str] = set()
    for prefix in SECTOR_BY_PREFIX:
        found |= {line.code for line in below(prefix)} if len(prefix) == 2 else {prefix[:4]}
    return tuple(sorted(found))


def products() -> tuple[str, ...]:
    """The six-digit codes below those headings (about 1,600)."""
    return tuple(line.code for heading in priority_headings() for line in below(heading))


def questions(years: Iterable[int]) -> Iterator[tuple[str, Query]]:
    """(name of the step, question), all for totals: world exports by heading; Pakistan's exports by partner; and, from the
    importers' side, what the main markets paid Pakistan, China and India for the same six-digit goods."""
    periods = tuple(str(year) for year in sorted(years))
    recent = periods[-RECENT_YEARS:]
    headings = priority_headings()
    for period in periods:
        yield f"world exports {period}", Query((), (period,), (*headings, ALL_GOODS), (EXPORT,), partners=(WORLD,))
    yield "Pakistan's partners", Query((PAKISTAN,), recent, (*headings, ALL_GOODS), (EXPORT,), partners=())
    yield (
        "prices in the main markets",
        Query(MAIN_MARKETS, recent, products(), (IMPORT,), partners=(PAKISTAN, CHINA, INDIA)),
    )


def few_questions(years: Iterable[int]) -> Iterator[tuple[str, Query]]:
    """What the public preview can answer within the calls of a run: the same, but of two years (see two_years), and Pakistan's
    partners and the prices of the last of them alone."""
    codes = (*priority_headings(), ALL_GOODS)
    periods = tuple(str(year) for year in two_years(years))
    last = periods[-1:]
    for period in periods:
        world = Query((), (period,), codes, (EXPORT,), partners=(WORLD,), at_a_time=HEADINGS_OF_THE_WORLD)
        yield f"world exports {period}", world
    yield (
        "Pakistan's partners",
        Query((PAKISTAN,), last, codes, (EXPORT,), partners=(), at_a_time=HEADINGS_BY_PARTNER),
    )
    suppliers = (PAKISTAN, CHINA, INDIA)
    prices = Query(FEW_MARKETS, last, products(), (IMPORT,), partners=suppliers, at_a_time=PRODUCTS_BY_MARKET)
    yield "prices in the main markets", prices


def two_years(years: Iterable[int]) -> tuple[int, ...]:
    """The last of the years and the one nearest to five years before it, at least three apart: enough for a growth rate. The
    last alone where there is no such pair."""
    *earlier, last = sorted(years)
    apart = [year for year in earlier if last - year >= MIN_YEARS]
    return (*sorted(apart, key=lambda year: abs(last - USUAL_YEARS - year))[:1], last)
