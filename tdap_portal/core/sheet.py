"""A file that somebody uploads as a table of cells: CSV in the encodings that spreadsheets write, and XLSX. Pure.

What a library gives for an empty cell, for an error and for a formula that was never worked out is the same empty text, and
rows that the sender hid look like all others. So an XLSX is looked at twice: python-calamine reads the values, and the
sheet's own text tells of each cell whether it is an error or such a formula, and of each row whether it is hidden. That
comes first, since it also tells how large the table is before anything is laid out in memory.
"""

from __future__ import annotations

import csv
import io
import math
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tdap_portal.core.cleaning import clean
from tdap_portal.core.csv_text import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAX_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 50_000_000
MAX_PARTS = 200  # files inside an XLSX
MAX_ELEMENTS = 2_500_000  # of the XML of a sheet: a full table has 1,800,000
MAX_ROWS = 10_000  # without the headings
MAX_COLUMNS = 60
MAX_LINE = 2 * MAX_ROWS  # in a sheet with empty lines between
MAX_CELL = 300  # characters; a longer cell is cut, which its check then refuses
TITLED = 40  # lines that are looked at where the first one is a title
MAX_EXACT = 10**15  # a spreadsheet keeps no more digits of a number
WORKBOOK = b"PK\x03\x04"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FRAME = {
    "_rels/.rels": f'<Relationships><Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns:r="{RELATION}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="rId1" Type="{RELATION}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
"""A workbook of one sheet. The library gets the sheet that was measured in it, and so lays out no other in its place."""
SHARED = {"xl/styles.xml", "xl/sharedstrings.xml"}
OTHER_FILES = (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ")


class BadSheet(ValueError):
    """A file that cannot be read at all. code: too_large, too_large_inside, too_many_rows, too_many_columns, not_a_table,
    broken, no_sheet, empty, has_nul, bad_quotes; `data` fills the sentence."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(slots=True)
class Row:
    """One line of the table. number: in the sheet, from 1. marks: by column, what its text does not tell: ("error", "#N/A"),
    ("formula", ""), ("date", ""), ("digits", "") or ("merged", "E2")."""

    number: int
    cells: list[str]
    is_hidden: bool = False
    marks: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """What a file holds. head_row: the line of the headings. not_read: names of further sheets; hidden ones stand in
    hidden_sheets. hidden_columns: headings of those that the sender did not see, which are read all the same. name and encoding: ""
    where the file has none."""

    head: list[str]
    head_row: int
    rows: list[Row]
    name: str = ""
    encoding: str = ""
    not_read: list[str] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)


def read_sheet(content: bytes) -> Sheet:
    """The table of a file, told by what it is and not by its name. Raises BadSheet.

    Look at the size of an upload before it is read into memory; here it is looked at again.
    """
    if len(content) > MAX_BYTES:
        raise BadSheet("too_large", megabytes=MAX_BYTES // 1_000_000)
    if content.startswith(WORKBOOK):
        return _from_workbook(content)
    if content.startswith(OTHER_FILES):
        raise BadSheet("not_a_table")
    return _from_text(content)


def cell_name(row: int, column: int) -> str:
    """ "C7" for line 7 and column 2, which is counted from 0."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _sheet(rows: list[Row], **about: Any) -> Sheet:
    """The first line that is not empty holds the headings."""
    rows = [row for row in rows if any(row.cells) or row.marks]
    if not rows:
        raise BadSheet("empty")
    first = rows.pop(0)
    if not rows:
        raise BadSheet("empty")
    if len(rows) > MAX_ROWS:
        raise BadSheet("too_many_rows", limit=MAX_ROWS)
    return Sheet(first.cells, first.number, rows, **about)


def _text(value: str) -> str:
    return clean(value[: 2 * MAX_CELL]).strip()[:MAX_CELL]


# ---------------------------------------------------------------------------------------------------------------- CSV


def _from_text(content: bytes) -> Sheet:
    text, encoding = _decoded(content)
    if "\x00" in text:
        raise BadSheet("has_nul")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = ","
    if said := re.match(r'"?sep=([,;\t])"?\n', plain, re.IGNORECASE):  # as a first line says to Excel
        separator, plain = said[1], plain[said.end() - 1 :]
    else:
        first = plain.lstrip("\n").split("\n", 1)[0]
        separator = max(",;\t", key=first.count) if any(each in first for each in ",;\t") else _below_a_title(plain)
        if first.count(separator) >= MAX_COLUMNS:
            raise BadSheet("too_many_columns", limit=MAX_COLUMNS)
    return _sheet(list(_lines(plain, separator)), encoding=encoding)


def _below_a_title(text: str) -> str:
    """What parts the cells where the first line is one cell: the sign that stands in most of the next lines, a tab before others,
    since nobody writes one inside a cell."""
    lines = text.lstrip("\n").split("\n", TITLED)[:TITLED]
    return max("\t,;", key=lambda sign: sum(sign in line for line in lines))


def _decoded(content: bytes) -> tuple[str, str]:
    """Text and encoding: marked UTF-16 or UTF-8, plain UTF-8, unmarked UTF-16, else Windows-1256, as Excel writes Urdu."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif marked := _unmarked_utf16(content[:2000]):
        candidates = [marked]
    else:
        candidates = ["utf-8-sig", "windows-1256"]
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadSheet("not_a_table")


def _unmarked_utf16(content: bytes) -> str:
    """The name of the encoding where every second byte is often 0, as of digits and signs in UTF-16; else ""."""
    for name, zeros in (("utf-16-be", content[0::2]), ("utf-16-le", content[1::2])):
        if zeros.count(0) > len(zeros) // 20 + 1:
            return name
    return ""


def _lines(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise BadSheet("bad_quotes", line=begins) from None
        if cells is None:
            return
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise BadSheet("too_many_columns", limit=MAX_COLUMNS)
        cells = [_text(plain_cell(cell)) for cell in cells[:MAX_COLUMNS]]
        if any(cells):
            number += 1
            if number > MAX_ROWS + 1:
                raise BadSheet("too_many_rows", limit=MAX_ROWS)
            yield Row(begins, cells)


# --------------------------------------------------------------------------------------------------------------- XLSX


def _from_workbook(content: bytes) -> Sheet:
    """The first sheet that its sender saw."""
    parts = _unpacked(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        tables = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        seen = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
        if not seen:
            raise BadSheet("no_sheet")
        path = _path_of(parts, seen[0])
        marks = _Marks(parts[path], _lengths_of_shared(parts))
        table = CalamineWorkbook.from_filelike(io.BytesIO(_packed(_framed(parts, path)))).get_sheet_by_index(0)
        merged = table.merged_cell_ranges or []
        values = table.to_python(skip_empty_area=False)
    except (CalamineError, LookupError, expat.ExpatError, ValueError, OverflowError) as fault:
        if isinstance(fault, BadSheet):
            raise
        raise BadSheet("broken") from None
    values += [[]] * (max(marks.cells, default=0) - len(values))  # a formula without a result behind the last value
    rows = [_row(number, cells, marks) for number, cells in enumerate(values, start=1)]
    _spread(merged, rows)
    hidden = [each.name for each in tables if each.name not in seen]
    sheet = _sheet(rows, name=seen[0], not_read=seen[1:], hidden_sheets=hidden)
    sheet.hidden_columns = [name for at, name in enumerate(sheet.head) if name and at in marks.hidden_columns]
    return sheet


def _row(number: int, values: list[Any], marks: _Marks) -> Row:
    row = Row(number, [], number in marks.hidden, dict(marks.cells.get(number, {})))
    for column in range(max(len(values), max(row.marks, default=-1) + 1)):
        text, mark = _plain(values[column]) if column < len(values) else ("", "")
        if column in row.marks:
            text = row.marks[column][1]
        elif mark:
            row.marks[column] = (mark, "")
        row.cells.append(text)
    return row


def _plain(value: Any) -> tuple[str, str]:
    """The text of a value as its sender sees it, and what it does not tell."""
    if isinstance(value, str):
        return _text(value), ""
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, (datetime, date, time, timedelta)):
        return str(value), "date"
    if not math.isfinite(value) or abs(value) >= MAX_EXACT:
        return f"{value:g}", "digits"
    return (str(int(value)) if value == int(value) else repr(value)), ""


def _spread(merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], rows: list[Row]) -> None:
    """What stands in a cell that reaches over several lines stands in each of them. Cells that reach over each other again and
    again are no table."""
    reach = len(rows) * MAX_COLUMNS
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top].cells) or left != right:
            continue
        reach -= min(bottom, len(rows)) - top
        if reach < 0:
            raise BadSheet("broken")
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row.cells) and not row.cells[left]:
                row.cells[left] = rows[top].cells[left]
                row.marks[left] = ("merged", cell_name(top + 1, left))


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of the package by name, read no further than MAX_UNPACKED_BYTES whatever they say of themselves."""
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = [each for each in package.infolist() if not each.is_dir()]
            if len(members) > MAX_PARTS or sum(each.file_size for each in members) > left:
                raise BadSheet("too_large_inside")
            if any(each.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for each in members):
                raise BadSheet("broken")  # no spreadsheet packs otherwise, and those are unpacked without a limit
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with package.open(member) as part:
                        parts[member.filename] = part.read(left + 1)
                    left -= len(parts[member.filename])
                    if left < 0:
                        raise BadSheet("too_large_inside")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise BadSheet("broken") from None
    return parts


def _framed(parts: Mapping[str, bytes], path: str) -> dict[str, bytes | str]:
    """The sheet at this path alone, with the texts and formats that its cells share."""
    shared = {name.lower(): part for name, part in parts.items() if name.lower() in SHARED}
    return {**FRAME, **shared, "xl/worksheets/sheet1.xml": parts[path]}


def _packed(parts: Mapping[str, bytes | str]) -> bytes:
    """The same parts as a package that holds what was read of them and no more: what is opened next is of a known size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return target.getvalue()


def _path_of(parts: Mapping[str, bytes], sheet: str) -> str:
    """Where the text of a sheet lies in the package. Raises KeyError."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def in_book(name: str, said: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            ids[said["name"]] = next((value for key, value in said.items() if key.rpartition(":")[2] == "id"), "")

    def in_relations(name: str, said: dict[str, str]) -> None:
        if name == "Relationship":
            targets[said["Id"]] = said["Target"]

    _walk(parts["xl/workbook.xml"], start=in_book)
    _walk(parts["xl/_rels/workbook.xml.rels"], start=in_relations)
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _walk(text: bytes, **handlers: Any) -> None:
    parser = expat.ParserCreate()

    def refuse(*_declared: object) -> None:  # entities are declared there; no spreadsheet has one
        raise BadSheet("broken")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = handlers["start"]
    parser.EndElementHandler = handlers.get("end")
    parser.CharacterDataHandler = handlers.get("words")
    parser.buffer_text = True
    parser.Parse(text, True)


def _lengths_of_shared(parts: Mapping[str, bytes]) -> list[int]:
    """How long each of the texts is that cells share; the library lays such a text out once for every cell that names it."""
    lengths: list[int] = []

    def start(name: str, _said: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def words(part: str) -> None:
        if lengths:
            lengths[-1] += len(part)

    for text in (part for name, part in parts.items() if name.lower() == "xl/sharedstrings.xml"):
        _walk(text, start=start, words=words)
    return lengths


class _Marks:
    """What the text of a sheet tells of its cells, by line from 1 and column from 0, and which lines and columns are hidden.

    lengths: of the texts that cells share. Raises BadSheet for a table that is too long, too wide or too large laid out,
    however few cells it has, and for cells of which it cannot be told where they stand.
    """

    def __init__(self, text: bytes, lengths: Sequence[int] = ()) -> None:
        self.cells: dict[int, dict[int, tuple[str, str]]] = {}
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self._line = self._row = self._column = 0
        self._line_said: str | None = None
        self._kind = self._value = ""
        self._is_formula = self._is_value = False
        self._lengths, self._shared, self._elements = lengths, 0, 0
        _walk(text, start=self._start, end=self._end, words=self._words)

    def _start(self, name: str, said: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise BadSheet("too_large_inside")
        if name == "row":
            self._line_said = said.get("r")
            self._line, self._column = int(self._line_said or self._line + 1), -1
            self._row = self._line
            if said.get("hidden") in {"1", "true"} or said.get("ht") == "0":
                self.hidden.add(self._row)
        elif name == "col" and (said.get("hidden") in {"1", "true"} or said.get("width") == "0"):
            first, last = max(1, int(said["min"])), min(int(said["max"]), MAX_COLUMNS)
            self.hidden_columns |= set(range(first - 1, last))
        elif name == "c":
            place = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,8})", said.get("r", ""))
            if "r" in said and (not place or self._line_said not in {None, place[2]}):
                raise BadSheet("broken")
            self._column = _column(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else self._line
            self._kind, self._value, self._is_formula = said.get("t", ""), "", False
        elif name == "f":
            self._is_formula = True
            self._require_room()
        elif name in {"v", "t", "is"}:
            self._is_value = name != "is"
            self._require_room()

    def _words(self, part: str) -> None:
        if self._is_value:
            self._value += part

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "c" and (self._value or self._is_formula):
            if self._kind == "s" and self._value.isdecimal() and int(self._value) < len(self._lengths):
                self._shared += self._lengths[int(self._value)]
                if self._shared > MAX_UNPACKED_BYTES:
                    raise BadSheet("too_large_inside")
            if self._kind == "e":
                self.cells.setdefault(self._row, {})[self._column] = ("error", self._value[:40])
            elif self._is_formula and not self._value:
                self.cells.setdefault(self._row, {})[self._column] = ("formula", "")

    def _require_room(self) -> None:
        """A value, an empty one too, is laid out with every cell before it; one that has only a look is not."""
        if self._column >= MAX_COLUMNS:
            raise BadSheet("too_many_columns", limit=MAX_COLUMNS)
        if max(self._row, self._line) > MAX_LINE:
            raise BadSheet("too_many_rows", limit=MAX_ROWS)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
