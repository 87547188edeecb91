"""Whether a firm fits a finance scheme, and why or why not. Pure.

Three answers: it fits, it does not, or the scheme asks something that nobody has told us. A firm that does not fit in one thing does not fit;
else one thing that is not known leaves it open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from payments.money import Money
from payments.states import Exporting
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal


class Fit(StrEnum):
    FITS = "fits"
    OPEN = "open"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """What a scheme asks on a day. cap, income_max: paisa; None for none. size_classes, lender_kinds: () for any. Ages in years."""

    code: str
    cap: int | None = None
    max_rate: Decimal | None = None
    days_max: int | None = None
    size_classes: tuple[str, ...] = ()
    lender_kinds: tuple[str, ...] = ()
    exports: Exporting = Exporting.NOT_ASKED
    goods_only: bool = False
    new_borrowers: bool = False
    owner_age_min: int | None = None
    owner_age_max: int | None = None
    it_age_min: int | None = None
    income_max: int | None = None


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What is known of a firm on a day. export_route: direct, export_house or none; None for not told. is_digital: sells IT or by
    e-commerce. owner_ages: years in this calendar year, of owners who told their year of birth."""

    size_class: str
    export_route: str | None = None
    sells_services: bool = False
    is_digital: bool = False
    owner_ages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a scheme asks. ok: None where nobody told us. text: English with places for `data`, marked for the translators."""

    code: str
    ok: bool | None
    text: str
    data: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeTest:
    """reasons: all that were looked at, those that are not met first, then those that are open."""

    fit: Fit
    reasons: tuple[Reason, ...]

    @property
    def against(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.ok is False)


def fit_of(
    rule: SchemeRule, firm: FirmFacts, *, amount: int | None = None, days: int | None = None, lender_kind: str = ""
) -> SchemeTest:
    """amount: paisa asked for; days: for how long; lender_kind: of the lender asked. None or "" where it is not about one loan yet."""
    found = [
        *_about_the_loan(rule, amount, days, lender_kind),
        *_about_the_firm(rule, firm),
    ]
    found.sort(key=lambda reason: {False: 0, None: 1, True: 2}[reason.ok])
    if any(reason.ok is False for reason in found):
        return SchemeTest(Fit.NOT, tuple(found))
    return SchemeTest(Fit.OPEN if any(reason.ok is None for reason in found) else Fit.FITS, tuple(found))


def _about_the_loan(rule: SchemeRule, amount: int | None, days: int | None, lender_kind: str) -> Iterator[Reason]:
    if rule.cap is not None and amount is not None:
        ok = amount <= rule.cap
        text = _("At most %(most)s; you ask for %(asked)s.")
        yield Reason("cap", ok, text, (("most", Money(rule.cap)), ("asked", Money(amount))))
    if rule.days_max is not None and days is not None:
        text = _("At most %(most)d days; you ask for %(asked)d.")
        yield Reason("days", days <= rule.days_max, text, (("most", rule.days_max), ("asked", days)))
    if rule.lender_kinds and lender_kind:
        yield Reason(
            "lender",
            lender_kind in rule.lender_kinds,
            _("Only these give it: %(lenders)s."),
            (("lenders", rule.lender_kinds),),
        )


def _about_the_firm(rule: SchemeRule, firm: FirmFacts) -> Iterator[Reason]:
    if rule.size_classes:
        known = firm.size_class not in ("", "unknown")
        text = _("For these sizes: %(classes)s; your firm: %(own)s.") if known else _("Tell us your turnover first.")
        ok = firm.size_class in rule.size_classes if known else None
        yield Reason("size", ok, text, (("classes", rule.size_classes), ("own", firm.size_class)))
    if rule.exports != Exporting.NOT_ASKED:
        yield _exports(rule.exports, firm.export_route)
    if rule.goods_only:
        yield Reason("goods", not firm.sells_services, _("For goods with added value, not for services."))
    if rule.owner_age_min is not None or rule.owner_age_max is not None:
        yield _age(rule, firm)
    if rule.new_borrowers:
        yield Reason("new_borrower", None, _("Only for firms without a bank loan so far; the lender asks."))
    if rule.income_max is not None:
        text = _("The borrower earns at most %(most)s a year; the lender asks.")
        yield Reason("income", None, text, (("most", Money(rule.income_max)),))


def _exports(wanted: Exporting, route: str | None) -> Reason:
    text = _("For firms that export directly.") if wanted == Exporting.DIRECT else _("For firms that export.")
    if route is None:
        return Reason("exports", None, _("Tell us first how you export."))
    ok = route == "direct" or (wanted == Exporting.ANY and route == "export_house")
    if not ok and route == "export_house":
        text = _("Needs direct exports; your firm exports through an export house.")
    return Reason("exports", ok, text)


def _age(rule: SchemeRule, firm: FirmFacts) -> Reason:
    """One owner of that age is enough."""
    youngest = rule.it_age_min if firm.is_digital and rule.it_age_min is not None else rule.owner_age_min
    data = (("youngest", youngest or 0), ("oldest", rule.owner_age_max or 120))
    if not firm.owner_ages:
        return Reason("age", None, _("Tell us first when the owner was born."), data)
    ok = any((youngest or 0) <= age <= (rule.owner_age_max or 120) for age in firm.owner_ages)
    return Reason("age", ok, _("For owners from %(youngest)d to %(oldest)d years."), data)
