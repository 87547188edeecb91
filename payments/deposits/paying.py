"""One try to pay: begun by a person, told of by the provider, asked about by the worker. Providers are called outside of transactions."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import Attempt, Payment
from payments.money import PKR
from payments.providers.interface import Begun, Can, Instructions, Outcome, PaymentRequest, Refused
from payments.providers.switches import provider_of
from payments.states import PAYABLE, UNDER_WAY, AttemptState, FindingKind, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payments.providers.interface import Answer, Provider
    from tdap_portal.accounts.models import User

DONE = (AttemptState.PAID, AttemptState.DIFFERS)
MAX_ATTEMPTS = 20
LOOKED_SECONDS = 5
NUMBER_IN_EFFECT = 40  # letters
OPEN_FOR = timedelta(minutes=30)
ASKED_AFTER_MINUTES = (1, 5, 30, 120, 360, 720, 1440)
"""Minutes from one question to the next; after the last a person looks."""


def begin_attempt(
    *,
    actor: User,
    payment: Payment,
    way: str,
    token: str,
    return_url: str = "",
    notice_url: str = "",
    mobile: str = "",
    cnic: str = "",
) -> tuple[Attempt, Begun | Refused | None]:
    """Start to pay by a way. token: of the page; sent twice it is one try. Its step is then the company's page once more, as long as nothing
    is known of it; for other ways None: the page shows how it stands.

    mobile, cnic: of the payer, given to the provider and kept nowhere. Raises NotAllowed; WrongState where nothing is to be paid;
    DomainError "no_such_way", "too_late", "too_many". The row stands before the provider is called: a notice that is quicker than its
    answer finds it.
    """
    permissions.can_pay(actor, payment).require()
    provider = provider_of(way)
    if provider is None or way == "null":
        raise DomainError(_("This way to pay is not open. Choose another one."), code="no_such_way")
    attempt, is_new = _write(actor, payment, provider, token)
    if not is_new and (mobile or not _leads_on(attempt, provider)):
        return attempt, None
    asked = PaymentRequest(
        reference=attempt.reference,
        amount_paisa=attempt.amount,
        description=f"{attempt.payment.words[:60]} {attempt.payment.reference}",
        at=attempt.begun_at,
        expires_at=attempt.expires_at,
        return_url=return_url,
        notice_url=notice_url,
        mobile=mobile,
        cnic=cnic,
    )
    begun = provider.begin(asked)
    return attempt, _note_beginning(attempt, begun) if is_new else begun


def _leads_on(attempt: Attempt, provider: Provider) -> bool:
    """Whether a second click may go to the company's page as the first did: the same order there, whatever was clicked."""
    is_same = attempt.way == provider.code and Can.HOSTED_PAGE in provider.can
    return is_same and attempt.state == AttemptState.PENDING and timezone.now() < attempt.expires_at


@transaction.atomic
def _write(actor: User, payment: Payment, provider: Provider, token: str) -> tuple[Attempt, bool]:
    row = services.locked_payment(payment.pk)
    known = selectors.attempt_of_page(row, token)
    if known is not None:
        return known, False
    if row.state not in PAYABLE:
        raise WrongState(_("Nothing is to be paid here any more. Load the page again to see how it stands."))
    now = timezone.now()
    if now >= row.due_at:
        raise DomainError(_("The day by which this was to be paid is over."), code="too_late")
    number = Attempt.objects.filter(payment=row).count() + 1
    if number > MAX_ATTEMPTS:
        raise DomainError(_("This was tried too often. Write to us, and an officer helps."), code="too_many")
    seen_late = Can.SEEN_LATE in provider.can
    attempt = Attempt.objects.create(
        payment=row,
        way=provider.code,
        number=number,
        reference=f"{(row.reference or '').replace('-', '')}A{number}",
        token=token,
        amount=row.left,
        begun_by=actor,
        begun_at=now,
        expires_at=row.due_at if seen_late else min(now + OPEN_FOR, row.due_at),
        ask_next_at=_next_question(0, now) if selectors.asks(provider) else None,
    )
    attempt.payment = row
    record(
        Happened.PAYMENT_BEGUN.value,
        subject=row,
        actor=actor,
        **services.said_of(row),
        way=provider.code,
        number=number,
    )
    return attempt, True


@transaction.atomic
def _note_beginning(attempt: Attempt, begun: Begun | Refused) -> Begun | Refused:
    """What the provider said at once, unless a notice was quicker. That it is paid is asked again before it is believed."""
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if row.state != AttemptState.PENDING:
        return begun
    if isinstance(begun, Refused) or begun.outcome == Outcome.FAILED:
        row.state, row.code, row.ask_next_at = AttemptState.FAILED.value, begun.code, None
    else:
        row.provider_reference = begun.provider_reference
        row.state = (AttemptState.UNKNOWN if begun.outcome == Outcome.UNKNOWN else AttemptState.PENDING).value
        row.code = begun.code
    row.save()
    return begun


