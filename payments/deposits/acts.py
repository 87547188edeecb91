"""Refunds, deposits that are kept, late money that is taken all the same: one person proposes it, another signs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.ledger import books
from payments.ledger import services as ledger
from payments.models import Finding, Payment, PaymentAct
from payments.models.labels import PURPOSE_LABELS
from payments.money import PKR, checked_paisa, shown
from payments.providers.interface import CANNOT_TELL, Outcome, RefundRequest
from payments.providers.switches import provider_of
from payments.states import PAYABLE, PAYMENT, FindingKind, Happened, PaymentState, Purpose, ReceiptKind
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import found, permissions, selectors
from .services import locked_payment, raise_finding, said_of

if TYPE_CHECKING:
    from datetime import datetime

    from payments.ledger.books import Key
    from payments.models import Entry
    from payments.providers.interface import Answer
    from tdap_portal.accounts.models import User

Kind = PaymentAct.Kind
SEEN_WORDS = "Seen in the bank’s statement."


@transaction.atomic
def propose(*, actor: User, payment: Payment, kind: PaymentAct.Kind, amount: int, words: str) -> PaymentAct:
    """Propose to pay back, to keep, or to take late money; the same again is once. amount: paisa above 0.

    Raises NotAllowed; DomainError "no_words", "amount", "above_held" for more than is held, "not_shown" for money that only a slip shows,
    "not_late" where no late money of this payment is here; WrongState where another act of this kind waits for its second hand.
    """
    permissions.can_propose(actor, payment).require()
    if not words.strip():
        raise DomainError(_("Give the reason. The second person, and the firm, read it."), code="no_words")
    if checked_paisa(amount) <= 0:
        raise DomainError(_("What is moved is an amount above 0."), code="amount")
    row = locked_payment(payment.pk)
    waiting = PaymentAct.objects.filter(payment=row, kind=kind, signed_at=None, returned_at=None).first()
    if waiting is not None:
        if (waiting.amount, waiting.words, waiting.proposed_by_id) == (amount, words.strip(), actor.pk):
            return waiting
        raise WrongState(_("The same was proposed already and waits for its second hand."))
    _require_there(row, kind, amount)
    act = PaymentAct.objects.create(payment=row, kind=kind, amount=amount, words=words.strip(), proposed_by=actor)
    record(
        Happened.ACT_PROPOSED.value,
        subject=act,
        actor=actor,
        **said_of(row),
        kind=act.kind,
        moved=amount,
        words=act.words,
    )
    return act


def _require_there(row: Payment, kind: str, amount: int) -> None:
    if kind == Kind.APPLY_LATE:
        _require_late(row, amount)
        return
    if kind == Kind.PAY_CREDIT:
        if amount > selectors.late_money_of(row):
            raise DomainError(_("Not so much credit of this payment is here."), code="above_held")
        _require_shown(row, amount)
        return
    if kind in (Kind.USE_CREDIT, Kind.TAKE_SHORT):
        _require_to_make_whole(row, kind, amount)
        return
    if kind == Kind.FORFEIT and (row.purpose != Purpose.DEPOSIT or row.state != PaymentState.PAID):
        raise WrongState(_("Only a deposit that is paid can be kept."))
    if amount > row.held:
        raise DomainError(_("No more than is held of this payment can go back or be kept."), code="above_held")
    if kind == Kind.REFUND:
        if row.state != PaymentState.PAID:
            raise WrongState(_("Only a payment that is whole is paid back. Part of one goes back once it has ended."))
        _require_shown(row, amount)


def _require_late(row: Payment, amount: int) -> None:
    PAYMENT.move("apply", row.state)
    if amount != row.left or selectors.late_money_of(row) < amount:
        raise DomainError(_("No late money of this payment is here."), code="not_late")
    for above in settings.LATE_MONEY:
        if refusal := import_module(above).late_refusal(row.opened_for):
            raise WrongState(refusal)


def _require_shown(row: Payment, amount: int) -> None:
    """A slip is the word of the firm: no money goes out before the bank's own line shows that it came."""
    awaited = selectors.in_transit_of(row)
    if awaited and amount > row.held + selectors.late_money_of(row) - awaited:
        text = _("Only a slip shows %(amount)s of this payment so far. It goes back once the bank’s own line is here.")
        raise DomainError(text % {"amount": shown(awaited)}, code="not_shown")


