"""What new figures must stand before they replace those in use: a bad feed never replaces a good one. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from selection.trade.flows import ALL_GOODS, EXPORT, PAKISTAN, WORLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.trade.flows import Flow

PARTNERS_MAY_DIFFER = 0.01
MIN_SHARE_OF_HEADINGS = 0.8
VALUE_MAY_FALL_TO = 0.7
VALUE_MAY_RISE_TO = 1.5
MAX_SHARE_REFUSED = 0.01
MAY_FALL_TO = {"world": 0.95, "total": 0.95, "reporters": 0.8, "partners": 0.8, "prices": 0.8}
"""Fraction of what the same source had of the same year before. Values of the world may fall by less than the largest
exporters carry (7 to 14 per cent each), so that none of them goes unnoticed; counts move with each revision."""

ACCEPTABLE = frozenset(
    {
        "partners_differ",
        "fewer_headings",
        "older",
        "years_lost",
        "value_jumped",
        *(f"{kind}_fell" for kind in MAY_FALL_TO),
    }
)
"""Refusals that a person may accept: they compare, and what they compare with can be the wrong one. Others mean a broken feed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A vintage in a few numbers, kept with it. exports: Pakistan's, by "source:year", in US dollars; headings: how many product
    groups (first four digits) hold something of Pakistan's.

    counted: what MAY_FALL_TO names, each by "source:year". world: exports of all reporters by heading, in US dollars; total:
    of all goods; reporters: who told them; partners: rows of Pakistan's exports by buyer; prices: six-digit rows by buyer and
    seller. Empty for vintages of before it was kept.
    """

    cells: int
    headings: int
    last_year: int
    exports: Mapping[str, float]
    counted: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def years(self) -> set[str]:
        """Of which source and year ("source:year") there is anything of Pakistan's or the world's exports."""
        return {*self.exports, *self.counted.get("world", ()), *self.counted.get("total", ())}

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the figures may not be used. code and data: for the sentence in labels.py."""

    code: str
    data: Mapping[str, Any]


