"""What providers send: believed or not at the door, kept whole, worked off by the worker as often as it takes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from payments.models import Attempt, Finding, Notice, PaymentAct
from payments.money import PKR
from payments.providers.interface import Notice as Told
from payments.providers.interface import Outcome, Refused
from payments.providers.switches import provider_of
from payments.states import FindingKind, Happened, NoticeState
from tdap_portal.audit.services import record
from tdap_portal.core.errors import NotFound

from . import found, paying, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payments.models import Payment
    from payments.providers.interface import Provider, Reply

GIVEN_UP_AFTER = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
MAX_REFUSED = 200  # an hour of each provider: more of what nobody signed is not kept
KEPT_HEADERS = ("content-type", "signature", "client-id", "request-time", "sandbox-signature")
"""What a signature may rest on; nothing else of a request is kept beside its body."""

TOLD_WORDS = "The payment company has told of it."


def take_notice(*, way: str, body: bytes, headers: Mapping[str, str]) -> Reply | Refused:
    """Keep what came and answer at once; what it means is the worker's. A notice sent again is kept once.

    headers: with names in small letters. What is not believed is kept too, by the hash of its body, up to MAX_REFUSED an hour; Refused is
    given back.
    Raises NotFound for a way that is not switched on.
    """
    provider = provider_of(way)
    if provider is None:
        raise NotFound
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    digest = hashlib.sha256(body).hexdigest()
    said = provider.read_notice(body, kept, now=timezone.now())
    is_refused = isinstance(said, Refused)
    row = Notice(
        provider=way,
        event_id=f"refused:{digest}" if isinstance(said, Refused) else said.event_id,
        body=body,
        body_sha256=digest,
        headers=kept,
        state=(NoticeState.REFUSED if is_refused else NoticeState.WAITING).value,
        code=said.code if isinstance(said, Refused) else "",
    )
    if not is_refused or selectors.refused_lately(way) < MAX_REFUSED:
        Notice.objects.bulk_create([row], ignore_conflicts=True)
    return said if isinstance(said, Refused) else provider.reply


def work_off(notice_id: int) -> str:
    """Act on one notice; how it stands then. Twice, or by two workers, is once. One of a try that we do not know yet is tried again for a
    day: it may have been quicker than our own row."""
    row = Notice.objects.get(pk=notice_id)
    provider = provider_of(row.provider)
    if row.state != NoticeState.WAITING or provider is None:
        return row.state
    said = provider.read_notice(bytes(row.body), row.headers, now=row.received_at)
    if isinstance(said, Refused):  # believed when it came: a key was changed meanwhile
        return _done(row, NoticeState.GIVEN_UP, said.code)
    attempt = Attempt.objects.filter(reference=said.reference, way=row.provider).select_related("payment").first()
    if attempt is None:
        is_over = timezone.now() - row.received_at >= GIVEN_UP_AFTER
        return _try_later(row, said, found.paisa_borne_out(provider, said) if is_over else 0)
    return _done(row, NoticeState.DONE, _act(provider, attempt, row, said), attempt)


def _act(provider: Provider, attempt: Attempt, row: Notice, said: Told) -> str:
    """Act on what was said; a word for it."""
    if said.outcome == Outcome.PAID:
        return _act_on_paid(provider, attempt, said)
    if said.outcome == Outcome.FAILED:
        paying.note_failed(attempt=attempt, code="failed")
    elif said.outcome == Outcome.REFUNDED:
        take_refunded(attempt=attempt, notice=row, said=said)
    return said.outcome.value


def _act_on_paid(provider: Provider, attempt: Attempt, said: Told) -> str:
    """Money is believed when the provider, asked by us, says so too; where it cannot be asked, its signature must do."""
    amount, currency, fee = said.amount_paisa, said.currency, said.fee_paisa
    happened_at, number = said.happened_at, said.provider_reference
    if selectors.asks(provider):
        answer = provider.ask(attempt.reference, now=timezone.now())
        if answer.outcome != Outcome.PAID:
            paying.ask_again(attempt=attempt, code=paying.CONTRADICTS)
            return paying.CONTRADICTS
        if answer.amount_paisa is not None:  # what it says when asked outweighs what it sent
            amount, currency = answer.amount_paisa, answer.currency or currency
        happened_at = happened_at or answer.happened_at
        number = number or answer.provider_reference
    paying.take_paid(
        attempt=attempt, amount=amount, currency=currency, provider_reference=number, happened_at=happened_at, fee=fee
    )
    return said.outcome.value


@transaction.atomic
def _try_later(row: Notice, said: Told, paisa: int) -> str:
    """paisa: that the company has of us for it, once nobody waits for our own row any more."""
    kept = Notice.objects.select_for_update().get(pk=row.pk)
    if kept.state != NoticeState.WAITING:
        return kept.state
    now = timezone.now()
    kept.tries = min(kept.tries + 1, 1000)
    if now - kept.received_at >= GIVEN_UP_AFTER:
        kept.state, kept.code = NoticeState.GIVEN_UP.value, "unknown_payment"
        found.note_found(kept, said, paisa)
    else:
        kept.try_next_at = now + min(FIRST_WAIT * 2 ** min(kept.tries, 12), LONGEST_WAIT)
    kept.save()
    return kept.state


def _done(row: Notice, state: NoticeState, code: str, attempt: Attempt | None = None) -> str:
    Notice.objects.filter(pk=row.pk, state=NoticeState.WAITING).update(
        state=state.value, code=code[:40], attempt=attempt, tries=row.tries + 1
    )
    return state.value


# ------------------------------------------------------------------------------------------------- what is told of refunds


@transaction.atomic
def take_refunded(*, attempt: Attempt, notice: Notice, said: Told) -> bool:
    """Note with the refund that it is about that its company told of it; whether there is one. Twice, by two workers, and before our own
    answer from the company was noted, is once.

    Found by our reference of the refund, where the company names it; else by the amount, of one refund or of all so far, which some
    companies tell. One that somebody paid by hand as well, that did not go out, or of another amount is for a person.
    """
    payment = services.locked_payment(attempt.payment_id)
    rows = _refunds(payment, attempt.way)
    if any(row.notice_id == notice.pk for row in rows):
        return True
    found = _meant(rows, said)
    if found is None:
        services.raise_finding(
            FindingKind.UNCLEAR,
            said.event_id,
            payment=payment,
            attempt=attempt,
            notice=notice,
            amount=said.amount_paisa,
            currency=said.currency or PKR,
        )
        return False
    if found.notice_id is None:
        _bear_out(found, payment, notice, said)
    return True


def _refunds(payment: Payment, way: str) -> list[PaymentAct]:
    """Signed, to go back by this way and not come back, in the order in which they were signed; under lock."""
    kinds = [PaymentAct.Kind.REFUND, PaymentAct.Kind.PAY_CREDIT]
    rows = PaymentAct.objects.select_for_update(no_key=True).filter(
        payment=payment, kind__in=kinds, way=way, signed_at__isnull=False, came_back=False
    )
    return list(rows.order_by("signed_at", "pk"))


def _meant(rows: Sequence[PaymentAct], said: Told) -> PaymentAct | None:
    """None where it is none of ours, of another amount, or was paid by hand too."""
    if said.refund_reference:
        named = [row for row in rows if row.refund_reference == said.refund_reference]
        fitting = [row for row in named if _is_amount(row, rows, said)]
    else:
        fitting = [row for row in rows if row.notice_id is None and said.amount_paisa and _is_amount(row, rows, said)]
    return next((row for row in fitting if row.told_at is None), None)


def _is_amount(row: PaymentAct, rows: Sequence[PaymentAct], said: Told) -> bool:
    """Its own amount, or the sum of what the company told of so far and this one."""
    if said.currency not in ("", PKR):
        return False
    before = sum(other.amount for other in rows if other.notice_id is not None and other.pk != row.pk)
    return said.amount_paisa is None or said.amount_paisa in (row.amount, before + row.amount)


def _bear_out(row: PaymentAct, payment: Payment, notice: Notice, said: Told) -> None:
    was_done, now = row.done_at is not None, timezone.now()
    row.notice = notice
    row.sent_at, row.done_at = row.sent_at or now, row.done_at or said.happened_at or now
    row.save(update_fields=["notice", "sent_at", "done_at", "updated_at"])
    row.payment = payment
    facts = services.said_of(payment) | {"moved": row.amount}
    record(Happened.REFUND_TOLD.value, subject=row, actor=None, **facts)
    if not was_done:
        record(Happened.REFUND_DONE.value, subject=row, actor=None, **facts)
        open_ = Finding.objects.filter(effect=f"{FindingKind.NOT_PAID_BACK.value}:act:{row.pk}", settled_at=None)
        open_.update(settled_at=now, words=TOLD_WORDS)