def _require_to_make_whole(row: Payment, kind: str, amount: int) -> None:
    """amount: paisa of credit that pay it, or that are missing and accepted as missing."""
    credit = selectors.credit_in_time(row)
    if row.state not in PAYABLE:
        raise WrongState(_("Nothing is asked for here any more."))
    if kind == Kind.USE_CREDIT and amount > min(row.left, credit):
        raise DomainError(_("Not so much credit of this payment came in time, or is asked for."), code="above_held")
    if kind == Kind.TAKE_SHORT and amount > selectors.rule_on().short_up_to:
        raise DomainError(_("The rule of today lets two people accept no such amount as missing."), code="too_short")
    if kind == Kind.TAKE_SHORT and (not 0 <= row.left - amount <= credit or amount >= row.amount):
        raise DomainError(_("This is not what is missing of this payment."), code="amount")


@transaction.atomic
def sign(*, actor: User, act: PaymentAct) -> PaymentAct:
    """Sign as the second person, which does it; twice is once. Raises NotAllowed, WrongState where it was returned, and what propose says
    where things have changed since: two acts never take the same money."""
    if act.kind == Kind.APPLY_LATE and act.is_open:
        permissions.can_sign(actor, act).require()
        _take_on_floors_above(act, actor)
    payment = locked_payment(act.payment_id)
    row = PaymentAct.objects.select_for_update().get(pk=act.pk)
    row.payment = payment
    permissions.can_sign(actor, row).require()
    if row.signed_at is not None:
        return row
    if row.returned_at is not None:
        raise WrongState(_("This was returned meanwhile."))
    if row.kind == Kind.TAKE_FOUND:
        found.require_waits(row)
    else:
        _require_there(payment, row.kind, row.amount)
    row.signed_by, row.signed_at = actor, timezone.now()
    row.save()
    record(Happened.ACT_SIGNED.value, subject=row, actor=actor, **said_of(payment), kind=row.kind, moved=row.amount)
    DOES[Kind(row.kind)](payment, row, actor)
    _settle_what_led_to_it(payment, row, actor)
    return row


LED_TO = {
    Kind.REFUND: (FindingKind.LEFT_BACK, FindingKind.EARNED, FindingKind.LEFT_KEEP),
    Kind.FORFEIT: (FindingKind.LEFT_KEEP, FindingKind.LEFT_BACK),
    Kind.PAY_CREDIT: (
        FindingKind.DOUBLE,
        FindingKind.LATE,
        FindingKind.SEEN_TOO_LATE,
        FindingKind.ENDED,
        FindingKind.DIFFERS,
    ),
    Kind.APPLY_LATE: (FindingKind.LATE, FindingKind.SEEN_TOO_LATE, FindingKind.DIFFERS),
    Kind.USE_CREDIT: (FindingKind.DIFFERS, FindingKind.DOUBLE),
    Kind.TAKE_SHORT: (FindingKind.DIFFERS, FindingKind.SHORT),
}
"""What a person had to look at that an act answers, once nothing of the money is left to decide about."""


def _settle_what_led_to_it(payment: Payment, act: PaymentAct, actor: User) -> None:
    rest = payment.held if act.kind in (Kind.REFUND, Kind.FORFEIT) else selectors.late_money_of(payment)
    if rest:
        return
    kinds = [kind.value for kind in LED_TO.get(Kind(act.kind), ())]
    rows = Finding.objects.filter(payment=payment, kind__in=kinds, settled_at=None)
    for finding in rows.filter(Q(currency=PKR) | Q(currency="")):
        finding.settled_by, finding.settled_at, finding.words = actor, timezone.now(), act.words
        finding.save()
        record(Happened.FINDING_SETTLED.value, subject=finding, actor=actor, kind=finding.kind, words=act.words)


def _take_on_floors_above(act: PaymentAct, actor: User) -> None:
    """What ended with the payment, such as a seat, is there again, or nothing of it happens: these floors lock before the payment."""
    for above in settings.LATE_MONEY:
        import_module(above).take_late(act.payment.opened_for, actor)


@transaction.atomic
def give_back(*, actor: User, act: PaymentAct, words: str) -> PaymentAct:
    """Return it to who proposed it, with a reason. Raises NotAllowed, WrongState where it is signed, DomainError "no_words"."""
    row = PaymentAct.objects.select_for_update(of=("self",)).select_related("payment__sme").get(pk=act.pk)
    permissions.can_sign(actor, row).require()
    if not words.strip():
        raise DomainError(_("Give the reason. Whoever proposed it reads it."), code="no_words")
    if row.signed_at is not None:
        raise WrongState(_("This was signed meanwhile."))
    if row.returned_at is None:
        row.returned_by, row.returned_at, row.returned_words = actor, timezone.now(), words.strip()
        row.save()
        record(Happened.ACT_RETURNED.value, subject=row, actor=actor, kind=row.kind, words=row.returned_words)
    return row


