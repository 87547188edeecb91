"""Payments and tries as they stand, and the clock that decides. What is not the viewer's reads as not there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import references
from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.models import (
    Attempt,
    BankAccount,
    BankFile,
    BankLine,
    BankShare,
    DepositRule,
    Finding,
    Line,
    Notice,
    Payment,
    PaymentAct,
    Proof,
)
from payments.money import PKR
from payments.providers.interface import Can
from payments.providers.switches import provider_of, providers_on
from payments.states import (
    PAYABLE,
    UNDER_WAY,
    AccountKind,
    AttemptState,
    BankFileState,
    BankLineState,
    FindingKind,
    NoticeState,
    ProofState,
)
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from payments.ledger.books import Key
    from payments.providers.interface import Provider
    from smes.models import Sme
    from tdap_portal.accounts.models import User

AT_ONCE = 200
BANK = "bank"
"""The account in the books of what is paid to TDAP's own bank account, whether by transfer, challan or Raast."""
IN_TRANSIT = "bank"
"""The account of money that a slip shows and the bank has not shown yet, as if a company still had it."""
PAYABLE_NOW = [state.value for state in PAYABLE]
LIVE = [state.value for state in UNDER_WAY]
MONEY_CAME = Q(state=AttemptState.PAID.value) | Q(state=AttemptState.DIFFERS.value, came__isnull=False)
"""Tries by which rupees came."""
WAITING_LINES = [BankLineState.NEW.value, BankLineState.OPEN.value]
OPEN_PROOFS = [ProofState.WAITING.value, ProofState.LOOKED_AT.value]


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


def attempts_of(payment: Payment) -> QuerySet[Attempt]:
    """The newest first."""
    return Attempt.objects.filter(payment=payment).order_by("-number")


def attempt_in(payment: Payment, number: int) -> Attempt:
    """Raises NotFound."""
    row = Attempt.objects.filter(payment=payment, number=number).first()
    if row is None:
        raise NotFound
    row.payment = payment
    return row


def proofs_of(payment: Payment) -> QuerySet[Proof]:
    """The newest first."""
    return Proof.objects.filter(payment=payment).select_related("first_by", "judged_by").order_by("-pk")


def proof_in(payment: Payment, public_id: str) -> Proof:
    """Raises NotFound."""
    row = proofs_of(payment).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def refunds_of(payment: Payment) -> QuerySet[PaymentAct]:
    """Money that goes back to the firm, as it may know: signed, the newest first."""
    kinds = [PaymentAct.Kind.REFUND, PaymentAct.Kind.PAY_CREDIT, PaymentAct.Kind.FORFEIT]
    return PaymentAct.objects.filter(payment=payment, kind__in=kinds, signed_at__isnull=False).order_by("-pk")


def slips_awaited(payments: Iterable[Payment]) -> dict[int, int]:
    """By payment, paisa that two officers took from its slips and that no line of the bank has shown yet; without those that await none."""
    rows = {row.reference or "": row.pk for row in payments}
    found = _in_transit().filter(entry__subject__in=list(rows))
    return {rows[reference]: paisa for reference, paisa in found if paisa}


def _in_transit() -> QuerySet[Line, tuple[str, int]]:
    """(reference, paisa) of what slips showed."""
    lines = Line.objects.filter(account__kind=AccountKind.CLEARING, account__code=IN_TRANSIT).order_by()
    return lines.values_list("entry__subject").annotate(Sum("amount"))


def in_transit_of(payment: Payment) -> int:
    """Paisa that only slips show so far."""
    return slips_awaited([payment]).get(payment.pk, 0)


def shown_before(payments: Iterable[Payment]) -> dict[int, int]:
    """By payment, paisa that lines of the bank brought and that no slip told of: a slip that comes now and says no more tells of the same
    money. Without those of which the bank has shown nothing."""
    rows = {row.pk: row for row in payments}
    shares = BankShare.objects.filter(payment__in=list(rows), act=None, match__taken_back_at=None)
    brought = _by_payment(shares.filter(match__kind="payment"))
    if not brought:
        return {}
    gone = _by_payment(shares.filter(match__kind="return"))
    told = _by_payment(Proof.objects.filter(payment__in=list(brought), state=ProofState.APPROVED))
    waits = slips_awaited(rows[pk] for pk in told) if told else {}
    found = {pk: came - gone.get(pk, 0) - told.get(pk, 0) + waits.get(pk, 0) for pk, came in brought.items()}
    return {pk: rest for pk, rest in found.items() if rest > 0}


