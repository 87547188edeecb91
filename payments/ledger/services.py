"""Writing the books: post, take back, number receipts, close days, keep balances of months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import Account, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from payments.states import EntryKind, Happened, ReceiptKind
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, WrongState

from . import checking, permissions, selectors
from .books import Posting, reversed_parts, taken_from
from .receipts import receipt_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django_stubs_ext import StrOrPromise

    from payments.ledger.books import Key
    from smes.models import Sme
    from tdap_portal.accounts.models import User

AT_ONCE = 100
"""As many entries a transaction are a good measure for a worker: a commit costs more than what is written in it."""
CHECKS_KEPT = timedelta(days=366)
FAULTS_SHOWN = 20
CLOSING_LOCK = 20270412  # the same as in migrations/0001_ledger.py, where whoever books takes it together with others


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry to be booked. effect: what it books, such as "payment:abc:settled"; the same effect is booked once,
    whoever asks. subject: the reference of the payment that it is about, else "". on: None for today, in Karachi."""

    posting: Posting
    effect: str
    subject: str = ""
    words: str = ""
    on: date | None = None
    reverses: Entry | None = None  # of a reversal alone


# -------------------------------------------------------------------------------------------------------------- posting


@transaction.atomic
def post(
    *,
    posting: Posting,
    effect: str,
    actor: User | None,
    subject: str = "",
    words: str = "",
    on: date | None = None,
) -> Entry:
    """Book what an act of another room decided, in the act's own transaction; call it late in it, and take from
    several firms in one call, which locks their accounts in order. Twice is once: the entry that is there is given
    back.

    The room that calls has asked its permission and writes history. Raises DomainError "booked_otherwise" where the
    same effect was booked with other lines, "taken_back" where it was taken back since (another effect books it
    anew), "future_day", "day_closed", and "not_enough" where more would be taken from a firm than is there.
    """
    return post_many(wanted=[Wanted(posting, effect, subject, words, on)], actor=actor)[0]


@transaction.atomic
def post_many(*, wanted: Sequence[Wanted], actor: User | None) -> list[Entry]:
    """The same for many, all or none, in their order; about AT_ONCE of them a transaction. Raises what post raises,
    and ValueError where two of them have the same effect."""
    effects = [one.effect for one in wanted]
    if len(set(effects)) < len(effects):
        raise ValueError("An effect stands twice among those to be booked.")
    _require_past_or_today(wanted)
    there = _booked_already(wanted)
    while new := [one for one in wanted if one.effect not in there]:
        accounts = _accounts([part.account for one in new for part in one.posting.parts])
        _lock_what_is_taken_from(new, accounts)
        try:
            with transaction.atomic():
                entries = _write(new, accounts, actor)
        except DatabaseError:
            _say_why_not(new)
            known, there = len(there), _booked_already(wanted)
            if len(there) == known:  # else somebody booked one of them meanwhile
                raise
        else:
            there |= {entry.effect: entry for entry in entries}
            _check_nothing_is_overdrawn(new, accounts)
    return [there[effect] for effect in effects]


def _require_past_or_today(wanted: Sequence[Wanted]) -> None:
    if any(one.on is not None and one.on > today() for one in wanted):
        raise DomainError(_("Nothing is booked on a day that has not come yet."), code="future_day")


def _booked_already(wanted: Sequence[Wanted]) -> dict[str, Entry]:
    """By effect. Raises DomainError "booked_otherwise" or "taken_back"."""
    rows = Entry.objects.filter(effect__in=[one.effect for one in wanted])
    found = {row.effect: row for row in rows.prefetch_related("lines__account", "reversed_by")}
    for one in wanted:
        entry = found.get(one.effect)
        if entry is not None and hasattr(entry, "reversed_by"):
            raise DomainError(
                _("This was booked and taken back. What is booked anew needs a reason of its own."), code="taken_back"
            )
        if entry is not None and not _is_same(entry, one.posting):
            raise DomainError(
                _("This was booked before with other amounts, so it is not booked again."), code="booked_otherwise"
            )
    return found


def _is_same(entry: Entry, posting: Posting) -> bool:
    there = sorted((selectors.key_of(line.account), line.amount) for line in entry.lines.all())
    return entry.kind == posting.kind and there == sorted((part.account, part.amount) for part in posting.parts)


