"""The nine steps of the profile, what each needs, and who leads the firm. Pure.

`Facts` is the frozen copy (smes.profile.selectors.frozen_copy) with a few words about what is held but never copied out: whether
a telephone number, a place to write to and an IBAN are there, and the owners' shares.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from smes.vocabulary.paper_kinds import COMPANY
from smes.vocabulary.sectors import sells_services
from tdap_portal.core.marks import gettext_noop as _

Facts = Mapping[str, Any]
YOUNG_UNTIL: Final = 30
HALF: Final = Decimal(50)


class Step(NamedTuple):
    """A step: its name in the list and the question on top of its page."""

    code: str
    title: str
    question: str


STEPS: Final = (
    Step("identity", _("Identity"), _("Who is the firm?")),
    Step("owners", _("Owners"), _("Who owns it?")),
    Step("place", _("Place and size"), _("Where is it, and how large?")),
    Step("sector", _("Sector"), _("Which sector are you in?")),
    Step("products", _("What you make"), _("What do you make?")),
    Step("capacity", _("Capacity"), _("How much can you make, and how well?")),
    Step("exports", _("Export history"), _("What have you sold abroad?")),
    Step("markets", _("Markets and channels"), _("Where do you want to sell, and how?")),
    Step("payments", _("Payments"), _("How do you get paid?")),
)
STEP_BY_CODE: Final = MappingProxyType({step.code: step for step in STEPS})

# What a missing fact is called on the summary page.
FACT_LABELS: Final = MappingProxyType(
    {
        "name": _("Name of the firm"),
        "legal_form": _("Legal form"),
        "founded_on": _("Day it was founded"),
        "tax_number": _("NTN, or the CNIC of a sole proprietor"),
        "phone_held": _("Telephone number"),
        "secp_registered": _("SECP number"),
        "owners": _("Owners"),
        "owner_shares": _("Shares that make 100 %"),
        "owner_cnic_held": _("CNIC of an owner"),
        "province": _("Province"),
        "city": _("City"),
        "address_held": _("Address"),
        "activity": _("What the firm does"),
        "turnover_pkr": _("Turnover"),
        "turnover_fiscal_year": _("Fiscal year of the turnover"),
        "employees": _("Employees"),
        "women_employees": _("Women employed"),
        "declared_sector": _("Sector"),
        "services": _("Services you sell"),
        "products": _("Products with their HS codes"),
        "main_hs6": _("Main product"),
        "product_shares": _("Shares of the products that make 100 %"),
        "main_price": _("Price of the main product"),
        "capacity_per_month": _("What you can make in a month"),
        "capacity_unit": _("Unit of the capacity"),
        "capacity_used_pct": _("Part of the capacity in use"),
        "lead_time_days": _("Days from order to shipment"),
        "quality_control": _("Quality control"),
        "export_route": _("How you export"),
        "export_history": _("Exports of the last years"),
        "export_markets": _("Markets you export to"),
        "target_markets": _("Markets you want to reach"),
        "website": _("Whether you have a website"),
        "catalogue_products": _("Products in your catalogue"),
        "product_photos": _("Whether you have photographs"),
        "english_staff": _("Whether someone writes English"),
        "internet": _("Internet at the place of work"),
        "bank_account_named": _("Whether there is an account in the firm's name"),
        "iban_held": _("IBAN of the account"),
        "wallet": _("Whether you use a mobile wallet"),
        "card_payments": _("Whether you take cards"),
        "foreign_currency_account": _("Whether you have a foreign currency account"),
        "paypal_like_service": _("Whether you use an international payment service"),
    }
)


NEEDED: Final = MappingProxyType(
    {
        "identity": ("name", "legal_form", "founded_on", "tax_number", "phone_held", "secp_registered"),
        "owners": ("owners", "owner_shares", "owner_cnic_held"),
        "place": (
            "province",
            "city",
            "address_held",
            "activity",
            "turnover_pkr",
            "turnover_fiscal_year",
            "employees",
            "women_employees",
        ),
        "sector": ("declared_sector", "services"),
        "products": ("products", "main_hs6", "product_shares", "main_price"),
        "capacity": ("capacity_per_month", "capacity_unit", "capacity_used_pct", "lead_time_days", "quality_control"),
        "exports": ("export_route", "export_history", "export_markets"),
        "markets": (
            "target_markets",
            "website",
            "catalogue_products",
            "product_photos",
            "english_staff",
            "internet",
        ),
        "payments": (
            "bank_account_named",
            "iban_held",
            "wallet",
            "card_payments",
            "foreign_currency_account",
            "paypal_like_service",
        ),
    }
)


def _sells_services(facts: Facts) -> bool:
    return sells_services(facts.get("declared_sector"))


def _sells_goods(facts: Facts) -> bool:
    return not _sells_services(facts)


# Facts that only some firms are asked for; all others are asked of everybody.
NEEDED_WHERE: Final[Mapping[str, Callable[[Facts], bool]]] = MappingProxyType(
    {
        "secp_registered": lambda facts: facts.get("legal_form") in COMPANY,
        "services": _sells_services,
        **dict.fromkeys(("products", "main_hs6", "product_shares", "main_price"), _sells_goods),
        "export_history": lambda facts: facts.get("export_route") in {"direct", "export_house"},
        "export_markets": lambda facts: facts.get("export_route") == "direct",
        "iban_held": lambda facts: bool(facts.get("bank_account_named")),
    }
)


def _has_tax_number(facts: Facts) -> bool:
    proprietor = facts.get("legal_form") == "sole_proprietor" and facts.get("owner_cnic_held")
    return bool(facts.get("tax_registered") or proprietor)


def _product_shares_make_100(facts: Facts) -> bool:
    shares = [product["share_pct"] for product in facts.get("products") or []]
    return bool(shares) and None not in shares and sum(shares) == 100


# Facts that are told in their own way. A yes-or-no fact is told by either answer; a held one only by having it.
TOLD_WHEN: Final[Mapping[str, Callable[[Facts], bool]]] = MappingProxyType(
    {
        "tax_number": _has_tax_number,
        "owners": lambda facts: bool(facts.get("owner_shares_pct")),
        "owner_shares": lambda facts: sum(facts.get("owner_shares_pct") or [], Decimal(0)) == 100,
        "product_shares": _product_shares_make_100,
        "main_price": lambda facts: any(
            product["is_main"] and product["price_pkr"] for product in facts.get("products") or []
        ),
        "secp_registered": lambda facts: bool(facts.get("secp_registered")),
        "owner_cnic_held": lambda facts: bool(facts.get("owner_cnic_held")),
        "phone_held": lambda facts: bool(facts.get("phone_held")),
        "address_held": lambda facts: bool(facts.get("address_held")),
        "iban_held": lambda facts: bool(facts.get("iban_held")),
    }
)


def needed_in(step: str, facts: Facts) -> tuple[str, ...]:
    """The facts a step needs from this firm; what it needs depends on its legal form, sector and answers.

    Raises KeyError for a step that does not exist.
    """
    return tuple(fact for fact in NEEDED[step] if fact not in NEEDED_WHERE or NEEDED_WHERE[fact](facts))


def is_told(fact: str, facts: Facts) -> bool:
    """Whether the firm has told a fact."""
    if fact in TOLD_WHEN:
        return TOLD_WHEN[fact](facts)
    value = facts.get(fact)
    return value is not None and value not in ("", [])


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far a step is. `missing` are facts; `wrongs` counts what was typed but could not be saved."""

    step: Step
    needed: int
    missing: tuple[str, ...]
    wrongs: int
    saved: bool

    @property
    def filled(self) -> int:
        """Needed facts that are told."""
        return self.needed - len(self.missing)

    @property
    def is_complete(self) -> bool:
        """Nothing missing, nothing wrong; a step that needs nothing is complete."""
        return not self.missing and not self.wrongs


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far the whole profile is."""

    steps: tuple[StepProgress, ...]

    @property
    def is_complete(self) -> bool:
        """Whether an application can be started from it."""
        return all(step.is_complete for step in self.steps)

    @property
    def filled(self) -> int:
        """Facts that are told, of those needed."""
        return sum(step.filled for step in self.steps)

    @property
    def needed(self) -> int:
        """Facts that this firm is asked for."""
        return sum(step.needed for step in self.steps)

    @property
    def percent(self) -> int:
        """Part of the needed facts that are told, 0 to 100, rounded down so that 100 means all."""
        return 100 * self.filled // self.needed

    @property
    def next_step(self) -> Step | None:
        """The first step that is not complete."""
        return next((progress.step for progress in self.steps if not progress.is_complete), None)


def progress_of(facts: Facts, *, wrongs: Mapping[str, int], saved: frozenset[str]) -> Completeness:
    """How far a profile is. wrongs: step → number of mistakes kept with it; saved: steps that were saved once."""
    rows = []
    for step in STEPS:
        needed = needed_in(step.code, facts)
        missing = tuple(fact for fact in needed if not is_told(fact, facts))
        rows.append(StepProgress(step, len(needed), missing, wrongs.get(step.code, 0), step.code in saved))
    return Completeness(tuple(rows))


class OwnerShare(NamedTuple):
    """An owner as far as leadership goes. gender "" and birth_year None: not told."""

    gender: str
    share_pct: Decimal
    birth_year: int | None


def led_by_women(owners: Iterable[OwnerShare]) -> bool | None:
    """Whether women hold more than half of the firm. None where so much is not told that it could be either."""
    return _more_than_half(
        (owner.share_pct, None if owner.gender in {"", "undisclosed"} else owner.gender == "female") for owner in owners
    )


def led_by_young(owners: Iterable[OwnerShare], year: int) -> bool | None:
    """Whether people who turn 30 or less in `year` hold more than half. None as above."""
    return _more_than_half(
        (owner.share_pct, None if owner.birth_year is None else year - owner.birth_year <= YOUNG_UNTIL)
        for owner in owners
    )


def _more_than_half(parts: Iterable[tuple[Decimal, bool | None]]) -> bool | None:
    yes = unknown = Decimal(0)
    for share, answer in parts:
        if answer is None:
            unknown += share
        elif answer:
            yes += share
    if yes > HALF:
        return True
    return None if yes + unknown > HALF else False


def last_closed_fiscal_year(day_year: int, day_month: int) -> int:
    """The fiscal year (July to June, named by the year it ends in) that was last closed on a day."""
    return day_year if day_month >= 7 else day_year - 1
