"""Every fact that is known of a firm, each once. Pure; all words are message ids.

The frozen copy, how complete a step is, which columns a step writes, what an official may ask for, the words on pages and the
readers of the scoring engine derive from this table. A new fact that is a column of the firm's table is a line here, the
column with its migration, and a field in the form of its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from smes.vocabulary import codes
from smes.vocabulary.paper_kinds import COMPANY
from smes.vocabulary.sectors import sells_services
from tdap_portal.core.marks import gettext_noop as _

Known = Mapping[str, Any]
"""What is known of a firm: the frozen copy, with the facts of this table that are never copied out."""
Condition = Callable[[Known], bool]


class FactKind(StrEnum):
    """What a fact is, which says how it is read, typed in, copied and checked."""

    TEXT = "text"
    FLAG = "flag"  # yes or no
    HELD = "held"  # whether a private column is filled; the column itself is never copied
    WHOLE = "whole"  # a whole number
    DATE = "date"
    CODE = "code"  # one of `codes`, or of a table of the vocabulary
    CODES = "codes"  # a list of codes
    ROWS = "rows"  # rows of a table of its own
    PRIVATE = "private"  # a column that a step writes and nobody else reads


class Origin(StrEnum):
    """Where a fact comes from. How well it stands (smes.vocabulary.evidence) is another matter: papers and partners lift it."""

    FIRM = "firm"  # it said so
    DERIVED = "derived"  # computed from other facts
    OFFICIAL = "official"  # set by an official alone


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. key: its name in the frozen copy. label: what it is called; "" where no page names it.

    step: of the profile, "" where no step asks for it. column: of the firm's table; "" where it is computed or has rows.
    group: of the copy in words, "" where it is not shown there. unit: "" where the value has none.
    question: how an official asks for it; "" where a correction is not asked for one by one.
    codes: the table of a CODE that can be asked for. min_value, max_value: of a WHOLE; max_value: the length of a TEXT.
    needed: who needs it for a complete step; None for nobody. is_given: where being told is more than having a value.
    since: the first schema of the frozen copy that holds it; 0 where it is never copied.
    """

    key: str
    kind: FactKind
    label: str = ""
    step: str = ""
    column: str = ""
    group: str = ""
    unit: str = ""
    question: str = ""
    codes: Mapping[str, str] | None = None
    min_value: int = 0
    max_value: int | None = None
    needed: Condition | None = None
    is_given: Condition | None = None
    origin: Origin = Origin.FIRM
    since: int = 1


def _everybody(_known: Known) -> bool:
    return True


def _companies(known: Known) -> bool:
    return known.get("legal_form") in COMPANY


def _sells_services(known: Known) -> bool:
    return sells_services(known.get("declared_sector"))


def _sells_goods(known: Known) -> bool:
    return not _sells_services(known)


def _has_tax_number(known: Known) -> bool:
    proprietor = known.get("legal_form") == "sole_proprietor" and known.get("owner_cnic_held")
    return bool(known.get("tax_registered") or proprietor)


def _product_shares_make_100(known: Known) -> bool:
    shares = [product["share_pct"] for product in known.get("products") or []]
    return bool(shares) and None not in shares and sum(shares) == 100


def _main_product_has_a_price(known: Known) -> bool:
    return any(product["is_main"] and product["price_pkr"] for product in known.get("products") or [])


def _is_held(key: str) -> Condition:
    return lambda known: bool(known.get(key))


