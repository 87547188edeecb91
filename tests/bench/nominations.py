"""Checks of a partner's table: `main(rows)` checks a table of so many rows, a tenth of which have something wrong.

seconds: of the checks alone. read_csv, read_xlsx are left to the tests: the limits there are of size.
"""

from __future__ import annotations

import random
import time
from typing import Any

from selection.nominations.checks import Known, Status, check_rows
from smes.vocabulary.codes import SECTORS
from smes.vocabulary.places import CITIES
from tdap_portal.core.folding import fold
from tdap_portal.core.sheet import Row

HEAD = ("firm", "ntn", "cnic", "mobile", "email", "city", "district", "sector", "women_led", "iban")


def main(rows: int = 10_000) -> dict[str, Any]:
    made = table(rows)
    known = Known(
        own={f"ntn:{number:07d}": ("invited", f"{number:07d}") for number in range(1, rows, 50)},
        sectors={fold(name): code for code, name in SECTORS.items()},
    )
    began = time.perf_counter()
    found = check_rows(made, {name: at for at, name in enumerate(HEAD)}, known, width=len(HEAD))
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 3), "good": sum(row.status == Status.GOOD for row in found)}


def table(rows: int) -> list[Row]:
    """Firms as a chamber lists them."""
    dice = random.Random(7)
    towns, sectors = list(CITIES), list(SECTORS.values())
    made = []
    for number in range(1, rows + 1):
        mobile = f"03{dice.randrange(0, 5)}{dice.randrange(10)}-{number:07d}"
        cells = [
            f"Firm {number} & Sons", f"{number:07d}-{number % 10}", f"35202-{number:07d}-1", mobile,
            f"firm{number}@example.pk", dice.choice(towns), "Sialkot", dice.choice(sectors), dice.choice(["yes", "No"]), "",
        ]  # fmt: skip
        if number % 10 == 0:
            cells[dice.randrange(8)] = dice.choice(["=1+1", "123", "3.52021E+12", "#N/A", "Gujra"])
        made.append(Row(number + 1, cells))
    return made
