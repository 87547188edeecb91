"""What an officer may ask a firm to correct: keys of the frozen facts, each with its question and its kind of input. Pure.

Only simple values stand here; lists (products, certificates, markets) are changed in the profile. A question opens the
keys it names and nothing else, and `smes.profile.services.correct_profile` checks the answers like the profile's own forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Iterable


class InputKind(StrEnum):
    """How a fact is typed in."""

    FLAG = "flag"  # yes or no
    WHOLE = "whole"  # a whole number from `least` to `most`
    TEXT = "text"  # one line of at most `most` characters
    CHOICE = "choice"  # one of `choices`
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Askable:
    """One fact that can be asked for. label: the question's words (a message id). unit: "" where the value has none.

    choices: (value, message id) pairs, only for CHOICE. most: the largest number, or the longest text.
    """

    key: str
    label: str
    kind: InputKind
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int | None = None


LEGAL_FORMS = (
    ("sole_proprietor", _("Sole proprietor")),
    ("partnership", _("Partnership")),
    ("private_limited", _("Private limited company")),
    ("single_member_company", _("Single member company")),
    ("public_limited", _("Public limited company")),
    ("cooperative", _("Cooperative")),
)
QUALITY_CONTROLS = (
    ("none", _("No regular checks")),
    ("own", _("Our own checks")),
    ("third_party", _("Checks by an outside laboratory or inspector")),
)
EXPORT_ROUTES = (
    ("none", _("We do not export yet")),
    ("export_house", _("Through an export house")),
    ("direct", _("Directly")),
)
INTERNET = (
    ("none", _("No internet")),
    ("mobile", _("Mobile data")),
    ("broadband", _("Broadband")),
)
_TABLE = (
    Askable("legal_form", _("Legal form"), InputKind.CHOICE, choices=LEGAL_FORMS),
    Askable("founded_on", _("Founded on"), InputKind.DATE),
    Askable("city", _("City"), InputKind.TEXT, most=80),
    Askable("turnover_pkr", _("Turnover of the last closed fiscal year"), InputKind.WHOLE, "PKR", most=100_000_000_000),
    Askable(
        "turnover_fiscal_year", _("The year in which that fiscal year ended"), InputKind.WHOLE, least=2000, most=2100
    ),
    Askable("employees", _("Employees"), InputKind.WHOLE, most=100_000),
    Askable("women_employees", _("Women among the employees"), InputKind.WHOLE, most=100_000),
    Askable("women_led", _("Is the firm led by a woman?"), InputKind.FLAG),
    Askable("youth_led", _("Is the firm led by a person under 30?"), InputKind.FLAG),
    Askable("capacity_per_month", _("What you can make in a month"), InputKind.WHOLE, most=1_000_000_000),
    Askable("capacity_unit", _("The unit of that amount"), InputKind.TEXT, most=40),
    Askable("capacity_used_pct", _("Part of the capacity in use"), InputKind.WHOLE, "%", most=100),
    Askable("lead_time_days", _("Days from order to shipment"), InputKind.WHOLE, most=730),
    Askable("quality_control", _("Quality control"), InputKind.CHOICE, choices=QUALITY_CONTROLS),
    Askable("export_route", _("How you export"), InputKind.CHOICE, choices=EXPORT_ROUTES),
    Askable("website", _("Do you have your own website?"), InputKind.FLAG),
    Askable("catalogue_products", _("Products in your catalogue"), InputKind.WHOLE, most=100_000),
    Askable("product_photos", _("Do you have photographs of your products?"), InputKind.FLAG),
    Askable("ecommerce_staff", _("People who work on online sales"), InputKind.WHOLE, most=10_000),
    Askable("english_staff", _("Can someone write to buyers in English?"), InputKind.FLAG),
    Askable("internet", _("Internet at the place of work"), InputKind.CHOICE, choices=INTERNET),
    Askable("bank_account_named", _("Is there a bank account in the firm's name?"), InputKind.FLAG),
    Askable("wallet", _("Do you take payments into a mobile wallet?"), InputKind.FLAG),
    Askable("card_payments", _("Do you take card payments?"), InputKind.FLAG),
    Askable("foreign_currency_account", _("Do you have a foreign currency account?"), InputKind.FLAG),
    Askable("paypal_like_service", _("Do you use an international payment service?"), InputKind.FLAG),
)
ASKABLE: dict[str, Askable] = {row.key: row for row in _TABLE}
"""The table by key, in the order in which a form shows it."""


def known_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that may be asked, in the table's order, each once; others are passed over."""
    wanted = set(keys)
    return tuple(key for key in ASKABLE if key in wanted)