# ------------------------------------------------------------------------------------------------------ what signing does


def _refund(payment: Payment, act: PaymentAct, actor: User) -> None:
    """The money leaves the books with the second signature; the worker gives it to the provider."""
    taken = Payment.objects.filter(pk=payment.pk, paid__gte=F("paid_back") + F("kept") + act.amount)
    if not taken.update(paid_back=F("paid_back") + act.amount):
        raise DomainError(_("No more than is held of this payment can go back or be kept."), code="above_held")
    payment.refresh_from_db(fields=["paid_back"])
    post = books.refund if payment.purpose == Purpose.DEPOSIT else books.fee_refund
    entry = ledger.post(
        posting=post(payment.sme_id, act.amount, out_of=_note_way(payment, act), about=payment.reference or ""),
        effect=f"act:{act.pk}",
        actor=actor,
        subject=payment.reference or "",
        words=act.words,
    )
    _end(payment, "pay_back", actor, act)
    _write_receipt(payment, act, entry, ReceiptKind.REFUND)


def _pay_credit(payment: Payment, act: PaymentAct, actor: User) -> None:
    entry = ledger.post(
        posting=books.refund(
            payment.sme_id,
            act.amount,
            out_of=_note_way(payment, act),
            source=books.AccountKind.CREDIT,
            about=payment.reference or "",
        ),
        effect=f"act:{act.pk}",
        actor=actor,
        subject=payment.reference or "",
        words=act.words,
    )
    _write_receipt(payment, act, entry, ReceiptKind.REFUND)


def _note_way(payment: Payment, act: PaymentAct) -> Key:
    """By which way the money goes back, kept with the act; where it lies until then."""
    act.way = selectors.way_back(payment, act)
    act.save(update_fields=["way"])
    return _where(payment, act)


def _forfeit(payment: Payment, act: PaymentAct, actor: User) -> None:
    taken = Payment.objects.filter(pk=payment.pk, paid__gte=F("paid_back") + F("kept") + act.amount)
    if not taken.update(kept=F("kept") + act.amount):
        raise DomainError(_("No more than is held of this payment can go back or be kept."), code="above_held")
    payment.refresh_from_db(fields=["kept"])
    entry = ledger.post(
        posting=books.forfeit(payment.sme_id, act.amount, about=payment.reference or ""),
        effect=f"act:{act.pk}",
        actor=actor,
        subject=payment.reference or "",
        words=act.words,
    )
    _end(payment, "keep", actor, act)
    _write_receipt(payment, act, entry, ReceiptKind.FORFEIT)


def _apply_late(payment: Payment, act: PaymentAct, actor: User) -> None:
    kind = books.AccountKind.HELD if payment.purpose == Purpose.DEPOSIT else books.AccountKind.FEES
    ledger.post(
        posting=books.credit_used(payment.sme_id, act.amount, for_=kind, about=payment.reference or ""),
        effect=f"act:{act.pk}",
        actor=actor,
        subject=payment.reference or "",
        words=act.words,
    )
    move = PAYMENT.move("apply", payment.state)
    payment.paid += act.amount
    payment.state, payment.settled_at = move.target.value, timezone.now()
    payment.save()
    record(move.event.value, subject=payment, actor=actor, **said_of(payment), came=0, words=act.words)


def _use_credit(payment: Payment, act: PaymentAct, actor: User) -> None:
    """Money that came with another amount, or twice, pays what is asked, in part or whole."""
    _apply_credit(payment, act, act.amount, actor)
    _note_paid(payment, act, act.amount, actor)


def _take_short(payment: Payment, act: PaymentAct, actor: User) -> None:
    """What came pays it, and nobody asks for what is missing. The books hold what came and no more."""
    credit = payment.left - act.amount
    if credit:
        _apply_credit(payment, act, credit, actor)
    payment.let_go = act.amount
    _note_paid(payment, act, credit, actor)


def _apply_credit(payment: Payment, act: PaymentAct, amount: int, actor: User) -> None:
    kind = books.AccountKind.HELD if payment.purpose == Purpose.DEPOSIT else books.AccountKind.FEES
    ledger.post(
        posting=books.credit_used(payment.sme_id, amount, for_=kind, about=payment.reference or ""),
        effect=f"act:{act.pk}",
        actor=actor,
        subject=payment.reference or "",
        words=act.words,
    )
    payment.paid += amount


