"""Words of the desk, and the columns of what is taken out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from payments.ledger.wording import rupees_of
from payments.models.labels import PAYMENT_STATE_LABELS, PAYMENT_STATE_TONES
from payments.money import PKR
from payments.providers.switches import provider_of
from payments.states import FindingKind, PaymentState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from payments.models import Finding, Notice, Payment

CSV_HEAD = (
    "reference", "firm", "purpose", "what for", "amount PKR", "paid PKR", "paid back PKR", "kept PKR", "let go PKR", "state", "way",
    "asked", "due", "paid at",
)  # fmt: skip
"""In English, since machines read it."""


WHAT_FOLLOWS: Mapping[FindingKind, StrOrPromise] = {
    FindingKind.DIFFERS: _lazy(
        "Rupees stand as credit of the firm: propose to take them towards the payment, or to pay them back. Another currency is booked once"
        " our bank has it in rupees."
    ),
    FindingKind.SHORT: _lazy(
        "Propose to accept what is missing. Else nothing is to be done: the firm may still pay the rest."
    ),
    FindingKind.DOUBLE: _lazy("What came too much is credit of the firm. Propose to pay it back."),
    FindingKind.LATE: _lazy(
        "It stands as credit of the firm. Propose to pay it back, or that it is taken all the same."
    ),
    FindingKind.SEEN_TOO_LATE: _lazy(
        "The firm paid in time. Propose that the money is taken, where seat and place are free."
    ),
    FindingKind.ENDED: _lazy("It stands as credit of the firm. Propose to pay it back."),
    FindingKind.UNKNOWN_PAYMENT: _lazy(
        "Where its money waits in the books, say for which payment it came, or that the company sent it back. Else ask the payment company what"
        " it is, then say what was done."
    ),
    FindingKind.UNCLEAR: _lazy("Look at the payment company’s own page whether it was paid, then say what was done."),
    FindingKind.NOT_PAID_BACK: _lazy(
        "It is credit of the firm again. Ask for another account, then propose to pay it back."
    ),
    FindingKind.TAKEN_BACK: _lazy("The firm has a new day to pay. Nothing is to be proposed: say that you saw it."),
    FindingKind.LEFT_BACK: _lazy("By its rule the deposit goes back. Propose to pay it back."),
    FindingKind.LEFT_KEEP: _lazy("By its rule the deposit is kept. Propose to keep it."),
    FindingKind.EARNED: _lazy("The firm came to the training. Propose to pay the deposit back."),
    FindingKind.SEAT_UNPAID: _lazy(
        "Decide with the programme whether the firm keeps its seat, then say what was done."
    ),
}
"""What an officer does about a finding, in a sentence."""
NO_PROPOSAL = {
    FindingKind.UNKNOWN_PAYMENT,
    FindingKind.UNCLEAR,
    FindingKind.TAKEN_BACK,
    FindingKind.SEAT_UNPAID,
}
"""Findings from which no act of two people follows."""


NOT_BELIEVED: Mapping[str, StrOrPromise] = {
    "forged": _lazy("Signed with another key"),
    "unsigned": _lazy("Not signed"),
    "form": _lazy("It cannot be read"),
    "text": _lazy("It cannot be read"),
    "fields": _lazy("Something that must be in it is missing"),
    "amount": _lazy("Its amount cannot be read"),
    "ambiguous": _lazy("It says a thing twice"),
    "another_merchant": _lazy("It is for another merchant"),
    "unknown_payment": _lazy("It names no payment that we began"),
}
"""By the code of a notice that did nothing."""


def why_refused(notice: Notice) -> str:
    return str(NOT_BELIEVED.get(notice.code, notice.code))


def what_follows(finding: Finding) -> str:
    return str(WHAT_FOLLOWS[FindingKind(finding.kind)])


def asks_for_an_act(finding: Finding) -> bool:
    is_money = finding.kind != FindingKind.DIFFERS or finding.currency == PKR
    return finding.payment_id is not None and is_money and FindingKind(finding.kind) not in NO_PROPOSAL


def csv_row(row: Payment) -> tuple[Any, ...]:
    return (
        row.reference,
        row.sme.name,
        row.purpose,
        row.words,
        rupees_of(row.amount),
        rupees_of(row.paid),
        rupees_of(row.paid_back),
        rupees_of(row.kept),
        rupees_of(row.let_go),
        row.state,
        row.way,
        _moment(row.created_at),
        _moment(row.due_at),
        _moment(row.paid_at),
    )


def _moment(value: Any) -> str:
    return timezone.localtime(value).isoformat(timespec="minutes") if value else ""


def way_name(way: str) -> str:
    """ "" for no way yet."""
    provider = provider_of(way) if way else None
    return _(provider.name) if provider else way


def tone_of(row: Payment) -> str:
    return PAYMENT_STATE_TONES[PaymentState(row.state)]


def state_words(row: Payment) -> str:
    return str(PAYMENT_STATE_LABELS[PaymentState(row.state)])
