"""Areas as UN Comtrade numbers them, from our own table reference/areas.csv (list of 5 June 2025)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "reference" / "areas.csv"
OTHER_ASIA = "490"
"""In practice Taiwan, for which the UN has the code 158 and no figures."""


@dataclass(frozen=True, slots=True)
class Area:
    """code: UN Comtrade's own (India 699, not ISO's 356). kind: country, area ("not elsewhere specified" and groups) or world.
    reports: hands in its own trade. preferred: the row to use for its ISO3 code today."""

    code: str
    iso3: str
    name: str
    kind: str
    reports: bool
    preferred: bool


@cache
def areas() -> dict[str, Area]:
    """All areas by code, historic ones too."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["code"]: Area(
            row["code"], row["iso3"], row["name"], row["kind"], row["reports"] == "1", row["preferred"] == "1"
        )
        for row in rows
    }


@cache
def code_by_iso3() -> dict[str, str]:
    """Today's Comtrade code of each ISO3 code, the world as "W00". Taiwan's is the one that the sources hold its trade under."""
    return {area.iso3: area.code for area in areas().values() if area.preferred} | {"TWN": OTHER_ASIA}


def is_country(code: str) -> bool:
    """True for single economies: countries, and "Other Asia". False for groups such as the
    European Union (97, not in the list), for rests ("nes") and for the world."""
    area = areas().get(code)
    return code == OTHER_ASIA or (area is not None and area.kind == "country")
