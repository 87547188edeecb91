"""A simulated platform: demand that looks plausible and is made up. Every row says so; real figures always win over it. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from .platform_csv import DemandRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARKETS = {"USA": 1.0, "DEU": 0.5, "ARE": 0.4}

START = 2025 * 12
BUMPS = 37


@dataclass(frozen=True, slots=True)
class Temper:
    """How buyers of a sector behave, invented: searches a month in the largest market, growth a year, suppliers, dollars a piece."""

    searches: int
    growth: float
    suppliers: int
    price_usd: float


TEMPERS = {
    "furniture_decor": Temper(9_000, 0.09, 160, 60),
    "personal_care": Temper(11_000, 0.12, 220, 4),
    "agritech": Temper(2_500, 0.07, 60, 450),
    "rice": Temper(3_000, 0.04, 90, 1),
    "seafood": Temper(2_200, 0.05, 50, 7),
    "textile": Temper(14_000, 0.03, 420, 6),
    "leather": Temper(8_000, 0.02, 240, 25),
    "sports_goods": Temper(10_000, 0.08, 130, 8),
    "surgical_goods": Temper(4_500, 0.06, 70, 5),
    "light_engineering": Temper(5_000, 0.05, 200, 18),
    "carpets": Temper(3_500, -0.02, 40, 120),
}
PLAIN = Temper(3_000, 0.03, 100, 10)


def simulate(
    products: Iterable[tuple[str, str | None]], *, until: date, months: int = 24, seed: int = 2017
) -> Iterator[DemandRow]:
    """Rows for each (hs6, sector) in three markets, for `months` months up to the month before `until`.

    A product, market and month always has the same figures for the same seed, whatever else is asked for with it.
    """
    last = _number(until) - 1
    for hs6, sector in products:
        temper = TEMPERS.get(sector or "", PLAIN)
        for market, size in MARKETS.items():
            chance = random.Random(f"{seed}:{hs6}:{market}")  # noqa: S311  made-up figures, not secrets
            base = temper.searches * size * chance.lognormvariate(0, 0.6)
            growth = temper.growth + chance.gauss(0, 0.06)
            peak = chance.uniform(0, 12)
            rfq_rate, inquiry_rate = chance.uniform(0.002, 0.008), chance.uniform(0.01, 0.03)
            suppliers = temper.suppliers * chance.uniform(0.4, 1.6)
            price = temper.price_usd * chance.lognormvariate(0, 0.4)
            bumps = [chance.uniform(0.93, 1.07) for _ in range(BUMPS)]
            for month in range(last - months + 1, last + 1):
                years = (month - START) / 12
                season = 1 + 0.18 * math.cos((month % 12 - peak) / 12 * 2 * math.pi)
                searches = base * (1 + growth) ** years * season * bumps[month % BUMPS]
                yield DemandRow(
                    line=0,
                    hs6=hs6,
                    market=market,
                    month=date(month // 12, month % 12 + 1, 1),
                    searches=round(searches),
                    rfqs=round(searches * rfq_rate),
                    inquiries=round(searches * inquiry_rate),
                    active_suppliers=max(1, round(suppliers * (1 + growth / 2) ** years)),
                    price_low_usd=Decimal(f"{price * 0.8:.2f}"),
                    price_high_usd=Decimal(f"{price * 1.3:.2f}"),
                )


def _number(day: date) -> int:
    """Months since the year 0, so that months can be counted."""
    return day.year * 12 + day.month - 1
