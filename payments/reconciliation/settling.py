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
from payments.models import BankLine, BankMatch, MatchProposal, PaymentAct, WalletReport
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
    """Keep a report; the same again is the row that is there. One line of the bank that is exactly its sum is matched at once, or proposed
    where the amount is one for two people. Raises NotAllowed, and DomainError with the sentence for a report that cannot be read."""
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
        if len(fitting) == 1 and fitting[0].amount == row.net:
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
def settle(
    *, actor: User, report: WalletReport, line: BankLine, add: str = "", words: str = ""
) -> BankMatch | MatchProposal:
    """Match a report with its line, or lay it before a second person where the amount is one for two. A difference, of one paisa too, is neither
    booked nor proposed. add: the reference of a refund that the report lacks and that makes up for all of it, taken by a person with a
    reason. Twice is once.

    Raises NotAllowed, WrongState, DomainError "difference", "no_words", "nothing".
    """
    permissions.can_work_bank(actor).require()
    row = locked_report(report.pk)
    seen = BankLine.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=line.pk)
    standing = BankMatch.objects.filter(report=row, taken_back_at=None).first()
    if standing is not None and standing.line_id == seen.pk:
        return standing
    waits = second.waiting_on([seen]) or MatchProposal.objects.filter(report=row, settled_at=None).first()
    if waits is not None and (waits.report_id, waits.line_id, waits.added) == (row.pk, seen.pk, add):
        return waits
    if standing is not None or seen.state != BankLineState.OPEN or waits is not None:
        raise WrongState(_("This report or this line was matched meanwhile. Load the page again."))
    rows, missing = _rows(row, seen, add, words.strip())
    posting = _posting(row, seen, rows)
    if second.is_needed(seen):
        return second.propose_report(actor=actor, line=seen, report=row, added=add, words=words.strip())
    return _settled(row, seen, posting, missing, actor=actor, words=words.strip())


def settle_signed(proposal: MatchProposal, report: WalletReport, line: BankLine, actor: User) -> BankMatch:
    """What another person proposed, as report and line stand now; both are under lock, and the line waits. Raises as settle does."""
    if BankMatch.objects.filter(report=report, taken_back_at=None).exists():
        raise WrongState(_("This report or this line was matched meanwhile. Load the page again."))
    rows, missing = _rows(report, line, proposal.added, proposal.words)
    posting = _posting(report, line, rows)
    return _settled(report, line, posting, missing, actor=proposal.by, words=proposal.words, second_by=actor)


def locked_report(pk: int) -> WalletReport:
    """Locked before its line."""
    return WalletReport.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def waiting_for(report: WalletReport) -> MatchProposal | None:
    """What one person proposed of a report, and nobody has signed yet."""
    return MatchProposal.objects.filter(report=report, settled_at=None).select_related("line__account", "by").first()


def _rows(row: WalletReport, line: BankLine, add: str, words: str) -> tuple[list[books.Row], Missing | None]:
    """Of the report, with the refund that it lacks. Nothing is kept."""
    listed = [*row.rows, *row.added]
    missing = _missing(row, line, add, words) if add else None
    if missing is not None:
        listed.append([missing.reference, -missing.amount, missing.at.isoformat()])
    return [books.Row(each[0][:24], each[1], datetime.fromisoformat(each[2])) for each in listed], missing


def _posting(row: WalletReport, line: BankLine, rows: list[books.Row]) -> books.Posting:
    try:
        return books.settlement(
            rows,
            row.fee,
            provider=row.provider,
            bank_code=line.account.code,
            paid_out=line.amount,
            from_suspense=True,
        )
    except books.BookingError as fault:
        raise DomainError(_difference_words(row, line), code=fault.code) from fault


def _settled(
    row: WalletReport,
    line: BankLine,
    posting: books.Posting,
    missing: Missing | None,
    *,
    actor: User,
    words: str,
    second_by: User | None = None,
) -> BankMatch:
    if missing is not None:
        _add(row, missing, words, second_by or actor)
    match = BankMatch.objects.create(
        line=line,
        kind="settlement",
        certainty=100 if missing is None else 0,
        reasons=[Reason(Why.REPORT).as_list()],
        words=words[:300],
        by=actor,
        second_by=second_by,
        at=timezone.now(),
        report=row,
    )
    match.entry = ledger.post(posting=posting, effect=f"bankmatch:{match.pk}", actor=actor, words=match.words)
    match.save(update_fields=["entry"])
    line.state = BankLineState.MATCHED.value
    line.save(update_fields=["state"])
    record(
        Happened.BANK_LINE_MATCHED.value,
        subject=match,
        actor=second_by or actor,
        line=line.public_id,
        kind=match.kind,
        amount=line.amount,
        certainty=match.certainty,
        payments=[each[0][:24] for each in (*row.rows, *row.added)],
        words=match.words,
    )
    return match


def _missing(row: WalletReport, line: BankLine, reference: str, words: str) -> Missing:
    found = [each for each in missing_rows(row, line) if each.reference == reference]
    if not found:
        raise DomainError(_("No such refund makes up for the difference."), code="difference")
    if not words:
        raise DomainError(_("Give the reason. Whoever looks at this report later reads it."), code="no_words")
    return found[0]


def _add(row: WalletReport, missing: Missing, words: str, actor: User) -> None:
    row.added = [*row.added, [missing.reference, -missing.amount, missing.at.isoformat()]]
    row.save(update_fields=["added", "updated_at"])
    record(
        Happened.BANK_REPORT_CHANGED.value,
        subject=row,
        actor=actor,
        reference=missing.reference,
        amount=-missing.amount,
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
