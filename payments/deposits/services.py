"""A payment from being asked to being settled or over. Other floors ask through open_payment and hear of it by events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import references
from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import Attempt, DepositRule, Finding, Payment
from payments.models.labels import PURPOSE_LABELS
from payments.money import PKR, checked_paisa
from payments.states import (
    PAYABLE,
    PAYMENT,
    AttemptState,
    EntryKind,
    FindingKind,
    Happened,
    PaymentState,
    Purpose,
    ReceiptKind,
)
from tdap_portal.audit.services import Happening, record, record_many
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from payments.ledger.books import Key
    from payments.models import Entry, Notice
    from smes.models import Sme
    from tdap_portal.accounts.models import User

WHOLE_WORDS = "All of it has come."
PREFIXES = {Purpose.DEPOSIT: references.DEPOSIT, Purpose.FEE: references.FEE}


# ---------------------------------------------------------------------------------------------------------- to be paid


@transaction.atomic
def open_payment(
    *, purpose: Purpose, sme: Sme, amount: int, words: str, words_ur: str, due_at: datetime, opened_for: str
) -> Payment:
    """Ask a firm to pay. opened_for: what for, in the words of the floor that asks; the same is asked once, and given back as it is.

    amount: paisa above 0. words: what the payer reads. due_at: the last second in which it counts; it may lie behind us, then it ends at
    the next ring of the clock. Raises MoneyError, DomainError "amount".
    """
    if checked_paisa(amount) <= 0:
        raise DomainError(_("What is asked for is an amount above 0."), code="amount")
    known = selectors.payment_opened_for(opened_for)
    if known is not None:
        return known
    row, is_new = Payment.objects.get_or_create(
        opened_for=opened_for,
        defaults={
            "purpose": purpose.value,
            "sme": sme,
            "amount": amount,
            "words": words,
            "words_ur": words_ur,
            "due_at": due_at.replace(microsecond=0),
        },
    )
    if is_new:
        row.reference = references.written(PREFIXES[purpose], row.pk)
        row.save(update_fields=["reference"])
        record(
            Happened.PAYMENT_ASKED.value,
            subject=row,
            actor=None,
            **said_of(row),
            due_at=row.due_at,
        )
    return row


@transaction.atomic
def cancel_payment(*, payment: Payment, actor: User | None, words: str) -> Payment:
    """Nothing is asked for any more, for the floor that asked; twice is once. What came in part becomes credit of the firm. Raises
    WrongState where it is paid."""
    row = locked_payment(payment.pk)
    if row.state in (PaymentState.CANCELLED, PaymentState.EXPIRED):
        return row
    move = PAYMENT.move("cancel", row.state)
    _release_part(row, actor)
    row.state = move.target.value
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of(row), words=words)
    return row


@transaction.atomic
def expire_payment(*, payment_id: int) -> str:
    """What the clock does with a payment whose day is over: its state then, "" where there is nothing to do.

    Where money may be under way that is seen later, it waits for the bank, until PAYMENT_BANK_DAYS working days are over, or until
    the banks' statements of its day are in where only those could tell of it. While a person has its slip or a line that names it to look
    at, it waits for that person.
    """
    row = locked_payment(payment_id)
    if row.state not in PAYABLE or row.due_at >= timezone.now():
        return ""
    if selectors.waits_for_people(row):  # the firm did its part
        return "" if row.state == PaymentState.AT_BANK else _moved(row, "wait")
    may_come = selectors.is_under_way(row) and not selectors.bank_has_told(row)
    if may_come or (row.paid and selectors.may_be_a_line(row)):
        last = add_working_days(timezone.localdate(row.due_at), settings.PAYMENT_BANK_DAYS)
        if row.state == PaymentState.AT_BANK and today() <= last:
            return ""
        if today() <= last:
            return _moved(row, "wait")
    Attempt.objects.filter(payment=row, state__in=selectors.LIVE).update(
        state=AttemptState.FAILED.value, code="not_seen", ask_next_at=None, updated_at=timezone.now()
    )
    _release_part(row, None)
    return _moved(row, "expire")


def _moved(row: Payment, action: str) -> str:
    move = PAYMENT.move(action, row.state)
    row.state = move.target.value
    row.save()
    record(move.event.value, subject=row, actor=None, **said_of(row))
    return row.state


def _release_part(row: Payment, actor: User | None) -> None:
    """Part that came of what has ended is credit of the firm, which a person sends back."""
    if not row.paid:
        return
    source = books.AccountKind.HELD if row.purpose == Purpose.DEPOSIT else books.AccountKind.FEES
    ledger.post(
        posting=books.released(row.sme_id, row.paid, source=source, about=row.reference or ""),
        effect=f"payment:{row.pk}:released:{row.paid}",
        actor=actor,
        subject=row.reference or "",
    )
    raise_finding(FindingKind.ENDED, f"payment:{row.pk}:part", payment=row, amount=row.paid)
    row.paid = 0


# --------------------------------------------------------------------------------------------------------- money comes


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that came for a payment. amount: paisa above 0. into: where it is. happened_at: the moment that counts. effect: names this
    very money, such as "jazzcash:240418718258": the same is booked once. way: its code; method: the same in words, for the receipt.
    tried: the try that asked for another amount; such money is credit until two people say what becomes of it."""

    amount: int
    into: Key
    happened_at: datetime
    effect: str
    way: str
    method: StrOrPromise
    currency: str = PKR
    tried: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of money. applied: paisa of the payment that it paid; credit: paisa that are the firm's, applied to nothing, and why.
    Both 0 for money that was known already."""

    applied: int = 0
    credit: int = 0
    why: FindingKind | None = None


def receive(*, payment: Payment, incoming: Incoming, actor: User | None = None) -> Received:
    """Take money in: it pays what is asked, if it came in time; all above that, and all that came too late or twice, is kept as credit of
    the firm, which a person is told of. Nothing is ever refused: the money is here.

    actor: who put it there, None for the portal. Raises NotAllowed; DomainError "currency" for another currency than the payment's, before
    anything is booked.
    """
    return receive_many(came=[(payment, incoming)], actor=actor)[0]


@transaction.atomic
def receive_many(*, came: Sequence[tuple[Payment, Incoming]], actor: User | None = None) -> list[Received]:
    """The same for many, all or none, in their order; several of them may be for one payment."""
    if any(incoming.currency != PKR for _payment, incoming in came):
        raise DomainError(_("This payment is asked for in rupees."), code="currency")
    if not came:
        return []
    rows = locked_payments(payment.pk for payment, _incoming in came)
    for row in rows.values():
        permissions.can_move(actor, row).require()
    known = ledger_selectors.effects_booked(incoming.effect for _payment, incoming in came)
    taken: list[_Taken | None] = []
    for payment, incoming in came:
        taken.append(_take_in(rows[payment.pk], incoming) if incoming.effect not in known else None)
        known.add(incoming.effect)
    new = [each for each in taken if each is not None]
    _book_in([each for each in new if each.applied], [each for each in new if each.credit], actor)
    return [each.said if each else Received() for each in taken]


@dataclass(slots=True)
class _Taken:
    """What becomes of one incoming. event: that its payment was paid, in part or whole; said: of the payment when it came."""

    row: Payment
    incoming: Incoming
    applied: int
    credit: int
    why: FindingKind | None
    event: str
    said: Received
    facts: dict[str, object]
    entry: Entry | None = None
    kept: Entry | None = None


def _take_in(row: Payment, incoming: Incoming) -> _Taken:
    """Noted on the row, which is under lock and saved later."""
    in_time = incoming.happened_at.replace(microsecond=0) <= row.due_at
    counts = row.state in PAYABLE and in_time
    applied = min(row.left, incoming.amount) if counts and incoming.tried is None else 0
    rest = incoming.amount - applied
    is_other = counts and incoming.tried is not None
    why = FindingKind.DIFFERS if is_other else _why_credit(row, in_time=in_time) if rest else None
    event = ""
    if applied:
        row.paid += applied
        move = PAYMENT.move("settle" if row.left == 0 else "pay_part", row.state)
        row.state, row.way, event = move.target.value, incoming.way, move.event.value
        if row.left == 0:
            row.paid_at, row.settled_at = incoming.happened_at, timezone.now()
    return _Taken(row, incoming, applied, rest, why, event, Received(applied, rest, why), said_of(row))


def _why_credit(row: Payment, *, in_time: bool) -> FindingKind:
    if row.state in PAYABLE and in_time:
        return FindingKind.DOUBLE  # above what was asked
    if row.state == PaymentState.CANCELLED:
        return FindingKind.ENDED
    if row.state in PAYABLE or row.state == PaymentState.EXPIRED:
        return FindingKind.SEEN_TOO_LATE if in_time else FindingKind.LATE
    return FindingKind.DOUBLE


def _book_in(applied: Sequence[_Taken], kept: Sequence[_Taken], actor: User | None) -> None:
    """Entries, payments, tries, history, what a person has to look at; receipts last of all: whoever numbers next waits for the commit."""
    entries = ledger.post_many(
        wanted=[_wanted_of(each, is_credit=False) for each in applied]
        + [_wanted_of(each, is_credit=True) for each in kept],
        actor=actor,
    )
    for each, entry in zip(applied, entries[: len(applied)], strict=True):
        each.entry = entry
    for each, entry in zip(kept, entries[len(applied) :], strict=True):
        each.kept = entry
    _save_paid({each.row.pk: each.row for each in applied}.values())
    _mark_tries(applied)
    record_many(
        [
            Happening(each.event, each.row, {**each.facts, "way": each.incoming.way, "came": each.applied})
            for each in applied
        ]
        + [Happening(Happened.MONEY_KEPT_AS_CREDIT.value, each.row, _said_of_credit(each)) for each in kept],
        actor=actor,
    )
    for each in kept:
        if each.why is not None:
            effect, tried = _effect_of_credit(each), each.incoming.tried
            raise_finding(each.why, effect, payment=each.row, attempt=tried, amount=each.credit)
    _look_at_what_is_missing(list({each.row.pk: each.row for each in applied}.values()))
    ledger.issue_receipts(
        [_paper(each, each.entry, each.applied) for each in applied if each.entry is not None]
        + [_paper(each, each.kept, each.credit) for each in kept if each.kept is not None]
    )


def _look_at_what_is_missing(rows: Sequence[Payment]) -> None:
    """So little that two people may accept it is put before them; with the last of it nobody has to look any more."""
    short = [row for row in rows if row.left > 0]
    whole = [row.pk for row in rows if row.left == 0]
    up_to = selectors.rule_on().short_up_to if short else 0
    for row in short:
        if row.left <= up_to:
            raise_finding(FindingKind.SHORT, f"payment:{row.pk}:{row.paid}", payment=row, amount=row.left)
    if whole:
        open_ = Finding.objects.filter(payment__in=whole, kind=FindingKind.SHORT.value, settled_at=None)
        open_.update(settled_at=timezone.now(), words=WHOLE_WORDS)


def _wanted_of(each: _Taken, *, is_credit: bool) -> ledger.Wanted:
    row, incoming = each.row, each.incoming
    if is_credit:
        post, amount, effect = books.kept_as_credit, each.credit, _effect_of_credit(each)
    else:
        post = books.deposit_paid if row.purpose == Purpose.DEPOSIT else books.fee_paid
        amount, effect = each.applied, incoming.effect
    posting = post(row.sme_id, amount, into=incoming.into, about=row.reference or "")
    return ledger.Wanted(posting, effect, row.reference or "")


def _effect_of_credit(each: _Taken) -> str:
    return f"{each.incoming.effect}{':over' if each.applied else ''}"


def _said_of_credit(each: _Taken) -> dict[str, object]:
    return {
        **each.facts,
        "way": each.incoming.way,
        "came": each.credit,
        "why": each.why.value if each.why else "",
        "happened_at": each.incoming.happened_at,
    }


def _save_paid(rows: Iterable[Payment]) -> None:
    found, now = list(rows), timezone.now()
    for row in found:
        row.updated_at = now
    fields = ["paid", "state", "way", "paid_at", "settled_at", "updated_at"]
    Payment.objects.bulk_update(found, fields, batch_size=100)


def _mark_tries(applied: Sequence[_Taken]) -> None:
    """The newest try by a way that only the bank shows is the one that was paid."""
    seen_late = [each for each in applied if selectors.place_of(each.incoming.way).kind == books.AccountKind.BANK]
    if not seen_late:
        return
    live = Attempt.objects.filter(payment__in=[each.row.pk for each in seen_late], state__in=selectors.LIVE)
    waiting: defaultdict[tuple[int, str], list[Attempt]] = defaultdict(list)
    for attempt in live.order_by("number"):
        waiting[attempt.payment_id, attempt.way].append(attempt)
    for each in seen_late:
        if some := waiting[each.row.pk, each.incoming.way]:
            newest = some.pop()
            newest.state, newest.code, newest.happened_at = AttemptState.PAID.value, "", each.incoming.happened_at
            newest.save(update_fields=["state", "code", "happened_at", "updated_at"])


def _paper(each: _Taken, entry: Entry, amount: int) -> ledger.Paper:
    return ledger.Paper(
        entry,
        ReceiptKind.PAYMENT,
        each.row.sme,
        amount,
        each.row.reference or "",
        PURPOSE_LABELS[Purpose(each.row.purpose)],
        each.incoming.method,
        timezone.localdate(each.incoming.happened_at),
    )


@transaction.atomic
def take_back(*, payment: Payment, amount: int, out_of: Key, effect: str, actor: User | None = None) -> Payment:
    """The bank or the provider took a payment back, whole or in part; the same effect once. The payment waits to be paid again until a new
    day by the rule: who asked for it decides what that means. Raises NotAllowed, DomainError "above_held" where less than that is held."""
    row = locked_payment(payment.pk)
    permissions.can_move(actor, row).require()
    if ledger_selectors.entry_of_effect(effect) is not None:
        return row
    if not 0 < amount <= row.held:
        raise DomainError(_("No more is taken back than is held of this payment."), code="above_held")
    move = PAYMENT.move("return", row.state)
    kind = books.AccountKind.HELD if row.purpose == Purpose.DEPOSIT else books.AccountKind.FEES
    ledger.post(
        posting=books.payment_returned(row.sme_id, amount, out_of=out_of, source=kind, about=row.reference or ""),
        effect=effect,
        actor=actor,
        subject=row.reference or "",
    )
    row.paid, row.let_go = row.paid - amount, 0
    row.state, row.paid_at, row.settled_at = move.target.value, None, None
    row.due_at, row.reminded_at = max(row.due_at, _due_again()), None
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of(row), came=-amount, due_at=row.due_at)
    raise_finding(FindingKind.TAKEN_BACK, effect, payment=row, amount=amount)
    return row


@transaction.atomic
def remind_of_payment(*, payment_id: int) -> bool:
    """Note that a firm is reminded of a day that comes near; once for each day, and not while people have its money to look at. What beat
    rings."""
    row = locked_payment(payment_id)
    if row.state not in PAYABLE or row.reminded_at is not None or row.due_at <= timezone.now():
        return False
    if selectors.waits_for_people(row):
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at", "updated_at"])
    record(Happened.PAYMENT_DUE_SOON.value, subject=row, actor=None, **said_of(row), due_at=row.due_at)
    return True


@transaction.atomic
def set_rule(*, actor: User, **values: Any) -> DepositRule:
    """How deposits are asked for and given back from a day on; payments that were asked for keep their day. The same again is none.

    values: fields of DepositRule. Raises NotAllowed, DomainError "past_day" for a day that has begun already.
    """
    permissions.can_set_rule(actor).require()
    if values["since"] < today():
        raise DomainError(_("A rule counts from today on, or from a later day."), code="past_day")
    known = selectors.rule_on(values["since"])
    if known.pk is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    made = DepositRule.objects.create(set_by=actor, **values)
    record(Happened.DEPOSIT_RULE_SET.value, subject=made, actor=actor, since=made.since, source=made.source)
    return made


def undo(*, actor: User, payment: Payment, effect: str, words: str, gives_days: bool = True) -> Payment:
    """What one effect did to a payment was a mistake: its entries are taken back, and the payment stands as if it had not been. Twice is
    once. For the room that had matched it, which has asked its permission.

    What receive or take_back of this effect booked is undone; other money of the payment stays. gives_days: a firm that had read that it paid has
    days again, as where the bank takes a payment back; not where the mistake was its own. Raises NotAllowed, DomainError "not_enough"
    where this money went back or was kept meanwhile, what the ledger's reverse raises, and WrongState where the payment is over meanwhile.
    """
    row = locked_payment(payment.pk)
    permissions.can_move(actor, row).require()
    for name in (effect, f"{effect}:over"):
        entry = ledger_selectors.entry_of_effect(name)
        if entry is None or ledger_selectors.is_taken_back(entry):
            continue
        amount = sum(part.amount for part in ledger_selectors.parts_of(entry) if part.amount > 0)
        _require_unused(row, entry, amount)
        ledger.reverse(actor=actor, entry=entry, words=words)
        if entry.kind in (EntryKind.DEPOSIT_PAID, EntryKind.FEE_PAID):
            _take_out(row, amount, actor, words, gives_days=gives_days)
        elif entry.kind == EntryKind.PAYMENT_RETURNED:
            _put_in_again(row, amount, actor, words)
        _settle_as_undone(name, actor, words)
    return row


def _require_unused(row: Payment, entry: Entry, amount: int) -> None:
    """The books ask whether the firm has so much at all; here it is the money of this very payment, else that of another one would pay."""
    kept = selectors.late_money_of(row) if entry.kind == EntryKind.KEPT_AS_CREDIT else row.held
    if entry.kind != EntryKind.PAYMENT_RETURNED and amount > kept:
        raise DomainError(
            _("This money went back to the firm, was kept or was used meanwhile. What is still there is less."),
            code="not_enough",
        )


def _take_out(row: Payment, amount: int, actor: User, words: str, *, gives_days: bool) -> None:
    move = PAYMENT.move("unmatch_part" if row.paid > amount else "unmatch", row.state)
    if row.state == PaymentState.PAID and gives_days:
        row.due_at, row.reminded_at = max(row.due_at, _due_again()), None
    row.paid, row.let_go = row.paid - amount, 0
    row.state, row.paid_at, row.settled_at = move.target.value, None, None
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of(row), came=-amount, due_at=row.due_at, words=words)


def _due_again() -> datetime:
    return selectors.due_after(selectors.rule_on().again_days)


def _put_in_again(row: Payment, amount: int, actor: User, words: str) -> None:
    """The bank took nothing back after all."""
    row.paid += amount
    move = PAYMENT.move("unreturn" if row.left == 0 else "pay_part", row.state)
    row.state = move.target.value
    if row.left == 0:
        row.paid_at = row.settled_at = timezone.now()
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of(row), came=amount, words=words)


def _settle_as_undone(effect: str, actor: User, words: str) -> None:
    open_ = Finding.objects.filter(settled_at=None, effect__in=[f"{kind.value}:{effect}" for kind in FindingKind])
    open_.update(settled_by=actor, settled_at=timezone.now(), words=words[:300])


# --------------------------------------------------------------------------------------------------------------- findings


def raise_finding(
    kind: FindingKind,
    effect: str,
    *,
    payment: Payment | None = None,
    attempt: Attempt | None = None,
    notice: Notice | None = None,
    amount: int | None = None,
    currency: str = PKR,
) -> None:
    """Put something before a person, once. In the caller's transaction."""
    row, is_new = Finding.objects.get_or_create(
        effect=f"{kind.value}:{effect}",
        defaults={
            "kind": kind.value,
            "payment": payment,
            "attempt": attempt,
            "notice": notice,
            "amount": amount,
            "currency": currency if amount is not None else "",
        },
    )
    if is_new:
        record(
            Happened.FINDING_RAISED.value,
            subject=row,
            actor=None,
            kind=kind.value,
            payment=payment.public_id if payment else "",
            amount=amount,
            currency=row.currency,
        )