def _accounts(keys: Sequence[Key]) -> dict[Key, Account]:
    """Those that are missing are made; whoever makes the same one at the same moment does no harm."""
    found = _known_accounts(keys)
    missing = sorted(set(keys) - found.keys())
    if missing:
        Account.objects.bulk_create(
            [Account(kind=key.kind, sme_id=key.sme or None, code=key.code, currency=key.currency) for key in missing],
            ignore_conflicts=True,
        )
        found |= _known_accounts(missing)
    return found


def _known_accounts(keys: Sequence[Key]) -> dict[Key, Account]:
    firms = {key.sme for key in keys if key.sme}
    asked = [Q(sme__in=firms)] if firms else []
    asked += [Q(sme=None, kind=kind, code=code) for kind, code in {(key.kind, key.code) for key in keys if not key.sme}]
    return {selectors.key_of(row): row for row in Account.objects.filter(reduce(or_, asked))}


def _lock_what_is_taken_from(wanted: Sequence[Wanted], accounts: Mapping[Key, Account]) -> None:
    """Two acts that take from the same account of a firm go one after the other. Others book on it meanwhile: their
    foreign key asks for no more than that the row stays."""
    taken = {accounts[key].pk for one in wanted for key in taken_from(one.posting)}
    if taken:
        list(Account.objects.select_for_update(no_key=True).filter(pk__in=taken).order_by("pk").values_list("pk"))


def _write(wanted: Sequence[Wanted], accounts: Mapping[Key, Account], actor: User | None) -> list[Entry]:
    now, day = timezone.now(), today()
    entries = Entry.objects.bulk_create(
        Entry(
            kind=one.posting.kind.value,
            booked_on=one.on or day,
            created_at=now,
            actor=actor,
            words=one.words,
            effect=one.effect,
            subject=one.subject,
            currency=one.posting.currency,
            parts=len(one.posting.parts),
            reverses=one.reverses,
        )
        for one in wanted
    )
    _write_lines(entries, [one.posting for one in wanted], accounts)
    return entries


def _write_lines(entries: Sequence[Entry], postings: Sequence[Posting], accounts: Mapping[Key, Account]) -> None:
    Line.objects.bulk_create(
        Line(entry=entry, account=accounts[part.account], day=entry.booked_on, amount=part.amount, about=part.about)
        for entry, posting in zip(entries, postings, strict=True)
        for part in posting.parts
    )


def _say_why_not(wanted: Sequence[Wanted]) -> None:
    """Raises DomainError where the database refused a day."""
    closed = selectors.last_closed_day()
    for one in wanted:
        if closed is not None and (one.on or today()) <= closed:
            raise DomainError(
                _("The books are closed up to %(day)s. Book it on a later day.") % {"day": day_words(closed)},
                code="day_closed",
            )


def _check_nothing_is_overdrawn(wanted: Sequence[Wanted], accounts: Mapping[Key, Account]) -> None:
    for key in sorted({key for one in wanted for key in taken_from(one.posting)}):
        if selectors.signed_balance(accounts[key].pk) > 0:
            raise DomainError(_("There is not so much money of this firm left on this account."), code="not_enough")


@transaction.atomic
def reverse(*, actor: User, entry: Entry, words: str, on: date | None = None) -> Entry:
    """Take an entry back by one that mirrors it; its receipts are marked as cancelled. Twice is once. Both stay.

    words: why; firms read them on a cancelled receipt. on: None for today; the day of the entry may be closed long
    since. Raises NotAllowed; DomainError "no_words", "is_reversal", and what post raises: "not_enough" where the
    firm's money was used meanwhile.
    """
    permissions.can_reverse(actor).require()
    words = words.strip()
    if not words:
        raise DomainError(_("Write why the entry is taken back."), code="no_words")
    row = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if row.kind == EntryKind.REVERSAL:
        raise DomainError(
            _("This entry takes another one back. Book that one anew instead of taking this back."), code="is_reversal"
        )
    effect = f"reversal:{row.pk}"
    known = selectors.entry_of_effect(effect)
    if known is not None:
        return known
    posting = Posting(EntryKind.REVERSAL, reversed_parts(selectors.parts_of(row)))
    made = post_many(wanted=[Wanted(posting, effect, row.subject, words, on, row)], actor=actor)[0]
    receipts = list(Receipt.objects.filter(entry=row, cancelled_at=None).order_by("pk"))
    Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts]).update(
        cancelled_by=actor, cancelled_at=timezone.now(), cancel_words=words
    )
    record(
        Happened.LEDGER_REVERSED.value,
        subject=row,
        actor=actor,
        entry=row.pk,
        by=made.pk,
        about=row.subject,
        words=words,
        receipts=[receipt.number for receipt in receipts],
    )
    return made


