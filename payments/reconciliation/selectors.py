"""Accounts, files and lines of the bank as they stand, and what is expected of firms beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from payments.deposits import selectors as deposits_selectors
from payments.models import (
    BankAccount,
    BankFile,
    BankLine,
    BankMatch,
    BankShare,
    MatchProposal,
    MatchRule,
    Payment,
    PaymentAct,
    WalletReport,
)
from payments.references import found_in
from payments.states import BankFileState, BankLineState, PaymentState
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import NotFound

from . import matching, permissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

OTHERS_AT_MOST = 2_000
"""Lines of the queue among which further parts of a payment are looked for."""
LATE_DAYS = 120
"""For so long money is expected of a payment whose day has passed."""
SEARCHED = 25


# ------------------------------------------------------------------------------------------------------------ accounts


def accounts() -> list[BankAccount]:
    return list(BankAccount.objects.order_by("pk"))


def account_of_iban(iban: str) -> BankAccount | None:
    return BankAccount.objects.filter(iban=iban).first()


def rule_on(day: date) -> MatchRule | None:
    return MatchRule.objects.filter(since__lte=day).order_by("-since").first()


def rules_now() -> matching.Rules:
    """None off where no rule is set."""
    row = rule_on(today())
    return matching.Rules(row.tolerance, row.window) if row else matching.Rules(0, 0)


def rules() -> list[MatchRule]:
    """The newest first."""
    return list(MatchRule.objects.select_related("set_by").order_by("-since"))


# --------------------------------------------------------------------------------------------------------------- files


def files_visible_to(user: User) -> QuerySet[BankFile]:
    """Without what was handed in; order and page them by ("-id",)."""
    rows = BankFile.objects.exclude(state=BankFileState.DROPPED).select_related("account", "uploaded_by", "taken_by")
    return rows.defer("raw") if permissions.can_see_bank(user) else rows.none()


def file_for(user: User, public_id: str) -> BankFile:
    """With what was handed in. Raises NotFound for whoever may not see it too."""
    rows = BankFile.objects.select_related("account", "uploaded_by", "taken_by")
    row = rows.filter(public_id=public_id).first() if permissions.can_see_bank(user) else None
    if row is None:
        raise NotFound
    return row


def known_file(account: BankAccount, sha256: str) -> BankFile | None:
    return BankFile.objects.filter(account=account, sha256=sha256).exclude(state=BankFileState.DROPPED).first()


def file_before(file: BankFile, first_on: date) -> BankFile | None:
    """The taken file of the same account that ends last before a day."""
    rows = BankFile.objects.filter(account=file.account_id, state=BankFileState.TAKEN, covers_to__lt=first_on)
    return rows.exclude(pk=file.pk).defer("raw").order_by("-covers_to", "-pk").first()


def last_covered_day(account: BankAccount) -> date | None:
    """The last day of which no line of this account is missing."""
    last: date | None = (
        BankFile.objects.filter(account=account, state=BankFileState.TAKEN, covers_to__isnull=False)
        .order_by("-covers_to")
        .values_list("covers_to", flat=True)
        .first()
    )
    return last


# --------------------------------------------------------------------------------------------------------------- lines


def lines_visible_to(user: User) -> QuerySet[BankLine]:
    rows = BankLine.objects.select_related("account", "asked_by")
    return rows if permissions.can_see_bank(user) else rows.none()


def line_for(user: User, public_id: str) -> BankLine:
    """Raises NotFound for whoever may not see it too."""
    row = lines_visible_to(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def queue_visible_to(user: User, show: str = "") -> QuerySet[BankLine]:
    """Lines of which nobody knows yet whose they are; page them by ("-certainty", "id"). show: "second" for those that wait for a second
    person, "asked" for those about which the bank is asked, "" for all others."""
    rows = lines_visible_to(user)
    proposed = Exists(MatchProposal.objects.filter(line=OuterRef("pk"), settled_at=None))
    if show == "second":  # what was matched too, where it is to be taken back
        return rows.filter(proposed)
    return rows.filter(~proposed, state=BankLineState.OPEN, asked_on__isnull=show != "asked")


def lines_of_file(file: BankFile) -> QuerySet[BankLine]:
    return BankLine.objects.filter(file=file).order_by("number", "pk")


def lines_to_post(file: BankFile, at_most: int) -> list[BankLine]:
    rows = BankLine.objects.filter(file=file, state=BankLineState.NEW).select_related("account")
    return list(rows.order_by("number", "pk")[:at_most])


def named_later(file_id: int, references: Iterable[str]) -> set[str]:
    """Those of these references that stand in lines of a file which are not in the books yet."""
    wanted = set(references)
    rows = BankLine.objects.filter(file=file_id, state=BankLineState.NEW)
    numbers = Q()
    for each in wanted:
        number = each.split("-")[1].lstrip("0")
        numbers |= Q(text__contains=number) | Q(reference__contains=number) | Q(name__contains=number)
    return references_in(rows.filter(numbers)) & wanted if wanted else set()


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many lines wait for somebody to look at them and what they moved in paisa, in and out together; how many wait for a second person,
    and for the bank."""

    number: int
    moved: int
    second: int
    asked: int


