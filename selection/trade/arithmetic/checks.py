"""What new figures must stand before they replace those in use: a bad feed never replaces a good one. Pure.

A feed that is broken in itself is refused. One that only looks wrong, beside what is known of trade or beside the figures in
use, is held for a person's look: the figures in use may be the wrong ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from selection.trade.areas import areas
from selection.trade.flows import ALL_GOODS, CHINA, EXPORT, IMPORT, INDIA, PAKISTAN, WORLD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from selection.trade.expected import Bound, LargeExporter
    from selection.trade.flows import Flow

PARTNERS_MAY_DIFFER = 0.01
MAX_SHARE_REFUSED = 0.01
MAY_CHANGE: Mapping[str, tuple[float, float]] = {
    "exports": (0.7, 1.5),
    "exports_total": (0.7, 1.5),
    "world": (0.95, 1.3),
    "world_total": (0.95, 1.3),
    "reporters": (0.8, math.inf),
    "buyers": (0.8, math.inf),
    "partners": (0.8, math.inf),
    "headings": (0.8, math.inf),
    "prices": (0.8, math.inf),
    "weighed": (0.8, math.inf),
    "unit_value": (0.5, 2),
    "unit_value_rivals": (0.5, 2),
}
"""The least and the most of a measure, as a fraction of what the same source has of the same year in use. Values of the world
may fall by less than the largest exporters carry (7 to 15 per cent each), so that none of them goes unnoticed; counts move with
each revision."""
HEADING_MAY_CHANGE = (1 / 3, 3)
HEADING_MAY_RISE_IN_A_YEAR = 5
LARGE_HEADING_USD = 100_000_000
"""World exports of a heading from which its jumps are looked at; small ones jump by themselves."""
INDICATORS_MAY_FALL_TO = 0.9

Measures = dict[str, Any]
"""What is known of one year of one source, kept with it. All numbers but by_heading and edition:

exports: Pakistan's, of the headings told, in US dollars; exports_total: of all goods. world, world_total: the same of all
exporters. by_heading: the world's exports of each heading. reporters: exporters told; buyers: countries that Pakistan sold to.
headings: product groups (four digits) that hold something of Pakistan's. partners: rows of Pakistan's exports by buyer.
prices: six-digit rows by buyer and seller; weighed: those with a reported weight. weighed_share: of them. unit_value: US dollars
a kilogram of Pakistan's weighed rows; unit_value_rivals: of China's and India's. edition: the HS edition, "" where several.
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the figures may not be used as they are. code and data: for the sentence in labels.py.

    holds: a person may find them right all the same; else the feed is broken in itself.
    """

    code: str
    data: Mapping[str, Any]
    holds: bool = True


@dataclass
class _Seen:
    """One year of one source while it is read."""

    exports: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    reporters: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)
    editions: set[str] = field(default_factory=set)
    partners: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))

    def add(self, flow: Flow) -> None:
        if flow.edition:
            self.editions.add(flow.edition)
        if flow.flow == EXPORT and flow.partner == WORLD:
            self.exports[flow.hs][flow.reporter] = flow.value_usd
            if flow.reporter != WORLD:
                self.reporters.add(flow.reporter)
        elif flow.partner != WORLD:
            self._add_row_by_partner(flow)

    def _add_row_by_partner(self, flow: Flow) -> None:
        seller = flow.partner if flow.flow == IMPORT else flow.reporter
        if (flow.reporter, flow.flow) == (PAKISTAN, EXPORT):
            self.rows["partners"] += 1
            self.partners[flow.hs] += flow.value_usd
            self.buyers.add(flow.partner)
        if len(flow.hs) == 6:
            self.rows["prices"] += 1
            if flow.net_weight_kg and not flow.weight_estimated:
                self.rows["weighed"] += 1
                paid = self.paid["rivals" if seller in {CHINA, INDIA} else seller]
                paid[0] += flow.value_usd
                paid[1] += flow.net_weight_kg

    def measures(self) -> Measures:
        headings = {hs: sold for hs, sold in self.exports.items() if len(hs) == 4}
        total = self.exports.get(ALL_GOODS, {})
        groups = {hs[:4] for hs, sold in self.exports.items() if hs != ALL_GOODS and sold.get(PAKISTAN)}
        groups |= {hs[:4] for hs, value in self.partners.items() if hs != ALL_GOODS and value}
        found: Measures = {
            "exports": math.fsum(sold.get(PAKISTAN, 0.0) for sold in headings.values()),
            "exports_total": total.get(PAKISTAN, 0.0),
            "world": math.fsum(map(_world, headings.values())),
            "world_total": _world(total),
            "reporters": len(self.reporters),
            "buyers": len(self.buyers),
            "headings": len(groups),
            "by_heading": {hs: _world(sold) for hs, sold in sorted(headings.items())},
            "edition": next(iter(self.editions)) if len(self.editions) == 1 else "",
            **{name: self.rows[name] for name in ("partners", "prices", "weighed")},
        }
        if found["prices"]:
            found["weighed_share"] = found["weighed"] / found["prices"]
        for name, seller in (("unit_value", PAKISTAN), ("unit_value_rivals", "rivals")):
            if self.paid[seller][1]:
                found[name] = self.paid[seller][0] / self.paid[seller][1]
        return found


def _world(sold: Mapping[str, float]) -> float:
    """The source's own sum over all exporters, else the sum of those that it tells."""
    return sold[WORLD] if WORLD in sold else math.fsum(sold.values())


