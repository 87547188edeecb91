"""Money matched to shipments and taken off again, under the locks of both. Locks are taken on the receipt first, then on shipments by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import Allocation, ProceedsReceipt, Shipment
from payments.money import shown
from payments.states import COUNTING, SHIPMENT, Happened, ShipmentState
from tdap_portal.audit.services import record
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, NotFound, WrongState

from . import permissions, selectors
from .matching import MOST_APART, Exchange, Fault, fault_of
from .recording import side_of_receipt, side_of_shipment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tdap_portal.accounts.models import User


def now() -> datetime:
    return timezone.now()


@transaction.atomic
def match(
    *, actor: User, receipt: ProceedsReceipt, parts: Mapping[str, int], seen: int, pays: Mapping[str, int] | None = None
) -> ProceedsReceipt:
    """Match parts of a receipt to shipments of the firm, all or none.

    parts: hundredths of the receipt's currency above 0 by public id of the shipment. pays: for invoices in another currency what that pays of
    them, in theirs, as the bank says. seen: how much of the receipt was matched when the person chose, so that a form that
    is sent twice, or after somebody else's, changes nothing. Raises NotAllowed; NotFound for another firm's shipment; WrongState where
    the receipt or a shipment does not count; DomainError "nothing", "stale", and the codes of matching.Fault with a sentence.
    """
    row = locked_receipt(receipt.pk)
    permissions.can_record(actor, row.sme).require()
    if row.state not in COUNTING:
        raise WrongState(
            _("Only money that counts can be matched: the bank does not agree, or TDAP looks at it first.")
        )
    if row.matched != seen:
        raise DomainError(_("This money was matched meanwhile. Look at what is left, and choose again."), code="stale")
    if not parts:
        raise DomainError(_("Write an amount beside at least one shipment."), code="nothing")
    for shipment in locked_shipments(row.sme_id, list(parts)):
        amount = parts[shipment.public_id]
        exchange = _exchange(row, shipment, (pays or {}).get(shipment.public_id, 0))
        _require_fit(row, shipment, amount, exchange)
        line = Allocation.objects.create(
            receipt=row,
            shipment=shipment,
            amount=amount,
            pays=exchange.pays if exchange else None,
            by=actor,
            is_late=shipment.due_on is not None and row.came_on > shipment.due_on,
        )
        row.matched += line.amount
        shipment.matched += line.paid
        _settle(shipment, actor)
        record(Happened.PROCEEDS_MATCHED.value, subject=row, actor=actor, **_said(row, shipment, line))
    row.save(update_fields=["matched", "updated_at"])
    return row


def _said(receipt: ProceedsReceipt, shipment: Shipment, line: Allocation) -> dict[str, object]:
    said: dict[str, object] = {"receipt": receipt.public_id, "shipment": shipment.public_id}
    said |= {"amount": line.amount, "currency": receipt.currency}
    return said if line.pays is None else said | {"pays": line.pays, "pays_currency": shipment.currency}


def _exchange(receipt: ProceedsReceipt, shipment: Shipment, pays: int) -> Exchange | None:
    """None in one currency, and where nothing says what is paid of the invoice."""
    if receipt.currency == shipment.currency or not pays:
        return None
    paid, invoice = (selectors.rate_on(one.currency, receipt.came_on) for one in (receipt, shipment))
    return Exchange(pays, paid.rate if paid else None, invoice.rate if invoice else None)


def _require_fit(receipt: ProceedsReceipt, shipment: Shipment, amount: int, exchange: Exchange | None) -> None:
    if shipment.state not in (ShipmentState.OPEN, ShipmentState.PAID):
        raise WrongState(_("One of the shipments does not count: TDAP looks at it first, or it was taken back."))
    fault = fault_of(side_of_receipt(receipt), side_of_shipment(shipment), amount, exchange)
    if fault is None:
        return
    if fault == Fault.FIRM:
        raise NotFound
    raise DomainError(
        WORDS[fault]
        % {
            "number": f"\u2068{shipment}\u2069",
            "left": shown(shipment.left, shipment.currency),
            "rest": shown(receipt.left, receipt.currency),
            "came": day_words(receipt.came_on),
            "shipped": day_words(shipment.shipped_on),
            "currency": shipment.currency,
            "other": receipt.currency,
            "most": MOST_APART,
            "missing": receipt.currency if exchange and not exchange.rate_paid else shipment.currency,
        },
        code=fault.value,
    )


WORDS = {
    Fault.AMOUNT: _("An amount to match is above 0."),
    Fault.CURRENCY: _(
        "The invoice of %(number)s is in %(currency)s and the money in %(other)s. Write both amounts as they stand on the bank’s advice."
    ),
    Fault.NO_RATE: _(
        "No rate of %(missing)s is known for %(came)s, so nobody can see whether both amounts fit. Ask TDAP to add it."
    ),
    Fault.RATE: _(
        "By the rates of %(came)s the two amounts of %(number)s lie more than %(most)d %% apart. Look at the bank’s advice again."
    ),
    Fault.KIND: _("Money for goods pays goods, money for services pays services: %(number)s is the other kind."),
    Fault.BEFORE: _(
        "The money came on %(came)s, before %(number)s was shipped on %(shipped)s. If it was paid in advance, record the shipment "
        "as paid before shipment."
    ),
    Fault.ABOVE_INVOICE: _("Of %(number)s only %(left)s is left to be paid. Match the rest to another shipment."),
    Fault.ABOVE_RECEIPT: _("Of this money only %(rest)s is left to be matched."),
}


@transaction.atomic
def unmatch(*, actor: User, receipt: ProceedsReceipt, allocation_id: int, words: str) -> ProceedsReceipt:
    """Take one match back with a reason; twice is once. Raises NotAllowed, NotFound, DomainError "no_words"."""
    row = locked_receipt(receipt.pk)
    permissions.can_record(actor, row.sme).require()
    line = Allocation.objects.filter(pk=allocation_id, receipt=row, takes_back=None).first()
    if line is None:
        raise NotFound
    if not words.strip():
        raise DomainError(_("Give the reason."), code="no_words")
    if not Allocation.objects.filter(takes_back=line).exists():
        _take_back(row, line, actor=actor, words=words)
        row.save(update_fields=["matched", "updated_at"])
    return row


def free(row: ProceedsReceipt, *, actor: User, words: str) -> None:
    """Take all matches of a locked receipt back; the caller saves it. In a transaction."""
    for line in selectors.standing_allocations(receipt=row):
        _take_back(row, line, actor=actor, words=words)
    row.save(update_fields=["matched", "updated_at"])


def _take_back(row: ProceedsReceipt, line: Allocation, *, actor: User, words: str) -> None:
    shipment = locked_shipment(line.shipment_id)
    back = Allocation.objects.create(
        receipt=row,
        shipment=shipment,
        amount=-line.amount,
        pays=-line.pays if line.pays is not None else None,
        by=actor,
        words=words.strip()[:300],
        takes_back=line,
    )
    row.matched += back.amount
    shipment.matched += back.paid
    _settle(shipment, actor)
    said = _said(row, shipment, back)
    record(Happened.PROCEEDS_UNMATCHED.value, subject=row, actor=actor, **said, words=back.words)


def _settle(shipment: Shipment, actor: User) -> None:
    """Paid in full, or open again."""
    fields = ["matched", "updated_at"]
    action = "pay" if shipment.left == 0 else "reopen"
    wanted = ShipmentState.PAID if shipment.left == 0 else ShipmentState.OPEN
    if shipment.state != wanted:
        move = SHIPMENT.move(action, shipment.state)
        shipment.state = move.target.value
        fields.append("state")
        said = {"shipment": shipment.public_id, "sme_id": shipment.sme_id, "amount": shipment.amount}
        record(move.event.value, subject=shipment, actor=actor, **said, currency=shipment.currency)
    shipment.save(update_fields=fields)


# ----------------------------------------------------------------------------------------------------------------- locks


def locked_receipt(pk: int) -> ProceedsReceipt:
    """Under the lock that every act on a receipt takes first. In a transaction."""
    rows = ProceedsReceipt.objects.select_for_update(of=("self",), no_key=True).select_related("sme")
    row: ProceedsReceipt = rows.get(pk=pk)
    return row


def locked_shipment(pk: int) -> Shipment:
    row: Shipment = Shipment.objects.select_for_update(of=("self",), no_key=True).select_related("sme").get(pk=pk)
    return row


def locked_shipments(sme_id: int, public_ids: list[str]) -> list[Shipment]:
    """Of one firm, locked in the order of their numbers. Raises NotFound where one is not there or another firm's."""
    rows = Shipment.objects.select_for_update(of=("self",), no_key=True).filter(sme=sme_id, public_id__in=public_ids)
    found = list(rows.order_by("pk"))
    if len(found) != len(set(public_ids)):
        raise NotFound
    return found
