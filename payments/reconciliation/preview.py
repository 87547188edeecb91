"""What a file would bring: each of its lines is new, already there, or equal to another of its day."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from payments.models import BankLine
from tdap_portal.core.calendar import today
from tdap_portal.core.folding import fold

from . import selectors
from .files.reading import read_file
from .files.statement import BadFile, Statement
from .files.table import mapping_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from payments.models import BankFile

    from .files.statement import BadRow, BankRow


class Status(StrEnum):
    NEW = "new"
    EQUAL = "equal"  # new, and equal to another of the same day
    THERE = "there"
    ALIKE = (
        "alike"  # of the day and amount of one that another kind of file brought: a person says whether it is the same
    )


class Unproven(StrEnum):
    """Why nothing in a file shows that no line is missing or added."""

    NO_BALANCES = "no_balances"
    GAP = "gap"  # they do not run on from the file before
    LEFT_OUT = "left_out"
    AGAIN = "again"  # a line is taken that may be there already


TAKE, LEAVE = "take", "leave"


@dataclass(frozen=True, slots=True)
class Looked:
    """A line of a file beside what is there. at: its place in the file, from 0. nth: the how-manieth of its print it would be. line:
    public id of the one that is there. choice: of a person, "" for none."""

    at: int
    row: BankRow
    status: Status
    print: str
    nth: int
    line: str = ""
    choice: str = ""

    @property
    def is_taken(self) -> bool:
        if self.choice:
            return self.choice == TAKE
        return self.status in {Status.NEW, Status.EQUAL}

    @property
    def is_undecided(self) -> bool:
        return self.status is Status.ALIKE and not self.choice

    @property
    def is_overruled(self) -> bool:
        return bool(self.choice) and self.status is not Status.ALIKE and (
            (self.choice == TAKE) != (self.status in {Status.NEW, Status.EQUAL})
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """What stood on the account when the file before ended, and when this one begins."""

    day: date
    closing: int
    opening: int


@dataclass(frozen=True, slots=True)
class Preview:
    statement: Statement
    lines: tuple[Looked, ...]
    gap: Gap | None
    covers: tuple[date, date] | None

    @property
    def bad(self) -> Sequence[BadRow]:
        return self.statement.bad

    @property
    def fresh(self) -> list[Looked]:
        return [line for line in self.lines if line.is_taken]

    @property
    def undecided(self) -> list[Looked]:
        return [line for line in self.lines if line.is_undecided]

    @property
    def overruled(self) -> list[Looked]:
        return [line for line in self.lines if line.is_overruled]

    @property
    def unproven(self) -> list[Unproven]:
        """Empty for a file that its balances bear out."""
        found = {
            Unproven.NO_BALANCES: self.statement.closing is None,
            Unproven.GAP: self.gap is not None,
            Unproven.LEFT_OUT: bool(self.bad),
            Unproven.AGAIN: any(line.status not in {Status.NEW, Status.EQUAL} for line in self.fresh),
        }
        return [why for why, is_so in found.items() if is_so]

    @property
    def sum(self) -> int:
        return sum(line.row.amount for line in self.fresh)

    @property
    def counts(self) -> Counter[Status]:
        return Counter(line.status for line in self.lines)


def statement_of(file: BankFile) -> Statement:
    """Raises BadFile, "other_account" and "other_currency" as well."""
    mapping = mapping_of(file.layout) if file.layout is not None else None
    found = read_file(bytes(file.raw), mapping, today=today())
    account = found.account.replace(" ", "").upper()
    if account and account != file.account.iban and account not in file.account.iban:
        raise BadFile("other_account", said=account[-4:], iban=file.account.iban[-4:])
    if found.currency not in {"", "PKR"}:
        raise BadFile("other_currency", said=found.currency)
    return found


def preview_of(file: BankFile) -> Preview:
    """Raises BadFile where the file cannot be read as it is meant to be."""
    statement = statement_of(file)
    return Preview(statement, tuple(_looked(file, statement)), _gap(file, statement), covers_of(statement))


def print_of(row: BankRow) -> str:
    """Names the day, the amount and the words of a line: what banks that number nothing tell them by."""
    words = " ".join(fold(f"{row.text} {row.reference} {row.name}").split())
    said = f"{row.booked_on.isoformat()}|{row.amount}|{words}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def covers_of(statement: Statement) -> tuple[date, date] | None:
    """The days of which no line is missing: as the bank says; of a table from its first day on, and up to its last one if that is
    over."""
    if statement.first_on and statement.last_on:
        return min(statement.first_on, statement.last_on), statement.last_on
    if not statement.rows:
        return None
    first, last = (pick(row.booked_on for row in statement.rows) for pick in (min, max))
    last = min(last, today() - timedelta(days=1))
    return (first, last) if first <= last else None


def _looked(file: BankFile, statement: Statement) -> list[Looked]:
    there, others = _there(file, statement)
    prints = [print_of(row) for row in statement.rows]
    counted: Counter[str] = Counter()
    more: Counter[str] = Counter()
    found = []
    for at, (row, print_) in enumerate(zip(statement.rows, prints, strict=True)):
        counted[print_] += 1
        nth = counted[print_]
        known = there.get(print_, {})
        line = known.get(nth, "")
        if line:
            status = Status.THERE
        elif others[row.booked_on, row.amount]:
            status, line = Status.ALIKE, others[row.booked_on, row.amount].pop(0)
        else:
            status = Status.EQUAL if nth > 1 or known else Status.NEW
        choice = str(file.choices.get(str(at), ""))
        if status is Status.THERE and choice == TAKE:
            more[print_] += 1
            nth = max(*known, prints.count(print_)) + more[print_]
        found.append(Looked(at, row, status, print_, nth, line, choice))
    return found


def _there(
    file: BankFile, statement: Statement
) -> tuple[dict[str, dict[int, str]], defaultdict[tuple[date, int], list[str]]]:
    """By print and number the lines that are there; by day and amount those that no line of this file has the print of."""
    there: defaultdict[str, dict[int, str]] = defaultdict(dict)
    others: defaultdict[tuple[date, int], list[str]] = defaultdict(list)
    days = {row.booked_on for row in statement.rows}
    if not days:
        return there, others
    prints = {print_of(row) for row in statement.rows}
    rows = BankLine.objects.filter(account=file.account, booked_on__range=(min(days), max(days))).exclude(file=file)
    columns = ("print", "nth", "public_id", "booked_on", "amount", "file__format", "file__layout")
    for print_, nth, public_id, day, amount, format_, layout in rows.order_by("pk").values_list(*columns):
        if print_ in prints:
            there[print_][nth] = public_id
        elif (format_, _text_column(layout)) != (file.format, _text_column(file.layout)):
            others[day, amount].append(public_id)
    return there, others


def _text_column(layout: dict[str, object] | None) -> object:
    return [layout.get(name) for name in ("text", "reference", "name")] if layout else None


def _gap(file: BankFile, statement: Statement) -> Gap | None:
    if not statement.rows or statement.opening is None:
        return None
    first = min(row.booked_on for row in statement.rows)
    before = selectors.file_before(file, first)
    if before is None or before.closing is None or before.covers_to is None or before.closing == statement.opening:
        return None
    return Gap(before.covers_to, before.closing, statement.opening)
