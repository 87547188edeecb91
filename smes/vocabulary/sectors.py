"""The programme's priority sectors, and which of them a product or a service belongs to.

There is no official list of headings for some sectors (light engineering, agritech, home decor): the tables
`sectors.csv` and `sector_hs.csv` in smes/vocabulary/reference/ are the programme's working choice, kept as data so that
officials can change them. What a sector is called stands in `codes.SECTORS`, under the same codes.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from . import codes
from .tables import listed, read_table


class SectorGroup(StrEnum):
    """The groups of the programme: carpets are the revival track."""

    TRADITIONAL = "traditional"
    NON_TRADITIONAL = "non_traditional"
    SERVICES = "services"
    REVIVAL = "revival"


@dataclass(frozen=True, slots=True)
class Sector:
    """A priority sector. `name` is a message id; `hs_prefixes` are 2, 4 or 6 digits as text; `services` are EBOPS codes (SDMX form)."""

    code: str
    name: str
    group: SectorGroup
    hs_prefixes: tuple[str, ...]
    services: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class Service:
    """A line of the balance of payments' services list (EBOPS 2010, SDMX code). Never add a parent to its children."""

    code: str
    ebops2010: str
    name: str
    name_ur: str
    parent: str | None
    is_main: bool

    def label(self, language: str) -> str:
        """The name in Urdu for "ur", else in English."""
        return self.name_ur if language.startswith("ur") else self.name


SECTOR_BY_PREFIX: Final = MappingProxyType({row["hs_prefix"]: row["sector_code"] for row in read_table("sector_hs")})
PREFIX_LABELS: Final = MappingProxyType({row["hs_prefix"]: row["label"] for row in read_table("sector_hs")})
SECTORS: Final = MappingProxyType(
    {
        row["code"]: Sector(
            code=row["code"],
            name=codes.SECTORS[row["code"]],
            group=SectorGroup(row["group"]),
            hs_prefixes=tuple(prefix for prefix, code in SECTOR_BY_PREFIX.items() if code == row["code"]),
            services=listed(row["ebops"]),
            notes=row["notes"],
        )
        for row in read_table("sectors")
    }
)
"""By code, in the order of all lists: what is made, the largest exporters first, then what is served."""
SERVICES: Final = MappingProxyType(
    {
        row["code"]: Service(
            code=row["code"],
            ebops2010=row["ebops2010_code"],
            name=row["name"],
            name_ur=row["name_ur"],
            parent=row["parent"] or None,
            is_main=row["main_item"] == "1",
        )
        for row in read_table("ebops")
    }
)
# The lines that a firm ticks: sums of others are left out, and so is what no firm of the programme sells.
SERVICES_OFFERED: Final = ("SI1", "SI21", "SI22", "SI3", "SG1", "SH3", "SJ31", "SJ322")


def sector_of(hs6: str) -> str | None:
    """The sector code of a product; the longest prefix wins (6, then 4, then 2 digits).

    hs6: six digits as text, without dots. Returns None where no priority sector takes the product.
    Raises ValueError for anything that is not six digits.
    """
    if len(hs6) != 6 or not (hs6.isascii() and hs6.isdecimal()):
        raise ValueError(f"an HS code has six digits, this is {hs6!r}")
    for length in (6, 4, 2):
        code = SECTOR_BY_PREFIX.get(hs6[:length])
        if code is not None:
            return code
    return None


def group_of(sector: str | None) -> str | None:
    """The group of a sector code as text; None for no sector or an unknown one."""
    known = SECTORS.get(sector) if sector else None
    return known.group.value if known else None


def sells_services(sector: str | None) -> bool:
    """Whether a sector sells services only, so that its firms have no HS code (ict, fintech)."""
    known = SECTORS.get(sector) if sector else None
    return bool(known and known.services and not known.hs_prefixes)