class Inspector:
    """Sees every flow once while it is stored, then says what it saw. Keys are "source:year"."""

    def __init__(self) -> None:
        self._cells: set[tuple[str, tuple[int, str, str, str, str]]] = set()
        self._seen: dict[str, _Seen] = defaultdict(_Seen)
        self.twice = 0

    def see(self, source: str, flow: Flow) -> bool:
        """False for a cell seen before, which must not be stored again."""
        if (source, flow.cell) in self._cells:
            self.twice += 1
            return False
        self._cells.add((source, flow.cell))
        self._seen[f"{source}:{flow.year}"].add(flow)
        return True

    def note_exporters(self, source: str, year: int, exporters: Iterable[str]) -> None:
        """Who was in the source's own world, of whom no rows are kept."""
        self._seen[f"{source}:{year}"].reporters |= set(exporters)

    def measures(self) -> dict[str, Measures]:
        """What was seen of each year, by "source:year"."""
        return {key: seen.measures() for key, seen in sorted(self._seen.items())}

    def refusals(
        self,
        before: Mapping[str, Measures],
        *,
        read: int,
        refused: int,
        asked: Collection[str] = (),
        bounds: Iterable[Bound] = (),
        large: Iterable[LargeExporter] = (),
    ) -> list[Refusal]:
        """All reasons against using what was seen, the broken ones first; empty when it may be used.

        before: the measures in use by "source:year"; empty for a first load. asked: keys that were asked for.
        bounds, large: what is known from elsewhere (expected.py); a source without bounds is one that comes with the portal.
        """
        if not self._seen:
            return [Refusal("nothing_came", {}, holds=False)]
        if not any(PAKISTAN in seen.reporters or seen.partners for seen in self._seen.values()):
            return [Refusal("nothing_of_pakistan", {"rows": read}, holds=False)]
        now = self.measures()
        return [
            *self._broken(read, refused),
            *self._partners_differ(),
            *_beyond_bounds(now, list(bounds)),
            *self._exporters_missing({bound.source for bound in bounds}, large),
            *_headings_risen(now),
            *_against(before, now, asked),
        ]

    def _broken(self, read: int, refused: int) -> Iterator[Refusal]:
        if self.twice:
            yield Refusal("twice", {"count": self.twice}, holds=False)
        if refused > MAX_SHARE_REFUSED * max(read, 1):
            yield Refusal("too_many_refused", {"refused": refused, "read": read}, holds=False)

    def _partners_differ(self) -> Iterator[Refusal]:
        """Where the sum over Pakistan's buyers is not its World row, over the codes that have both."""
        for key, seen in sorted(self._seen.items()):
            both = [hs for hs in seen.partners if PAKISTAN in seen.exports.get(hs, {})]
            world = math.fsum(seen.exports[hs][PAKISTAN] for hs in both)
            share = math.fsum(seen.partners[hs] for hs in both) / world if world else 1.0
            if abs(share - 1) > PARTNERS_MAY_DIFFER:
                yield Refusal("partners_differ", {"year": _year(key), "percent": round(100 * share, 1)})

    def _exporters_missing(self, guarded: Collection[str], large: Iterable[LargeExporter]) -> Iterator[Refusal]:
        for source in sorted(guarded):
            years = [seen for key, seen in self._seen.items() if _source(key) == source]
            told = set().union(*(seen.reporters for seen in years))
            missing = [each.code for each in large if not each.hs and each.code not in told]
            if years and missing:
                yield Refusal("exporters_missing", {"countries": ", ".join(areas()[code].name for code in missing)})