def _by_payment(rows: QuerySet[BankShare] | QuerySet[Proof]) -> dict[int, int]:
    return dict(rows.order_by().values_list("payment").annotate(Sum("amount")))


def is_slip_booked(proof: Proof) -> bool:
    """Whether a slip that was found right stands in the books: not where the bank had shown its money before."""
    return ledger_selectors.entry_of_effect(proof.effect) is not None


@dataclass(frozen=True, slots=True)
class SlipsNotShown:
    """What slips of a payment showed and the bank has not. days: of the slips that make up exactly that, each by itself."""

    amount: int
    days: tuple[date, ...]


def slips_not_shown() -> dict[int, SlipsNotShown]:
    """By payment, of all that await a line of the bank."""
    awaited = {reference: paisa for reference, paisa in _in_transit().exclude(entry__subject="") if paisa}
    rows = Payment.objects.filter(reference__in=list(awaited)).values_list("pk", "reference")
    amounts = {pk: awaited[reference or ""] for pk, reference in rows} if awaited else {}
    days: defaultdict[int, list[date]] = defaultdict(list)
    proofs = (
        Proof.objects.filter(payment__in=list(amounts), state=ProofState.APPROVED).order_by("pk") if amounts else ()
    )
    for proof in proofs:
        if proof.amount == amounts[proof.payment_id]:
            days[proof.payment_id].append(proof.paid_on)
    return {pk: SlipsNotShown(paisa, tuple(days[pk])) for pk, paisa in amounts.items()}


def late_money_of(payment: Payment) -> int:
    """Paisa of the firm's credit that came for this very payment and were not used or sent back since."""
    return max(0, -credit_lines_of(payment))


def credit_in_time(payment: Payment) -> int:
    """Paisa of that credit that may pay it still: all of it until its day is over, then what came in time with another amount."""
    found = late_money_of(payment)
    if timezone.now() <= payment.due_at:
        return found
    came = Finding.objects.filter(payment=payment, kind=FindingKind.DIFFERS, currency=PKR, settled_at=None)
    return min(found, came.aggregate(sum=Sum("amount"))["sum"] or 0)


def credit_lines_of(payment: Payment) -> int:
    lines = Line.objects.filter(
        account__sme=payment.sme_id,
        account__kind=AccountKind.CREDIT,
        account__currency=PKR,
        about=payment.reference or "",
    )
    found: int = lines.aggregate(sum=Sum("amount"))["sum"] or 0
    credit = ledger_selectors.account_of(books.credit(payment.sme_id))
    whole = ledger_selectors.signed_balance(credit.pk) if credit is not None else 0
    return max(found, whole)  # both stand below 0: no more than the firm has at all


# --------------------------------------------------------------------------------------------------------- the rule


def rule_on(day: date | None = None) -> DepositRule:
    """How deposits are asked for on a day, None for today; what is usual where nobody has set a rule."""
    rows = DepositRule.objects.filter(since__lte=day or today()).order_by("-since", "-pk")
    return rows.first() or DepositRule.usual()


def rules() -> QuerySet[DepositRule]:
    """The newest first."""
    return DepositRule.objects.select_related("set_by").order_by("-since", "-pk")


def last_second(day: date) -> datetime:
    """Of a day in Karachi."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def due_after(working_days: int, start: date | None = None) -> datetime:
    """The last second of the working day so many after a day, None for today."""
    return last_second(add_working_days(start or today(), working_days))


# ------------------------------------------------------------------------------------------------------ of the clockwork


def payments_past_their_day() -> Iterable[int]:
    """Ids of those that are over by the database's clock, the oldest first."""
    rows = Payment.objects.filter(state__in=PAYABLE_NOW, due_at__lt=Now()).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def is_under_way(payment: Payment) -> bool:
    """Whether money may be on its way that is seen later."""
    return Attempt.objects.filter(payment=payment, state__in=LIVE).exists()


