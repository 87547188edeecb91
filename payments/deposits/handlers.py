"""Who hears of a payment. Each handler looks before it acts; each message goes out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from payments.ledger.permissions import PAYING
from payments.money import shown
from payments.states import PAYABLE, Happened, PaymentState, ProofState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from payments.models import Payment
    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event

STILL = {
    Happened.PAYMENT_ASKED: PAYABLE,
    Happened.PAYMENT_DUE_SOON: PAYABLE,
    Happened.PAYMENT_PART_PAID: PAYABLE,
    Happened.PAYMENT_RETURNED: (PaymentState.RETURNED,),
    Happened.PAYMENT_UNMATCHED: PAYABLE,
    Happened.PAYMENT_EXPIRED: (PaymentState.EXPIRED,),
    Happened.PAYMENT_CANCELLED: (PaymentState.CANCELLED,),
}
"""What a payment must still be where a message tells what to do; of all else the message tells what was."""


@on(
    Happened.PAYMENT_ASKED.value,
    Happened.PAYMENT_DUE_SOON.value,
    Happened.PAYMENT_PART_PAID.value,
    Happened.PAYMENT_SETTLED.value,
    Happened.PAYMENT_EXPIRED.value,
    Happened.PAYMENT_CANCELLED.value,
    Happened.PAYMENT_RETURNED.value,
    Happened.PAYMENT_UNMATCHED.value,
    Happened.PAYMENT_KEPT.value,
    Happened.MONEY_KEPT_AS_CREDIT.value,
    name="payments.tell_of_payment",
)
def tell_of_payment(event: Event) -> None:
    """The people of the firm who look after its money."""
    row = selectors.payment_by_id(event.subject_id)
    still = STILL.get(Happened(event.name))
    if row is None or (still is not None and row.state not in still):
        return
    if event.name == Happened.PAYMENT_UNMATCHED and row.due_at < timezone.now():  # it ends, and that is told
        return
    moved = event.data.get("came") or event.data.get("moved") or 0
    happened_at = parse_datetime(event.data.get("happened_at", ""))
    _tell_firm(row, event, moved=abs(int(moved)), why=event.data.get("why", ""), happened_at=happened_at)


@on(Happened.REFUND_DONE.value, Happened.REFUND_CAME_BACK.value, name="payments.tell_of_refund")
def tell_of_refund(event: Event) -> None:
    act = selectors.act_by_id(event.subject_id)
    if act is not None:
        _tell_firm(act.payment, event, moved=act.amount)


@on(Happened.PROOF_REFUSED.value, name="payments.tell_of_proof")
def tell_of_proof(event: Event) -> None:
    """Why a slip was not accepted, unless its payment came all the same."""
    proof = selectors.proof_by_id(event.subject_id)
    if (
        proof is not None
        and proof.state == ProofState.REFUSED
        and proof.payment.state in (*PAYABLE, PaymentState.EXPIRED)
    ):
        is_over = proof.payment.due_at < timezone.now()
        _tell_firm(proof.payment, event, moved=proof.amount, reason=proof.words, is_over=is_over)


@on(Happened.PAYMENT_RETURNED.value, Happened.PAYMENT_UNMATCHED.value, name="payments.tell_officers_of_return")
def tell_officers_of_return(event: Event) -> None:
    """All finance officers but the one who did it."""
    row = selectors.payment_by_id(event.subject_id)
    if row is None or row.state not in STILL[Happened(event.name)]:
        return
    people = [one for one in accounts_selectors.people_with_role(Role.FINANCE_OFFICER) if one.pk != event.actor_id]
    url = reverse("payments:desk_payment", args=[row.public_id])
    template, words = f"{event.name}_desk", event.data.get("words", "")
    _tell(people, row, event, template=template, url=url, moved=abs(int(event.data["came"])), reason=words)


@on(Happened.ACT_RETURNED.value, name="payments.tell_of_returned_act")
def tell_of_returned_act(event: Event) -> None:
    """Whoever proposed it reads why it was not signed."""
    act = selectors.act_by_id(event.subject_id)
    if act is None or act.returned_at is None or not act.proposed_by.is_active:
        return
    url = reverse("payments:desk_payment", args=[act.payment.public_id])
    words = act.returned_words
    _tell([act.proposed_by], act.payment, event, template=event.name, url=url, moved=act.amount, reason=words)


def _tell_firm(row: Payment, event: Event, *, moved: int, **said: Any) -> None:
    people = people_selectors.people_of(row.sme_id, *PAYING)
    url = reverse("payments:payment", args=[row.public_id])
    _tell(people, row, event, template=event.name, url=url, moved=moved, **said)


def _tell(
    people: Iterable[User],
    row: Payment,
    event: Event,
    *,
    template: str,
    url: str,
    moved: int,
    why: str = "",
    reason: str = "",
    happened_at: datetime | None = None,
    is_over: bool = False,
) -> None:
    for person in people:
        language = person.language
        notify(
            to=person,
            template=template,
            key=str(event.pk),
            url=url,
            firm=row.sme.name,
            reference=row.reference,
            what=row.words_ur if language == "ur" else row.words,
            sum=shown(row.amount - row.let_go, language=language),
            left=shown(row.left, language=language),
            moved=shown(moved, language=language),
            due_at=row.due_at,
            why=why,
            reason=reason,
            happened_at=happened_at,
            is_over=is_over,
        )
