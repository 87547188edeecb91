"""Where nobody is: priority sectors and the places where they cluster, beside who was nominated and who applied. Pure.

Which town has clusters of which sector stands in smes/vocabulary/reference/pk_cities.csv; only Sialkot's are confirmed by a
source, the others are the programme's working choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smes.vocabulary.places import CITIES, PROVINCES
from smes.vocabulary.sectors import SECTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Corner = tuple[str, str, str]  # sector, province, town; "" where it was not told
CONFIRMED = frozenset({"Sialkot"})


@dataclass(frozen=True, slots=True)
class Cluster:
    """A sector in a town where it clusters. nominated, applied: firms of this round there; in_province: of the sector in the
    whole province. confirmed: whether a source says that the cluster is there."""

    sector: str
    city: str
    province: str
    nominated: int
    applied: int
    in_province: int
    confirmed: bool

    @property
    def is_empty(self) -> bool:
        return not (self.nominated or self.applied)


def clusters(nominated: Mapping[Corner, int], applied: Mapping[Corner, int]) -> list[Cluster]:
    """Every cluster with its firms, the emptiest first: no firm in the town, and few in its province."""
    found = []
    for city in CITIES.values():
        for sector in city.clusters:
            here = (sector, city.province, city.name)
            nominees, files = nominated.get(here, 0), applied.get(here, 0)
            around = _in(nominated, sector, city.province) + _in(applied, sector, city.province)
            confirmed = city.name in CONFIRMED
            found.append(Cluster(sector, city.name, city.province, nominees, files, around, confirmed))
    return sorted(found, key=lambda row: (row.nominated + row.applied, row.in_province, row.city, row.sector))


def grid(nominated: Mapping[Corner, int], applied: Mapping[Corner, int]) -> dict[str, dict[str, int]]:
    """Firms of every priority sector in every province, nominated or applied: by sector, then province."""
    return {
        sector: {province: _in(nominated, sector, province) + _in(applied, sector, province) for province in PROVINCES}
        for sector in SECTORS
    }


def _in(numbers: Mapping[Corner, int], sector: str, province: str) -> int:
    return sum(number for (code, place, _town), number in numbers.items() if (code, place) == (sector, province))


def who_to_ask(city: str, province: str, partners: Iterable[tuple[str, str]]) -> list[str]:
    """Names of the partners that may know firms there: whose name says the town first, then those of the province, then
    those of the whole country. partners: (name, province)."""
    ranked = []
    for name, place in partners:
        if city.casefold() in name.casefold():
            ranked.append((0, name))
        elif place == province:
            ranked.append((1, name))
        elif not place:
            ranked.append((2, name))
    return [name for _rank, name in sorted(ranked)]
