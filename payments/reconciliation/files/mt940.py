"""MT940 by the library bankfile, of which any warning is a refusal; each line is looked at here as well. Pure.

The libraries below it drop a line with a bad amount without a word, and take the year of a booking day from its value
day. So the lines of the file are read twice: what the library gives must be the same lines with the same amounts.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import bankfile

from .amounts import COMMA, BadAmount, read_amount
from .days import BadDay, DayFault, booking_day
from .statement import MAX_TEXT, BadFile, BankRow, Format, Statement, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

LINE: Final = re.compile(
    r":61:(?P<value>[0-9]{6})(?P<booked>[0-9]{4})?(?P<side>R?[CD])(?P<funds>[A-Z])?(?P<amount>[0-9]{1,12},[0-9]{0,2})(?![0-9,])"
)
OWN: Final = re.compile(r"//([^\s/][^/]{0,33}?)\s*$")  # the bank's own number, behind the customer's
AFTER_CLOSING: Final = 1  # day
logging.getLogger("mt940").setLevel(logging.ERROR)


def is_mt940(text: str) -> bool:
    return ":60F:" in text or ":60M:" in text or (":20:" in text and ":61:" in text)


def read_mt940(text: str, *, encoding: str = "") -> Statement:
    """Raises BadFile: "line" for one that cannot be read, "closing" where the lines do not give the bank's closing balance,
    and for what the library warns of."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", plain) if ":61:" in block or ":60" in block]
    if not blocks:
        raise BadFile("no_lines")
    read, first_line = [], 1 + plain[: plain.find(blocks[0])].count("\n")
    for block in blocks:
        read.append(_statement(block, first_line, encoding))
        first_line += block.count("\n")
    whole = joined(read)
    if not whole.rows:
        raise BadFile("no_lines")
    return whole


def _statement(block: str, first_line: int, encoding: str) -> Statement:
    lines = _lines(block, first_line)
    try:
        read = bankfile.parse_bytes(block.encode())
    except Exception as fault:  # the library raises whatever the one below it does
        raise BadFile("not_read") from fault
    opening, closing = _paisa(read.opening_balance), _paisa(read.closing_balance)
    if opening is None or closing is None:
        raise BadFile("no_balances")
    given = opening + sum(amount for _number, _value, _booked, amount, _back, _own in lines)
    if given != closing:
        raise BadFile("closing", given=given, said=closing)
    if read.warnings or len(read.transactions) != len(lines):
        raise BadFile("not_sure")
    rows = [_row(line, each) for line, each in zip(lines, read.transactions, strict=True)]
    first_on, last_on = _balance_day(block, "60"), _balance_day(block, "62")
    for row in rows:
        if last_on and (row.booked_on - last_on).days > AFTER_CLOSING:
            raise BadFile("after_closing", line=row.number, day=row.booked_on, closing_day=last_on)
    return Statement(
        Format.MT940,
        tuple(rows),
        account=(read.account or "").replace(" ", "").upper(),
        currency=read.currency or "",
        opening=opening,
        closing=closing,
        first_on=min([day for day in (first_on, *(row.booked_on for row in rows)) if day], default=None),
        last_on=last_on,
        sequence=_tag(block, "28C"),
        encoding=encoding,
    )


def _lines(block: str, first_line: int) -> list[tuple[int, date, date, int, bool, str]]:
    """(line of the file, value day, booking day, paisa, whether it takes an earlier one back, the bank's own number) of each :61:."""
    found = []
    for number, line in enumerate(block.split("\n"), first_line):
        if not line.startswith(":61:"):
            continue
        said = LINE.match(line)
        if said is None:
            raise BadFile("line", line=number, why="not_read", said=line[4:40])
        try:
            value_on = _six(said["value"])
            booked = said["booked"]
            booked_on = booking_day(value_on, int(booked[:2]), int(booked[2:])) if booked else value_on
            amount = read_amount(said["amount"].rstrip(","), decimal=COMMA)
        except (BadDay, BadAmount) as fault:
            raise BadFile("line", line=number, why=fault.fault.value, said=line[4:40]) from None
        own = OWN.search(line)
        credit = said["side"] in {"C", "RD"}
        found.append(
            (
                number,
                value_on,
                booked_on,
                amount if credit else -amount,
                said["side"].startswith("R"),
                own[1] if own else "",
            )
        )
    return found


def _row(line: tuple[int, date, date, int, bool, str], given: Any) -> BankRow:
    number, value_on, booked_on, amount, is_return, own = line
    if _paisa(given.amount) != amount or given.date != value_on:
        raise BadFile("not_sure")
    reference = given.reference or ""
    return BankRow(
        number,
        booked_on,
        value_on,
        amount,
        " ".join((given.purpose or "").split())[:MAX_TEXT],
        reference="" if reference == "NONREF" else reference[:80],
        name=(given.counterparty_name or "")[:120],
        is_return=is_return,
        bank_reference=own,
    )


def _paisa(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _six(text: str) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise BadDay(DayFault.NO_SUCH) from None


def _balance_day(block: str, tag: str) -> date | None:
    said: Sequence[str] = re.findall(rf"(?m)^:{tag}[FM]:[CD]([0-9]{{6}})", block)
    try:
        return _six(said[-1]) if said else None
    except BadDay:
        raise BadFile("line", line=0, why=DayFault.NO_SUCH.value, said=f":{tag}F:{said[-1]}") from None


def _tag(block: str, tag: str) -> str:
    said = re.search(rf"(?m)^:{tag}:(.{{1,20}})$", block)
    return said[1].strip() if said else ""
