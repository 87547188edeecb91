"""What a payment company says of one sum that it pays out: a table of payments, refunds and its fee. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from payments.ledger.books import Row

from .amounts import BadAmount, read_amount
from .days import BadDay, Order, read_day
from .statement import BadFile
from .table import table_of

if TYPE_CHECKING:
    from tdap_portal.core.sheet import Row as Cells

KARACHI: Final = ZoneInfo("Asia/Karachi")
NAMED: Final = {
    "kind": r"type|kind|transaction.?type",
    "gross": r"gross|amount",
    "at": r"time|moment|date|paid.?at",
    "reference": r"ref|order|merchant",
}
PAYMENTS: Final = re.compile(r"pay|sale|purchase|charge$|capture", re.IGNORECASE)
REFUNDS: Final = re.compile(r"refund|reversal|chargeback", re.IGNORECASE)
FEES: Final = re.compile(r"fee|tax|commission|mdr|fed|wht", re.IGNORECASE)
CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Report:
    """rows: gross above 0 for a payment, below 0 for a refund. fee: what the company keeps, in paisa."""

    rows: tuple[Row, ...]
    fee: int

    @property
    def net(self) -> int:
        return sum(row.gross for row in self.rows) - self.fee


def read_report(content: bytes, *, day: date) -> Report:
    """day: of hours that stand without one. Raises BadFile "report_columns", "report_kind", "report_twice", "line", "no_lines"."""
    sheet = table_of(content)
    columns = _columns(sheet.head)
    rows: list[Row] = []
    fee = 0
    for line in sheet.rows:
        kind, gross = _cell(line, columns["kind"]), _gross(line, columns["gross"])
        if FEES.search(kind):
            fee -= gross
        elif REFUNDS.search(kind) or PAYMENTS.search(kind):
            sign = -1 if REFUNDS.search(kind) else 1
            at = _moment(_cell(line, columns["at"]), day, line.number)
            rows.append(Row(_cell(line, columns["reference"]), sign * abs(gross), at))
        else:
            raise BadFile("report_kind", line=line.number, said=kind)
    if not rows and not fee:
        raise BadFile("no_lines")
    named = [(row.reference, row.gross > 0) for row in rows]
    for each in named:
        if named.count(each) > 1:
            raise BadFile("report_twice", said=each[0])
    return Report(tuple(rows), fee)


def _columns(head: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, heading in enumerate(head):
        for name, pattern in NAMED.items():
            if name not in columns and re.search(pattern, heading, re.IGNORECASE):
                columns[name] = at
                break
    if set(columns) != set(NAMED):
        raise BadFile("report_columns")
    return columns


def _gross(line: Cells, column: int) -> int:
    said = _cell(line, column)
    try:
        return read_amount(said)
    except BadAmount as fault:
        raise BadFile("line", line=line.number, why=fault.fault.value, said=said) from None


def _moment(said: str, day: date, line: int) -> datetime:
    clock = CLOCK.search(said)
    hour = _hour(clock) if clock else time.min
    rest = said[: clock.start()].strip(" T") if clock else said.strip()
    try:
        found = read_day(rest, Order.DMY) if rest else day
    except BadDay as fault:
        raise BadFile("line", line=line, why=fault.fault.value, said=said) from None
    if abs(found - day) > timedelta(days=62):
        raise BadFile("line", line=line, why="not_a_day", said=said)
    return datetime.combine(found, hour, KARACHI)


def _hour(clock: re.Match[str]) -> time:
    try:
        return time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return time.min


def _cell(row: Cells, column: int) -> str:
    return row.cells[column].strip() if column < len(row.cells) else ""
