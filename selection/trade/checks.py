"""What new figures must stand before they replace those in use: a bad feed never replaces a good one. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .flows import ALL_GOODS, EXPORT, PAKISTAN, WORLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .flows import Flow

PARTNERS_MAY_DIFFER = 0.01
FEWEST_HEADINGS = 0.8
VALUE_MAY_FALL_TO = 0.7
VALUE_MAY_RISE_TO = 1.5
MOST_REFUSED = 0.01


@dataclass(frozen=True, slots=True)
class Summary:
    """A vintage in a few numbers, kept with it. exports: Pakistan's, by "source:year", in US dollars; headings: how many product
    groups (first four digits) hold something of Pakistan's."""

    cells: int
    headings: int
    last_year: int
    exports: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
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
        self._world: dict[tuple[str, int, str], float] = {}
        self._partners: dict[tuple[str, int, str], float] = defaultdict(float)
        self.twice = 0

    def see(self, source: str, flow: Flow) -> bool:
        """False for a cell seen before, which must not be stored again."""
        if (source, flow.cell) in self._cells:
            self.twice += 1
            return False
        self._cells.add((source, flow.cell))
        if flow.reporter == PAKISTAN and flow.flow == EXPORT:
            self._see_export(source, flow)
        return True

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
        return Summary(len(self._cells), len(self._headings), max(self._years, default=0), dict(self._exports))

    def refusals(self, before: Summary | None, *, read: int, refused: int) -> list[Refusal]:
        """All reasons against using what was seen; empty when it may be used. before: the figures in use, None for the first."""
        found = [*self._inner_refusals(read, refused)]
        if before is not None and not found:
            found = [*self._refusals_against(before)]
        return found

    def _inner_refusals(self, read: int, refused: int) -> Iterable[Refusal]:
        if not self._years:
            yield Refusal("nothing_came", {})
        if self.twice:
            yield Refusal("twice", {"count": self.twice})
        if refused > MOST_REFUSED * max(read, 1):
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
        if now.headings < FEWEST_HEADINGS * before.headings:
            yield Refusal("fewer_headings", {"now": now.headings, "before": before.headings})
        if now.last_year < before.last_year:
            yield Refusal("older", {"now": now.last_year, "before": before.last_year})
        for key, value in sorted(now.exports.items()):
            known = before.exports.get(key)
            if known and not VALUE_MAY_FALL_TO <= value / known <= VALUE_MAY_RISE_TO:
                yield Refusal("value_jumped", {"year": key.split(":")[1], "percent": round(100 * value / known)})
