"""What pages, messages and files say of a shipment and of its money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from payments.models.labels import DUE_REASON_LABELS, HELD_LABELS, PROCEEDS_STATE_LABELS, SHIPMENT_STATE_LABELS
from payments.money import shown
from payments.states import DueReason, Held, ProceedsState, RuleCode, ShipmentKind, ShipmentState
from smes.vocabulary.hs_search import everyday_label
from smes.vocabulary.markets import country_name
from smes.vocabulary.sectors import SERVICES
from tdap_portal.core.days import day_words

from . import selectors
from .ageing import days_left
from .due import in_force
from .realisation import Difference, late_difference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from payments.models import Allocation, ProceedsReceipt, Shipment

    from .due import Rule

RECEIPT_TONES = {
    ProceedsState.HELD: "us",
    ProceedsState.SAID: "us",
    ProceedsState.CONFIRMED: "done",
    ProceedsState.DISPUTED: "no",
    ProceedsState.REFUSED: "no",
    ProceedsState.WITHDRAWN: "rest",
}
SOON = 7  # days


def money(amount: int, currency: str) -> str:
    """ "USD 12,500", whole in the midst of a sentence."""
    return shown(amount, currency, get_language() or "en")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shipment stands, in words and in a tone of the theme."""

    words: str
    tone: str


def standing_of(row: Shipment, today: date) -> Standing:
    """ "Over by 14 days", "Due in 6 days"; of one that is not open its state."""
    if row.state != ShipmentState.OPEN:
        tone = {ShipmentState.PAID: "done", ShipmentState.HELD: "us", ShipmentState.REFUSED: "no"}
        state = ShipmentState(row.state)
        return Standing(str(SHIPMENT_STATE_LABELS[state]), tone.get(state, "rest"))
    if row.due_on is None:
        if row.due_reason == DueReason.NO_RULE:
            return Standing(_("No last day: no rule was in force"), "rest")
        return Standing(_("No last day in the contract"), "rest")
    left = days_left(row.due_on, today)
    if left < 0:
        words = ngettext("Over by %(days)d day", "Over by %(days)d days", -left) % {"days": -left}
        return Standing(words, "no")
    if left == 0:
        return Standing(_("Due today"), "you")
    words = ngettext("Due in %(days)d day", "Due in %(days)d days", left) % {"days": left}
    return Standing(words, "you" if left <= SOON else "us" if left <= 30 else "rest")


def due_words(row: Shipment) -> str:
    """By which rule the last day was found: "Goods on open account, 120 days"."""
    if row.rule is None:
        return str(DUE_REASON_LABELS[DueReason(row.due_reason)])
    days = ngettext("%(rule)s, %(days)d day", "%(rule)s, %(days)d days", int(row.rule.value))
    words = days % {"rule": row.rule.get_code_display(), "days": int(row.rule.value)}
    return (
        _("%(rule)s; the contract’s day is earlier") % {"rule": words}
        if row.due_reason == DueReason.CONTRACT
        else words
    )


def what_words(row: Shipment) -> str:
    """What was sold, with its code."""
    if row.kind == ShipmentKind.SERVICE:
        return service_words(row.service)
    return f"{everyday_label(row.hs6, get_language() or 'en')} · HS {row.hs6[:4]}.{row.hs6[4:]}"


def service_words(code: str) -> str:
    return SERVICES[code].label(get_language() or "en") if code in SERVICES else ""


def country_words(code: str) -> str:
    return country_name(code, get_language() or "en") if code else ""


def receipt_state(row: ProceedsReceipt) -> Standing:
    state = ProceedsState(row.state)
    return Standing(str(PROCEEDS_STATE_LABELS[state]), RECEIPT_TONES[state])


def held_words(code: str) -> str:
    return str(HELD_LABELS[Held(code)]) if code else ""


def form_r_words(row: ProceedsReceipt) -> Standing:
    """Whether a receipt for a service needs Form R, and has it."""
    if row.needs_form_r is None:
        return Standing(_("Whether Form R is needed is not known without a rate"), "rest")
    if not row.needs_form_r:
        return Standing(_("No Form R needed"), "done")
    if row.form_r:
        return Standing(_("Form R is there"), "done")
    return Standing(_("Form R is missing"), "you")


@dataclass(frozen=True, slots=True)
class Late:
    """What being late cost. found: None where a rate is missing, or no rule was in force on the day on which the money came."""

    line: Allocation
    found: Difference | None
    has_rule: bool

    @property
    def held_back(self) -> str:
        return money(self.found.paisa, "PKR") if self.found is not None else ""


def late_of(line: Allocation, rules: Sequence[Rule]) -> Late | None:
    """None where the money of a match was in time, or its shipment has no last day. Two queries of rates."""
    shipment, receipt = line.shipment, line.receipt
    if shipment.due_on is None or receipt.came_on <= shipment.due_on:
        return None
    rule = in_force(rules, RuleCode.LATE, receipt.came_on)
    if rule is None or rule.value != 1:
        return Late(line, None, has_rule=False)
    at_due, at_coming = (selectors.rate_on(receipt.currency, day) for day in (shipment.due_on, receipt.came_on))
    found = late_difference(
        line.amount,
        due_on=shipment.due_on,
        came_on=receipt.came_on,
        rate_due=at_due.rate if at_due else None,
        rate_came=at_coming.rate if at_coming else None,
    )
    return Late(line, found, has_rule=True)


def paid_words(line: Allocation) -> str:
    """What it pays of an invoice in another currency; "" in one currency."""
    return "" if line.pays is None else money(line.pays, line.shipment.currency)


def day(value: date | None) -> str:
    return day_words(value) if value is not None else ""