def _note_paid(payment: Payment, act: PaymentAct, came: int, actor: User) -> None:
    said = said_of(payment) | {"amount": payment.amount, "came": came, "let_go": payment.let_go, "words": act.words}
    move = PAYMENT.move("settle" if payment.left == 0 else "pay_part", payment.state)
    payment.state = move.target.value
    brought = selectors.try_to_pay_back(payment, Kind.PAY_CREDIT) if came else None
    if brought is not None and not payment.way:
        payment.way = brought.way
    if payment.left == 0:
        payment.settled_at = timezone.now()
        payment.paid_at = (brought.happened_at if brought is not None else None) or payment.settled_at
    payment.save()
    record(move.event.value, subject=payment, actor=actor, **said, way=payment.way)


def _end(payment: Payment, action: str, actor: User, act: PaymentAct) -> None:
    """Nothing of it is held any more: it is over. Part of it went: it stays paid."""
    move = PAYMENT.move(action, payment.state)
    if payment.held == 0:
        payment.state = move.target.value
        payment.save(update_fields=["state", "updated_at"])
    record(move.event.value, subject=payment, actor=actor, **said_of(payment), moved=act.amount, words=act.words)


def _write_receipt(payment: Payment, act: PaymentAct, entry: Entry, kind: ReceiptKind) -> None:
    provider = provider_of(act.way or payment.way)
    ledger.issue_receipt(
        entry=entry,
        kind=kind,
        sme=payment.sme,
        amount=act.amount,
        reference=payment.reference or "",
        purpose=PURPOSE_LABELS[Purpose(payment.purpose)],
        method=_(provider.name) if provider else payment.way,
    )


def _where(payment: Payment, act: PaymentAct) -> Key:
    """By hand it goes out of the bank: that account on which the payment came, where it came to one."""
    if act.way:
        return selectors.place_of(act.way)
    came = selectors.place_of(payment.way) if payment.way else None
    return came if came is not None and came.kind == books.AccountKind.BANK else books.bank("bank")


DOES = {
    Kind.REFUND: _refund,
    Kind.FORFEIT: _forfeit,
    Kind.APPLY_LATE: _apply_late,
    Kind.PAY_CREDIT: _pay_credit,
    Kind.USE_CREDIT: _use_credit,
    Kind.TAKE_SHORT: _take_short,
    Kind.TAKE_FOUND: found.take,
}


# --------------------------------------------------------------------------------------------------- refunds on their way


def send_refund(act_id: int) -> str:
    """Give a signed refund to its provider; the outcome. The same reference at every try, so that it is paid back once. Where the provider
    does not send refunds, a person pays it back by the bank, and another one bears it out."""
    act = PaymentAct.objects.select_related("payment__sme").get(pk=act_id)
    if not act.is_refund or act.signed_at is None or act.sent_at is not None:
        return ""
    answer = _given_to_provider(act)
    with transaction.atomic():
        payment = locked_payment(act.payment_id)
        row = PaymentAct.objects.select_for_update().get(pk=act.pk)
        if row.sent_at is not None:
            return ""
        row.payment = payment
        row.sent_at, row.code = timezone.now(), answer.code[:40]
        if answer.outcome == Outcome.REFUNDED:
            row.done_at = row.sent_at
        elif answer.outcome == Outcome.FAILED:
            row.came_back = True
        row.save()
        if answer.outcome == Outcome.REFUNDED:
            record(Happened.REFUND_DONE.value, subject=row, actor=None, **said_of(payment), moved=row.amount)
        if answer.outcome == Outcome.FAILED:
            _back_as_credit(row)
        if answer.outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            raise_finding(FindingKind.NOT_PAID_BACK, f"act:{row.pk}", payment=payment, amount=row.amount)
    return answer.outcome.value


