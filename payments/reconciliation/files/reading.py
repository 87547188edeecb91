"""A file told by what it is, not by its name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.core.sheet import MAX_BYTES, WORKBOOK

from .camt import is_camt, read_camt
from .mt940 import is_mt940, read_mt940
from .statement import BadFile, Format, Statement
from .table import Mapping, read_table, table_of

if TYPE_CHECKING:
    from datetime import date


def format_of(content: bytes) -> Format:
    """Raises BadFile for what is neither a statement nor a table."""
    if not content.strip():
        raise BadFile("sheet_empty")
    if len(content) > MAX_BYTES:
        raise BadFile("sheet_too_large", megabytes=MAX_BYTES // 1_000_000)
    if content.startswith(WORKBOOK):
        return Format.TABLE
    text, _encoding = decoded(content)
    if is_camt(text):
        return Format.CAMT
    return Format.MT940 if is_mt940(text) else Format.TABLE


def read_file(content: bytes, mapping: Mapping | None, *, today: date) -> Statement:
    """mapping: of a table. Raises BadFile."""
    found = format_of(content)
    if found is Format.TABLE:
        if mapping is None or mapping.lacks:
            raise BadFile("no_mapping")
        return read_table(table_of(content), mapping, today=today)
    text, encoding = decoded(content)
    return read_camt(text, encoding=encoding) if found is Format.CAMT else read_mt940(text, encoding=encoding)


def decoded(content: bytes) -> tuple[str, str]:
    """Text and the encoding in which it could be read: UTF-16, marked or not, UTF-8, else Windows-1256, as old programs
    write Urdu; figures are the same in all of those. Raises BadFile."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif content[:400].count(0) > len(content[:400]) // 4:
        candidates = ["utf-16-le", "utf-16-be"] if content[1:2] == b"\x00" else ["utf-16-be"]
    else:
        candidates = ["utf-8-sig", "windows-1256"]
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadFile("encoding")
