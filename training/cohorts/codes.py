"""Short names of cohorts: LHR-4 is the fourth of Lahore. Pure."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ONLINE: Final = "ONL"
AIRPORTS: Final = MappingProxyType(  # by whose letters people know a town
    {
        "Lahore": "LHR",
        "Karachi": "KHI",
        "Sialkot": "SKT",
        "Peshawar": "PEW",
        "Quetta": "UET",
        "Islamabad": "ISB",
        "Faisalabad": "LYP",
        "Multan": "MUX",
        "Gujranwala": "GRW",
        "Hyderabad": "HDD",
    }
)
COHORT_CODE: Final = re.compile(r"^[A-Z][A-Z0-9]{1,5}-[0-9]{1,4}$")


def letters_of(city: str) -> str:
    """Of a town ("" for online) the letters with which the short names of its cohorts begin."""
    if not city:
        return ONLINE
    first = "".join(letter for letter in city.upper() if letter.isascii() and letter.isalpha())[:3]
    return AIRPORTS.get(city) or (first if len(first) == 3 else "PAK")


def next_code(letters: str, taken: Iterable[str]) -> str:
    """The short name with the number after the highest that is taken."""
    numbers = [int(code[len(letters) + 1 :]) for code in taken if re.fullmatch(rf"{letters}-[0-9]{{1,4}}", code)]
    return f"{letters}-{max(numbers, default=0) + 1}"
