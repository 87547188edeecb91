"""Reading the books: balances on any day, statements, receipts, days, and what is wrong."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from payments.models import Account, BankAccount, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt
from payments.states import FIRM_KINDS, AccountKind, EntryKind
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine
from tdap_portal.web.paging import KeysetPage, keyset_page

from . import permissions
from .books import Key, Part, natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from smes.models import Sme
    from tdap_portal.accounts.models import User

PAGE = 25
CHECK_IS_OLD = timedelta(days=2)


# ------------------------------------------------------------------------------------------------------------- balances


def account_of(key: Key) -> Account | None:
    """None for an account on which nothing was booked yet."""
    return Account.objects.filter(kind=key.kind, sme=key.sme or None, code=key.code, currency=key.currency).first()


def key_of(account: Account) -> Key:
    return Key(AccountKind(account.kind), account.sme_id or 0, account.code, account.currency)


def balance(key: Key, on: date | None = None) -> int:
    """Paisa as people read them: what we hold, owe or have is above 0. on: at the end of that day; None for all that
    is booked."""
    account = account_of(key)
    return 0 if account is None else natural(key.kind, signed_balance(account.pk, on))


def signed_balance(account_id: int, on: date | None = None) -> int:
    """The sum of the lines of an account up to the end of a day: the balance of the last month that is kept before
    it, and the lines since."""
    lines, kept = Line.objects.filter(account=account_id), MonthBalance.objects.filter(account=account_id)
    if on is not None:
        lines, kept = lines.filter(day__lte=on), kept.filter(through__lte=on)
    last = kept.order_by("-through").values_list("through", "balance").first()
    if last is not None:
        lines = lines.filter(day__gt=last[0])
    found: int = (lines.aggregate(sum=Sum("amount"))["sum"] or 0) + (last[1] if last else 0)
    return found


@dataclass(frozen=True, slots=True)
class FirmMoney:
    """Paisa. held: deposits that come back; credit: paid too much or too late; fees: paid, less fees paid back; kept:
    forfeited; paid_back: all that was sent back to the firm, less what was returned to us."""

    held: int = 0
    credit: int = 0
    fees: int = 0
    kept: int = 0
    paid_back: int = 0

    @property
    def ours_to_give_back(self) -> int:
        return self.held + self.credit


def money_of(sme: Sme, on: date | None = None) -> FirmMoney:
    """What a firm has with us at the end of a day."""
    until = {} if on is None else {"day__lte": on}
    rows = Line.objects.filter(account__sme=sme, **until).values_list("account__kind").annotate(Sum("amount"))
    sums = {kind: natural(AccountKind(kind), amount) for kind, amount in rows.order_by()}
    kinds = (EntryKind.REFUND, EntryKind.FEE_REFUND, EntryKind.REFUND_RETURNED)
    back = Line.objects.filter(account__sme=sme, **until).filter(
        Q(entry__kind__in=kinds) | Q(entry__reverses__kind__in=kinds)
    )
    return FirmMoney(**sums, paid_back=back.aggregate(sum=Sum("amount"))["sum"] or 0)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one kind and code together; of the kinds of firms all firms. debit, credit: one of both is 0."""

    kind: AccountKind
    code: str
    currency: str
    debit: int
    credit: int

    @property
    def natural(self) -> int:
        """As people read it."""
        return natural(self.kind, self.debit - self.credit)


def trial_balance(on: date | None = None) -> list[TrialLine]:
    """At the end of a day; debits and credits sum to the same in each currency, else the books are broken."""
    rows = Line.objects.all() if on is None else Line.objects.filter(day__lte=on)
    sums = rows.order_by().values_list("account__kind", "account__code", "account__currency").annotate(Sum("amount"))
    order = list(AccountKind)
    return [
        TrialLine(AccountKind(kind), code, currency, max(amount, 0), max(-amount, 0))
        for kind, code, currency, amount in sorted(sums, key=lambda row: (row[2], order.index(row[0]), row[1]))
    ]


def names_of_banks() -> dict[str, str]:
    """Names of TDAP's accounts by the code under which the books keep them. One query."""
    return dict(BankAccount.objects.values_list("code", "name"))