@transaction.atomic
def settle_finding(*, actor: User, finding: Finding, words: str) -> Finding:
    """Say what was done about it; saying the same twice is once. Raises NotAllowed, DomainError "no_words", "settled" by another, or
    "waits" while its money stands in suspense."""
    row = Finding.objects.select_for_update(of=("self",)).select_related("payment__sme").get(pk=finding.pk)
    permissions.can_settle_finding(actor, row).require()
    text = words.strip()
    if not text:
        raise DomainError(_("Write what was done about it."), code="no_words")
    if row.settled_at is not None:
        if (row.settled_by_id, row.words) == (actor.pk, text):
            return row
        raise DomainError(_("Somebody has settled this meanwhile."), code="settled")
    if selectors.is_in_suspense(row):
        raise DomainError(
            _("Its money waits in the books. Say for which payment it came, or that the company sent it back."),
            code="waits",
        )
    row.settled_by, row.settled_at, row.words = actor, timezone.now(), text
    row.save()
    record(Happened.FINDING_SETTLED.value, subject=row, actor=actor, kind=row.kind, words=text)
    return row


# ---------------------------------------------------------------------------------------------------------------- details


def locked_payment(pk: int) -> Payment:
    """Under the lock that every act on a payment takes first; rows that only point at it do not wait. In a transaction."""
    row: Payment = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("sme").get(pk=pk)
    return row


def locked_payments(pks: Iterable[int]) -> dict[int, Payment]:
    """Several at once with their firms, in the order in which everybody locks them, so that nobody waits crosswise. In a transaction."""
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=sorted(set(pks))).order_by("pk")
    return {row.pk: row for row in rows.select_related("sme")}


def lock_payments(pks: Iterable[int]) -> None:
    """Several at once, in the order in which everybody locks them, so that nobody waits crosswise. In a transaction."""
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=sorted(set(pks))).order_by("pk")
    list(rows.values_list("pk", flat=True))


def said_of(row: Payment) -> dict[str, object]:
    """What every event of a payment says."""
    return {
        "payment": row.public_id,
        "reference": row.reference,
        "purpose": row.purpose,
        "opened_for": row.opened_for,
        "sme_id": row.sme_id,
        "amount": row.amount,
        "paid": row.paid,
    }
