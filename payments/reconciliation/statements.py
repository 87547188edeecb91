"""What the bank says of a day and a month beside what the books say, and how both come together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, Sum

from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.models import BankFile, BankLine, Line
from payments.states import BankFileState, BankLineState, EntryKind
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from payments.models import BankAccount, DayClose


@dataclass(frozen=True, slots=True)
class DayOfBank:
    """Of one account, in paisa. opening, came, gone, closing: as the bank says. lines, waiting: how many; waits: what the latter moved.
    books: on the account in the books at the end of the day, with what stood there before the first file. on_way: booked as sent or come,
    and not shown by the bank yet. later: lines of the day or before that came into the books after it. left_over: what nothing explains: 0."""

    day: date
    opening: int
    came: int
    gone: int
    lines: int
    matched: int
    waiting: int
    waits: int
    books: int
    on_way: int
    later: int
    is_covered: bool
    close: DayClose | None

    @property
    def closing(self) -> int:
        return self.opening + self.came + self.gone

    @property
    def left_over(self) -> int:
        return self.closing - self.later - (self.books - self.on_way)


def days_of(account: BankAccount, first: date, last: date) -> list[DayOfBank]:
    """Each day from the first to the last on which the bank or the books moved something, or that is covered."""
    start = account.opening or 0
    moved = _moved(account, first, last)
    posted, others = _in_the_books(account, last)
    late = _late(account, last)
    closes = {row.day: row for row in ledger_selectors.closes().filter(day__range=(first, last))}
    covered = _covered(account, first, last)
    before = BankLine.objects.filter(account=account, booked_on__lt=first).aggregate(sum=Sum("amount"))["sum"] or 0
    balance, found = start + before, []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        said = moved.get(day, _Moved())
        in_books = start + sum(amount for on, amount in posted.items() if on <= day)
        on_way = sum(amount for on, amount in others.items() if on <= day)
        row = DayOfBank(
            day=day,
            opening=balance,
            came=said.came,
            gone=said.gone,
            lines=said.lines,
            matched=said.matched,
            waiting=said.waiting,
            waits=said.waits,
            books=in_books + on_way,
            on_way=on_way,
            later=sum(amount for booked, entered, amount in late if booked <= day < entered),
            is_covered=day in covered,
            close=closes.get(day),
        )
        balance = row.closing
        if said.lines or day in covered or day in closes or day in posted or day in others:
            found.append(row)
    return found


def day_of(account: BankAccount, day: date) -> DayOfBank:
    """One day, on which nothing may have moved."""
    found = days_of(account, day, day)
    if found:
        return found[0]
    before = BankLine.objects.filter(account=account, booked_on__lt=day).aggregate(sum=Sum("amount"))["sum"] or 0
    opening = (account.opening or 0) + before
    posted, others = _in_the_books(account, day)
    late = _late(account, day)
    on_way = sum(others.values())
    later = sum(amount for booked, entered, amount in late if booked <= day < entered)
    in_books = (account.opening or 0) + sum(posted.values()) + on_way
    return DayOfBank(day, opening, 0, 0, 0, 0, 0, 0, in_books, on_way, later, False, ledger_selectors.close_of(day))


def lines_of_day(account: BankAccount, day: date) -> QuerySet[BankLine]:
    return BankLine.objects.filter(account=account, booked_on=day).select_related("account").order_by("pk")


def lines_of_month(account: BankAccount, first: date, last: date) -> QuerySet[BankLine]:
    return BankLine.objects.filter(account=account, booked_on__range=(first, last)).order_by("booked_on", "pk")


def months_with_lines(account: BankAccount) -> list[date]:
    """First days, the newest first."""
    return [day.replace(day=1) for day in BankLine.objects.filter(account=account).dates("booked_on", "month", "DESC")]


def now_of(account: BankAccount) -> DayOfBank:
    return day_of(account, today())


@dataclass(slots=True)
class _Moved:
    came: int = 0
    gone: int = 0
    lines: int = 0
    matched: int = 0
    waiting: int = 0
    waits: int = 0


def _moved(account: BankAccount, first: date, last: date) -> dict[date, _Moved]:
    rows = (
        BankLine.objects.filter(account=account, booked_on__range=(first, last))
        .order_by()
        .values_list("booked_on", "state")
        .annotate(
            lines=Count("pk"),
            came=Sum("amount", filter=Q(amount__gt=0), default=0),
            gone=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )
    found: defaultdict[date, _Moved] = defaultdict(_Moved)
    for day, state, lines, came, gone in rows:
        said = found[day]
        said.lines += lines
        said.came += came
        said.gone += gone
        if state == BankLineState.MATCHED:
            said.matched += lines
        elif state in (BankLineState.OPEN, BankLineState.NEW):
            said.waiting += lines
            said.waits += came + gone
    return found


def _in_the_books(account: BankAccount, last: date) -> tuple[dict[date, int], dict[date, int]]:
    """By day what lines of the bank put on the account, and what else was booked there."""
    key = ledger_selectors.account_of(books.bank(account.code))
    posted: defaultdict[date, int] = defaultdict(int)
    others: defaultdict[date, int] = defaultdict(int)
    if key is None:
        return posted, others
    rows = Line.objects.filter(account=key, day__lte=last).order_by()
    for day, kind, amount in rows.values_list("day", "entry__kind").annotate(Sum("amount")):
        (posted if kind == EntryKind.SUSPENSE_IN else others)[day] += amount
    return posted, others


def _late(account: BankAccount, last: date) -> list[tuple[date, date, int]]:
    """(day of the bank, day in the books, paisa) of lines that came into the books on another day; of those that are not there yet the
    last day that there is."""
    rows = BankLine.objects.filter(account=account, booked_on__lte=last).exclude(state=BankLineState.NOTHING)
    late = rows.filter(Q(entry=None) | ~Q(entry__booked_on=F("booked_on")))
    return [
        (booked, entered or date.max, amount)
        for booked, entered, amount in late.values_list("booked_on", "entry__booked_on", "amount")
    ]


def _covered(account: BankAccount, first: date, last: date) -> set[date]:
    rows = BankFile.objects.filter(
        account=account, state=BankFileState.TAKEN, covers_from__lte=last, covers_to__gte=first
    ).values_list("covers_from", "covers_to")
    found: set[date] = set()
    for since, until in rows:
        if since is not None and until is not None:
            begin, end = max(since, first), min(until, last)
            found |= {begin + timedelta(days=offset) for offset in range((end - begin).days + 1)}
    return found