def _table() -> tuple[Fact, ...]:
    text, flag, held, whole, day, code, several, rows, private = FactKind
    return (
        # The firm itself
        Fact("sme", text, origin=Origin.DERIVED),
        Fact("name", text, _("Name of the firm"), "identity", "name", "firm", needed=_everybody),
        Fact(
            "legal_form", code, _("Legal form"), "identity", "legal_form", "firm", question=_("Legal form"),
            codes=codes.LEGAL_FORMS, needed=_everybody,
        ),
        Fact(
            "founded_on", day, _("Day it was founded"), "identity", "founded_on", "firm", question=_("Founded on"),
            needed=_everybody,
        ),
        Fact("tax_registered", held, _("Registered for tax"), "identity", "ntn", "firm"),
        Fact(
            "tax_number", held, _("NTN, or the CNIC of a sole proprietor"), "identity", needed=_everybody,
            is_given=_has_tax_number, since=0,
        ),
        Fact("phone_held", held, _("Telephone number"), "identity", "phone", needed=_everybody,
             is_given=_is_held("phone_held"), since=0),
        Fact("owners", rows, _("Owners"), "owners", question=_("Owners"), needed=_everybody,
             is_given=lambda known: bool(known.get("owner_shares_pct")), since=0),
        Fact("owner_shares", rows, _("Shares that make 100 %"), "owners", needed=_everybody,
             is_given=lambda known: sum(known.get("owner_shares_pct") or [], Decimal(0)) == 100, since=0),
        Fact("owner_cnic_held", flag, _("CNIC of an owner"), "owners", needed=_everybody,
             is_given=_is_held("owner_cnic_held")),
        Fact("secp_registered", held, _("SECP number"), "identity", "secp_number", needed=_companies,
             is_given=_is_held("secp_registered")),
        Fact("sales_tax_registered", held, step="identity", column="strn"),
        Fact("email", private, step="identity", column="email", since=0),
        # Place and size
        Fact("city", text, _("City"), "place", "city", "firm", question=_("City"), max_value=80, needed=_everybody),
        Fact("province", code, _("Province"), "place", "province", "firm", question=_("Province"), needed=_everybody),
        Fact("address_held", held, _("Address"), "place", "address", needed=_everybody,
             is_given=_is_held("address_held"), since=0),
        Fact("postcode", private, step="place", column="postcode", since=0),
        Fact("activity", code, _("What the firm does"), "place", "activity", question=_("What the firm does"),
             needed=_everybody, since=0),
        Fact(
            "turnover_pkr", whole, _("Turnover"), "place", "turnover_pkr", "size", "PKR",
            _("Turnover of the last closed fiscal year"), max_value=100_000_000_000, needed=_everybody,
        ),
        Fact(
            "turnover_fiscal_year", whole, _("Fiscal year of the turnover"), "place", "turnover_fiscal_year", "size",
            question=_("The year in which that fiscal year ended"), min_value=2000, max_value=2100, needed=_everybody,
        ),
        Fact("employees", whole, _("Employees"), "place", "employees", "size", question=_("Employees"), max_value=100_000,
             needed=_everybody),
        Fact("women_employees", whole, _("Women employed"), "place", "women_employees", "size",
             question=_("Women among the employees"), max_value=100_000, needed=_everybody),
        Fact("size_class", code, _("Size class by the rule in force"), group="size", origin=Origin.DERIVED),
        Fact("size_rule", text, origin=Origin.DERIVED),
        # Who leads it
        Fact("women_led", flag, column="women_led", group="leaders", question=_("Is the firm led by a woman?"),
             origin=Origin.DERIVED),
        Fact("youth_led", flag, column="youth_led", group="leaders",
             question=_("Is the firm led by a person under 30?"), origin=Origin.DERIVED),
        # What it makes or sells
        Fact("declared_sector", code, _("Sector"), "sector", "sector", question=_("Sector"), needed=_everybody, since=0),
        Fact("sector", code, _("Sector"), group="products", origin=Origin.DERIVED),
        Fact("sector_group", code, origin=Origin.DERIVED),
        Fact("products", rows, _("Products with their HS codes"), "products", group="products",
             question=_("Products with their HS codes"), needed=_sells_goods),
        Fact("main_hs6", text, _("Main product"), "products", needed=_sells_goods, origin=Origin.DERIVED),
        Fact("product_shares", rows, _("Shares of the products that make 100 %"), "products", needed=_sells_goods,
             is_given=_product_shares_make_100, since=0),
        Fact("main_price", rows, _("Price of the main product"), "products", needed=_sells_goods,
             is_given=_main_product_has_a_price, since=0),
        Fact("services", several, _("Services you sell"), "sector", "services", "products",
             question=_("Services you sell"), needed=_sells_services),
        # Capacity and quality
        Fact("capacity_per_month", whole, _("What you can make in a month"), "capacity", "capacity_per_month",
             "capacity", question=_("What you can make in a month"), max_value=1_000_000_000, needed=_everybody),
        Fact("capacity_unit", text, _("Unit of the capacity"), "capacity", "capacity_unit",
             question=_("The unit of that amount"), max_value=40, needed=_everybody),
        Fact("capacity_used_pct", whole, _("Part of the capacity in use"), "capacity", "capacity_used_pct", "capacity",
             "%", _("Part of the capacity in use"), max_value=100, needed=_everybody),
        Fact("lead_time_days", whole, _("Days from order to shipment"), "capacity", "lead_time_days", "capacity",
             question=_("Days from order to shipment"), max_value=730, needed=_everybody),
        Fact("quality_control", code, _("Quality control"), "capacity", "quality_control", "capacity",
             question=_("Quality control"), codes=codes.QUALITY_CONTROLS, needed=_everybody),
        Fact("certifications", rows, _("Certificates"), "capacity", group="capacity", question=_("Certificates")),
        # Exports and markets
        Fact("export_route", code, _("How you export"), "exports", "export_route", "exports",
             question=_("How you export"), codes=codes.EXPORT_ROUTES, needed=_everybody),
        Fact("export_house", text, _("Export house you supply"), "exports", "export_house", "exports",
             question=_("The export house that you supply"), max_value=120,
             needed=lambda known: known.get("export_route") == "export_house", since=2),
        Fact("export_history", rows, _("Exports of the last years"), "exports", group="exports",
             question=_("Exports of the last years"), needed=lambda known: known.get("export_route") in {"direct", "export_house"}),
        Fact("export_markets", several, _("Markets you export to"), "exports", "export_markets", "exports",
             question=_("Markets you export to"), needed=lambda known: known.get("export_route") == "direct"),
        Fact("target_markets", several, _("Markets you want to reach"), "markets", "target_markets", "exports",
             question=_("Markets you want to reach"), needed=_everybody),
        # Selling online
        Fact("channels", several, _("Online channels"), "markets", "channels", "online", question=_("Online channels")),
        Fact("website", flag, _("Whether you have a website"), "markets", "website", "online",
             question=_("Do you have your own website?"), needed=_everybody),
        Fact("website_url", private, step="markets", column="website_url", since=0),
        Fact("catalogue_products", whole, _("Products in your catalogue"), "markets", "catalogue_products", "online",
             question=_("Products in your catalogue"), max_value=100_000, needed=_everybody),
        Fact("product_photos", flag, _("Whether you have photographs"), "markets", "product_photos", "online",
             question=_("Do you have photographs of your products?"), needed=_everybody),
        Fact("ecommerce_staff", whole, _("People who work on online sales"), "markets", "ecommerce_staff", "online",
             question=_("People who work on online sales"), max_value=10_000),
        Fact("english_staff", flag, _("Whether someone writes English"), "markets", "english_staff", "online",
             question=_("Can someone write to buyers in English?"), needed=_everybody),
        Fact("internet", code, _("Internet at the place of work"), "markets", "internet", "online",
             question=_("Internet at the place of work"), codes=codes.INTERNET, needed=_everybody),
        # Getting paid
        Fact("bank_account_named", flag, _("Whether there is an account in the firm's name"), "payments",
             "bank_account_named", "payments", question=_("Is there a bank account in the firm's name?"),
             needed=_everybody),
        Fact("iban_held", held, _("IBAN of the account"), "payments", "iban",
             needed=lambda known: bool(known.get("bank_account_named")), is_given=_is_held("iban_held"), since=0),
        Fact("bank_account_verified", flag, _("Is the bank account verified?"), column="bank_account_verified",
             group="payments", origin=Origin.OFFICIAL),
        Fact("wallet", flag, _("Whether you use a mobile wallet"), "payments", "wallet", "payments",
             question=_("Do you take payments into a mobile wallet?"), needed=_everybody),
        Fact("card_payments", flag, _("Whether you take cards"), "payments", "card_payments", "payments",
             question=_("Do you take card payments?"), needed=_everybody),
        Fact("foreign_currency_account", flag, _("Whether you have a foreign currency account"), "payments",
             "foreign_currency_account", "payments", question=_("Do you have a foreign currency account?"),
             needed=_everybody),
        Fact("paypal_like_service", flag, _("Whether you use an international payment service"), "payments",
             "paypal_like_service", "payments", question=_("Do you use an international payment service?"),
             needed=_everybody),
        # Papers
        Fact("documents_verified", several, _("Verified by TDAP"), group="papers", origin=Origin.OFFICIAL),
        Fact("frozen_on", day, origin=Origin.DERIVED),
        Fact("proofs", rows, origin=Origin.DERIVED, since=2),
    )  # fmt: skip


