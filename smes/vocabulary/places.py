"""Provinces and towns of Pakistan."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from . import codes
from .tables import listed, read_table


@dataclass(frozen=True, slots=True)
class Province:
    """A province or administered area by its ISO 3166-2 code (PK-PB). `name` is a message id."""

    code: str
    name: str
    capital: str
    cnic_first_digits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A town with the sectors that cluster in it (only Sialkot's are confirmed by a source)."""

    name: str
    name_ur: str
    province: str
    clusters: tuple[str, ...]

    def label(self, language: str) -> str:
        """The name in Urdu for "ur", else in English."""
        return self.name_ur if language.startswith("ur") else self.name


PROVINCES: Final = MappingProxyType(
    {
        row["code"]: Province(
            row["code"], codes.PROVINCES[row["code"]], row["capital"], listed(row["cnic_first_digits"])
        )
        for row in read_table("provinces")
    }
)
CITIES: Final = MappingProxyType(
    {
        row["name"]: City(row["name"], row["name_ur"], row["province_code"], listed(row["cluster_sectors"]))
        for row in read_table("pk_cities")
    }
)


def parse_city(text: str) -> str:
    """The English name of a town of the list, written in English or Urdu; any other town as it was written."""
    plain = " ".join(text.split())
    return next(
        (city.name for city in CITIES.values() if plain.casefold() in {city.name.casefold(), city.name_ur}), plain
    )


def lies_in(city: str, province: str) -> bool:
    """Whether a parsed town may lie in a province: a town that is not in the list may lie in any, and none is told of ""."""
    town = CITIES.get(city)
    return town is None or province in {town.province, ""}
