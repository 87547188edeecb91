"""Money that a payment company took for a try that we do not know: in suspense, until two people say whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
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


def is_in_suspense(finding: Finding) -> bool:
    """Whether money of it waits in the books."""
    is_open = finding.kind == FindingKind.UNKNOWN_PAYMENT and finding.settled_at is None
    return is_open and ledger_selectors.entry_of_effect(_effect_of(finding)) is not None


def _effect_of(finding: Finding) -> str:
    return f"found:{finding.effect.partition(':')[2]}"


@transaction.atomic
def propose_found(*, actor: User, finding: Finding, payment: Payment, words: str) -> PaymentAct:
    """Say for which payment such money came; another person signs it. The same again is once. Raises NotAllowed, DomainError "no_words",
    WrongState where nothing waits, or another one was proposed."""
    permissions.can_propose(actor, payment).require()
    text = words.strip()
    if not text:
        raise DomainError(_("Give the reason. The second person, and the firm, read it."), code="no_words")
    found = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if not is_in_suspense(found):
        raise WrongState(_("No money of this waits any more."))
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
    if not is_in_suspense(found):
        raise WrongState(_("No money of this waits any more."))
    act.finding = found


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


def _moment_of(notice: Notice) -> datetime:
    """The company's own, as it signed it; else when its notice came."""
    provider = provider_of(notice.provider)
    said = provider.read_notice(bytes(notice.body), notice.headers, now=notice.received_at) if provider else None
    return notice.received_at if said is None or isinstance(said, Refused) else said.happened_at or notice.received_at
