"""Reads the reference tables that are kept beside the code in smes/vocabulary/reference/."""

import csv
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent / "reference"


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of reference/<name>.csv in file order, every cell as text: codes keep their leading zeros.

    Raises FileNotFoundError for a name that is not there.
    """
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        return tuple(csv.DictReader(table))


def listed(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, separated by semicolons; an empty cell holds none."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
