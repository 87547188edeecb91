"""A deposit is asked for with the place, its payment makes the place firm, and where it is not paid the seat goes on by rule.

Locks: the file with its seat first, then the payment, as in every act of two floors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from payments.deposits import selectors as payments_selectors
from payments.deposits import services as payments
from payments.states import PAYABLE, FindingKind, PaymentState, Purpose
from selection.seats.offers import selectors as offers_selectors
from selection.seats.offers import services as offers_services
from tdap_portal.audit.services import record
from tdap_portal.core.sweeping import one_by_one
from training.models import Deposit
from training.states import Happened

from . import selectors

if TYPE_CHECKING:
    from selection.models import Offer
    from tdap_portal.accounts.models import User

UNPAID, LEFT = "unpaid", "left"


@transaction.atomic
def ask_for_deposit(*, application_id: int) -> Deposit | None:
    """Ask a firm with a place for the deposit of its offer, once an offer. None where its terms ask for none, payments are switched off,
    or the seat is gone."""
    seat = offers_services.locked_seat(application_id)
    if seat is None or not seat.terms.deposit_paisa or not offers_selectors.takes_deposits():
        return None
    known = selectors.deposit_of(seat)
    if known is not None:
        return known
    rule = payments_selectors.rule_on()
    payment = payments.open_payment(
        purpose=Purpose.DEPOSIT,
        sme=seat.application.sme,
        amount=seat.terms.deposit_paisa,
        **_words(seat),
        due_at=payments_selectors.due_after(rule.pay_days),
        opened_for=selectors.opened_for(seat),
    )
    return Deposit.objects.create(offer=seat, application=seat.application, payment=payment)


def _words(seat: Offer) -> dict[str, str]:
    """What the payer reads, in both languages."""
    said = {}
    for language, name in (("en", "words"), ("ur", "words_ur")):
        with translation.override(language):
            text = gettext("Commitment deposit for your seat in round %(round)s, file %(file)s")
            said[name] = text % {"round": seat.round.code, "file": seat.application.file_number}
    return said


@transaction.atomic
def confirm_place(*, what: str) -> bool:
    """The deposit is paid: the place is firm, told once. Where the seat is gone, what gave it back sees to the money; of a seat that ended
    unpaid it waits for a person, who pays it back.

    what: of the payment's `opened_for`. False where nothing changed.
    """
    deposit = selectors.deposit_opened_for(what)
    if deposit is None:
        return False
    seat = offers_services.locked_seat(deposit.application_id)
    row = Deposit.objects.select_for_update(of=("self",)).select_related("payment").get(pk=deposit.pk)
    payment = payments.locked_payment(row.payment_id)
    if payment.state != PaymentState.PAID:
        return False
    if seat is None or seat.pk != row.offer_id:
        if row.ended == UNPAID:
            payments.raise_finding(FindingKind.LEFT_BACK, what, payment=payment, amount=payment.held)
        return False
    if row.confirmed_at is not None:
        return False
    row.confirmed_at, row.ended_at, row.ended = timezone.now(), None, ""
    row.save(update_fields=["confirmed_at", "ended_at", "ended"])
    record(Happened.PLACE_CONFIRMED.value, subject=seat.application, actor=None, offer=seat.public_id)
    return True


@transaction.atomic
def end_unpaid(*, what: str) -> bool:
    """The deposit was not paid in time: seat and place go to the next firm. One that was paid before and taken back by the bank costs no
    seat by itself: a person decides. False where nothing changed."""
    deposit = selectors.deposit_opened_for(what)
    if deposit is None:
        return False
    seat = offers_services.locked_seat(deposit.application_id)
    row = Deposit.objects.select_for_update(of=("self",)).get(pk=deposit.pk)
    payment = payments.locked_payment(row.payment_id)
    if seat is None or seat.pk != row.offer_id or payment.state != PaymentState.EXPIRED or row.ended_at is not None:
        return False
    if row.confirmed_at is not None:
        payments.raise_finding(
            FindingKind.SEAT_UNPAID, f"{what}:{payment.due_at.isoformat()}", payment=payment, amount=payment.amount
        )
        return False
    _end(row, UNPAID)
    return offers_services.end_unpaid_seat(offer=seat)


@transaction.atomic
def end_left(*, application_id: int, by_firm: bool) -> int:
    """The seat is no longer the firm's: what was not paid is not asked for any more; what was paid waits for two people, who pay it back or
    keep it by the rule. by_firm: it gave the seat back itself. Returns how many deposits ended."""
    seat = offers_services.locked_seat(application_id)
    ended = 0
    for row in selectors.living_of_file(application_id):
        if seat is not None and seat.pk == row.offer_id:
            continue
        payment = payments.locked_payment(row.payment_id)
        if payment.state in PAYABLE:
            payments.cancel_payment(payment=payment, actor=None, words="seat_gone")
        elif payment.state == PaymentState.PAID:
            keeps = by_firm and selectors.costs_the_deposit(row)
            kind = FindingKind.LEFT_KEEP if keeps else FindingKind.LEFT_BACK
            payments.raise_finding(kind, selectors.opened_for(row.offer), payment=payment, amount=payment.held)
        _end(row, LEFT)
        ended += 1
    return ended


@transaction.atomic
def give_back_earned(*, application_id: int) -> bool:
    """Certified: the deposit waits for two people, who pay it back."""
    for row in selectors.living_of_file(application_id):
        payment = payments.locked_payment(row.payment_id)
        if payment.state == PaymentState.PAID:
            what = selectors.opened_for(row.offer)
            payments.raise_finding(FindingKind.EARNED, what, payment=payment, amount=payment.held)
            return True
    return False


def _end(row: Deposit, why: str) -> None:
    row.ended_at, row.ended = timezone.now(), why
    row.save(update_fields=["ended_at", "ended"])


def sweep() -> int:
    """Ask for deposits of which an event was lost; what beat rings."""
    if not offers_selectors.takes_deposits():
        return 0
    asked = one_by_one(lambda pk: ask_for_deposit(application_id=pk), selectors.places_without_deposit())
    return sum(row is not None for row in asked)


# --------------------------------------------------------------------------------------- money that came after its day


def late_refusal(what: str) -> Any:
    """Why late money does not bring the seat back, in words; "" where it does."""
    deposit = selectors.deposit_opened_for(what)
    return "" if deposit is None else offers_services.why_not_restored(deposit.offer)


@transaction.atomic
def take_late(what: str, actor: User) -> None:
    """The seat is the firm's again, where it is still free. Raises WrongState."""
    deposit = selectors.deposit_opened_for(what)
    if deposit is None:
        return
    offers_services.restore_unpaid_seat(offer=deposit.offer, actor=actor)
    Deposit.objects.filter(pk=deposit.pk).update(ended_at=None, ended="")