# ------------------------------------------------------------------------------------------------------------- receipts


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt to be numbered. amount: paisa above 0. purpose, method: words marked for translation, such as "Commitment deposit"
    and "Raast". on: the day of the payment, None for that of the entry."""

    entry: Entry
    kind: ReceiptKind
    sme: Sme
    amount: int
    reference: str
    purpose: StrOrPromise
    method: StrOrPromise
    on: date | None = None


def issue_receipt(
    *,
    entry: Entry,
    kind: ReceiptKind,
    sme: Sme,
    amount: int,
    reference: str,
    purpose: StrOrPromise,
    method: StrOrPromise,
    on: date | None = None,
) -> Receipt:
    """Number a paper about an entry and freeze what stands on it, in both languages. One an entry and kind: twice is
    once.

    Call it last in the act's transaction: whoever numbers next waits for its commit. The paper itself is drawn later,
    from the row. Raises WrongState for an entry that was taken back, ValueError for one of another firm.
    """
    return issue_receipts([Paper(entry, kind, sme, amount, reference, purpose, method, on)])[0]


@transaction.atomic
def issue_receipts(papers: Sequence[Paper]) -> list[Receipt]:
    """The same for many, all or none, numbered in their order."""
    entries = [paper.entry.pk for paper in papers]
    rows = Entry.objects.select_for_update(no_key=True).filter(pk__in=entries).order_by("pk")
    locked = {row.pk: row for row in rows}
    there = {(row.entry_id, row.kind): row for row in Receipt.objects.filter(entry__in=entries)}
    new = [paper for paper in papers if (paper.entry.pk, paper.kind.value) not in there]
    if not new:
        return [there[paper.entry.pk, paper.kind.value] for paper in papers]
    _require_receiptable(new)
    day = today()
    first = _next_serial(day.year, len(new))
    made = Receipt.objects.bulk_create(
        Receipt(
            year=day.year,
            serial=serial,
            kind=paper.kind.value,
            sme=paper.sme,
            entry=locked[paper.entry.pk],
            facts=_facts_of(paper, locked[paper.entry.pk]),
            issued_on=day,
        )
        for serial, paper in enumerate(new, first)
    )
    there |= {(row.entry_id, row.kind): row for row in made}
    return [there[paper.entry.pk, paper.kind.value] for paper in papers]


def _require_receiptable(papers: Sequence[Paper]) -> None:
    entries = [paper.entry.pk for paper in papers]
    if Entry.objects.filter(reverses__in=entries).exists():
        raise WrongState(_("This entry was taken back, so there is no receipt for it."))
    firms = set(Line.objects.filter(entry__in=entries).values_list("entry", "account__sme"))
    if any((paper.entry.pk, paper.sme.pk) not in firms for paper in papers):
        raise ValueError("This entry has no line of that firm.")


def _facts_of(paper: Paper, entry: Entry) -> dict[str, object]:
    return receipt_facts(
        sme=paper.sme,
        amount=paper.amount,
        currency=entry.currency,
        reference=paper.reference,
        purpose=paper.purpose,
        method=paper.method,
        on=paper.on or entry.booked_on,
    )


def _next_serial(year: int, number: int) -> int:
    """The first of so many, counted up under the lock of the year's row, which is held to the commit; by one at a time, as the database asks."""
    mine = ReceiptCounter.objects.filter(year=year)
    if not mine.update(last=F("last") + 1):
        ReceiptCounter.objects.bulk_create([ReceiptCounter(year=year)], ignore_conflicts=True)
        mine.update(last=F("last") + 1)
    for _further in range(number - 1):
        mine.update(last=F("last") + 1)
    return mine.values_list("last", flat=True).get() - number + 1


# ----------------------------------------------------------------------------------------------------------------- days


@transaction.atomic
def prepare_close(*, actor: User, day: date, words: str = "") -> DayClose:
    """Say that a day is complete: its figures are noted, and another person closes it. Again with other figures:
    those count.

    Raises NotAllowed; WrongState where the day is closed; DomainError "day_not_over", or "earlier_open" where entries
    of a day before are not closed yet.
    """
    permissions.can_prepare_close(actor).require()
    _wait_for_postings()
    row = DayClose.objects.select_for_update().filter(day=day).first()
    _require_closable(day)
    figures = selectors.figures_of(day)
    row = row or DayClose(day=day)
    row.prepared_by, row.prepared_at, row.words = actor, timezone.now(), words.strip()
    row.entries, row.moved, row.digest = figures.entries, figures.moved, figures.digest
    row.save()
    record(Happened.DAY_PREPARED.value, subject=row, actor=actor, **_said_of(row))
    return row