def queue_count() -> QueueCount:
    proposed = Exists(MatchProposal.objects.filter(line=OuterRef("pk"), settled_at=None))
    rows = BankLine.objects.filter(state=BankLineState.OPEN).annotate(proposed=proposed)
    plain = Q(proposed=False, asked_on=None)
    second = MatchProposal.objects.filter(settled_at=None).count()
    said = rows.aggregate(
        number=Count("pk", filter=plain),
        came=Sum("amount", filter=plain & Q(amount__gt=0), default=0),
        gone=Sum("amount", filter=plain & Q(amount__lt=0), default=0),
        asked=Count("pk", filter=Q(proposed=False, asked_on__isnull=False)),
    )
    return QueueCount(said["number"], said["came"] - said["gone"], second, said["asked"])


def proposals_of(line: BankLine) -> list[MatchProposal]:
    """The newest first: one that waits, and those that were given back. What was signed stands among the matches."""
    rows = MatchProposal.objects.filter(Q(line=line) | Q(other=line), is_done=False)
    return list(rows.select_related("line", "other", "by", "settled_by").order_by("-pk"))


def proposals_by_line(lines: Iterable[BankLine]) -> dict[int, MatchProposal]:
    """What waits for a second person, by line."""
    rows = MatchProposal.objects.filter(line__in=[line.pk for line in lines], settled_at=None).select_related("by")
    return {row.line_id: row for row in rows}


def files_to_take(user: User) -> int:
    """How many files that somebody else handed in, and whose columns are known, are not taken yet."""
    rows = BankFile.objects.filter(state=BankFileState.READ).exclude(uploaded_by=user)
    return rows.exclude(format="table", layout__isnull=True).count()


def to_sign(user: User) -> int:
    """How many matches wait for another person than proposed them."""
    return MatchProposal.objects.filter(settled_at=None).exclude(by=user).count()


def proposal_for(user: User, public_id: str) -> MatchProposal:
    """Raises NotFound for whoever may not see it too."""
    rows = MatchProposal.objects.select_related("line", "by")
    row = rows.filter(public_id=public_id).first() if permissions.can_see_bank(user) else None
    if row is None:
        raise NotFound
    return row


def matches_of(line: BankLine) -> list[BankMatch]:
    """The newest first; those that were taken back too."""
    rows = BankMatch.objects.filter(Q(line=line) | Q(other=line))
    return list(
        rows.select_related("line", "other", "by", "second_by", "taken_back_by", "back_second_by", "report", "entry")
        .prefetch_related("shares__payment__sme", "shares__act")
        .order_by("-pk")
    )


def standing_match(line: BankLine) -> BankMatch | None:
    return BankMatch.objects.filter(Q(line=line) | Q(other=line), taken_back_at=None).first()


def match_for(user: User, public_id: str) -> BankMatch:
    row = BankMatch.objects.select_related("line__account").filter(public_id=public_id).first()
    if row is None or not permissions.can_see_bank(user):
        raise NotFound
    return row


def pairs_for(line: BankLine) -> list[BankLine]:
    """Lines that wait and moved the same the other way: by one of them this one may have been undone."""
    rows = BankLine.objects.filter(state=BankLineState.OPEN, amount=-line.amount).exclude(amount=0)
    return list(rows.select_related("account").order_by("booked_on", "pk")[:SEARCHED])


# ------------------------------------------------------------------------------------------------- what is expected


def seen(line: BankLine) -> matching.Seen:
    """As the arithmetic knows it."""
    return matching.Seen(
        line.pk, line.value_on, line.amount, line.text, line.name, line.reference, line.is_return, line.parts
    )


def references_in(lines: Iterable[BankLine]) -> set[str]:
    return {each.reference for line in lines for each in found_in(seen(line).words)}


def index_of_named(lines: Sequence[BankLine]) -> matching.Index:
    """What these lines name by reference, in any state; refunds that the bank has not shown yet."""
    rows = Payment.objects.filter(reference__in=references_in(lines))
    return matching.Index(_expected(rows), refunds_not_seen() if any(line.amount < 0 for line in lines) else ())


def index_of_all(lines: Sequence[BankLine]) -> matching.Index:
    """All that is open, and what these lines name."""
    since = timezone.now() - timedelta(days=LATE_DAYS)
    open_ = Q(state__in=[state.value for state in matching.OPEN if state != PaymentState.EXPIRED])
    late = Q(state=PaymentState.EXPIRED.value, due_at__gte=since)
    rows = Payment.objects.filter(open_ | late | Q(reference__in=references_in(lines)))
    return matching.Index(_expected(rows), refunds_not_seen())


