"""Payments and tries as they stand, and the clock that decides. What is not the viewer's reads as not there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models.functions import Now
from django.utils import timezone

from payments.ledger import books
from payments.models import Attempt, BankAccount, BankFile, Finding, Notice, Payment, PaymentAct
from payments.providers.interface import Can
from payments.providers.switches import provider_of, providers_on
from payments.states import PAYABLE, UNDER_WAY, BankFileState, NoticeState
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from payments.ledger.books import Key
    from payments.providers.interface import Provider
    from smes.models import Sme
    from tdap_portal.accounts.models import User

AT_ONCE = 200
BANK = "bank"
"""The account in the books of what is paid to TDAP's own bank account, whether by transfer, challan or Raast."""
PAYABLE_NOW = [state.value for state in PAYABLE]
LIVE = [state.value for state in UNDER_WAY]


# -------------------------------------------------------------------------------------------------------- of one firm


def payments_of(sme: Sme) -> QuerySet[Payment]:
    """The newest first."""
    return Payment.objects.filter(sme=sme).order_by("-pk")


def payment_for(user: User, public_id: str) -> Payment:
    """Raises NotFound for whoever may not see it too."""
    row = Payment.objects.select_related("sme").filter(public_id=public_id).first()
    if row is None or not permissions.can_see_payments(user, row.sme):
        raise NotFound
    return row


def payment_opened_for(what: str) -> Payment | None:
    return Payment.objects.filter(opened_for=what).first()


def payment_by_id(pk: int | str) -> Payment | None:
    """For handlers, which act for the portal itself."""
    return Payment.objects.select_related("sme").filter(pk=pk).first()


def ways() -> list[Provider]:
    """In the order in which a payer reads them; those that nobody can pay by are left out."""
    return [provider for code, provider in providers_on().items() if code != "null"]


def attempt_of_page(payment: Payment, token: str) -> Attempt | None:
    return Attempt.objects.filter(payment=payment, token=token).first()


# ------------------------------------------------------------------------------------------------------ of the clockwork


def payments_past_their_day() -> Iterable[int]:
    """Ids of those that are over by the database's clock, the oldest first."""
    rows = Payment.objects.filter(state__in=PAYABLE_NOW, due_at__lt=Now()).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def is_under_way(payment: Payment) -> bool:
    """Whether money may be on its way that is seen later."""
    return Attempt.objects.filter(payment=payment, state__in=LIVE).exists()


def bank_has_told(payment: Payment) -> bool:
    """Whether the statements of all our accounts are in that cover the day of a payment, and nothing is under way that
    another than the bank would tell of."""
    ways = Attempt.objects.filter(payment=payment, state__in=LIVE).values_list("way", flat=True)
    day = timezone.localdate(payment.due_at)
    return not any(not is_seen_late(way) for way in ways) and statement_is_in(day)


def is_seen_late(way: str) -> bool:
    provider = provider_of(way)
    return provider is not None and Can.SEEN_LATE in provider.can


def statement_is_in(day: date) -> bool:
    """Whether a taken statement of each of our bank accounts covers a day; False while there is no account."""
    accounts = set(BankAccount.objects.values_list("pk", flat=True))
    covered = BankFile.objects.filter(state=BankFileState.TAKEN, covers_from__lte=day, covers_to__gte=day)
    return bool(accounts) and accounts <= set(covered.values_list("account", flat=True))


def attempts_to_ask() -> Iterable[int]:
    rows = Attempt.objects.filter(ask_next_at__lte=timezone.now()).order_by("ask_next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def notices_to_work_off() -> Iterable[int]:
    rows = Notice.objects.filter(state=NoticeState.WAITING, try_next_at__lte=timezone.now())
    return list(rows.order_by("try_next_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def refused_lately(way: str) -> int:
    """How many notices of a provider were not believed in the last hour."""
    since = timezone.now() - timedelta(hours=1)
    return Notice.objects.filter(provider=way, state=NoticeState.REFUSED, received_at__gt=since).count()


def refunds_to_send() -> Iterable[int]:
    """Signed, and not given to their provider yet."""
    rows = PaymentAct.objects.filter(kind=PaymentAct.Kind.REFUND, signed_at__isnull=False, sent_at=None)
    return list(rows.order_by("signed_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


# --------------------------------------------------------------------------------------------------------- of officials


def findings_open() -> QuerySet[Finding]:
    """What a person has to look at, the oldest first."""
    return Finding.objects.filter(settled_at=None).select_related("payment__sme", "attempt").order_by("pk")


def acts_open() -> QuerySet[PaymentAct]:
    """What waits for a second person, the oldest first."""
    rows = PaymentAct.objects.filter(signed_at=None, returned_at=None)
    return rows.select_related("payment__sme", "proposed_by").order_by("pk")


# ---------------------------------------------------------------------------------------------------------------- others


def place_of(way: str) -> Key:
    """Where money lies that came by a way: with the provider until it pays out, or in the bank."""
    provider = provider_of(way)
    if provider is not None and Can.SEEN_LATE in provider.can:
        return books.bank(BANK)
    return books.clearing(way)


def asks(provider: Provider | None) -> bool:
    """Whether a provider can be asked how a payment stands."""
    return provider is not None and Can.QUERY in provider.can


def moment_of(attempt: Attempt, told: datetime | None) -> datetime:
    """What counts as the moment of payment: the provider's own; where it tells none, the end of the try, which never lies behind the
    day of the payment."""
    return told or attempt.expires_at
