"""What a file of a bank says, whatever its format, and why it cannot be taken. Pure.

Amounts are whole paisa: above 0 came into the account, below 0 left it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TEXT: Final = 300
EARLIEST: Final = date(2000, 1, 1)


class Format(StrEnum):
    TABLE = "table"  # CSV or XLSX
    MT940 = "mt940"
    CAMT = "camt"


class BadFile(ValueError):
    """A file of which nothing is taken. code: stable; `data` fills its sentence (payments.reconciliation.wording)."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class BankRow:
    """One movement. number: of the line in a table, else of the entry. value_on: the day that counts for who paid; where
    the bank names none, the day on which it was booked. balance: after this movement, None where the bank names none.
    is_return: the bank takes an earlier movement back. parts: of an entry that stands for several payments and whose
    parts do not add up to it, what they give; such a row waits for a person. bank_reference: the bank's own number of it, "" for none."""

    number: int
    booked_on: date
    value_on: date
    amount: int
    text: str
    reference: str = ""
    name: str = ""
    balance: int | None = None
    is_return: bool = False
    parts: int | None = None
    bank_reference: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that cannot be read. cell: "C7", "" where there is none; said: what stands there."""

    number: int
    code: str
    cell: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was read. opening, closing: None where the file names no balance. first_on, last_on: the days that it covers,
    as the bank says; None where it does not. pending: entries that the bank has not booked yet, which are left out."""

    format: Format
    rows: tuple[BankRow, ...]
    bad: tuple[BadRow, ...] = ()
    account: str = ""
    currency: str = "PKR"
    opening: int | None = None
    closing: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    sequence: str = ""
    pending: int = 0
    encoding: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def sum(self) -> int:
        return sum(row.amount for row in self.rows)


def joined(statements: Sequence[Statement]) -> Statement:
    """Statements of one account that stand in one file, one after the other. Raises BadFile "other_account",
    "other_currency", or "gap" where one does not begin with what the one before ended."""
    first, last = statements[0], statements[-1]
    for before, after in pairwise(statements):
        if before.account != after.account:
            raise BadFile("two_accounts")
        if before.currency != after.currency:
            raise BadFile("two_currencies")
        if before.closing != after.opening:
            raise BadFile("gap", closing=before.closing, opening=after.opening)
    return Statement(
        first.format,
        tuple(row for each in statements for row in each.rows),
        account=first.account,
        currency=first.currency,
        opening=first.opening,
        closing=last.closing,
        first_on=first.first_on,
        last_on=last.last_on,
        sequence=last.sequence,
        pending=sum(each.pending for each in statements),
        encoding=first.encoding,
    )


def day_fault(day: date, today: date) -> str:
    """Why no bank can have booked anything on this day: "to_come", "long_ago"; "" for a good one."""
    if day > today + timedelta(days=1):
        return "to_come"
    return "long_ago" if day < EARLIEST else ""