# ------------------------------------------------------------------------------------------------- accounts, one by one


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its balance as people read it, in paisa."""

    account: Account
    balance: int


def accounts(kind: str = "", firms: Sequence[int] | None = None) -> QuerySet[Account]:
    """kind: "" for all. firms: ids; None for all and for the accounts of TDAP. Order them by id."""
    rows = Account.objects.select_related("sme")
    if kind:
        rows = rows.filter(kind=kind)
    return rows if firms is None else rows.filter(sme__in=firms)


def with_balances(found: Sequence[Account], on: date | None = None) -> list[AccountRow]:
    """One query a page. on: at the end of that day."""
    lines = Line.objects.filter(account__in=[row.pk for row in found])
    if on is not None:
        lines = lines.filter(day__lte=on)
    sums = dict(lines.order_by().values_list("account").annotate(Sum("amount")))
    return [AccountRow(row, natural(AccountKind(row.kind), sums.get(row.pk, 0))) for row in found]


def account_by_id(user: User, pk: int) -> Account:
    """Raises NotFound for whoever may not read the books too."""
    row = Account.objects.select_related("sme").filter(pk=pk).first()
    if row is None or not permissions.can_read_books(user):
        raise NotFound
    return row


def lines_of_account(account: Account, first: date | None = None, last: date | None = None) -> QuerySet[Line]:
    """With their entries; order them by ("-day", "-id"). first, last: days, both included."""
    rows = Line.objects.filter(account=account).select_related("entry")
    if first is not None:
        rows = rows.filter(day__gte=first)
    return rows if last is None else rows.filter(day__lte=last)


def balances_after(account: Account, days: Iterable[date]) -> dict[date, int]:
    """The balance as people read it at the end of each of these days; three queries for any number of them."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    sums = Line.objects.filter(account=account, day__gt=wanted[0], day__lte=wanted[-1]).order_by()
    moved = dict(sums.values_list("day").annotate(Sum("amount")))
    standing, found = signed_balance(account.pk, wanted[0]), {}
    for day in sorted({*wanted, *moved}):
        standing += moved.get(day, 0)
        if day in wanted:
            found[day] = natural(AccountKind(account.kind), standing)
    return found


# ----------------------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry as its firm reads it, in paisa. paid: what came from the firm, below 0 what went back to it, 0 where
    its money only changed its name. held, credit, fees, kept: how much more (below 0: less) of each there is by it."""

    entry: Entry
    paid: int
    held: int
    credit: int
    fees: int
    kept: int
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """From the first to the last day, both included. before, after: what we held and owed at its beginning and its
    end."""

    sme: Sme
    first: date
    last: date
    before: FirmMoney
    rows: tuple[StatementRow, ...]
    after: FirmMoney


def statement_page(sme: Sme, *, cursor: str | None = None, size: int = PAGE) -> tuple[list[StatementRow], KeysetPage]:
    """The newest first, a page at a time: the rows, and the page with the cursors of its neighbours. Three queries."""
    page = keyset_page(_entries_of(sme), order=("-booked_on", "-id"), cursor=cursor, size=size)
    return _rows_of(sme, page.rows), page


def statement(sme: Sme, first: date, last: date) -> Statement:
    """The oldest first, whole: for the paper."""
    entries = list(_entries_of(sme).filter(booked_on__range=(first, last)).order_by("booked_on", "id"))
    before = money_of(sme, first - timedelta(days=1))
    return Statement(sme, first, last, before, tuple(_rows_of(sme, entries)), money_of(sme, last))


def _entries_of(sme: Sme) -> QuerySet[Entry]:
    return Entry.objects.filter(pk__in=Line.objects.filter(account__sme=sme).values("entry")).select_related("reverses")


def _rows_of(sme: Sme, entries: Sequence[Entry]) -> list[StatementRow]:
    ids = [entry.pk for entry in entries]
    moved: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIRM_KINDS, 0))
    lines = Line.objects.filter(entry__in=ids, account__sme=sme).order_by("pk")
    for entry_id, kind, amount in lines.values_list("entry", "account__kind", "amount"):
        moved[entry_id][kind] += natural(AccountKind(kind), amount)
    receipts: defaultdict[int, list[Receipt]] = defaultdict(list)
    for receipt in Receipt.objects.filter(entry__in=ids, sme=sme).order_by("pk"):
        receipts[receipt.entry_id].append(receipt)
    return [
        StatementRow(
            entry=entry,
            paid=sum(moved[entry.pk].values()),
            **{kind.value: moved[entry.pk][kind] for kind in FIRM_KINDS},
            receipts=tuple(receipts[entry.pk]),
        )
        for entry in entries
    ]


# ------------------------------------------------------------------------------------------------- entries and receipts


def entries_visible_to(user: User) -> QuerySet[Entry]:
    """All entries for whoever reads the books, none for anybody else. Order and page them with keyset_page:
    ("-booked_on", "-id")."""
    return (
        Entry.objects.select_related("actor", "reverses") if permissions.can_read_books(user) else Entry.objects.none()
    )


def entry_for(user: User, number: int) -> Entry:
    """With its lines and their accounts. Raises NotFound for whoever may not read it too."""
    row = entries_visible_to(user).prefetch_related("lines__account__sme", "receipts").filter(pk=number).first()
    if row is None:
        raise NotFound
    return row


def entry_of_effect(effect: str) -> Entry | None:
    return Entry.objects.filter(effect=effect).first()


def effects_booked(effects: Iterable[str]) -> set[str]:
    return set(Entry.objects.filter(effect__in=list(effects)).values_list("effect", flat=True))


def is_taken_back(entry: Entry) -> bool:
    return Entry.objects.filter(reverses=entry).exists()


def entries_about(subject: str) -> QuerySet[Entry]:
    """What was booked about one payment, in order."""
    return Entry.objects.filter(subject=subject).exclude(subject="").order_by("pk")


def lines_of(entry: Entry) -> QuerySet[Line]:
    return Line.objects.filter(entry=entry).select_related("account__sme").order_by("pk")


def parts_of(entry: Entry) -> tuple[Part, ...]:
    """The same as the books' arithmetic knows them."""
    return tuple(Part(key_of(line.account), line.amount, line.about) for line in lines_of(entry))


