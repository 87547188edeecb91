"""Arithmetic of trade indicators on plain numbers. No Django, no pandas: the tables are a few thousand rows.

Every result is a Computed: a value, or None with the reason why it cannot be said. Undefined is never 0 and never infinity.
Values are US dollars and weights kilograms unless said otherwise; shares, growth and gaps are fractions (0.08 is 8 percent).
Negative, infinite or not-a-number inputs are faults of the caller and raise ValueError. Sources of the formulas are named
at each function; docs/data-sources.md says which data and which "world" the portal feeds in.

No page calls these yet; they are kept because worked examples (tests/data/analytics_oracles.json) prove them and the market
report of a product will use them: rca_table, normalised_rca, pooled_unit_value, unit_value_gap, shares, complementarity,
similarity and export_potential.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Country = TypeVar("Country", bound=Hashable)
Product = TypeVar("Product", bound=Hashable)
Market = TypeVar("Market", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


class Undefined(StrEnum):
    """Why a figure has no value. The texts for people lie in labels.py."""

    EXPORTER_TOTAL_ZERO = "exporter_total_zero"
    PRODUCT_TOTAL_ZERO = "product_total_zero"
    WORLD_TOTAL_ZERO = "world_total_zero"
    MARKET_ZERO = "market_zero"
    START_ZERO = "start_zero"
    NO_YEARS = "no_years"
    NO_PARTNERS = "no_partners"
    ONE_PARTNER = "one_partner"
    NO_WEIGHT = "no_weight"
    WEIGHT_ESTIMATED = "weight_estimated"
    TOO_LITTLE_WEIGHT = "too_little_weight"
    NO_VALUE = "no_value"
    NO_COMMON_MARKET = "no_common_market"
    NO_TRADE_BETWEEN = "no_trade_between"


@dataclass(frozen=True, slots=True)
class Computed:
    """A value, or None with the reason. Exactly one of the two is told."""

    value: float | None
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("A figure has either a value or a reason why it has none.")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"A figure is a finite number, not {self.value}.")


@dataclass(frozen=True, slots=True)
class Concentration:
    """How far a few partners carry the whole: three usual forms of the Herfindahl-Hirschman index."""

    hhi: Computed
    points: Computed
    normalised: Computed
    unctad: Computed
    partners: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """What one supplier sold in one market: value in US dollars, net weight in kilograms (None where the source gives none)."""

    value_usd: float
    net_kg: float | None
    weight_estimated: bool = False


def _checked(*numbers: float) -> None:
    for number in numbers:
        if not math.isfinite(number) or number < 0:
            raise ValueError(f"Trade values are finite and not negative, got {number}.")


def rca(x_ik: float, x_i: float, x_k: float, x: float) -> Computed:
    """Revealed comparative advantage: the product's weight in the exporter's exports over its weight in the world's.

    x_ik exports of country i in product k, x_i all exports of i, x_k world exports of k, x all world exports; one unit for
    all four. Above 1 means an advantage. 0 where the country exports other goods but not this one.
    None where the exporter, the product or the world total is 0. Source: Balassa 1965, as defined by World Bank WITS.
    """
    _checked(x_ik, x_i, x_k, x)
    if x == 0:
        return Computed(None, Undefined.WORLD_TOTAL_ZERO)
    if x_i == 0:
        return Computed(None, Undefined.EXPORTER_TOTAL_ZERO)
    if x_k == 0:
        return Computed(None, Undefined.PRODUCT_TOTAL_ZERO)
    return Computed((x_ik / x_i) / (x_k / x))


def symmetric_rca(advantage: Computed) -> Computed:
    """(RCA - 1) / (RCA + 1), from -1 to just below 1, 0 is neutral; undefined where RCA is. Source: Laursen 1998."""
    if advantage.value is None:
        return advantage
    return Computed((advantage.value - 1) / (advantage.value + 1))


def normalised_rca(x_ik: float, x_i: float, x_k: float, x: float) -> Computed:
    """x_ik / x - x_i x_k / x^2: sums to 0 over all products and over all countries. Source: Yu, Cai and Leung 2009."""
    _checked(x_ik, x_i, x_k, x)
    if x == 0:
        return Computed(None, Undefined.WORLD_TOTAL_ZERO)
    return Computed(x_ik / x - (x_i / x) * (x_k / x))


def rca_table(
    exports: Mapping[tuple[Country, Product], float],
) -> dict[tuple[Country, Product], Computed]:
    """RCA of every country in every product of a table of exports {(country, product): value}.

    The world is the sum of the table, so the table must hold all exporters of one year and one HS edition.
    A pair that is not in the table counts as 0 and is in the answer.
    """
    by_country: dict[Country, float] = {}
    by_product: dict[Product, float] = {}
    for (country, product), value in exports.items():
        by_country[country] = by_country.get(country, 0.0) + value
        by_product[product] = by_product.get(product, 0.0) + value
    world = math.fsum(by_product.values())
    return {
        (country, product): rca(exports.get((country, product), 0.0), x_i, x_k, world)
        for country, x_i in by_country.items()
        for product, x_k in by_product.items()
    }


def market_share(part: float, whole: float) -> Computed:
    """The supplier's part of a market's imports (or of world exports), as a fraction; None where the market is 0.

    May pass 1 where the two sides come from different reporters (mirror data). Source: World Bank WITS.
    """
    _checked(part, whole)
    if whole == 0:
        return Computed(None, Undefined.MARKET_ZERO)
    return Computed(part / whole)


def yearly_growth(first: float, last: float, years: int) -> Computed:
    """Compound yearly growth as a fraction (0.08 is 8 percent a year); years is last year minus first year.

    None where the first value is 0 (growth from nothing has no size) or there is no year between; -1 where the last is 0.
    Source: World Bank WITS.
    """
    _checked(first, last)
    if years < 1:
        return Computed(None, Undefined.NO_YEARS)
    if first == 0:
        return Computed(None, Undefined.START_ZERO)
    if last == 0:
        return Computed(-1.0)
    return Computed(math.expm1(math.log(last / first) / years))


def concentration(partner_values: Iterable[float]) -> Concentration:
    """Herfindahl-Hirschman index over partners: plain (up to 1), in points (up to 10,000), normalised, and UNCTAD's.

    Leave the World row out before calling, and give only partners that are on record: n is the number of values given.
    None for all where nothing was traded; normalised forms are None for a single partner.
    Sources: World Bank WITS (plain, normalised), UNCTAD (square-root form).
    """
    values = list(partner_values)
    _checked(*values)
    n = len(values)
    total = math.fsum(values)
    if total == 0:
        none = Computed(None, Undefined.NO_PARTNERS)
        return Concentration(none, none, none, none, n)
    hhi = math.fsum((value / total) ** 2 for value in values)
    if n == 1:
        one = Computed(None, Undefined.ONE_PARTNER)
        return Concentration(Computed(hhi), Computed(hhi * 10_000), one, one, n)
    normalised = (hhi - 1 / n) / (1 - 1 / n)
    unctad = (math.sqrt(hhi) - math.sqrt(1 / n)) / (1 - math.sqrt(1 / n))
    return Concentration(Computed(hhi), Computed(hhi * 10_000), Computed(normalised), Computed(unctad), n)


def unit_value(shipment: Shipment, *, minimum_kg: float = 0.0) -> Computed:
    """US dollars a kilogram. None where the weight is missing, 0, estimated by the source, or under minimum_kg.

    Small flows are noise (a 30 kg sample can cost 20 dollars a kilogram), so pages and scores ask for at least 1,000 kg.
    """
    _checked(shipment.value_usd, minimum_kg)
    if shipment.net_kg is None:
        return Computed(None, Undefined.NO_WEIGHT)
    _checked(shipment.net_kg)
    if shipment.net_kg == 0:
        return Computed(None, Undefined.NO_WEIGHT)
    if shipment.weight_estimated:
        return Computed(None, Undefined.WEIGHT_ESTIMATED)
    if shipment.net_kg < minimum_kg:
        return Computed(None, Undefined.TOO_LITTLE_WEIGHT)
    return Computed(shipment.value_usd / shipment.net_kg)


def pooled_unit_value(shipments: Iterable[Shipment]) -> Computed:
    """Sum of values over sum of weights, US dollars a kilogram; rows without a reported weight are left out of both sums."""
    value = weight = 0.0
    for shipment in shipments:
        if unit_value(shipment).value is not None and shipment.net_kg is not None:
            value += shipment.value_usd
            weight += shipment.net_kg
    if weight == 0:
        return Computed(None, Undefined.NO_WEIGHT)
    return Computed(value / weight)


def unit_value_gap(own: Computed, rival: Computed) -> Computed:
    """Own unit value over the rival's, minus 1: 0.25 means a quarter dearer. None where either is undefined or the rival's is 0."""
    if own.value is None:
        return own
    if rival.value is None:
        return rival
    if rival.value == 0:
        return Computed(None, Undefined.NO_VALUE)
    return Computed(own.value / rival.value - 1)


def same_market_gap(own: Mapping[Market, Shipment], rival: Mapping[Market, Shipment], *, minimum_kg: float) -> Computed:
    """Price gap over the markets in which both sell: the median of the gaps of the single markets.

    Comparing market by market keeps CIF against FOB and rich against poor markets out of the gap; the median keeps one thin
    row out, which would carry a mean or a sum. (Trimming both ends first would not move it.) A market counts where both sides
    have a reported weight of at least minimum_kg and the rival a value. None where there is no such market.
    """
    prices = [
        (unit_value(own[market], minimum_kg=minimum_kg), unit_value(rival[market], minimum_kg=minimum_kg))
        for market in own.keys() & rival.keys()
    ]
    gaps = [gap for ours, theirs in prices if (gap := unit_value_gap(ours, theirs).value) is not None]
    return Computed(statistics.median(gaps)) if gaps else Computed(None, Undefined.NO_COMMON_MARKET)


def shares(values: Mapping[Key, float]) -> dict[Key, float]:
    """Each value over the sum, as fractions that add to 1; empty where the sum is 0."""
    _checked(*values.values())
    total = math.fsum(values.values())
    return {key: value / total for key, value in values.items()} if total else {}


def complementarity(export_shares: Mapping[Key, float], import_shares: Mapping[Key, float]) -> Computed:
    """How well one country's exports fit another's imports, 0 to 100: 100 (1 - sum |m_jk - x_ik| / 2) over products.

    Both are shares that sum to 1; a product absent on one side counts 0. None where either side is empty.
    Source: World Bank (Michaely 1996).
    """
    if not export_shares or not import_shares:
        return Computed(None, Undefined.NO_VALUE)
    products = export_shares.keys() | import_shares.keys()
    distance = math.fsum(abs(import_shares.get(k, 0.0) - export_shares.get(k, 0.0)) for k in products)
    return Computed(100 * (1 - distance / 2))


def similarity(shares_a: Mapping[Key, float], shares_b: Mapping[Key, float]) -> Computed:
    """How alike two export baskets are, 0 to 100: 100 times the sum of the smaller shares. Source: Finger and Kreinin 1979."""
    if not shares_a or not shares_b:
        return Computed(None, Undefined.NO_VALUE)
    return Computed(100 * math.fsum(min(share, shares_b.get(k, 0.0)) for k, share in shares_a.items()))


@dataclass(frozen=True, slots=True)
class Potential:
    """Export potential of one product in one market (US dollars), the ease of trade behind it, and what is not yet used."""

    ease: Computed
    potential_usd: Computed
    unrealised_usd: Computed


def export_potential(
    *,
    exports_ik: Mapping[Product, float],
    world_k: Mapping[Product, float],
    imports_jk: Mapping[Product, float],
    actual_ijk: Mapping[Product, float],
) -> dict[Product, Potential]:
    """Core of the export potential indicator for one exporter i and one market j, by product k.

    exports_ik: what i sells to all markets; world_k: world trade; imports_jk: what j buys from all; actual_ijk: i to j.
    potential = (v_ik / v_k) v_jk ease_ij with ease_ij = v_ij / sum_k (v_ik / v_k) v_jk, so the potentials add up to v_ij;
    unrealised = max(0, potential - actual). A product without world trade has no potential; where i and j do not trade at all
    nothing can be said about any. Source: Decreux and Spies 2016 (ITC), without the forecasts of demand and tariffs.
    """
    for table in (exports_ik, world_k, imports_jk, actual_ijk):
        _checked(*table.values())
    expected = {
        k: exports_ik.get(k, 0.0) / world_k[k] * bought for k, bought in imports_jk.items() if world_k.get(k, 0.0) > 0
    }
    base = math.fsum(expected.values())
    traded = math.fsum(actual_ijk.values())
    answer: dict[Product, Potential] = {}
    for k in imports_jk:
        if k not in expected:
            none = Computed(None, Undefined.PRODUCT_TOTAL_ZERO)
            answer[k] = Potential(none, none, none)
        elif base == 0 or traded == 0:
            none = Computed(None, Undefined.NO_TRADE_BETWEEN)
            answer[k] = Potential(none, none, none)
        else:
            ease = traded / base
            potential = expected[k] * ease
            unrealised = max(0.0, potential - actual_ijk.get(k, 0.0))
            answer[k] = Potential(Computed(ease), Computed(potential), Computed(unrealised))
    return answer