def too_few_indicators(now: int, before: int) -> Refusal | None:
    """now, before: how many indicators have a value, in the new figures and in those in use."""
    if now >= INDICATORS_MAY_FALL_TO * before:
        return None
    return Refusal("indicators_fell", {"now": now, "before": before})


def _year(key: str) -> int:
    return int(key.split(":")[1])


def _source(key: str) -> str:
    return key.split(":", maxsplit=1)[0]


def _beyond_bounds(now: Mapping[str, Measures], bounds: Iterable[Bound]) -> Iterator[Refusal]:
    for bound in bounds:
        years = {
            _year(key): found.get(bound.measure)
            for key, found in now.items()
            if _source(key) == bound.source and bound.first_year <= _year(key) <= bound.last_year
        }
        fullest = max(years, key=lambda year: years[year] or 0.0, default=0)
        for year, value in years.items():
            if bound.every and value is None:
                continue
            low = bound.low if bound.every or year == fullest else 0.0
            if not low <= (value or 0.0) <= bound.high:
                told = {"what": bound.measure, "year": year, "value": _plain(value or 0)}
                yield Refusal("beyond_bounds", told | {"low": _plain(bound.low), "high": _plain(bound.high)})


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _headings_risen(now: Mapping[str, Measures]) -> Iterator[Refusal]:
    """Large headings that the world exported many times more of than in the year told before, whatever is in use."""
    for key, earlier in ((key, _year_before(key, now)) for key in now):
        for hs, value in now[key]["by_heading"].items() if earlier else ():
            known = now[earlier]["by_heading"].get(hs)
            if known and value > max(HEADING_MAY_RISE_IN_A_YEAR * known, LARGE_HEADING_USD):
                yield Refusal("heading_jumped", {"hs": hs, "year": _year(key), "percent": round(100 * value / known)})


def _year_before(key: str, now: Mapping[str, Measures]) -> str:
    return max((each for each in now if _source(each) == _source(key) and _year(each) < _year(key)), default="")


def _against(before: Mapping[str, Measures], now: Mapping[str, Measures], asked: Collection[str]) -> Iterator[Refusal]:
    lost = sorted(_year(key) for key in asked if key in before and key not in now)
    if lost:
        yield Refusal("years_lost", {"years": ", ".join(map(str, lost))})
    for key in sorted(now.keys() & before.keys()):
        for measure, (least, most) in MAY_CHANGE.items():
            known = before[key].get(measure)
            share = now[key].get(measure, 0.0) / known if known else 1.0
            if not least <= share <= most:
                yield Refusal("changed", {"what": measure, "year": _year(key), "percent": round(100 * share)})
        for hs, known in before[key].get("by_heading", {}).items():
            value = now[key]["by_heading"].get(hs, 0.0)
            least, most = HEADING_MAY_CHANGE
            if max(value, known) > LARGE_HEADING_USD and not least * known <= value <= most * known:
                percent = round(100 * value / known) if known else 0
                yield Refusal("heading_jumped", {"hs": hs, "year": _year(key), "percent": percent})