def instructions_of(attempt: Attempt) -> Instructions | None:
    """What the payer copies or scans, shown again; None for a way without, or that is no longer on."""
    provider = provider_of(attempt.way)
    if provider is None or Can.INSTRUCTIONS not in provider.can:
        return None
    begun = provider.begin(request_of(attempt))
    return begun.step if isinstance(begun, Begun) and isinstance(begun.step, Instructions) else None


def request_of(attempt: Attempt) -> PaymentRequest:
    """The same try in the words of the providers, without anything of the payer."""
    return PaymentRequest(
        reference=attempt.reference,
        amount_paisa=attempt.amount,
        description=f"{attempt.payment.words[:60]} {attempt.payment.reference}",
        at=attempt.begun_at,
        expires_at=attempt.expires_at,
    )


def look_now(*, actor: User, attempt: Attempt) -> None:
    """The payer asks how it stands: the provider is asked at once, though not more often than every LOOKED_SECONDS. What it does not know
    yet changes nothing. Raises NotAllowed."""
    permissions.can_pay(actor, attempt.payment).require()
    provider = provider_of(attempt.way)
    if provider is None or not selectors.asks(provider) or attempt.state not in UNDER_WAY:
        return
    if not cache.add(f"payments:looked:{attempt.pk}", 1, LOOKED_SECONDS):
        return
    answer = provider.ask(attempt.reference, now=timezone.now())
    if answer.outcome in (Outcome.PAID, Outcome.FAILED):
        act_on_answer(attempt, answer)


@transaction.atomic
def leave_attempt(*, actor: User, attempt: Attempt) -> Attempt:
    """The firm did not pay this way, so nobody waits for the bank; twice is once. Money that comes all the same counts all the same.

    Raises NotAllowed; DomainError "asked_anyway" for a way whose company is asked how it stands; WrongState where a slip is looked at.
    """
    permissions.can_pay(actor, attempt.payment).require()
    payment = services.locked_payment(attempt.payment_id)
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    row.payment = payment
    if row.state not in UNDER_WAY:
        return row
    if selectors.asks(provider_of(row.way)):
        raise DomainError(_("We ask the payment company ourselves how this stands."), code="asked_anyway")
    if selectors.proof_waits(payment):
        raise WrongState(_("A slip of this payment is being looked at."))
    row.state, row.code, row.ask_next_at = AttemptState.FAILED.value, "left", None
    row.save()
    record(Happened.PAYMENT_LEFT.value, subject=payment, actor=actor, **services.said_of(payment), number=row.number)
    return row


# -------------------------------------------------------------------------------------------------- what a provider says


@transaction.atomic
def take_paid(
    *,
    attempt: Attempt,
    amount: int | None,
    currency: str,
    provider_reference: str,
    happened_at: datetime | None,
    fee: int | None,
) -> None:
    """A try was paid, as its provider says, and says again when asked. Another amount than asked is credit of the firm, and two people decide
    what becomes of it; another currency books nothing until our bank has it in rupees. A second payment by the same try, with a number of
    its own, is a double one; the same number with another amount is for a person."""
    payment = services.locked_payment(attempt.payment_id)
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    came, money = amount if amount is not None else row.amount, currency or PKR
    if money != PKR:
        _note_currency(payment, row, came, money, happened_at)
        return
    if _is_known(row, provider_reference):
        if came != (row.amount if row.came is None else row.came):
            name = f"{row.reference}:{came}:{money}"
            services.raise_finding(FindingKind.UNCLEAR, name, payment=payment, attempt=row, amount=came)
        return
    provider, is_other = provider_of(row.way), came != row.amount
    services.receive(
        payment=payment,
        incoming=services.Incoming(
            amount=came,
            into=selectors.place_of(row.way),
            happened_at=selectors.moment_of(row, happened_at),
            effect=_effect_of(row, provider_reference),
            way=row.way,
            method=_(provider.name) if provider else row.way,
            tried=row if is_other else None,
        ),
    )
    if not _is_done(row):
        row.state = (AttemptState.DIFFERS if is_other else AttemptState.PAID).value
        row.came, row.code, row.ask_next_at = came if is_other else None, "", None
        row.happened_at, row.fee = happened_at, fee
        row.provider_reference = provider_reference or row.provider_reference
        row.save()


def _is_known(row: Attempt, number: str) -> bool:
    """Whether this money was told of before: by the company's number, where it has one."""
    return _is_done(row) and (not row.provider_reference or number in ("", row.provider_reference))


