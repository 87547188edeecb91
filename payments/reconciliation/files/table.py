"""A bank's CSV or XLSX: which column is which, and its lines read by that. Pure.

A column is read one way from top to bottom. What does not fit that way is a line that cannot be read, never a line
that is read another way.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from payments.money import CURRENCIES, PKR
from tdap_portal.core.sheet import BadSheet, Row, Sheet, cell_name, read_sheet

from .amounts import COMMA, POINT, AmountFault, BadAmount, read_amount
from .days import BadDay, Order, read_day
from .statement import MAX_TEXT, BadFile, BadRow, BankRow, Format, Statement, day_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

CURRENCY: Final = re.compile(r"currency|\bccy\b|\bcurr?\b", re.IGNORECASE)
RUPEES: Final = frozenset({"", "PKR", "RS", "RS.", "RUPEES", "PAK RUPEE", "PAKISTAN RUPEE", "PAKISTANI RUPEE"})
FOREIGN: Final = "|".join((*(one for one in CURRENCIES if one != PKR), "JPY", "KWD", "BHD", "OMR"))
OTHERS: Final = re.compile(rf"\b({FOREIGN})\b|[$€£¥]", re.IGNORECASE)
COLUMNS: Final = (
    "day", "value_day", "amount", "paid_in", "paid_out", "side", "text", "reference", "bank_reference", "name", "balance",
)  # fmt: skip
NAMED: Final = {
    "value_day": r"value.?(date|day|dt)|^val",
    "day": r"date|^day$|dated|booking",
    "paid_in": r"credit|deposit|paid.?in|money.?in|^cr\b|receipt",
    "paid_out": r"debit|withdraw|paid.?out|money.?out|^dr\b",
    "side": r"dr.?/?.?cr|cr.?/?.?dr|^d/?c$|^sign$|^type$|indicator",
    "balance": r"balance|^bal",
    "amount": r"amount|^amt|\bpkr\b|rupees",
    "bank_reference": r"bank.?ref|tran.*(id|no)|\btxn|\bstan\b|\brrn\b|\butr\b",
    "reference": r"ref|instrument|cheque|chq|doc.?n",
    "name": r"name|payer|sender|remitter|from|beneficiary|party",
    "text": r"narr|descr|particular|detail|remark|text|transaction",
}
"""By what its heading says; the first that fits takes the column."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column is which, by number from 0; None for one that is not there. Either `amount`, or `paid_in` and
    `paid_out`; `side` tells CR or DR of an amount without a sign. order: of the days; decimal: the sign before the hundredths.
    has_head: the first line holds headings."""

    day: int | None = None
    value_day: int | None = None
    amount: int | None = None
    paid_in: int | None = None
    paid_out: int | None = None
    side: int | None = None
    text: int | None = None
    reference: int | None = None
    bank_reference: int | None = None
    name: int | None = None
    balance: int | None = None
    order: str = Order.DMY.value
    decimal: str = POINT
    has_head: bool = True

    @property
    def lacks(self) -> str:
        """ "day", "amount" or "text" for what no file can be read without; "" for nothing."""
        if self.day is None:
            return "day"
        if self.amount is None and (self.paid_in is None or self.paid_out is None):
            return "amount"
        return "text" if self.text is None else ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def mapping_of(said: dict[str, Any]) -> Mapping:
    """The same from what was kept; unknown names are left out."""
    return Mapping(**{name: value for name, value in said.items() if name in Mapping.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Doubt:
    """How many of the lines do not fit the way in which a column is to be read. what: "days" or "amounts"."""

    what: str
    misfits: int
    of: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """doubts: what a person should look at. is_either: the days fit day/month and month/day alike."""

    mapping: Mapping
    doubts: tuple[Doubt, ...] = ()
    is_either: bool = False


def table_of(content: bytes) -> Sheet:
    """Raises BadFile."""
    try:
        return read_sheet(content)
    except BadSheet as fault:
        raise BadFile(f"sheet_{fault.code}", **fault.data) from None


def head_of(sheet: Sheet) -> str:
    """Names a layout: the same bank's next file has the same headings."""
    said = "|".join(re.sub(r"\W+", " ", heading).strip().lower() for heading in sheet.head)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


# ---------------------------------------------------------------------------------------------------------- the proposal


