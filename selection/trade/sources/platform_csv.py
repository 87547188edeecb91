"""The platform partner's file: demand by product, market and month. Read whole, explained row by row; pure.

Columns (any order, names of the platform's own interfaces are understood too): hs6, market (ISO3), month (YYYY-MM), searches,
rfqs, inquiries, active_suppliers, price_low_usd, price_high_usd. Blank cells, "-" and "N/A" mean "not told"; a figure of 0 must be
written. A month may be written as its first day, unless the file shows by another day that it counts days, and as a
spreadsheet writes it back (Sep-26); 01/08/2026 could be January or August and is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from selection.trade.areas import code_by_iso3
from selection.trade.flows import RefusedRow
from smes.vocabulary.hs_search import EDITION, description_of
from smes.vocabulary.identifiers import plain_digits
from tdap_portal.core.cleaning import clean

from .baci import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 5_000_000
MAX_ROWS = 50_000
MAX_LINE_LENGTH = 2_000
MAX_COUNT = 10**12
HIGHEST_PRICE = Decimal(10_000_000)
COUNTS = ("searches", "rfqs", "inquiries", "active_suppliers")
PRICES = ("price_low_usd", "price_high_usd")
NEEDED = ("hs6", "market", "month")
COLUMNS = (*NEEDED, *COUNTS, *PRICES)
ALSO_CALLED = {
    "hs": "hs6",
    "hs_code": "hs6",
    "country": "market",
    "country_simple": "market",
    "stat_date": "month",
    "search_count": "searches",
    "rfq": "rfqs",
    "rfq_count": "rfqs",
    "fb": "inquiries",
    "inquiry": "inquiries",
    "suppliers": "active_suppliers",
    "price_low": "price_low_usd",
    "price_high": "price_high_usd",
}
NOT_TOLD = frozenset({"-", "–", "—", "n/a", "#n/a", "na"})
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
OWN_COUNTRY = "PAK"
NOT_TEXT_STARTS = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One good row. month is the first day of the month; None where the platform did not tell."""

    line: int
    hs6: str
    market: str
    month: date
    searches: int | None
    rfqs: int | None
    inquiries: int | None
    active_suppliers: int | None
    price_low_usd: Decimal | None
    price_high_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """What a file holds: good rows, refused rows with the reason, columns that were not read, and its encoding."""

    rows: tuple[DemandRow, ...]
    refused: tuple[RefusedRow, ...]
    unknown_columns: tuple[str, ...] = ()
    encoding: str = "utf-8"
    read: int = field(default=0)


def read_platform_file(content: bytes, *, today: date) -> PlatformFile:
    """Read a whole file. today: months that are not over by then are refused.

    Raises BadFile for a file that cannot be read at all (too large, no text, columns missing or twice). One bad row never spoils
    the others. Check the size before reading an upload into memory; it is checked here again.
    """
    if len(content) > MAX_BYTES:
        raise BadFile("too_large", limit_mb=MAX_BYTES // 1_000_000)
    text, encoding = _decoded(content)
    text, separator = _separator(text)
    table = list(_table(text, separator))
    if not table:
        raise BadFile("empty")
    if len(table) - 1 > MAX_ROWS:  # before any row is looked at, which takes much longer than counting them
        raise BadFile("too_many_rows", limit=MAX_ROWS)
    _, first = table.pop(0)
    names, unknown = _header(first)
    rows: dict[tuple[str, str, date], DemandRow] = {}
    first_days: list[DemandRow] = []
    refused: list[RefusedRow] = []
    for line, cells in table:
        try:
            cells_by_name = _by_name(names, cells)
            row = _row(line, cells_by_name, today, groups=separator == ",")
        except _Wrong as wrong:
            refused.append(RefusedRow(line, wrong.column, wrong.code, wrong.data))
            continue
        before = rows.setdefault((row.hs6, row.market, row.month), row)
        if before is not row:
            refused.append(RefusedRow(line, "hs6", "row_twice", {"first": before.line}))
        elif cells_by_name["month"].count("-") == 2:
            first_days.append(row)
    if any(row.code == "a_day" for row in refused):
        for row in first_days:
            del rows[row.hs6, row.market, row.month]
            refused.append(RefusedRow(row.line, "month", "a_day"))
        refused.sort(key=lambda each: each.line)
    return PlatformFile(tuple(rows.values()), tuple(refused), unknown, encoding, len(table))


class _Wrong(Exception):  # a cell, not a fault
    def __init__(self, column: str, code: str, **data: object) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
        self.data = data


def _decoded(content: bytes) -> tuple[str, str]:
    """Text and the name of its alphabet: marked UTF-16 or UTF-8, plain UTF-8, unmarked UTF-16, else Windows-1256 (Arabic script)."""
    if content.startswith(NOT_TEXT_STARTS):
        raise BadFile("a_workbook")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif content[1:2] == b"\x00" or content[:1] == b"\x00":
        candidates = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "windows-1256"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise BadFile("has_nul")
        return text, encoding
    raise BadFile("not_text")


def _separator(text: str) -> tuple[str, str]:
    """The text, and what stands between its cells: as a first line says to Excel (sep=;), which is then blank, or the comma,
    semicolon or tab that the first line has most of."""
    if said := re.match(r'"?sep=([,;\t])"?(?=[\r\n])', text, re.IGNORECASE):
        return text[said.end() :], said[1]
    return text, max(",;\t", key=re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0].count)


