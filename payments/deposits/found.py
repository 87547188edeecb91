"""Money that a payment company took for a try that we do not know: in suspense, until two people say whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.ledger import books
from payments.ledger import services as ledger
from payments.models import Finding, PaymentAct
from payments.money import PKR
from payments.providers.interface import Outcome, Refused
from payments.providers.switches import provider_of
from payments.states import FindingKind, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors, services

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Notice, Payment
    from payments.providers.interface import Notice as Told
    from payments.providers.interface import Provider
    from tdap_portal.accounts.models import User


def paisa_borne_out(provider: Provider, said: Told) -> int:
    """What the company has of us for a try that we do not know: believed when it says so when it is asked, where it can be; 0 for nothing, and
    for another currency, which is only noted. Calls the company."""
    if said.outcome != Outcome.PAID:
        return 0
    amount, currency = said.amount_paisa, said.currency
    if selectors.asks(provider):
        answer = provider.ask(said.reference, now=timezone.now())
        if answer.outcome != Outcome.PAID:
            return 0
        if answer.amount_paisa is not None:
            amount, currency = answer.amount_paisa, answer.currency or currency
    return amount or 0 if (currency or PKR) == PKR else 0


def note_found(notice: Notice, said: Told, paisa: int) -> None:
    """Put it before a person, and into suspense where it is money; once, however often it is told. In the caller's transaction."""
    name = f"{notice.provider}:{said.provider_reference or said.reference}"
    if paisa:
        ledger.post(posting=books.found(paisa, provider=notice.provider), effect=f"found:{name}", actor=None)
    services.raise_finding(
        FindingKind.UNKNOWN_PAYMENT,
        name,
        notice=notice,
        amount=paisa or said.amount_paisa,
        currency=PKR if paisa else said.currency,
    )


@transaction.atomic
def propose_found(*, actor: User, finding: Finding, payment: Payment, words: str) -> PaymentAct:
    """Say for which payment such money came; another person signs it. The same again is once. Raises NotAllowed, DomainError "no_words",
    WrongState where nothing waits, or another one was proposed."""
    permissions.can_propose(actor, payment).require()
    text = words.strip()
    if not text:
        raise DomainError(_("Give the reason. The second person, and the firm, read it."), code="no_words")
    found = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    _require_waits(found)
    waiting = PaymentAct.objects.filter(finding=found, signed_at=None, returned_at=None).first()
    if waiting is not None:
        if (waiting.payment_id, waiting.words, waiting.proposed_by_id) == (payment.pk, text, actor.pk):
            return waiting
        raise WrongState(_("The same was proposed already and waits for its second hand."))
    act = PaymentAct.objects.create(
        payment=payment,
        kind=PaymentAct.Kind.TAKE_FOUND,
        amount=found.amount or 0,
        words=text,
        proposed_by=actor,
        finding=found,
    )
    said = services.said_of(payment) | {"kind": act.kind, "moved": act.amount, "words": text}
    record(Happened.ACT_PROPOSED.value, subject=act, actor=actor, **said)
    return act


def require_waits(act: PaymentAct) -> None:
    """Under the lock of its finding. Raises WrongState. In a transaction."""
    found = Finding.objects.select_for_update(no_key=True).get(acts=act.pk)
    _require_waits(found)
    act.finding = found


def _require_waits(finding: Finding) -> None:
    if not selectors.is_in_suspense(finding) or finding.back_by_id is not None:
        raise WrongState(_("No money of this waits any more."))


def take(payment: Payment, act: PaymentAct, actor: User) -> None:
    """It leaves suspense as money that came for this payment, on the company's moment: in time it pays, else it is credit of the firm."""
    found = act.finding
    if found is None or found.notice is None:
        raise WrongState(_("No money of this waits any more."))
    way = found.notice.provider
    services.receive(
        payment=payment,
        incoming=services.Incoming(
            amount=act.amount,
            into=books.suspense(way),
            happened_at=_moment_of(found.notice),
            effect=f"act:{act.pk}",
            way=way,
            method=selectors.name_of(way),
        ),
        actor=actor,
    )
    found.settled_by, found.settled_at, found.words = actor, timezone.now(), act.words
    found.save()
    record(Happened.FINDING_SETTLED.value, subject=found, actor=actor, kind=found.kind, words=act.words)


# ------------------------------------------------------------------------------------------------------- back to its payer


@transaction.atomic
def note_sent_back(*, actor: User, finding: Finding, words: str) -> Finding:
    """The company has sent it back to whoever paid, on its own page; another person bears that out. The same again is once. Raises NotAllowed,
    DomainError "no_words", WrongState where nothing waits, or it was proposed for a payment."""
    permissions.can_settle_finding(actor, finding).require()
    text = words.strip()[:300]
    if not text:
        raise DomainError(_("Write how the company sent it back, with its number."), code="no_words")
    row = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if (row.back_by_id, row.words) == (actor.pk, text) and row.settled_at is None:
        return row
    _require_waits(row)
    if PaymentAct.objects.filter(finding=row, signed_at=None, returned_at=None).exists():
        raise WrongState(_("The same was proposed already and waits for its second hand."))
    row.back_by, row.words = actor, text
    row.save(update_fields=["back_by", "words", "updated_at"])
    record(Happened.FOUND_SENT_BACK.value, subject=row, actor=actor, amount=row.amount, words=text)
    return row


@transaction.atomic
def bear_out_sent_back(*, actor: User, finding: Finding) -> Finding:
    """The second person saw that it went: it leaves suspense. Twice is once. Raises NotAllowed, WrongState."""
    row = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    permissions.can_bear_found_out(actor, row).require()
    if row.back_by_id is not None and row.settled_by_id == actor.pk:
        return row
    if row.back_by_id is None or not selectors.is_in_suspense(row) or row.notice is None or row.amount is None:
        raise WrongState(_("No money of this waits any more."))
    ledger.post(
        posting=books.found_sent_back(row.amount, provider=row.notice.provider),
        effect=f"found-back:{row.pk}",
        actor=actor,
        words=row.words,
    )
    row.settled_by, row.settled_at = actor, timezone.now()
    row.save()
    record(Happened.FINDING_SETTLED.value, subject=row, actor=actor, kind=row.kind, words=row.words)
    return row


@transaction.atomic
def note_not_sent_back(*, actor: User, finding: Finding) -> Finding:
    """It did not go, and waits again. Twice is once. Raises NotAllowed, WrongState where it was borne out."""
    permissions.can_settle_finding(actor, finding).require()
    row = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if row.settled_at is not None:
        raise WrongState(_("Somebody has settled this meanwhile."))
    if row.back_by_id is not None:
        record(Happened.FOUND_NOT_SENT.value, subject=row, actor=actor, amount=row.amount, words=row.words)
        row.back_by, row.words = None, ""
        row.save(update_fields=["back_by", "words", "updated_at"])
    return row


def _moment_of(notice: Notice) -> datetime:
    """The company's own, as it signed it; else when its notice came."""
    provider = provider_of(notice.provider)
    said = provider.read_notice(bytes(notice.body), notice.headers, now=notice.received_at) if provider else None
    return notice.received_at if said is None or isinstance(said, Refused) else said.happened_at or notice.received_at
