"""Tables as an XLSX workbook in which nothing runs: every text is written as a text, every number as a number. Pure."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NAME_LENGTH = 31  # of a sheet, at most
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
TEXT_LENGTH = 32_767  # of a cell, at most
WIDTH = 18  # of a column, in letters


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. lines: cells from the first column on; heads: numbers of the lines, from 0, that are headings. widths: of the first
    columns, in letters; the others take WIDTH."""

    name: str
    lines: Sequence[Sequence[object]]
    heads: frozenset[int] = frozenset({0})
    widths: Sequence[int] = field(default=())


def as_xlsx(sheets: Iterable[Sheet], *, title: str, rtl: bool = False) -> bytes:
    """rtl: sheets are written from the right. Names of sheets are shortened, and told apart by a number where two are the same."""
    from xlsxwriter import Workbook  # noqa: PLC0415  a tenth of a second, which pages without a workbook do not pay

    target = io.BytesIO()
    book = Workbook(target, OPTIONS)
    book.set_properties({"title": title, "author": "TDAP"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    taken: set[str] = set()
    for sheet in sheets:
        name = _name(sheet.name, taken)
        _fill(book.add_worksheet(name), sheet, head, rtl=rtl)
    book.close()
    return target.getvalue()


def _name(name: str, taken: set[str]) -> str:
    plain = NOT_IN_NAMES.sub(" ", name)[: NAME_LENGTH - 3] or "-"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain} {number}"
    taken.add(found.casefold())
    return found


def _fill(page: Any, sheet: Sheet, head: Any, *, rtl: bool) -> None:
    if rtl:
        page.right_to_left()
    page.set_column(0, max((len(line) for line in sheet.lines), default=1), WIDTH)
    for at, width in enumerate(sheet.widths):
        page.set_column(at, at, width)
    for at, line in enumerate(sheet.lines):
        dress = head if at in sheet.heads else None
        for column, cell in enumerate(line):
            if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
                page.write_number(at, column, cell, dress)
            elif cell is not None and cell != "":
                page.write_string(at, column, str(cell)[:TEXT_LENGTH], dress)
