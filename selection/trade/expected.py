"""What is known of trade from elsewhere, so that even a first load is looked at: bounds of whole years, and large exporters.

The tables reference/bounds.csv and reference/exporters.csv carry for each line where it is from and when it was entered. They
are wide on purpose: they find a file that is cut, of another unit or of another country, not a bad year.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure of a source's year (see checks.Measures) lies between low and high, for years from first_year to last_year.

    every: each year must; else it is enough that the fullest year reaches low, since the last years are not all in yet.
    """

    source: str
    measure: str
    first_year: int
    last_year: int
    low: float
    high: float
    every: bool


@dataclass(frozen=True, slots=True)
class LargeExporter:
    """A country known to carry a good part of the world's exports of some goods.

    code: as UN Comtrade numbers it. hs: the beginning of the codes of these goods, "" for all goods. share: as a fraction.
    """

    code: str
    hs: str
    share: float


@cache
def bounds() -> tuple[Bound, ...]:
    with (REFERENCE / "bounds.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Bound(
                row["source"],
                row["measure"],
                int(row["first_year"]),
                int(row["last_year"]),
                float(row["low"]),
                float(row["high"]),
                row["years"] == "every",
            )
            for row in csv.DictReader(lines)
        )


@cache
def large_exporters() -> tuple[LargeExporter, ...]:
    with (REFERENCE / "exporters.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(LargeExporter(row["code"], row["hs"], float(row["share"])) for row in csv.DictReader(lines))