def propose(sheet: Sheet) -> Proposal:
    """A mapping by the headings, and by what stands in the whole of each column; a person confirms it."""
    found: dict[str, int] = {}
    for at, heading in enumerate(sheet.head):
        for name, pattern in NAMED.items():
            if name not in found and re.search(pattern, heading.strip(), re.IGNORECASE):
                found[name] = at
                break
    has_head = not _is_line(sheet.head)
    if not has_head:
        found = _by_content(sheet.head)
    if "amount" in found and "paid_in" in found and "paid_out" in found:
        found.pop("amount")
    elif not ("paid_in" in found and "paid_out" in found):
        for name in ("paid_in", "paid_out"):
            alone = found.pop(name, None)
            if alone is not None and "amount" not in found:
                found["amount"] = alone
    if "text" not in found and (widest := _widest(sheet, set(found.values()))) is not None:
        found["text"] = widest
    mapping = Mapping(**found, has_head=has_head)  # type: ignore[arg-type]
    rows = lines_of(sheet, mapping)
    order, days = _order(rows, mapping.day)
    decimal, amounts = _decimal(rows, [mapping.amount, mapping.paid_in, mapping.paid_out])
    misfits = {"days": days[order], "amounts": amounts[decimal]}
    return Proposal(
        replace(mapping, order=order.value, decimal=decimal),
        tuple(Doubt(what, number, len(rows)) for what, number in misfits.items() if number),
        is_either=mapping.day is not None and days[Order.DMY] == days[Order.MDY] < len(rows),
    )


def lines_of(sheet: Sheet, mapping: Mapping) -> list[Row]:
    return sheet.rows if mapping.has_head else [Row(sheet.head_row, sheet.head), *sheet.rows]


def _is_line(cells: Sequence[str]) -> bool:
    """Whether a first line is a movement and no headings."""
    return any(_reads_day(cell, order) for cell in cells for order in Order) and any(
        _reads_amount(cell, POINT) for cell in cells
    )


def _by_content(cells: Sequence[str]) -> dict[str, int]:
    days = [at for at, cell in enumerate(cells) if any(_reads_day(cell, order) for order in Order)]
    amounts = [at for at, cell in enumerate(cells) if at not in days and _reads_amount(cell, POINT)]
    found = dict(zip(("day", "value_day"), days, strict=False))
    return found | dict(zip(("amount", "balance"), amounts, strict=False))


def _widest(sheet: Sheet, taken: set[int]) -> int | None:
    lengths = {
        at: sum(len(row.cells[at]) for row in sheet.rows if at < len(row.cells))
        for at in range(len(sheet.head))
        if at not in taken
    }
    return max(lengths, key=lambda at: lengths[at], default=None)


def _order(rows: Sequence[Row], column: int | None) -> tuple[Order, dict[Order, int]]:
    """The order in which most days can be read, and of each how many cannot."""
    misfits = {order: sum(not _reads_day(_cell(row, column), order) for row in rows) for order in Order}
    return min(Order, key=lambda order: misfits[order]), misfits


def _decimal(rows: Sequence[Row], columns: Iterable[int | None]) -> tuple[str, dict[str, int]]:
    cells = [[_cell(row, at) for at in columns if at is not None] for row in rows]

    def misfits(sign: str) -> int:
        return sum(not any(line) or any(cell and not _reads_amount(cell, sign) for cell in line) for line in cells)

    found = {sign: misfits(sign) for sign in (POINT, COMMA)}
    return min(found, key=lambda sign: found[sign]), found


def _reads_day(text: str, order: Order) -> bool:
    try:
        read_day(text, order)
    except BadDay:
        return False
    return True


def _reads_amount(text: str, decimal: str) -> bool:
    try:
        read_amount(text, decimal=decimal)
    except BadAmount:
        return False
    return True


# ------------------------------------------------------------------------------------------------------------- the lines


def read_table(sheet: Sheet, mapping: Mapping, *, today: date) -> Statement:
    """The lines of a table, oldest first, and those that cannot be read. Raises BadFile "no_lines", or "balance" where a
    column of balances does not run on."""
    good: list[BankRow] = []
    bad: list[BadRow] = []
    lines = lines_of(sheet, mapping)
    currency = _require_rupees(sheet, mapping)
    for row in lines:
        read = _line(row, mapping, today, currency)
        (good if isinstance(read, BankRow) else bad).append(read)  # type: ignore[arg-type]
    if not good and not bad:
        raise BadFile("no_lines")
    order = [row.number for row in lines]
    opening: int | None = None
    closing: int | None = None
    if good and all(row.balance is not None for row in good):
        good = _in_their_order(good, order)
        opening, closing = (good[0].balance or 0) - good[0].amount, good[-1].balance
    elif len(good) > 1 and good[0].booked_on > good[-1].booked_on:
        good.reverse()
    return Statement(Format.TABLE, tuple(good), tuple(bad), opening=opening, closing=closing, encoding=sheet.encoding)


def _require_rupees(sheet: Sheet, mapping: Mapping) -> int | None:
    """The column that names the currency of each line, None for none. Raises BadFile where a heading says that the amounts are others."""
    if not mapping.has_head:
        return None
    for column in (mapping.amount, mapping.paid_in, mapping.paid_out):
        if column is not None and column < len(sheet.head) and (said := OTHERS.search(sheet.head[column])):
            raise BadFile("other_currency", said=said[0].upper())
    return next((at for at, heading in enumerate(sheet.head) if CURRENCY.search(heading)), None)


