"""Dated rules, purpose codes and rates of exchange, as finance officers keep them. Rows are added; none is changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from payments.models import DatedRule, ExchangeRate, ProceedsReceipt, PurposeCode
from payments.money import CURRENCIES
from payments.states import Happened, RuleCode, Shift
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions
from .realisation import PKR, RATE_DAYS
from .recording import needs_form_r, worth_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from tdap_portal.accounts.models import User

MOST_DAYS = 720


@transaction.atomic
def add_rule(
    *,
    actor: User,
    code: str,
    value: Decimal,
    starts_on: date,
    source: str,
    words: str,
    ends_on: date | None = None,
    shift: str = Shift.NONE.value,
    is_confirmed: bool = False,
    shift_confirmed: bool = False,
    condition: str = "",
    condition_ur: str = "",
    source_ur: str = "",
) -> DatedRule:
    """What a rule says from a day on. Shipments that are written down already keep theirs; the same row again is once.

    Raises NotAllowed; DomainError "unknown_rule", "out_of_bounds", "upside_down", "no_source", "no_words".
    """
    permissions.can_keep_rules(actor).require()
    if code not in set(RuleCode) or shift not in set(Shift):
        raise DomainError(_("There is no such rule."), code="unknown_rule")
    if value < 0 or (str(code) not in MONEY_RULES and value > MOST_DAYS):
        raise DomainError(_("This rule lies between 0 and %(most)d.") % {"most": MOST_DAYS}, code="out_of_bounds")
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("What ends lies before what begins."), code="upside_down")
    if not source.strip():
        raise DomainError(_("Name the source: which circular, of which day."), code="no_source")
    if not words.strip():
        raise DomainError(_("Say why the rule is changed."), code="no_words")
    values = {
        "code": code,
        "value": value,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "shift": shift,
        "source": source.strip()[:200],
        "is_confirmed": is_confirmed,
        "shift_confirmed": shift_confirmed,
        "source_ur": source_ur.strip()[:200],
        "condition": condition.strip()[:300],
        "condition_ur": condition_ur.strip()[:300],
        "words": words.strip()[:500],
    }
    same = DatedRule.objects.filter(**values, set_by=actor).first()
    if same is not None:
        return same
    row: DatedRule = DatedRule.objects.create(**values, set_by=actor)
    said = {"code": code, "value": str(value), "starts_on": starts_on, "ends_on": ends_on, "words": row.words}
    record(Happened.PROCEEDS_RULE_ADDED.value, subject=row, actor=actor, **said)
    return row


MONEY_RULES = (RuleCode.PARCEL_LIMIT, RuleCode.FORM_R, RuleCode.KEEP_MONTH)


@transaction.atomic
def add_code(
    *,
    actor: User,
    code: str,
    label: str,
    label_ur: str,
    starts_on: date,
    source: str,
    ends_on: date | None = None,
    is_confirmed: bool = False,
    source_ur: str = "",
) -> PurposeCode:
    """A purpose code from a day on. Raises NotAllowed; DomainError "upside_down", "no_source", "twice"."""
    permissions.can_keep_rules(actor).require()
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("What ends lies before what begins."), code="upside_down")
    if not source.strip():
        raise DomainError(_("Name the source: which circular, of which day."), code="no_source")
    values = {
        "label": label.strip()[:120],
        "label_ur": label_ur.strip()[:120],
        "source": source.strip()[:200],
        "source_ur": source_ur.strip()[:200],
        "ends_on": ends_on,
        "is_confirmed": is_confirmed,
        "set_by": actor,
    }
    row, is_new = PurposeCode.objects.get_or_create(code=code.strip()[:8], starts_on=starts_on, defaults=values)
    if not is_new and row.label != values["label"]:
        raise DomainError(_("From that day on this code stands in the list already."), code="twice")
    if is_new:
        record(Happened.PROCEEDS_CODE_ADDED.value, subject=row, actor=actor, code=row.code, starts_on=starts_on)
    return row


@transaction.atomic
def set_rate(*, actor: User, currency: str, day: date, rate: Decimal, source: str) -> ExchangeRate:
    """Rupees for one unit of a currency on a day; the same again is once. Receipts that had no rate are worked out by it.

    Raises NotAllowed; DomainError "currency", "out_of_bounds", "to_come", "no_source".
    """
    permissions.can_keep_rules(actor).require()
    if currency not in CURRENCIES or currency == PKR:
        raise DomainError(_("There is no rate for this currency."), code="currency")
    if not 0 < rate < 100_000:
        raise DomainError(_("A rate lies between 0 and 100,000 rupees."), code="out_of_bounds")
    if day > today():
        raise DomainError(_("The day of a rate has come."), code="to_come")
    if not source.strip():
        raise DomainError(_("Name the source: who published the rate."), code="no_source")
    values = {"currency": currency, "day": day, "rate": rate, "source": source.strip()[:200], "set_by": actor}
    same = ExchangeRate.objects.filter(**values).first()
    if same is not None:
        return same
    row: ExchangeRate = ExchangeRate.objects.create(**values)
    _work_out(row)
    said = {"currency": currency, "day": day, "rate": str(rate), "source": row.source}
    record(Happened.PROCEEDS_RATE_SET.value, subject=row, actor=actor, **said)
    return row


def _work_out(rate: ExchangeRate) -> None:
    """Receipts of the days that the rate stands for and that have none yet; what has one keeps it."""
    last = rate.day + timedelta(days=RATE_DAYS)
    rows = ProceedsReceipt.objects.select_for_update(of=("self",)).filter(came_on__gte=rate.day, came_on__lte=last)
    rows = rows.filter(paisa=None, currency=rate.currency) | rows.filter(cents=None)
    for receipt in rows.order_by("pk"):
        worth = worth_of(receipt.amount, receipt.currency, receipt.came_on)
        if receipt.paisa is None and worth.paisa is not None:
            receipt.paisa, receipt.rate_id = worth.paisa, worth.rate.number if worth.rate else None
        receipt.cents = worth.cents
        if receipt.is_service:
            receipt.needs_form_r = needs_form_r(worth.cents, receipt.came_on)
        receipt.save(update_fields=["paisa", "rate", "cents", "needs_form_r", "updated_at"])
