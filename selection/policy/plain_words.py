"""A policy in plain words for the public page: conditions, points and how ties are broken. Pure; all texts are message ids."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from selection.engine import words
from smes.vocabulary.codes import PROVINCES, SECTORS
from smes.vocabulary.evidence import EVIDENCE_LEVELS, LEVELS
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from selection.engine.policy import Criterion, Gate, Item, Policy

    Translate = Callable[[str], str]

MEASURES = {
    "sector": _("Your sector"),
    "province": _("Your province"),
    "export_value_usd": _("Your best export year of the last three, in USD"),
    "export_years": _("Years with exports, of the last three and this one"),
    "export_route": _("How you export"),
    "export_markets_count": _("Countries you sell to"),
    "target_markets_count": _("Countries you want to sell to"),
    "employees": _("People who work in the firm"),
    "spare_capacity_pct": _("Free capacity, in per cent of what you can make"),
    "lead_time_days": _("Days from order to delivery"),
    "quality_control": _("Who checks the quality"),
    "certificates_in_force": _("Certificates in force"),
    "certificates_dated": _("Certificates in force, with their last day"),
    "export_house_named": _("The export house you supply, by name"),
    "certificates_verified": _("Certificates in force that TDAP has verified"),
    "website": _("A website of your own"),
    "catalogue_products": _("Products in your online catalogue"),
    "product_photos": _("Photographs of your products"),
    "ecommerce_staff": _("People who look after online sales"),
    "english_staff": _("Someone who writes English to buyers"),
    "internet": _("Your internet connection"),
    "channels_count": _("Online shops and marketplaces you sell on"),
    "bank_account_named": _("A bank account in the firm’s name"),
    "bank_account_verified": _("That account verified"),
    "foreign_currency_account": _("A foreign currency account"),
    "card_payments": _("A way to take cards"),
    "wallet": _("A mobile wallet"),
    "paypal_like_service": _("An online payment service for buyers abroad"),
    "women_led": _("Led by women"),
    "women_employees": _("Women who work in the firm"),
    "youth_led": _("Led by young people"),
    "age_years": _("Age of the firm, in years"),
    "services_count": _("Services you sell"),
    "legal_form": _("Legal form"),
    "size_class": _("Size class"),
    "tax_registered": _("Registered for tax"),
    "owner_cnic_held": _("The owner’s CNIC"),
    "rca": _("Pakistan’s advantage in your product (1 is the world’s average)"),
    "world_import_growth": _("Growth of world exports of your product, in % a year"),
    "relative_demand_growth": _("Growth of world demand less that of all goods, in % a year"),
    "market_share": _("Pakistan’s share of world trade in your product, in %"),
    "market_share_growth": _("Growth of Pakistan’s share in your product, in % a year"),
    "concentration_hhi": _("How few countries buy it (1 is a single one)"),
    "unit_value_gap_china": _("Pakistan’s price against China’s, in %"),
    "unit_value_gap_india": _("Pakistan’s price against India’s, in %"),
    "platform_demand": _("Buyers’ requests on the platform for each active supplier"),
    "platform_searches_growth": _("Growth of searches for it on the platform, in % a year"),
}
CODES = {
    "direct": _("directly"),
    "export_house": _("through an export house"),
    "none": _("none"),
    "own": _("your own people"),
    "third_party": _("an independent inspector"),
    "mobile": _("mobile data"),
    "broadband": _("broadband"),
}
MISSING = {
    "zero": _("What you do not tell us wins nothing here."),
    "neutral": _("Where there is no national figure, you get a neutral part of the points."),
    "rest": _("Where a national figure is missing, it is left out and the others count in full."),
}
TIES = {
    "women_led": _("First come firms led by women."),
    "size_class": _("Then come micro and small firms."),
}
LOT = _("What is still equal is decided by a lot drawn from the file, which anybody can draw again.")


@dataclass(frozen=True, slots=True)
class GateRule:
    """A condition of a track. ways: any one of them is enough."""

    name: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemRule:
    """A part of a criterion. points: what it can win. steps: (what is told, part of these points in per cent). levels: (how well
    it stands, part of that in per cent); () where what is told counts in full."""

    name: str
    points: Decimal
    steps: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionRule:
    name: str
    weight: Decimal
    missing: str
    items: tuple[ItemRule, ...]


def gates_of(policy: Policy, track: str, translate: Translate = str) -> tuple[GateRule, ...]:
    """The conditions of a track, in the policy's order."""
    return tuple(_gate(gate, translate) for gate in policy.gates_of(track))


def _gate(gate: Gate, translate: Translate) -> GateRule:
    return GateRule(translate(gate.label), tuple(translate(words.MET[way.code]) for way in gate.any_of))


def criteria_of(policy: Policy, translate: Translate = str) -> tuple[CriterionRule, ...]:
    """All criteria, the heaviest first."""
    rules = [_criterion(criterion, translate) for criterion in policy.criteria]
    return tuple(sorted(rules, key=lambda rule: -rule.weight))


def _criterion(criterion: Criterion, translate: Translate) -> CriterionRule:
    return CriterionRule(
        name=translate(criterion.label),
        weight=_short(criterion.weight),
        missing=translate(MISSING[criterion.missing]),
        items=tuple(_item(item, criterion.weight, translate) for item in criterion.items),
    )


def _item(item: Item, weight: Decimal, translate: Translate) -> ItemRule:
    return ItemRule(
        name=translate(MEASURES[item.measure]),
        points=_short(weight * item.share / 100),
        steps=_steps(item, translate),
        levels=_levels(item, translate),
    )


def _steps(item: Item, translate: Translate) -> tuple[tuple[str, str], ...]:
    if item.kind == "flag":
        return ((translate(_("yes")), "100 %"),)
    if item.kind == "table":
        named = [(_code(code, translate), _percent(share)) for code, share in item.table]
        return (*named, (translate(_("anything else")), _percent(item.otherwise)))
    as_percent = item.of.show in ("change", "percent")
    written = translate(_("from %(value)s on")) if item.kind == "steps" else "%(value)s"
    return tuple(
        (written % {"value": _value(value, as_percent=as_percent)}, _percent(share)) for value, share in item.points
    )


def _levels(item: Item, translate: Translate) -> tuple[tuple[str, str], ...]:
    if item.scale is None:
        return ()
    named = zip(LEVELS, item.scale.earns, strict=True)
    return tuple((translate(EVIDENCE_LEVELS[level][0]), _percent(share)) for level, share in named)


def _code(code: str, translate: Translate) -> str:
    return translate(SECTORS.get(code) or PROVINCES.get(code) or CODES.get(code) or code)


def _value(value: float, *, as_percent: bool) -> str:
    if as_percent:
        return f"{value * 100:+,.0f} %" if value else "0 %"
    return f"{value:,g}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _short(value: Decimal) -> Decimal:
    """2.80 is written 2.8 and 12.00 is written 12."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def ties_of(policy: Policy, translate: Translate = str) -> tuple[str, ...]:
    """How equal points are told apart, in order; the lot comes last."""
    return (*(translate(TIES[condition.measure]) for condition in policy.tie_break), translate(LOT))
