"""The measures a policy may use: one value each, read from the facts or the evidence.

A measure is a flag, a number or a text (a code). `better` says which way is good for the firm; the policy loader refuses a
normaliser that runs against it, so that more of a good can never lower a score. None: not told, or no figure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from selection.engine.facts import Evidence, Facts
from smes.vocabulary.sizes import birthday

Value: TypeAlias = bool | float | str | None
Kind: TypeAlias = Literal["flag", "number", "text"]
Better: TypeAlias = Literal["more", "less", ""]

EXPORT_WINDOW_YEARS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One firm, the evidence about its main product, and the day it is judged by."""

    facts: Facts
    evidence: Evidence
    on: date


@dataclass(frozen=True, slots=True)
class Measure:
    """code; kind of its value; which way is better ("" for a code); how a number is shown; whether it is trade or
    platform evidence (about the product) or a fact (about the firm). rests_on: the facts that it is read from."""

    code: str
    kind: Kind
    better: Better
    show: Literal["", "count", "decimal", "percent", "change"]
    is_evidence: bool
    read: Callable[[Case], Value]
    rests_on: tuple[str, ...] = ()


def fiscal_year_of(day: date) -> int:
    """The Pakistani fiscal year (July to June) that holds the day, named by the calendar year it ends in."""
    return day.year + (day.month >= 7)


def export_years(facts: Facts, on: date) -> dict[int, float] | None:
    """Exports in US dollars by fiscal year, of the three closed years before `on` and the running one; only years with
    exports. Two entries of one year (direct, and through an export house) are added up. None: not told."""
    if facts.export_history is None:
        return None
    running = fiscal_year_of(on)
    sums: dict[int, float] = {}
    for row in facts.export_history:
        if row.fiscal_year is None or not row.value_usd or row.value_usd < 0:
            continue
        if running - EXPORT_WINDOW_YEARS <= row.fiscal_year <= running:
            sums[row.fiscal_year] = sums.get(row.fiscal_year, 0.0) + row.value_usd
    return sums


def age_years(founded_on: date | None, on: date) -> float | None:
    """Full years since the founding plus the part of the running year, so that exactly five years is 5.0. None: not told,
    or founded after `on`. The birthday is that of the start-up band (smes.vocabulary.sizes)."""
    if founded_on is None or founded_on > on:
        return None
    years = on.year - founded_on.year - ((on.month, on.day) < (founded_on.month, founded_on.day))
    return years + (on - birthday(founded_on, years)).days / 366


def _best_export_year(case: Case) -> Value:
    years = export_years(case.facts, case.on)
    return None if years is None else max(years.values(), default=0.0)


def _number_of_export_years(case: Case) -> Value:
    years = export_years(case.facts, case.on)
    return None if years is None else float(len(years))


def _age(case: Case) -> Value:
    return age_years(case.facts.founded_on, case.on)


def _spare_capacity(case: Case) -> Value:
    return None if case.facts.capacity_used_pct is None else float(100 - case.facts.capacity_used_pct)


def _certificates(case: Case) -> Value:
    held = case.facts.certifications
    return None if held is None else float(sum(row.in_force(case.on) for row in held))


def _certificates_verified(case: Case) -> Value:
    held = case.facts.certifications
    return None if held is None else float(sum(row.in_force(case.on) and bool(row.verified) for row in held))


def _certificates_dated(case: Case) -> Value:
    held = case.facts.certifications
    return None if held is None else float(sum(row.expires_on is not None and row.in_force(case.on) for row in held))


def _flag(fact: str) -> Measure:
    def read(case: Case) -> Value:
        value: bool | None = getattr(case.facts, fact)
        return value

    return Measure(fact, "flag", "more", "", is_evidence=False, read=read, rests_on=(fact,))


def _text(fact: str) -> Measure:
    def read(case: Case) -> Value:
        return getattr(case.facts, fact) or None

    return Measure(fact, "text", "", "", is_evidence=False, read=read, rests_on=(fact,))


def _whole(fact: str, better: Better = "more") -> Measure:
    def read(case: Case) -> Value:
        value: int | None = getattr(case.facts, fact)
        return None if value is None else float(value)

    return Measure(fact, "number", better, "count", is_evidence=False, read=read, rests_on=(fact,))


def _export_house_named() -> Measure:
    def read(case: Case) -> Value:
        return None if case.facts.export_house is None else bool(case.facts.export_house)

    return Measure("export_house_named", "flag", "more", "", is_evidence=False, read=read, rests_on=("export_house",))


def _how_many(code: str, fact: str) -> Measure:
    def read(case: Case) -> Value:
        values: tuple[str, ...] | None = getattr(case.facts, fact)
        return None if values is None else float(len(set(values)))

    return Measure(code, "number", "more", "count", is_evidence=False, read=read, rests_on=(fact,))


def _computed(
    code: str,
    fact: str,
    read: Callable[[Case], Value],
    better: Better = "more",
    show: Literal["count", "decimal"] = "count",
) -> Measure:
    return Measure(code, "number", better, show, is_evidence=False, read=read, rests_on=(fact,))


def _indicator(code: str, better: Better, show: Literal["decimal", "percent", "change"]) -> Measure:
    def read(case: Case) -> Value:
        return case.evidence.value(code)

    return Measure(code, "number", better, show, is_evidence=True, read=read)


MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        _text("sector"),
        _text("province"),
        _text("legal_form"),
        _text("size_class"),
        _flag("tax_registered"),
        _flag("owner_cnic_held"),
        _computed("age_years", "founded_on", _age, "less", "decimal"),
        _how_many("services_count", "services"),
        _computed("export_value_usd", "export_history", _best_export_year),
        _computed("export_years", "export_history", _number_of_export_years),
        _text("export_route"),
        _export_house_named(),
        _how_many("export_markets_count", "export_markets"),
        _how_many("target_markets_count", "target_markets"),
        _whole("employees"),
        _computed("spare_capacity_pct", "capacity_used_pct", _spare_capacity),
        _whole("lead_time_days", "less"),
        _text("quality_control"),
        _computed("certificates_in_force", "certifications", _certificates),
        _computed("certificates_verified", "certifications", _certificates_verified),
        _computed("certificates_dated", "certifications", _certificates_dated),
        _flag("website"),
        _whole("catalogue_products"),
        _flag("product_photos"),
        _whole("ecommerce_staff"),
        _flag("english_staff"),
        _text("internet"),
        _how_many("channels_count", "channels"),
        _flag("bank_account_named"),
        _flag("bank_account_verified"),
        _flag("foreign_currency_account"),
        _flag("card_payments"),
        _flag("wallet"),
        _flag("paypal_like_service"),
        _flag("women_led"),
        _whole("women_employees"),
        _flag("youth_led"),
        _indicator("rca", "more", "decimal"),
        _indicator("world_import_growth", "more", "change"),
        _indicator("relative_demand_growth", "more", "change"),
        _indicator("market_share", "more", "percent"),
        _indicator("market_share_growth", "more", "change"),
        _indicator("concentration_hhi", "less", "decimal"),
        _indicator("unit_value_gap_china", "less", "change"),
        _indicator("unit_value_gap_india", "less", "change"),
        _indicator("platform_demand", "more", "decimal"),
        _indicator("platform_searches_growth", "more", "change"),
    )
}