class _Wrong(ValueError):
    """What is wrong with a line, and in which column."""

    def __init__(self, code: str, column: int | None) -> None:
        super().__init__(code)
        self.code, self.column = code, column or 0


def _line(row: Row, mapping: Mapping, today: date, currency: int | None) -> BankRow | BadRow:
    if _cell(row, currency).upper() not in RUPEES:
        return BadRow(row.number, "not_rupees", cell_name(row.number, currency or 0), _cell(row, currency)[:60])
    try:
        return _read(row, mapping, today)
    except _Wrong as wrong:
        cell = cell_name(row.number, wrong.column)
        return BadRow(row.number, wrong.code, cell, _cell(row, wrong.column)[:60])


def _read(row: Row, mapping: Mapping, today: date) -> BankRow:
    """Raises _Wrong."""
    for column, (mark, _said) in row.marks.items():
        if mark in {"error", "formula"} and column in {mapping.day, mapping.amount, mapping.paid_in, mapping.paid_out}:
            raise _Wrong("error_cell", column)
    booked_on = _day(row, mapping.day, mapping.order)
    if fault := day_fault(booked_on, today):
        raise _Wrong(fault, mapping.day)
    value_on = _day(row, mapping.value_day, mapping.order) if _cell(row, mapping.value_day) else booked_on
    amount = _amount(row, mapping)
    if not isinstance(amount, int):
        raise _Wrong(*amount)
    return BankRow(
        row.number,
        booked_on,
        value_on,
        amount,
        _cell(row, mapping.text)[:MAX_TEXT],
        reference=_cell(row, mapping.reference)[:80],
        name=_cell(row, mapping.name)[:120],
        bank_reference=_cell(row, mapping.bank_reference)[:60],
        balance=_balance(row, mapping),
    )


def _day(row: Row, column: int | None, order: str) -> date:
    try:
        return read_day(_cell(row, column), Order(order))
    except BadDay as fault:
        raise _Wrong(fault.fault.value, column) from None


def _balance(row: Row, mapping: Mapping) -> int | None:
    said = _cell(row, mapping.balance)
    try:
        return read_amount(said, decimal=mapping.decimal) if said else None
    except BadAmount as fault:
        raise _Wrong(fault.fault.value, mapping.balance) from None


def _amount(row: Row, mapping: Mapping) -> int | tuple[str, int | None]:
    """Paisa; else what is wrong and in which column."""
    if mapping.amount is not None:
        said = _cell(row, mapping.amount)
        side = _cell(row, mapping.side) if mapping.side is not None else ""
        try:
            return read_amount(f"{said} {side}".strip() if said and side else said, decimal=mapping.decimal)
        except BadAmount as fault:
            return fault.fault.value, mapping.amount
    found = []
    for column, sign in ((mapping.paid_in, 1), (mapping.paid_out, -1)):
        said = _cell(row, column)
        try:
            if said and (amount := read_amount(said, decimal=mapping.decimal)):
                found.append(sign * abs(amount))
        except BadAmount as fault:
            return (fault.fault.value, column) if said.strip("-. ") else (AmountFault.NOT_ONE.value, column)
    if len(found) > 1:
        return "both_sides", mapping.paid_in
    if not found and not (_cell(row, mapping.paid_in) or _cell(row, mapping.paid_out)):
        return AmountFault.MISSING.value, mapping.paid_in
    return found[0] if found else 0


def _in_their_order(rows: list[BankRow], order: Sequence[int]) -> list[BankRow]:
    """Oldest first, by the balances. Raises BadFile "balance" for the first line that does not fit."""
    place = {number: at for at, number in enumerate(order)}
    forth, back = _breaks(rows, place), _breaks(rows[::-1], place)
    if not forth:
        return rows
    if not back:
        return rows[::-1]
    rows_, breaks = (rows, forth) if len(forth) <= len(back) else (rows[::-1], back)
    at = breaks[0]
    expected = (rows_[at - 1].balance or 0) + rows_[at].amount
    raise BadFile("balance", line=rows_[at].number, expected=expected, found=rows_[at].balance)


def _breaks(rows: Sequence[BankRow], place: dict[int, int]) -> list[int]:
    """Where a balance is not the one before it and the amount; beside a line that could not be read nothing is said."""
    return [
        at
        for at in range(1, len(rows))
        if abs(place[rows[at].number] - place[rows[at - 1].number]) == 1
        and rows[at].balance != (rows[at - 1].balance or 0) + rows[at].amount
    ]


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column].strip() if column is not None and column < len(row.cells) else ""
