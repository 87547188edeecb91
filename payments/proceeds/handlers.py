"""What the people of a firm are told of its export proceeds. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from payments.ledger.permissions import PAYING
from payments.states import Happened, ProceedsState, ShipmentState
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.core.calendar import today
from tdap_portal.notifications.services import notify

from . import selectors, wording

if TYPE_CHECKING:
    from payments.models import ProceedsReceipt, Shipment
    from tdap_portal.audit.models import Event


@on(Happened.SHIPMENT_DUE_SOON.value, Happened.SHIPMENT_LATE.value, name="payments.warn_of_last_day")
def warn_of_last_day(event: Event) -> None:
    """Whoever has been paid meanwhile is not warned."""
    row = selectors.shipment_by_id(int(event.subject_id))
    if row is None or row.state != ShipmentState.OPEN or row.due_on is None:
        return
    for person in people_selectors.people_of(row.sme_id, *PAYING):
        with translation.override(person.language):
            left, what = wording.money(row.left, row.currency), wording.what_words(row)
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:shipment", args=[row.public_id]),
            firm=row.sme.name,
            number=str(row),
            left=left,
            what=what,
            day=row.due_on,
            days=abs((row.due_on - today()).days),
        )


@on(
    Happened.SHIPMENT_RELEASED.value,
    Happened.SHIPMENT_REFUSED.value,
    Happened.PROCEEDS_RELEASED.value,
    Happened.PROCEEDS_REFUSED.value,
    name="payments.tell_what_was_decided",
)
def tell_what_was_decided(event: Event) -> None:
    """Of what was held for a look."""
    row: Shipment | ProceedsReceipt | None
    if event.name in (Happened.SHIPMENT_RELEASED, Happened.SHIPMENT_REFUSED):
        row, page = selectors.shipment_by_id(int(event.subject_id)), "payments:shipment"
        takes = row is not None and row.state in (ShipmentState.OPEN, ShipmentState.PAID)
    else:
        row, page = selectors.receipt_by_id(int(event.subject_id)), "payments:proceeds_receipt"
        takes = row is not None and row.state not in (ProceedsState.REFUSED, ProceedsState.WITHDRAWN)
    if row is None:
        return
    for person in people_selectors.people_of(row.sme_id, *PAYING):
        notify(
            to=person,
            template="proceeds.judged",
            key=str(event.pk),
            url=reverse(page, args=[row.public_id]),
            firm=row.sme.name,
            number=str(row),
            takes=takes,
            words=row.words,
        )


@on(Happened.PROCEEDS_CONFIRMED.value, Happened.PROCEEDS_DISPUTED.value, name="payments.tell_what_the_bank_said")
def tell_what_the_bank_said(event: Event) -> None:
    """Where the bank has changed its mind since, the later word is told alone."""
    row = selectors.receipt_by_id(int(event.subject_id))
    wanted = ProceedsState.CONFIRMED if event.name == Happened.PROCEEDS_CONFIRMED else ProceedsState.DISPUTED
    if row is None or row.state != wanted:
        return
    for person in people_selectors.people_of(row.sme_id, *PAYING):
        with translation.override(person.language):
            amount, why = wording.money(row.amount, row.currency), str(row.get_disagreement_display())
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:proceeds_receipt", args=[row.public_id]),
            firm=row.sme.name,
            bank=row.bank.name,
            amount=amount,
            day=row.came_on,
            why=why,
            words=row.words,
            left=row.left,
        )
