"""What a payment company pays out in one sum, less its fee: its report against the line of the bank, to the paisa."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import BankLine, BankMatch, PaymentAct, WalletReport
from payments.states import BankLineState, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, second, wording
from .files.report import read_report
from .files.statement import BadFile
from .matching import Reason, Why

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

DAYS_TO_BANK = 7
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Missing:
    """A refund of those days that would explain a difference, and that the report does not have."""

    reference: str
    amount: int
    at: datetime


@transaction.atomic
def read_in(*, actor: User, provider: str, day: date, file_name: str, content: bytes) -> WalletReport:
    """Keep a report; the same again is the row that is there. One line of the bank that is exactly its sum is matched at once, unless two
    people are needed for it. Raises NotAllowed, and DomainError with the sentence for a report that cannot be read."""
    permissions.can_work_bank(actor).require()
    sha256 = hashlib.sha256(content).hexdigest()
    known = WalletReport.objects.filter(provider=provider, sha256=sha256).first()
    if known is not None:
        return known
    try:
        found = read_report(content, day=day)
    except BadFile as fault:
        raise DomainError(wording.refusal_words(fault), code=fault.code) from fault
    row, is_new = WalletReport.objects.get_or_create(
        provider=provider,
        sha256=sha256,
        defaults={
            "day": day,
            "name": file_name[-MAX_NAME:],
            "raw": content,
            "rows": [[each.reference, each.gross, each.at.isoformat()] for each in found.rows],
            "fee": found.fee,
            "uploaded_by": actor,
        },
    )
    if is_new:
        record(
            Happened.BANK_REPORT_READ.value,
            subject=row,
            actor=actor,
            provider=provider,
            day=day,
            net=row.net,
            fee=row.fee,
        )
        fitting = lines_for(row)
        if len(fitting) == 1 and fitting[0].amount == row.net and not second.is_needed(fitting[0]):
            settle(actor=actor, report=row, line=fitting[0])
    return row


def lines_for(report: WalletReport) -> list[BankLine]:
    """Lines that wait, of the days after a report, the nearest sum first."""
    rows = BankLine.objects.filter(
        state=BankLineState.OPEN, booked_on__range=(report.day, report.day + timedelta(days=DAYS_TO_BANK))
    ).select_related("account")
    rows = rows.filter(amount__gt=0) if report.net >= 0 else rows.filter(amount__lt=0)
    exact = [row for row in rows if row.amount == report.net]
    return exact or sorted(rows, key=lambda row: (abs(row.amount - report.net), row.pk))[:10]


def difference(report: WalletReport, line: BankLine) -> int:
    """Paisa by which the report gives more than the bank."""
    return report.net - line.amount


def missing_rows(report: WalletReport, line: BankLine) -> list[Missing]:
    """Refunds by this company of about that day that make up for the difference and are not in its report."""
    amount = difference(report, line)
    named = {row[0] for row in (*report.rows, *report.added) if row[1] < 0}
    if amount <= 0:
        return []
    rows = PaymentAct.objects.filter(
        kind=PaymentAct.Kind.REFUND,
        signed_at__isnull=False,
        amount=amount,
        payment__way=report.provider,
        signed_at__date__range=(report.day - timedelta(days=DAYS_TO_BANK), report.day + timedelta(days=1)),
    ).select_related("payment")
    return [
        Missing(act.payment.reference or "", act.amount, act.signed_at or timezone.now())
        for act in rows.order_by("pk")
        if act.payment.reference not in named
    ]


@transaction.atomic
def settle(*, actor: User, report: WalletReport, line: BankLine, add: str = "", words: str = "") -> BankMatch:
    """Match a report with its line. A difference, of one paisa too, is not booked. add: the reference of a refund that the report lacks and that
    makes up for all of it, taken by a person with a reason. Where a line needs two people, whoever handed the report in is the first one.
    Twice is once.

    Raises NotAllowed, WrongState, DomainError "difference", "no_words", "nothing".
    """
    permissions.can_work_bank(actor).require()
    row = WalletReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    seen = BankLine.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=line.pk)
    standing = BankMatch.objects.filter(report=row, taken_back_at=None).first()
    if standing is not None and standing.line_id == seen.pk:
        return standing
    if standing is not None or seen.state != BankLineState.OPEN or second.waiting_on([seen]) is not None:
        raise WrongState(_("This report or this line was matched meanwhile. Load the page again."))
    if second.is_needed(seen):
        permissions.can_settle_large(actor, row).require()
    if add:
        _add(row, seen, add, words.strip(), actor)
    rows = [books.Row(each[0][:24], each[1], datetime.fromisoformat(each[2])) for each in (*row.rows, *row.added)]
    try:
        posting = books.settlement(
            rows,
            row.fee,
            provider=row.provider,
            bank_code=seen.account.code,
            paid_out=seen.amount,
            from_suspense=True,
        )
    except books.BookingError as fault:
        raise DomainError(_difference_words(row, seen), code=fault.code) from fault
    match = BankMatch.objects.create(
        line=seen,
        kind="settlement",
        certainty=100 if not add else 0,
        reasons=[Reason(Why.REPORT).as_list()],
        words=words.strip()[:300],
        by=actor,
        at=timezone.now(),
        report=row,
    )
    match.entry = ledger.post(posting=posting, effect=f"bankmatch:{match.pk}", actor=actor, words=match.words)
    match.save(update_fields=["entry"])
    seen.state = BankLineState.MATCHED.value
    seen.save(update_fields=["state"])
    record(
        Happened.BANK_LINE_MATCHED.value,
        subject=match,
        actor=actor,
        line=seen.public_id,
        kind=match.kind,
        amount=seen.amount,
        certainty=match.certainty,
        payments=[each.reference for each in rows],
        words=match.words,
    )
    return match


def _add(row: WalletReport, line: BankLine, reference: str, words: str, actor: User) -> None:
    found = [each for each in missing_rows(row, line) if each.reference == reference]
    if not found:
        raise DomainError(_("No such refund makes up for the difference."), code="difference")
    if not words:
        raise DomainError(_("Give the reason. Whoever looks at this report later reads it."), code="no_words")
    row.added = [*row.added, [found[0].reference, -found[0].amount, found[0].at.isoformat()]]
    row.save(update_fields=["added", "updated_at"])
    record(
        Happened.BANK_REPORT_CHANGED.value,
        subject=row,
        actor=actor,
        reference=reference,
        amount=-found[0].amount,
        words=words,
    )


def _difference_words(row: WalletReport, line: BankLine) -> str:
    return str(
        _("The report gives %(report)s, the bank %(bank)s: a difference of %(difference)s. Nothing is booked.")
    ) % {
        "report": wording.money(row.net),
        "bank": wording.money(line.amount),
        "difference": wording.money(difference(row, line)),
    }


def still_with(provider: str) -> int:
    """Paisa that a company has of us."""
    return ledger_selectors.balance(books.clearing(provider))
