"""Whether the books are whole: what the database refuses, looked for all the same, since a superuser can write past
it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from payments.models import Account, BankAccount, BankLine, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from payments.states import FIRM_KINDS, AccountKind, BankLineState, EntryKind, Happened
from tdap_portal.audit import selectors as audit_selectors

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet

NEVER_ABOVE_ZERO = (*FIRM_KINDS, AccountKind.SUSPENSE)
HISTORY = ("account", "entry", "line")
GUARDS = {
    "postgresql": (
        "payments_line_fits", "payments_entry_balances", "payments_entry_on_open_day", "payments_dayclose_stays",
        "payments_receipt_stays", "payments_counter_counts", *(f"payments_{table}_is_history" for table in HISTORY),
        *(f"payments_{table}_no_truncate" for table in (*HISTORY, "dayclose", "receipt", "receiptcounter")),
    ),
    "sqlite": (
        "payments_line_fits", "payments_entry_opens", "payments_openentry_counts", "payments_openentry_no_delete",
        "payments_dayclose_stays", "payments_dayclose_no_delete", "payments_receipt_stays",
        "payments_receipt_no_delete",
        "payments_counter_counts", "payments_counter_no_delete",
        *(f"payments_{table}_no_{act}" for table in HISTORY for act in ("update", "delete")),
    ),
}  # fmt: skip
"""Triggers of migrations/0001_ledger.py by the kind of the database."""
OF_PROCEEDS = ("allocation", "datedrule", "exchangerate", "purposecode", "statementmonth")
GUARDS_OF_PROCEEDS = {
    "postgresql": tuple(f"payments_{table}_{kind}" for table in OF_PROCEEDS for kind in ("is_history", "no_truncate")),
    "sqlite": tuple(f"payments_{table}_no_{act}" for table in OF_PROCEEDS for act in ("update", "delete")),
}
"""The same of migrations/0010_proceeds_stay.py."""


@dataclass(frozen=True, slots=True)
class Fault:
    """kind: guard, unbalanced, line, reversal, overdrawn, unmatched, closed_day, month or receipt. text: for whoever
    mends it."""

    kind: str
    text: str


def faults() -> Iterator[Fault]:
    """Everything that is wrong with the books, one kind after the other; nothing for books that are whole."""
    yield from guards_off()
    yield from unbalanced_entries()
    yield from lines_that_do_not_fit()
    yield from broken_reversals()
    yield from overdrawn_accounts()
    yield from unmatched_lines()
    yield from changed_days()
    yield from wrong_months()
    yield from missing_receipts()


def guards_off() -> Iterator[Fault]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'payments%%' AND tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'payments%%'")
        there = {name for (name,) in cursor.fetchall()}
    for name in (*GUARDS[connection.vendor], *GUARDS_OF_PROCEEDS[connection.vendor]):
        if name not in there:
            yield Fault("guard", f"the trigger {name} is missing or switched off")


def unbalanced_entries() -> Iterator[Fault]:
    rows = Entry.objects.annotate(found=Count("lines"), total=Coalesce(Sum("lines__amount"), 0)).filter(
        ~Q(found=F("parts")) | ~Q(total=0)
    )
    for pk, parts, found, total in rows.order_by("pk").values_list("pk", "parts", "found", "total"):
        yield Fault("unbalanced", f"entry {pk}: {found} of {parts} lines, together {total}")


def lines_that_do_not_fit() -> Iterator[Fault]:
    rows = Line.objects.filter(~Q(day=F("entry__booked_on")) | ~Q(account__currency=F("entry__currency")))
    for pk, entry in rows.order_by("pk").values_list("pk", "entry"):
        yield Fault("line", f"line {pk}: another day or currency than its entry {entry}")


def broken_reversals() -> Iterator[Fault]:
    """Entry and reversal together leave nothing on any account; a reversal is not taken back and is not older than
    its entry."""
    both = Line.objects.filter(Q(entry__reverses__isnull=False) | Q(entry__reversed_by__isnull=False)).annotate(
        root=Coalesce("entry__reverses", "entry_id")
    )
    left = both.order_by("root").values("root", "account").annotate(left=Sum("amount")).exclude(left=0)
    for row in left:
        yield Fault("reversal", f"entry {row['root']} and its reversal leave {row['left']} on account {row['account']}")
    odd = Entry.objects.filter(reverses__isnull=False).filter(
        Q(reverses__kind=EntryKind.REVERSAL) | Q(reverses__booked_on__gt=F("booked_on"))
    )
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        yield Fault("reversal", f"entry {pk} takes back a reversal, or an entry of a later day")


def overdrawn_accounts() -> Iterator[Fault]:
    rows = Line.objects.order_by("account").values_list("account").annotate(total=Sum("amount")).filter(total__gt=0)
    known: QuerySet[Account] = Account.objects.filter(kind__in=NEVER_ABOVE_ZERO).exclude(
        kind=AccountKind.SUSPENSE, code__in=BankAccount.objects.values("code")
    )
    accounts = known.in_bulk([pk for pk, _total in rows])
    for pk, total in rows:
        if pk in accounts:
            yield Fault("overdrawn", f"account {pk} ({accounts[pk]}): {total} more taken than was there")


def unmatched_lines() -> Iterator[Fault]:
    """What is not yet matched of a bank account is what its lines moved that wait, whichever way: of each of them the money
    is on one account."""
    codes = dict(BankAccount.objects.values_list("pk", "code"))
    waits = BankLine.objects.filter(state=BankLineState.OPEN).order_by().values_list("account").annotate(Sum("amount"))
    lines = {codes[pk]: amount for pk, amount in waits}
    booked = Line.objects.filter(account__kind=AccountKind.SUSPENSE, account__code__in=codes.values()).order_by()
    sums = dict(booked.values_list("account__code").annotate(Sum("amount")))
    for code in sorted(codes.values()):
        if lines.get(code, 0) + sums.get(code, 0):
            text = f"{code}: {lines.get(code, 0)} of its lines wait, {-sums.get(code, 0)} are not matched in the books"
            yield Fault("unmatched", text)


def changed_days() -> Iterator[Fault]:
    """Closed days that do not have the figures with which they were closed, or of which history tells another hash."""
    closed = {row.day: row for row in DayClose.objects.filter(closed_at__isnull=False)}
    if not closed:
        return
    last = max(closed)
    entries = Counter(dict(Entry.objects.filter(booked_on__lte=last).values_list("booked_on").annotate(Count("pk"))))
    moved, digests = _moved_by_day(last)
    nothing = hashlib.sha256().hexdigest()
    for day in sorted(entries.keys() | closed.keys()):
        row = closed.get(day)
        if row is None:
            yield Fault("closed_day", f"{day}: {entries[day]} entries in a time that is closed")
        elif (row.entries, row.moved, row.digest) != (entries[day], moved[day], digests.get(day, nothing)):
            yield Fault("closed_day", f"{day}: not as it was closed, with {row.entries} entries of {row.moved}")
    told = {event.subject_id: event.data for event in audit_selectors.named(Happened.DAY_CLOSED.value)}
    for day, row in sorted(closed.items()):
        if told.get(str(row.pk), {}).get("digest") != row.digest:
            yield Fault("closed_day", f"{day}: history does not tell of this closing")


def _moved_by_day(last: date) -> tuple[Counter[date], dict[date, str]]:
    moved: Counter[date] = Counter()
    digests: dict[date, str] = {}
    rows = Line.objects.filter(entry__booked_on__lte=last).order_by("entry__booked_on", "entry", "pk")
    lines = rows.values_list("entry__booked_on", "entry", "account", "amount").iterator(chunk_size=20_000)
    for day, of_day in groupby(lines, key=lambda line: line[0]):
        digest = hashlib.sha256()
        for _day, *line in of_day:
            digest.update(selectors.as_hashed(*line))
            moved[day] += max(line[2], 0)
        digests[day] = digest.hexdigest()
    return moved, digests


def wrong_months() -> Iterator[Fault]:
    """Balances that are kept of months, against the sums of all lines."""
    last = selectors.last_kept_day()
    if last is None:
        return
    kept = {
        (account, through): paisa
        for account, through, paisa in MonthBalance.objects.values_list("account", "through", "balance")
    }
    rows = Line.objects.filter(day__lte=last).annotate(month=TruncMonth("day")).order_by("account", "month")
    sums: Counter[int] = Counter()
    for account, month, amount in rows.values_list("account", "month").annotate(Sum("amount")):
        sums[account] += amount
        through = selectors.month_end(month)
        found = kept.pop((account, through), None)
        if found != sums[account]:
            yield Fault("month", f"account {account}, {through}: {found} is kept, {sums[account]} is right")
    for account, through in kept:
        yield Fault("month", f"account {account}, {through}: kept, though nothing was booked")


def missing_receipts() -> Iterator[Fault]:
    """Numbers begin with 1 each year and none is left out; a receipt of an entry that was taken back is marked."""
    counters = dict(ReceiptCounter.objects.values_list("year", "last"))
    rows = Receipt.objects.order_by("year").values_list("year")
    found = {year: figures for year, *figures in rows.annotate(Count("pk"), Min("serial"), Max("serial"))}
    for year in sorted(counters.keys() | found.keys()):
        number, first, last = found.get(year, [0, 1, 0])
        if (number, first, last) != (counters.get(year, 0), 1, counters.get(year, 0)):
            yield Fault("receipt", f"{year}: {number} receipts from {first} to {last}, counted {counters.get(year, 0)}")
    unmarked = Receipt.objects.filter(entry__reversed_by__isnull=False, cancelled_at=None)
    for receipt in unmarked.order_by("pk"):
        yield Fault("receipt", f"{receipt.number}: its entry was taken back, and it is not cancelled")
