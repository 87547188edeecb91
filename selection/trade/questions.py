"""What to ask UN Comtrade so that all indicators can be computed, in about two dozen calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smes.hs_search import below
from smes.sectors import SECTOR_BY_PREFIX

from .flows import ALL_GOODS, CHINA, EXPORT, IMPORT, INDIA, PAKISTAN, WORLD
from .sources import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Pakistan's largest goods markets with full reports: USA, China, UK, UAE, Germany, Netherlands, Spain, Italy, Saudi Arabia, France.
MAIN_MARKETS = ("842", "156", "826", "784", "276", "528", "724", "380", "682", "251")
RECENT_YEARS = 3


def priority_headings() -> tuple[str, ...]:
    """The four-digit headings that hold the products of the priority sectors (about 270)."""
    found: set[str] = set()
    for prefix in SECTOR_BY_PREFIX:
        found |= {line.code for line in below(prefix)} if len(prefix) == 2 else {prefix[:4]}
    return tuple(sorted(found))


def questions(years: Iterable[int]) -> Iterator[tuple[str, Query]]:
    """(name of the step, question), all for totals: world exports by heading; Pakistan's exports by partner; and, from the
    importers' side, what the main markets paid Pakistan, China and India for the same six-digit goods."""
    periods = tuple(str(year) for year in sorted(years))
    recent = periods[-RECENT_YEARS:]
    headings = priority_headings()
    for period in periods:
        yield f"world exports {period}", Query((), (period,), (*headings, ALL_GOODS), (EXPORT,), partners=(WORLD,))
    yield "Pakistan's partners", Query((PAKISTAN,), recent, (*headings, ALL_GOODS), (EXPORT,), partners=())
    products = tuple(line.code for heading in headings for line in below(heading))
    yield (
        "prices in the main markets",
        Query(MAIN_MARKETS, recent, products, (IMPORT,), partners=(PAKISTAN, CHINA, INDIA)),
    )