def _table(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells, cleaned and trimmed, of each row that is not blank."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(plain.split("\n"), start=1):
        if len(line) > MAX_LINE_LENGTH:
            raise BadFile("line_too_long", line=number)
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise BadFile("bad_quotes", line=begins) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield begins, [clean(cell).strip() for cell in cells]


def _header(cells: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Our names of the columns in the file's order ("" for those not read), and the unknown ones."""
    plain = [re.sub(r"[\s\-]+", "_", cell.strip().lower()) for cell in cells]
    names = [ALSO_CALLED.get(name, name) for name in plain]
    for name, count in Counter(names).items():
        if count > 1 and name in COLUMNS:
            raise BadFile("columns_twice", column=name)
    missing = [name for name in NEEDED if name not in names]
    if not missing and not any(name in names for name in (*COUNTS, *PRICES)):
        missing = list(COUNTS)
    if missing:
        raise BadFile("columns_missing", columns=", ".join(missing))
    unknown = tuple(name[:40] for name in names if name and name not in COLUMNS)
    return [name if name in COLUMNS else "" for name in names], unknown


def _by_name(names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise _Wrong("", "cells_differ", told=len(names), came=len(cells))
    return dict(zip(names, cells, strict=True))


def _row(line: int, cells: dict[str, str], today: date, *, groups: bool) -> DemandRow:
    """groups: a comma may stand between thousands; where it does not separate cells, it may as well be the decimal point."""
    cells = {name: "" if name not in NEEDED and cell.lower() in NOT_TOLD else cell for name, cell in cells.items()}
    for column, cell in cells.items():
        negative = re.fullmatch(r"-[0-9.,]+", cell)
        if column and cell[:1] in {"=", "+", "-", "@", "|"} and not negative:
            raise _Wrong(column, "formula")
        if column in (*COUNTS, *PRICES) and "," in cell and not groups:
            raise _Wrong(column, "comma_in_number")
    counts = {name: _count(name, cells.get(name, "")) for name in COUNTS}
    prices = {name: _price(name, cells.get(name, "")) for name in PRICES}
    hs6, market, month = _hs6(cells["hs6"]), _market(cells["market"]), _month(cells["month"], today)
    low, high = prices["price_low_usd"], prices["price_high_usd"]
    if low is not None and high is not None and low > high:
        raise _Wrong("price_low_usd", "prices_crossed")
    if all(value is None for value in (*counts.values(), low, high)):
        raise _Wrong("searches", "row_says_nothing")
    return DemandRow(line=line, hs6=hs6, market=market, month=month, **counts, price_low_usd=low, price_high_usd=high)


def _hs6(cell: str) -> str:
    code = re.sub(r"[.\s']", "", plain_digits(cell))
    if re.fullmatch(r"[0-9]{5}", code):
        raise _Wrong("hs6", "lost_zero", guess=f"0{code}")
    if not re.fullmatch(r"[0-9]{6}", code):
        raise _Wrong("hs6", "not_hs6")
    if not 1 <= int(code[:2]) <= 97 or code[:2] == "77":
        raise _Wrong("hs6", "no_such_chapter", chapter=code[:2])
    if description_of(code) is None:
        raise _Wrong("hs6", "no_such_code", edition=EDITION)
    return code


def _market(cell: str) -> str:
    code = cell.upper()
    if code not in code_by_iso3() or code == "W00":
        raise _Wrong("market", "not_a_market")
    if code == OWN_COUNTRY:
        raise _Wrong("market", "own_country")
    return code


def _month(cell: str, today: date) -> date:
    plain = _month_of_a_spreadsheet(plain_digits(cell))
    found = re.fullmatch(r"(20[0-9]{2})-?([0-9]{2})(?:(?<=-[0-9]{2})-([0-9]{2}))?", plain)
    try:
        day = date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise _Wrong("month", "not_a_month")
    month = day.replace(day=1)
    if day != month:
        raise _Wrong("month", "a_day")
    if month >= today.replace(day=1):
        raise _Wrong("month", "month_not_over")
    return month


def _month_of_a_spreadsheet(cell: str) -> str:
    """Sep-26, Sep 2026 or September-26 as 2026-09; any other cell as it is. 26-Aug may be a day."""
    if re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{1,2}[- ][A-Za-z]{3,9}([- ,]+[0-9]{2,4})?", cell):
        raise _Wrong("month", "spreadsheet_date")
    if found := re.fullmatch(r"([A-Za-z]{3,9})[- ](?:20)?([0-9]{2})", cell):
        for number, name in enumerate(MONTHS, start=1):
            if name.startswith(found[1].lower()):
                return f"20{found[2]}-{number:02d}"
    return cell


def _number(column: str, cell: str) -> Decimal | None:
    """A plain number, also one that a spreadsheet kept as text ('1234) or grouped (1,234); None for a blank cell."""
    plain = plain_digits(cell).strip().removeprefix("'")
    if not plain:
        return None
    if plain.startswith("-"):
        raise _Wrong(column, "negative")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?|[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,6})?", plain):
        raise _Wrong(column, "not_a_number")
    return Decimal(plain.replace(",", ""))


def _count(column: str, cell: str) -> int | None:
    number = _number(column, cell)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise _Wrong(column, "not_whole")
    if number > MAX_COUNT:
        raise _Wrong(column, "too_big")
    return int(number)


def _price(column: str, cell: str) -> Decimal | None:
    number = _number(column, cell)
    if number is not None and number > HIGHEST_PRICE:
        raise _Wrong(column, "too_big")
    return None if number is None else number.quantize(Decimal("0.01"))
