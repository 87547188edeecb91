"""Slips of the bank that firms send: two finance officers find one right, and it counts as money."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.ledger import books
from payments.models import Attempt, Proof
from payments.money import checked_paisa
from payments.providers.interface import Can
from payments.providers.switches import provider_of
from payments.states import PAYABLE, AttemptState, Happened, ProofState
from smes.papers import services as papers_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors
from .services import Incoming, locked_payment, receive, said_of, undo

if TYPE_CHECKING:
    from datetime import date

    from payments.models import Payment
    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User

MAX_PROOFS = 10  # of a payment


def takes_proofs(way: str) -> bool:
    """Whether a way is seen late, so that a slip is worth looking at."""
    provider = provider_of(way)
    return provider is not None and Can.SEEN_LATE in provider.can


def send_proof(
    *, actor: User, attempt: Attempt, paper: CheckedPaper, amount: int, paid_on: date, bank_reference: str = ""
) -> Proof:
    """Keep a slip of a try by the bank; the same file is kept once. paper: as smes.papers.checks gave it. amount: paisa on the slip.

    Raises NotAllowed; WrongState where nothing is to be paid any more; DomainError "no_proof_here", "amount", "future_day", "too_many",
    "no_room".
    """
    permissions.can_pay(actor, attempt.payment).require()
    if not takes_proofs(attempt.way):
        raise DomainError(_("No slip is needed for this way to pay."), code="no_proof_here")
    if checked_paisa(amount) <= 0:
        raise DomainError(_("Write the amount that stands on the slip."), code="amount")
    if paid_on > today():
        raise DomainError(_("The day of the slip has not come yet."), code="future_day")
    with papers_services.all_or_nothing():
        payment = locked_payment(attempt.payment_id)
        known = Proof.objects.filter(payment=payment, sha256=paper.sha256).first()
        if known is not None:
            return known
        if payment.state not in PAYABLE:
            raise WrongState(_("Nothing is to be paid here any more. Load the page again to see how it stands."))
        if Proof.objects.filter(payment=payment).count() >= MAX_PROOFS:
            raise DomainError(_("So many slips were sent already. Write to us, and an officer helps."), code="too_many")
        row = Proof.objects.create(
            payment=payment,
            attempt_id=attempt.pk,
            amount=amount,
            paid_on=paid_on,
            bank_reference=" ".join(bank_reference.split())[:40],
            name=paper.name[:120],
            content_type=paper.content_type,
            size=paper.size,
            sha256=paper.sha256,
            stored_as=papers_services.keep_file(paper.content, paper.extension),
            uploaded_by=actor,
        )
        record(Happened.PROOF_SENT.value, subject=row, actor=actor, **said_of(payment), told=amount, paid_on=paid_on)
        return row


@transaction.atomic
def approve(*, actor: User, proof: Proof) -> Proof:
    """Find a slip right; with the second person it counts as money that came on its day. The same person twice is once.

    Money stands as in transit until the bank's file shows it; what the bank has shown before is not booked again. Raises NotAllowed,
    WrongState where it was refused.
    """
    payment = locked_payment(proof.payment_id)
    row = Proof.objects.select_for_update().get(pk=proof.pk)
    row.payment = payment
    if row.state == ProofState.APPROVED or (row.state == ProofState.LOOKED_AT and row.first_by_id == actor.pk):
        return row
    permissions.can_judge_proof(actor, row).require()
    if row.state == ProofState.REFUSED:
        raise WrongState(_("This slip was not accepted meanwhile."))
    if row.state == ProofState.WAITING:
        row.state, row.first_by, row.first_at = ProofState.LOOKED_AT.value, actor, timezone.now()
        row.save()
        return row
    is_known = selectors.shown_before([payment]).get(payment.pk, 0) >= row.amount
    row.state, row.judged_by, row.judged_at = ProofState.APPROVED.value, actor, timezone.now()
    row.save()
    record(Happened.PROOF_APPROVED.value, subject=row, actor=actor, **said_of(payment), told=row.amount)
    if not is_known:
        _take(payment, row, actor)
    return row


def _take(payment: Payment, row: Proof, actor: User) -> None:
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=row.attempt_id)
    provider = provider_of(attempt.way)
    moment = timezone.make_aware(datetime.combine(row.paid_on, time()))  # the whole day counts
    receive(
        payment=payment,
        incoming=Incoming(
            amount=row.amount,
            into=books.clearing(selectors.IN_TRANSIT),
            happened_at=moment,
            effect=row.effect,
            way=attempt.way,
            method=_(provider.name) if provider else attempt.way,
        ),
        actor=actor,
    )
    attempt.state, attempt.code, attempt.happened_at = AttemptState.PAID.value, "", moment
    attempt.provider_reference = row.bank_reference
    attempt.save()


@transaction.atomic
def refuse(*, actor: User, proof: Proof, words: str) -> Proof:
    """Say why a slip is not accepted; the firm reads it. One that two people found right is taken out of the books, as long as the bank has not
    shown its money; the slip is the firm's own word, so that its day to pay stays what it was. The same again is once. Raises NotAllowed, DomainError "no_words", WrongState where the bank has shown it, and what
    undo raises."""
    payment = locked_payment(proof.payment_id)
    row = Proof.objects.select_for_update().get(pk=proof.pk)
    row.payment = payment
    text = words.strip()[:300]
    if row.state == ProofState.REFUSED and (row.judged_by_id, row.words) == (actor.pk, text):
        return row
    permissions.can_take_back_first(actor, row).require()
    if not text:
        raise DomainError(_("Give the reason. The firm reads it."), code="no_words")
    if row.state == ProofState.APPROVED:
        _take_back(payment, row, actor, text)
    elif not row.is_open:
        raise WrongState(_("Somebody has decided on this slip meanwhile."))
    row.state, row.judged_by, row.judged_at, row.words = ProofState.REFUSED.value, actor, timezone.now(), text
    row.save()
    record(Happened.PROOF_REFUSED.value, subject=row, actor=actor, **said_of(payment), words=text)
    return row


def _take_back(payment: Payment, row: Proof, actor: User, words: str) -> None:
    if not selectors.is_slip_booked(row) or selectors.in_transit_of(payment) < row.amount:
        raise WrongState(_("The bank has shown the money of this slip. Take back the match of its line instead."))
    undo(actor=actor, payment=payment, effect=row.effect, words=words, gives_days=False)
    payment.refresh_from_db()