class Inspector:
    """Sees every flow once while it is stored, then says what it saw."""

    def __init__(self) -> None:
        self._cells: set[tuple[str, tuple[int, str, str, str, str]]] = set()
        self._headings: set[str] = set()
        self._years: set[int] = set()
        self._exports: dict[str, float] = defaultdict(float)
        self._counted: dict[str, dict[str, float]] = {kind: defaultdict(float) for kind in MAY_FALL_TO}
        self._reporters: dict[str, set[str]] = defaultdict(set)
        self._world: dict[tuple[str, int, str], float] = {}
        self._partners: dict[tuple[str, int, str], float] = defaultdict(float)
        self.twice = 0

    def see(self, source: str, flow: Flow) -> bool:
        """False for a cell seen before, which must not be stored again."""
        if (source, flow.cell) in self._cells:
            self.twice += 1
            return False
        self._cells.add((source, flow.cell))
        self._count(f"{source}:{flow.year}", flow)
        if flow.reporter == PAKISTAN and flow.flow == EXPORT:
            self._see_export(source, flow)
        return True

    def _count(self, key: str, flow: Flow) -> None:
        if flow.partner != WORLD:
            if len(flow.hs) == 6:
                self._counted["prices"][key] += 1
            if (flow.reporter, flow.flow) == (PAKISTAN, EXPORT):
                self._counted["partners"][key] += 1
        elif flow.flow == EXPORT:
            self._reporters[key].add(flow.reporter)
            if flow.hs == ALL_GOODS:
                self._counted["total"][key] += flow.value_usd
            elif len(flow.hs) == 4:
                self._counted["world"][key] += flow.value_usd

    def _see_export(self, source: str, flow: Flow) -> None:
        self._years.add(flow.year)
        if flow.hs != ALL_GOODS and flow.value_usd > 0:
            self._headings.add(flow.hs[:4])
        if flow.partner != WORLD:
            self._partners[source, flow.year, flow.hs] += flow.value_usd
            return
        self._world[source, flow.year, flow.hs] = flow.value_usd
        if len(flow.hs) == 4:
            self._exports[f"{source}:{flow.year}"] += flow.value_usd

    def summary(self) -> Summary:
        counted = {kind: dict(totals) for kind, totals in self._counted.items()}
        counted["reporters"] = {key: len(who) for key, who in self._reporters.items()}
        return Summary(len(self._cells), len(self._headings), max(self._years, default=0), dict(self._exports), counted)

    def refusals(self, before: Summary | None, *, read: int, refused: int) -> list[Refusal]:
        """All reasons against using what was seen; empty when it may be used. before: the figures in use, None for the first."""
        if not self._years:
            return [Refusal("nothing_came", {})]
        return [*self._inner_refusals(read, refused), *(self._refusals_against(before) if before else ())]

    def _inner_refusals(self, read: int, refused: int) -> Iterable[Refusal]:
        if self.twice:
            yield Refusal("twice", {"count": self.twice})
        if refused > MAX_SHARE_REFUSED * max(read, 1):
            yield Refusal("too_many_refused", {"refused": refused, "read": read})
        for (_source, year), percent in self._partner_sums().items():
            if abs(percent - 100) > PARTNERS_MAY_DIFFER * 100:
                yield Refusal("partners_differ", {"year": year, "percent": round(percent, 1)})

    def _partner_sums(self) -> dict[tuple[str, int], float]:
        """Sum over partners in percent of the World rows, by source and year, over the codes that have both."""
        world: dict[tuple[str, int], float] = defaultdict(float)
        partners: dict[tuple[str, int], float] = defaultdict(float)
        for (source, year, hs), value in self._partners.items():
            if (source, year, hs) in self._world:
                world[source, year] += self._world[source, year, hs]
                partners[source, year] += value
        return {key: 100 * partners[key] / total for key, total in world.items() if total}

    def _refusals_against(self, before: Summary) -> Iterable[Refusal]:
        now = self.summary()
        if now.headings < MIN_SHARE_OF_HEADINGS * before.headings:
            yield Refusal("fewer_headings", {"now": now.headings, "before": before.headings})
        if now.last_year < before.last_year:
            yield Refusal("older", {"now": now.last_year, "before": before.last_year})
        lost = {key for key in _needed(before.years(), now) if key not in now.years()}
        if lost:
            yield Refusal("years_lost", {"years": ", ".join(sorted({_year(key) for key in lost}))})
        for key, share in _compared(before.exports, now.exports, now, lost):
            if not VALUE_MAY_FALL_TO <= share <= VALUE_MAY_RISE_TO:
                yield Refusal("value_jumped", {"year": _year(key), "percent": round(100 * share)})
        for kind, least in MAY_FALL_TO.items():
            for key, share in _compared(before.counted.get(kind, {}), now.counted[kind], now, lost):
                if share < least:
                    yield Refusal(f"{kind}_fell", {"year": _year(key), "percent": round(100 * share)})


def _year(key: str) -> str:
    return key.split(":")[1]


def _needed(known: Iterable[str], now: Summary) -> set[str]:
    """Of the years known of each source that is read again, all but the oldest: it leaves as a new one comes."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for key in sorted(known):
        by_source[key.split(":")[0]].append(key)
    read_again = {key.split(":")[0] for key in now.years()}
    return {key for source in read_again for key in by_source[source][len(by_source[source]) > 1 :]}


def _compared(
    known: Mapping[str, float], came: Mapping[str, float], now: Summary, lost: set[str]
) -> Iterable[tuple[str, float]]:
    """What came of each year as a fraction of what is known of it; 0 for a needed one of which nothing came."""
    for key in sorted((_needed(known, now) | came.keys()) & known.keys() - lost):
        if known[key]:
            yield key, came.get(key, 0.0) / known[key]