FACTS: Final = MappingProxyType({fact.key: fact for fact in _table()})
"""All facts by key, in the order in which pages and forms show them."""
FROZEN: Final = tuple(fact for fact in FACTS.values() if fact.since)
"""Those of the frozen copy."""
FROZEN_SCHEMA: Final = max(fact.since for fact in FROZEN)
"""The schema of a copy that is made today. A copy of an earlier one lacks the facts that came since, and stays as it is."""
ASKABLE: Final = MappingProxyType({key: fact for key, fact in FACTS.items() if fact.question})
"""What an official may ask a firm to correct, by key, in the order in which a form shows it."""
LISTS: Final = frozenset({"owners", "products", "certifications", "export_history", "export_markets", "target_markets"})
"""Those of them that no single field holds: they are answered in the form of their step, with its checks."""
ROWS_OF_STEP: Final = MappingProxyType(
    {"owners": "owners", "products": "products", "capacity": "certifications", "exports": "export_history"}
)
"""The fact that the rows of a step are, by the step."""
OPENED_TOGETHER: Final = (("export_route", "export_house", "export_history", "export_markets"),)
"""Facts that contradict each other when one is corrected alone: whoever is asked for one may correct them all."""
GROUPS: Final = MappingProxyType(
    {
        "firm": _("The firm"),
        "size": _("Size"),
        "leaders": _("Who leads it"),
        "products": _("What you make or sell"),
        "capacity": _("Capacity and quality"),
        "exports": _("Exports and markets"),
        "online": _("Selling online"),
        "payments": _("Getting paid"),
        "papers": _("Papers verified"),
    }
)
"""The groups of the copy in words, in order."""


def columns_of(step: str) -> frozenset[str]:
    """The columns of the firm's table that a step of the profile writes. Raises KeyError for a step that does not exist."""
    facts = [fact for fact in FACTS.values() if fact.step == step]
    if not facts:
        raise KeyError(step)
    return frozenset(fact.column for fact in facts if fact.column)


def label_of(key: str) -> str:
    """What a fact is called on a page (a message id): as it is asked for where it is, else its label, else its key."""
    fact = FACTS.get(key)
    return (fact.question or fact.label or key) if fact else key


def known_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that may be asked, in the table's order, each once; others are passed over."""
    wanted = set(keys)
    return tuple(key for key in ASKABLE if key in wanted)


def opened_by(keys: Iterable[str]) -> tuple[str, ...]:
    """What a question for these facts opens: those that may be asked, and what stands or falls with them."""
    wanted = set(keys)
    for together in OPENED_TOGETHER:
        if wanted & set(together):
            wanted |= set(together)
    if "owners" in wanted:
        wanted -= {"women_led", "youth_led"}  # which follow from the owners
    return known_keys(wanted)
