"""What providers send: believed or not at the door, kept whole, worked off by the worker as often as it takes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from payments.models import Attempt, Notice
from payments.providers.interface import Notice as Told
from payments.providers.interface import Outcome, Refused
from payments.providers.switches import provider_of
from payments.states import AttemptState, FindingKind, NoticeState
from tdap_portal.core.errors import NotFound

from . import paying, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.providers.interface import Provider, Reply

GIVEN_UP_AFTER = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
MAX_REFUSED = 200  # an hour of each provider: more of what nobody signed is not kept
KEPT_HEADERS = ("content-type", "signature", "client-id", "request-time", "sandbox-signature")
"""What a signature may rest on; nothing else of a request is kept beside its body."""


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
        return _try_later(row, said)
    return _done(row, NoticeState.DONE, _act(provider, attempt, said), attempt)


def _act(provider: Provider, attempt: Attempt, said: Told) -> str:
    """Act on what was said; a word for it."""
    if said.outcome == Outcome.PAID:
        return _act_on_paid(provider, attempt, said)
    if said.outcome == Outcome.FAILED:
        paying.note_failed(attempt=attempt, code="failed")
    elif said.outcome == Outcome.REFUNDED and attempt.state == AttemptState.PAID:
        with transaction.atomic():
            services.raise_finding(
                FindingKind.UNCLEAR,
                f"{said.event_id}",
                payment=attempt.payment,
                attempt=attempt,
                amount=said.amount_paisa,
            )
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
        amount = amount if amount is not None else answer.amount_paisa
        happened_at = happened_at or answer.happened_at
        number = number or answer.provider_reference
    paying.take_paid(
        attempt=attempt, amount=amount, currency=currency, provider_reference=number, happened_at=happened_at, fee=fee
    )
    return said.outcome.value


@transaction.atomic
def _try_later(row: Notice, said: Told) -> str:
    kept = Notice.objects.select_for_update().get(pk=row.pk)
    if kept.state != NoticeState.WAITING:
        return kept.state
    now = timezone.now()
    kept.tries = min(kept.tries + 1, 1000)
    if now - kept.received_at >= GIVEN_UP_AFTER:
        kept.state, kept.code = NoticeState.GIVEN_UP.value, "unknown_payment"
        services.raise_finding(
            FindingKind.UNKNOWN_PAYMENT,
            f"{kept.provider}:{said.provider_reference or said.reference}",
            notice=kept,
            amount=said.amount_paisa,
            currency=said.currency,
        )
    else:
        kept.try_next_at = now + min(FIRST_WAIT * 2 ** min(kept.tries, 12), LONGEST_WAIT)
    kept.save()
    return kept.state


def _done(row: Notice, state: NoticeState, code: str, attempt: Attempt | None = None) -> str:
    Notice.objects.filter(pk=row.pk, state=NoticeState.WAITING).update(
        state=state.value, code=code[:40], attempt=attempt, tries=row.tries + 1
    )
    return state.value