def _is_done(row: Attempt) -> bool:
    """Whether its money is in the books."""
    return row.state == AttemptState.PAID or (row.state == AttemptState.DIFFERS and row.came is not None)


def _note_currency(payment: Payment, row: Attempt, came: int, money: str, happened_at: datetime | None) -> None:
    if row.state in UNDER_WAY or row.state == AttemptState.FAILED:
        row.state, row.ask_next_at, row.happened_at = AttemptState.DIFFERS.value, None, happened_at
        row.save()
    name = f"{row.reference}:{came}:{money}"
    services.raise_finding(FindingKind.DIFFERS, name, payment=payment, attempt=row, amount=came, currency=money)


def _effect_of(attempt: Attempt, number: str) -> str:
    """Of a try and the company's number, which some companies use again after a time."""
    short = (
        number if len(number) <= NUMBER_IN_EFFECT else hashlib.sha256(number.encode()).hexdigest()[:NUMBER_IN_EFFECT]
    )
    return f"{attempt.reference}:{short}"


@transaction.atomic
def note_seen(seen: Mapping[int, datetime]) -> None:
    """The bank showed the money of payments, by id the moment: the tries by ways that are only seen there came to their end."""
    rows = Attempt.objects.select_for_update(no_key=True).filter(payment__in=list(seen), state__in=selectors.LIVE)
    for row in rows.order_by("pk"):
        if selectors.is_seen_late(row.way):
            row.state, row.code, row.ask_next_at = AttemptState.PAID.value, "", None
            row.happened_at = seen[row.payment_id]
            row.save()


@transaction.atomic
def note_failed(*, attempt: Attempt, code: str) -> None:
    """A try came to nothing; one that was paid stays paid."""
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if row.state in UNDER_WAY:
        row.state, row.code, row.ask_next_at = AttemptState.FAILED.value, code[:40], None
        row.save()


@transaction.atomic
def ask_again(*, attempt: Attempt, code: str) -> None:
    """What the provider said is not borne out: it is asked again, later and later, and then a person looks."""
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if row.state in DONE:
        return
    row.state, row.code = AttemptState.UNKNOWN.value, code[:40]
    row.ask_next_at = _next_question(row.asked_times, timezone.now())
    row.save()
    if row.ask_next_at is None:
        services.raise_finding(FindingKind.UNCLEAR, row.reference, payment=row.payment, attempt=row, amount=row.amount)


# ---------------------------------------------------------------------------------------------------- asking a provider


def ask_provider(attempt_id: int) -> str:
    """Ask how a try stands and act on the answer; how it stands then. Two workers asking at once do no harm."""
    attempt = Attempt.objects.select_related("payment").get(pk=attempt_id)
    provider = provider_of(attempt.way)
    if provider is None or not selectors.asks(provider) or attempt.ask_next_at is None:
        Attempt.objects.filter(pk=attempt_id).update(ask_next_at=None)
        return attempt.state
    Attempt.objects.filter(pk=attempt_id, asked_times=attempt.asked_times).update(asked_times=attempt.asked_times + 1)
    answer = provider.ask(attempt.reference, now=timezone.now())
    act_on_answer(attempt, answer)
    attempt.refresh_from_db()
    return attempt.state


def act_on_answer(attempt: Attempt, answer: Answer) -> None:
    """What a provider says when asked outweighs what it sent."""
    is_over = timezone.now() > attempt.expires_at
    if answer.outcome == Outcome.PAID:
        take_paid(
            attempt=attempt,
            amount=answer.amount_paisa,
            currency=answer.currency,
            provider_reference=answer.provider_reference,
            happened_at=answer.happened_at,
            fee=answer.fee_paisa,
        )
    elif answer.outcome == Outcome.FAILED and attempt.code != CONTRADICTS:
        note_failed(attempt=attempt, code=answer.code)
    elif answer.outcome == Outcome.PENDING and not is_over:
        _wait(attempt)
    else:
        ask_again(attempt=attempt, code=attempt.code or answer.code or "not_told")


CONTRADICTS = "contradicts"
"""A notice said paid, and the provider said otherwise when it was asked."""


@transaction.atomic
def _wait(attempt: Attempt) -> None:
    row = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if row.state in UNDER_WAY:
        row.ask_next_at = _next_question(row.asked_times, timezone.now()) or row.expires_at + timedelta(minutes=1)
        row.save()


def _next_question(asked_times: int, now: datetime) -> datetime | None:
    """None after the last."""
    if asked_times >= len(ASKED_AFTER_MINUTES):
        return None
    return now + timedelta(minutes=ASKED_AFTER_MINUTES[asked_times])