def waits_for_people(payment: Payment) -> bool:
    """Whether the firm did its part: people have its slip, money of another amount, or a line of the bank that names it to look at."""
    return proof_waits(payment) or people_decide(payment) or is_named_by_a_line(payment)


def proof_waits(payment: Payment) -> bool:
    """Whether officials have a slip of it before them."""
    return Proof.objects.filter(payment=payment, state__in=OPEN_PROOFS).exists()


def is_named_by_a_line(payment: Payment) -> bool:
    """Whether a line of the bank that names it, of the days in which it could be paid, waits for a person."""
    return any(
        each.reference == payment.reference
        for words in _lines_that_wait(payment).values_list("reference", "text", "name")
        for each in references.found_in(" ".join(words))
    )


def may_be_a_line(payment: Payment) -> bool:
    """Whether a line that waits brought exactly what is left of it, whomever it names."""
    return _lines_that_wait(payment).filter(amount=payment.left).exists()


def _lines_that_wait(payment: Payment) -> QuerySet[BankLine]:
    first, last = timezone.localdate(payment.created_at) - timedelta(days=1), timezone.localdate(payment.due_at)
    return BankLine.objects.filter(state__in=WAITING_LINES, amount__gt=0, value_on__range=(first, last))


def people_decide(payment: Payment) -> bool:
    """Whether two people may still make a payment whole with what came in time: with credit, or by accepting the little that is missing."""
    kinds = [PaymentAct.Kind.USE_CREDIT, PaymentAct.Kind.TAKE_SHORT]
    if PaymentAct.objects.filter(payment=payment, kind__in=kinds, signed_at=None, returned_at=None).exists():
        return True
    open_ = Finding.objects.filter(payment=payment, settled_at=None)
    kinds_open = set(open_.filter(kind__in=[FindingKind.DIFFERS, FindingKind.SHORT]).values_list("kind", flat=True))
    if FindingKind.SHORT.value in kinds_open:
        return True
    short_up_to = rule_on().short_up_to
    return FindingKind.DIFFERS.value in kinds_open and credit_in_time(payment) >= payment.left - short_up_to


def is_short(payment: Payment) -> bool:
    """Whether so little is missing that two people may accept it, and nobody has said no."""
    if payment.state not in PAYABLE_NOW or not payment.paid:
        return False
    return Finding.objects.filter(payment=payment, kind=FindingKind.SHORT, settled_at=None).exists()