@transaction.atomic
def note_by_hand(*, actor: User, act: PaymentAct, bank_reference: str) -> PaymentAct:
    """Say that a refund was paid from the bank, with the bank's own reference; another person bears it out. The same again is once.

    Raises NotAllowed, DomainError "no_reference", WrongState where it does not wait for a person, or somebody else has noted another one.
    """
    permissions.can_note_by_hand(actor, act).require()
    reference = " ".join(bank_reference.split())[:40]
    if not reference:
        raise DomainError(_("Write the bank’s reference of the transfer."), code="no_reference")
    row = PaymentAct.objects.select_for_update().get(pk=act.pk)
    if row.done_at is None and not row.waits_for_hand:
        raise WrongState(_("This is not to be paid by hand."))
    if row.told_at is not None and (row.told_by_id != actor.pk or row.done_at is not None):
        if row.bank_reference == reference:
            return row
        raise WrongState(_("Somebody has noted this as paid meanwhile."))
    row.bank_reference, row.told_by, row.told_at = reference, actor, timezone.now()
    row.save(update_fields=["bank_reference", "told_by", "told_at"])
    return row


@transaction.atomic
def bear_out(*, actor: User, act: PaymentAct) -> PaymentAct:
    """A second person saw in the bank that a refund went out; twice is once. Raises NotAllowed, WrongState where nobody has noted it."""
    payment = locked_payment(act.payment_id)
    row = PaymentAct.objects.select_for_update().get(pk=act.pk)
    row.payment = payment
    if row.done_at is not None:
        return row
    permissions.can_bear_out(actor, row).require()
    if row.told_at is None or not row.waits_for_hand:
        raise WrongState(_("Nobody has noted yet that this was paid."))
    row.done_by, row.done_at = actor, timezone.now()
    row.save(update_fields=["done_by", "done_at"])
    record(Happened.REFUND_DONE.value, subject=row, actor=actor, **said_of(payment), moved=row.amount)
    for finding in Finding.objects.filter(effect=f"{FindingKind.NOT_PAID_BACK}:act:{row.pk}", settled_at=None):
        finding.settled_by, finding.settled_at, finding.words = actor, row.done_at, row.bank_reference
        finding.save()
    return row


@transaction.atomic
def note_not_gone(*, actor: User, act: PaymentAct) -> PaymentAct:
    """A refund by hand did not go out, or the bank sent it back: the money is credit of the firm again. Twice is once.

    Raises NotAllowed, WrongState where it is not on its way.
    """
    payment = locked_payment(act.payment_id)
    row = PaymentAct.objects.select_for_update().get(pk=act.pk)
    row.payment = payment
    permissions.can_note_not_gone(actor, row).require()
    if row.came_back:
        return row
    if not row.waits_for_hand:
        raise WrongState(_("This refund is not on its way."))
    row.came_back = True
    row.save(update_fields=["came_back"])
    _back_as_credit(row)
    return row


def _back_as_credit(act: PaymentAct) -> None:
    """Nothing left: the money is the firm's credit, until it goes out another way."""
    payment = act.payment
    ledger.post(
        posting=books.refund_returned(
            payment.sme_id, act.amount, into=_where(payment, act), about=payment.reference or ""
        ),
        effect=f"act:{act.pk}:returned",
        actor=None,
        subject=payment.reference or "",
    )
    record(Happened.REFUND_CAME_BACK.value, subject=act, actor=None, **said_of(payment), moved=act.amount)


def _given_to_provider(act: PaymentAct) -> Answer:
    """UNKNOWN where no payment company sends it: a person pays it from the bank."""
    paid = selectors.try_to_pay_back(act.payment, act.kind)
    provider = provider_of(act.way) if act.way else None
    if provider is None or paid is None or paid.way != act.way:
        return CANNOT_TELL
    asked = RefundRequest(
        reference=paid.reference,
        provider_reference=paid.provider_reference,
        refund_reference=act.refund_reference,
        amount_paisa=act.amount,
        reason=act.payment.reference or "",
    )
    return provider.refund(asked, now=timezone.now())


@transaction.atomic
def note_seen(*, act: PaymentAct, actor: User | None, at: datetime) -> None:
    """Our bank shows a refund that a person sent there: it is done, and nobody has to look at it any more."""
    row = PaymentAct.objects.select_for_update(no_key=True).get(pk=act.pk)
    row.sent_at, row.done_at, row.code = row.sent_at or timezone.now(), at, "seen_in_bank"
    row.save()
    open_ = Finding.objects.filter(effect=f"{FindingKind.NOT_PAID_BACK.value}:act:{row.pk}", settled_at=None)
    open_.update(settled_by=actor, settled_at=timezone.now(), words=SEEN_WORDS)


@transaction.atomic
def note_not_seen(*, act: PaymentAct) -> None:
    """The line of the bank was another one after all."""
    row = PaymentAct.objects.select_for_update(no_key=True).get(pk=act.pk)
    row.done_at, row.code = None, ""
    row.save()