def receipts_of(sme: Sme) -> QuerySet[Receipt]:
    """The newest first."""
    return Receipt.objects.filter(sme=sme).select_related("entry").order_by("-pk")


def receipt_for(user: User, public_id: str) -> Receipt:
    """Raises NotFound for whoever may not see it too."""
    row = Receipt.objects.select_related("sme", "entry", "cancelled_by").filter(public_id=public_id).first()
    if row is None or not permissions.can_see_payments(user, row.sme):
        raise NotFound
    return row


# ----------------------------------------------------------------------------------------------------------------- days


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Of one day: how many entries, what was moved in paisa, and the hash of all its lines."""

    day: date
    entries: int
    moved: int
    digest: str


def last_closed_day() -> date | None:
    """Nothing is booked into it or any day before."""
    return DayClose.objects.filter(closed_at__isnull=False).aggregate(last=Max("day"))["last"]


def figures_of(day: date) -> DayFigures:
    entries = Entry.objects.filter(booked_on=day).count()
    digest, moved = hashlib.sha256(), 0
    for row in _lines_to_hash(entry__booked_on=day):
        digest.update(as_hashed(*row))
        moved += max(row[2], 0)
    return DayFigures(day, entries, moved, digest.hexdigest())


def _lines_to_hash(**of: object) -> Iterable[tuple[int, int, int]]:
    """(entry, account, amount) of each line, in the order in which they are hashed."""
    rows = Line.objects.filter(**of).order_by("entry", "pk").values_list("entry", "account", "amount")
    return rows.iterator(chunk_size=20_000)


def as_hashed(entry: int, account: int, amount: int) -> bytes:
    """A line as the hash of its day takes it in."""
    return b"%d %d %d\n" % (entry, account, amount)


def open_days(until: date | None = None) -> list[tuple[date, int]]:
    """Days with entries that are not closed, the oldest first, with the number of entries. until: up to this day."""
    last = last_closed_day()
    rows = Entry.objects.filter(booked_on__lte=until or today())
    if last is not None:
        rows = rows.filter(booked_on__gt=last)
    return list(rows.order_by("booked_on").values_list("booked_on").annotate(Count("pk")))


def close_of(day: date) -> DayClose | None:
    return DayClose.objects.select_related("prepared_by", "closed_by").filter(day=day).first()


def closes() -> QuerySet[DayClose]:
    """Days that were prepared or closed, the newest first."""
    return DayClose.objects.select_related("prepared_by", "closed_by").order_by("-day")


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def last_kept_day() -> date | None:
    """The end of the last month of which balances are kept."""
    return MonthBalance.objects.aggregate(last=Max("through"))["last"]


def months_to_keep() -> list[date]:
    """Last days of whole closed months of which no balances are kept yet, the oldest first."""
    closed, first = last_closed_day(), Line.objects.aggregate(first=Min("day"))["first"]
    if closed is None or first is None:
        return []
    kept = last_kept_day()
    end = month_end(first if kept is None else kept + timedelta(days=1))
    found = []
    while end <= closed:
        found.append(end)
        end = month_end(end + timedelta(days=1))
    return found


def last_check() -> BooksCheck | None:
    """The last look through the books."""
    return BooksCheck.objects.order_by("-ran_at").first()


def health_lines() -> list[HealthLine]:
    """Whether the books are whole, as the nightly look found them. A portal without entries needs none."""
    check = last_check()
    if check is None:
        ok = not Entry.objects.exists()
        detail = _("Nothing is booked yet.") if ok else _("Nobody has looked through them yet.")
        return [HealthLine(_("The books"), ok=ok, detail=detail, weight="should")]
    day = day_words(check.ran_at, "DATETIME_FORMAT")
    if check.faults:
        words = ngettext("%(number)d fault on %(day)s.", "%(number)d faults on %(day)s.", check.faults)
        return [HealthLine(_("The books"), ok=False, detail=words % {"number": check.faults, "day": day})]
    is_old = timezone.now() - check.ran_at > CHECK_IS_OLD
    whole = _("Not looked through since %(day)s.") if is_old else _("Whole on %(day)s.")
    return [HealthLine(_("The books"), ok=not is_old, detail=whole % {"day": day}, weight="should")]