def payments_to_remind() -> Iterable[int]:
    """Ids of those whose last day comes near, each once for its day."""
    now = timezone.now()
    until = last_second(timezone.localdate(now) + timedelta(days=rule_on().remind_days))
    rows = Payment.objects.filter(state__in=PAYABLE_NOW, due_at__gt=now, due_at__lte=until, reminded_at=None)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def bank_has_told(payment: Payment) -> bool:
    """Whether the statements of all our accounts are in that cover the day of a payment, none of their lines that wait may be its money, and
    nothing is under way that another than the bank would tell of."""
    ways = Attempt.objects.filter(payment=payment, state__in=LIVE).values_list("way", flat=True)
    day = timezone.localdate(payment.due_at)
    seen_elsewhere = any(not is_seen_late(way) for way in ways)
    return not seen_elsewhere and statement_is_in(day) and not may_be_a_line(payment)


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
    kinds = [PaymentAct.Kind.REFUND, PaymentAct.Kind.PAY_CREDIT]
    rows = PaymentAct.objects.filter(kind__in=kinds, signed_at__isnull=False, done_at=None, sent_at=None)
    return list(rows.order_by("signed_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


# --------------------------------------------------------------------------------------------------------- of officials


def is_in_suspense(finding: Finding) -> bool:
    """Whether money of it waits in the books, until two people have said whose it is or that it went back."""
    is_open = finding.kind == FindingKind.UNKNOWN_PAYMENT and finding.settled_at is None
    return is_open and ledger_selectors.entry_of_effect(f"found:{finding.effect.partition(':')[2]}") is not None


def findings_open() -> QuerySet[Finding]:
    """What a person has to look at, the oldest first."""
    rows = Finding.objects.filter(settled_at=None).select_related("payment__sme", "attempt", "back_by")
    return rows.order_by("pk")


def acts_open() -> QuerySet[PaymentAct]:
    """What waits for a second person, the oldest first."""
    rows = PaymentAct.objects.filter(signed_at=None, returned_at=None)
    return rows.select_related("payment__sme", "proposed_by").order_by("pk")


def proofs_open() -> QuerySet[Proof]:
    """Slips that somebody has to look at, the oldest first."""
    return Proof.objects.filter(state__in=OPEN_PROOFS).select_related("payment__sme", "first_by").order_by("pk")


def refunds_by_hand() -> QuerySet[PaymentAct]:
    """Signed refunds that no payment company sends: a person pays them from the bank, another one bears it out. The oldest first."""
    kinds = [PaymentAct.Kind.REFUND, PaymentAct.Kind.PAY_CREDIT]
    rows = PaymentAct.objects.filter(
        kind__in=kinds, signed_at__isnull=False, sent_at__isnull=False, done_at=None, came_back=False
    )
    return rows.select_related("payment__sme", "told_by").order_by("signed_at", "pk")


def act_by_id(pk: int | str) -> PaymentAct | None:
    """For handlers."""
    return PaymentAct.objects.select_related("payment__sme", "proposed_by").filter(pk=pk).first()


def proof_by_id(pk: int | str) -> Proof | None:
    """For handlers."""
    return Proof.objects.select_related("payment__sme", "uploaded_by").filter(pk=pk).first()


# ---------------------------------------------------------------------------------------------------------------- others


def try_to_pay_back(payment: Payment, kind: str) -> Attempt | None:
    """What was paid goes back by the try that paid it; credit by the last try that was paid, which is the second or the late one."""
    paid = Attempt.objects.filter(MONEY_CAME, payment=payment)
    if kind == PaymentAct.Kind.PAY_CREDIT:
        return paid.order_by("-happened_at", "-pk").first()
    return paid.filter(way=payment.way).order_by("pk").first()


def way_back(payment: Payment, act: PaymentAct) -> str:
    """By which way money of a payment goes back; "" where a person pays it from the bank: no company sends it, it sent back what was tried
    before, or it never had so much of this payment."""
    attempt = try_to_pay_back(payment, act.kind)
    provider = provider_of(attempt.way) if attempt is not None else None
    if attempt is None or provider is None or Can.REFUND not in provider.can:
        return ""
    others = PaymentAct.objects.filter(payment=payment, way=attempt.way, signed_at__isnull=False).exclude(pk=act.pk)
    tries = Attempt.objects.filter(MONEY_CAME, payment=payment, way=attempt.way)
    came = tries.aggregate(sum=Sum(Coalesce("came", "amount")))["sum"] or 0
    rest = came - (others.aggregate(sum=Sum("amount"))["sum"] or 0)
    if others.filter(came_back=True).exists() or act.amount > min(attempt.came or attempt.amount, rest):
        return ""
    return attempt.way


def place_of(way: str) -> Key:
    """Where money lies that came by a way: with the provider until it pays out, or in the bank."""
    provider = provider_of(way)
    if provider is not None and Can.SEEN_LATE in provider.can:
        return books.bank(BANK)
    return books.clearing(way)


def name_of(way: str) -> StrOrPromise:
    """Of a way, marked for translation; its code where it is not on."""
    provider = provider_of(way)
    return _(provider.name) if provider is not None else way


def asks(provider: Provider | None) -> bool:
    """Whether a provider can be asked how a payment stands."""
    return provider is not None and Can.QUERY in provider.can


def moment_of(attempt: Attempt, told: datetime | None) -> datetime:
    """What counts as the moment of payment: the provider's own; where it tells none, the end of the try, which never lies behind the
    day of the payment."""
    return told or attempt.expires_at