@transaction.atomic
def close_day(*, actor: User, day: date) -> DayClose:
    """Close a day, by another person than prepared it: from then on nothing is booked into it or any day before.
    Twice is once.

    Waits for whoever is booking at this moment. Raises NotAllowed; WrongState where a later day is closed;
    DomainError "not_prepared", "changed_since" where something was booked into the day after it was prepared, and
    what prepare_close raises.
    """
    _wait_for_postings()
    row = DayClose.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise DomainError(_("Nobody has prepared this day yet."), code="not_prepared")
    permissions.can_close(actor, row).require()
    if row.closed_at is not None:
        return row
    _require_closable(day)
    figures = selectors.figures_of(day)
    if (figures.entries, figures.moved, figures.digest) != (row.entries, row.moved, row.digest):
        raise DomainError(
            _("Something was booked into this day since it was prepared. Prepare it again."), code="changed_since"
        )
    row.closed_by, row.closed_at = actor, timezone.now()
    row.save(update_fields=["closed_by", "closed_at"])
    record(Happened.DAY_CLOSED.value, subject=row, actor=actor, **_said_of(row))
    return row


def _said_of(row: DayClose) -> dict[str, object]:
    """For history: the hash of the day's lines stands in its chain as well."""
    return {"day": row.day, "entries": row.entries, "moved": row.moved, "digest": row.digest}


def _require_closable(day: date) -> None:
    if day >= today():
        raise DomainError(_("The day is not over yet."), code="day_not_over")
    closed = selectors.last_closed_day()
    if closed is not None and day <= closed:
        raise WrongState(_("The books are closed up to %(day)s already.") % {"day": day_words(closed)})
    earlier = selectors.open_days(day - timedelta(days=1))
    if earlier:
        raise DomainError(
            _("%(day)s is still open. Days are closed in their order.") % {"day": day_words(earlier[0][0])},
            code="earlier_open",
        )


def _wait_for_postings() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLOSING_LOCK])


# --------------------------------------------------------------------------------------------------- balances of months

KEEP = """
INSERT INTO payments_monthbalance (account_id, through, balance)
SELECT l.account_id, %(through)s, SUM(l.amount) + COALESCE((
  SELECT b.balance FROM payments_monthbalance b WHERE b.account_id = l.account_id AND b.through < %(through)s
  ORDER BY b.through DESC LIMIT 1), 0)
FROM payments_line l WHERE l.day BETWEEN %(first)s AND %(through)s GROUP BY l.account_id
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def snapshot_month(*, through: date) -> int:
    """Keep the balance of each account that was booked on in a month, after its last day. Twice is once. How many
    were kept.

    Raises WrongState where the month is not closed, or the one before it is not kept: such a balance could still
    change.
    """
    through = selectors.month_end(through)
    closed, kept = selectors.last_closed_day(), selectors.last_kept_day()
    if kept is not None and through <= kept:
        return 0
    if closed is None or through > closed:
        raise WrongState(_("The month is not closed yet."))
    before = Line.objects.filter(day__lt=through.replace(day=1))
    if (before if kept is None else before.filter(day__gt=kept)).exists():
        raise WrongState(_("The balances of an earlier month are kept first."))
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"through": through, "first": through.replace(day=1)})
        return max(cursor.rowcount, 0)


@transaction.atomic
def keep_balances(*, anew: bool = False) -> int:
    """Keep the balances of all whole closed months. anew: throw away what is kept and build it again. How many were
    kept."""
    if anew:
        MonthBalance.objects.all().delete()
    return sum(snapshot_month(through=through) for through in selectors.months_to_keep())


# ------------------------------------------------------------------------------------------------------ the nightly look


def check_books() -> BooksCheck:
    """Look through the books for what must not be, and keep what was found: the health page tells of the last look."""
    faults = 0
    first: list[str] = []
    for fault in checking.faults():
        faults += 1
        if len(first) < FAULTS_SHOWN:
            first.append(f"{fault.kind}: {fault.text}")
    BooksCheck.objects.filter(ran_at__lt=timezone.now() - CHECKS_KEPT).delete()
    return BooksCheck.objects.create(faults=faults, first=first)