def expected_by_pks(pks: Iterable[int]) -> Iterable[matching.Expected]:
    return _expected(Payment.objects.filter(pk__in=list(pks)))


def _expected(rows: QuerySet[Payment]) -> Iterable[matching.Expected]:
    columns = (
        "pk", "reference", "sme__name", "amount", "paid", "let_go", "paid_back", "kept", "state", "created_at", "due_at", "paid_at",
        "sme_id",
    )  # fmt: skip
    slips = deposits_selectors.slips_not_shown()
    for row in rows.values_list(*columns):
        pk, reference, firm, amount, paid, let_go, back, kept, state, asked, due, paid_at, sme = row
        yield matching.Expected(
            pk=pk,
            reference=reference or "",
            firm=firm,
            amount=amount,
            left=amount - paid - let_go,
            held=paid - back - kept,
            state=state,
            asked_on=timezone.localdate(asked),
            due_on=timezone.localdate(due),
            paid_on=timezone.localdate(paid_at) if paid_at else None,
            sme=sme,
            slip=_slip(slips[pk], timezone.localdate(due)) if pk in slips else None,
        )


def _slip(row: deposits_selectors.SlipsNotShown, due_on: date) -> matching.Slip:
    """The bank shows it on its own day, or on the working day after it, where it came after the counter had closed; but a slip of a day in
    time not after the last one: there a person says whether the bank was slow or the slip wrong."""
    if len(row.days) != 1:  # a person says which of them it is
        return matching.Slip(row.amount)
    day = row.days[0]
    until = add_working_days(day, 1)
    return matching.Slip(row.amount, day, min(until, due_on) if day <= due_on else until)


def refunds_not_seen() -> list[matching.Refund]:
    """Signed by two people, to be sent by our bank, and not shown by it yet."""
    rows = PaymentAct.objects.filter(kind=PaymentAct.Kind.REFUND, signed_at__isnull=False)
    rows = rows.exclude(bank_shares__match__taken_back_at=None, bank_shares__isnull=False)
    return [
        matching.Refund(
            act.pk,
            act.payment.reference or "",
            act.payment.sme.name,
            act.amount,
            timezone.localdate(act.signed_at),
        )
        for act in rows.select_related("payment__sme").order_by("pk")
        if deposits_selectors.is_seen_late(act.payment.way)
    ]


def brought_by(account: BankAccount, payments: Iterable[int]) -> dict[int, int]:
    """By payment, what standing matches of this account brought to it, in paisa."""
    rows = BankShare.objects.filter(
        payment__in=list(payments), match__kind="payment", match__taken_back_at=None, match__line__account=account
    )
    return dict(rows.order_by().values_list("payment").annotate(Sum("amount")))


def open_lines(at_most: int = OTHERS_AT_MOST) -> list[BankLine]:
    rows = BankLine.objects.filter(state=BankLineState.OPEN).select_related("account")
    return list(rows.order_by("-pk")[:at_most])


def payments_found(words: str) -> list[Payment]:
    """For a person who looks for the payment of a line: by reference or by the name of the firm, the newest first."""
    words = words.strip()
    if not words:
        return []
    rows = Payment.objects.select_related("sme")
    named = [each.reference for each in found_in(words)]
    found = rows.filter(reference__in=named) if named else rows.filter(sme__name__icontains=words[:80])
    return list(found.order_by("-pk")[:SEARCHED])


def payment_of_reference(reference: str) -> Payment | None:
    """Of a reference as people write it; None for one that is not ours."""
    found = found_in(reference)
    if len(found) != 1:
        return None
    return Payment.objects.select_related("sme").filter(reference=found[0].reference).first()


def not_seen_yet(at_most: int) -> list[Payment]:
    """Payments whose day is over or near and of which nothing has come, the oldest first."""
    until = timezone.now() + timedelta(days=1)
    rows = Payment.objects.filter(
        state__in=[PaymentState.ASKED.value, PaymentState.PART_PAID.value, PaymentState.AT_BANK.value],
        due_at__lte=until,
        amount__gt=F("paid"),
    )
    return list(rows.select_related("sme").order_by("due_at", "pk")[:at_most])


# ------------------------------------------------------------------------------------------------------------- reports


def reports_visible_to(user: User) -> QuerySet[WalletReport]:
    rows = WalletReport.objects.select_related("uploaded_by").defer("raw")
    return rows if permissions.can_see_bank(user) else rows.none()


def report_for(user: User, public_id: str) -> WalletReport:
    row = reports_visible_to(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
