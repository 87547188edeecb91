"""What every source of trade flows hands over, whatever its own shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WORLD = "0"
PAKISTAN, CHINA, INDIA = "586", "156", "699"
EXPORT, IMPORT = "X", "M"
ALL_GOODS = "TOTAL"
LARGEST = 1e15
"""More dollars, or kilograms, than the whole world trades in a year: a larger figure is a mistake of the source."""
EDITIONS = ("H0", "H1", "H2", "H3", "H4", "H5", "H6")
"""The HS of 1992, 1996, 2002, 2007, 2012, 2017 and 2022, as UN Comtrade calls them."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One cell of trade in one calendar year, as the reporter declared it.

    reporter, partner: UN Comtrade area codes as text (not ISO numeric: India 699, USA 842); "0" as partner is the world,
    "0" as reporter is a source's own sum over all exporters. flow: "X" exports (FOB) or "M" imports (CIF).
    hs: digits as text with leading zeros, or "TOTAL". edition: one of EDITIONS. value_usd: current US dollars.
    net_weight_kg: None where the source gives none; weight_estimated: the source filled it in itself.
    """

    year: int
    reporter: str
    partner: str
    flow: str
    hs: str
    value_usd: float
    net_weight_kg: float | None = None
    weight_estimated: bool = False
    edition: str = ""

    @property
    def cell(self) -> tuple[int, str, str, str, str]:
        return self.year, self.reporter, self.partner, self.flow, self.hs


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a file that cannot be used: its line (the header is line 1), the column, and a code that labels.py has words for."""

    line: int
    column: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
