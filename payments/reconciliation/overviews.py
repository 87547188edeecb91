"""What the overview and the page of a file say in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payments.ledger import selectors as ledger_selectors
from payments.models import BankFile, BankLine, BankMatch, Entry
from payments.money import figures
from payments.states import BankFileState, BankLineState
from tdap_portal.core.calendar import today

from . import selectors, showing, statements, wording
from .preview import Status

if TYPE_CHECKING:
    from payments.models import BankAccount, DayClose

    from .preview import Preview

EXPECTED = 6
BAR = ("f-green", "f-g4", "f-g3", "f-saf", "f-line")


@dataclass(frozen=True, slots=True)
class AccountNow:
    """An account as it stands today."""

    account: BankAccount
    bank: str
    books: str
    waits: str
    on_way: str
    left_over: str
    is_whole: bool
    covered: Any
    months: list[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Of the bar: where it begins and how wide it is, in percent with a point."""

    words: str
    number: int
    at: str
    width: str
    dress: str


@dataclass(frozen=True, slots=True)
class Counts:
    lines: int
    matched: int
    by_itself: int
    waiting: int
    waits: str
    left_out: int


def overview_now() -> dict[str, Any]:
    waits = selectors.queue_count()
    trial = ledger_selectors.trial_balance()
    last = (
        BankFile.objects.filter(state=BankFileState.TAKEN)
        .select_related("account")
        .defer("raw")
        .order_by("-pk")
        .first()
    )
    return {
        "accounts": [account_now(row) for row in selectors.accounts()],
        "number": waits.number,
        "moved": showing.money(waits.moved),
        "second": waits.second,
        "asked": waits.asked,
        "entries": f"{Entry.objects.count():,}",
        "ledger_is_zero": sum(row.debit for row in trial) == sum(row.credit for row in trial),
        "last": last,
        "last_counts": counts_of(last) if last else None,
        "bar": bar(),
        "expected": [(row, figures(row.left)) for row in selectors.not_seen_yet(EXPECTED)],
        "hands": days_to_close(),
        "days_open": ledger_selectors.open_days(today())[:EXPECTED],
    }


def account_now(row: BankAccount) -> AccountNow:
    now = statements.now_of(row)
    waits = ledger_selectors.balance(statements.books.suspense(row.code))
    return AccountNow(
        row,
        figures(now.closing),
        figures(now.books),
        figures(waits),
        figures(now.on_way),
        figures(now.left_over),
        now.left_over == 0,
        selectors.last_covered_day(row),
        statements.months_with_lines(row)[:6],
    )


def days_to_close() -> list[DayClose]:
    """Prepared by one person, and waiting for another."""
    return list(ledger_selectors.closes().filter(closed_at=None)[:EXPECTED])


def bar() -> list[Part]:
    """All lines by how they were matched."""
    rows = BankMatch.objects.filter(taken_back_at=None).aggregate(
        itself=Count("pk", filter=Q(by=None)),
        sure=Count("pk", filter=Q(by__isnull=False, certainty__gte=showing.SURE_FROM)),
        hand=Count("pk", filter=Q(by__isnull=False, certainty__lt=showing.SURE_FROM)),
    )
    waits = BankLine.objects.filter(state=BankLineState.OPEN).count()
    said = [
        (_("by themselves"), rows["itself"]),
        (_("as offered, by a person"), rows["sure"]),
        (pgettext("of matching", "by hand"), rows["hand"]),
        (_("wait"), waits),
    ]
    whole = sum(number for _words, number in said)
    parts, at = [], 0.0
    for (words, number), dress in zip(said, BAR, strict=False):
        width = 100 * number / whole if whole else 0
        if number:
            parts.append(Part(words, number, f"{at:.1f}", f"{max(width - 0.3, 0.3):.1f}", dress))
        at += width
    return parts


def counts_of(row: BankFile) -> Counts:
    """Of the lines that a file brought."""
    rows = BankLine.objects.filter(file=row)
    waiting = rows.filter(state=BankLineState.OPEN)
    came = sum(waiting.values_list("amount", flat=True))
    return Counts(
        lines=row.fresh,
        matched=rows.filter(state=BankLineState.MATCHED).count(),
        by_itself=BankMatch.objects.filter(line__file=row, by=None, taken_back_at=None).count(),
        waiting=waiting.count(),
        waits=showing.money(came),
        left_out=row.left_out,
    )


PREVIEW_ORDER = (Status.ALIKE, Status.EQUAL, Status.NEW, Status.THERE)


def preview_context(found: Preview, page: int, size: int) -> dict[str, Any]:
    """Of a file that is not taken: what needs a look first, what is there already last. page: from 1 on; past the end the last one."""
    lines = sorted(found.lines, key=lambda line: PREVIEW_ORDER.index(line.status))
    pages = max(1, -(-len(lines) // size))
    page = min(page, pages)
    shown = lines[(page - 1) * size : page * size]
    return {
        "found": found,
        "counts": [
            (wording.STATUS_LABELS[status], number, wording.STATUS_TONES[status])
            for status, number in found.counts.items()
        ],
        "fresh": len(found.fresh),
        "sum": showing.money(found.sum),
        "opening": figures(found.statement.opening) if found.statement.opening is not None else "",
        "closing": figures(found.statement.closing) if found.statement.closing is not None else "",
        "lines": [
            (
                line,
                figures(line.row.amount),
                wording.STATUS_LABELS[line.status],
                wording.STATUS_TONES[line.status],
                line.choice,
            )
            for line in shown
        ],
        "all_lines": len(found.lines),
        "from_line": (page - 1) * size + 1,
        "to_line": (page - 1) * size + len(shown),
        "unproven": [wording.UNPROVEN_WORDS[why] for why in found.unproven],
        "has_choices": any(line.status is not Status.NEW or line.choice for line in shown),
        "page_now": page,
        "page_before": page - 1,
        "page_after": page + 1 if page < pages else 0,
        "pages": pages,
        "undecided": len(found.undecided),
        "bad": [(row, wording.bad_row_words(row)) for row in found.bad],
        "gap": found.gap
        and {
            "day": found.gap.day,
            "closing": figures(found.gap.closing),
            "opening": figures(found.gap.opening),
        },
    }
