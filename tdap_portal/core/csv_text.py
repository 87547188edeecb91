"""Tables as comma-separated text that spreadsheets open without running anything. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet would run as a formula, also in its full-width forms, and what would hide one behind white space.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it. Numbers stay."""
    text = str(value)
    if isinstance(value, str) and text.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def plain_cell(text: str) -> str:
    """The text of a cell before safe_cell: what we gave out is read back as it was."""
    is_safe = text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_STARTS)
    return text[1:] if is_safe else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated text with a byte order mark, so that spreadsheets read it as UTF-8."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in head])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return target.getvalue()


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same, line by line as the rows come, for tables of any length."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    target.write("\ufeff")
    writer.writerow([safe_cell(name) for name in head])
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % 500 == 0:
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()
