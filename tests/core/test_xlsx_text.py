"""Workbooks in which nothing runs."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from tdap_portal.core.xlsx_text import Sheet, as_xlsx


def read(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "{=A1}", "http://evil.example", "007", "نور", "a\x01b", "<f>1</f>", "\t=1"]
)
def test_a_text_comes_back_as_it_is_and_never_as_a_formula_a_link_or_a_number(text):
    content = as_xlsx([Sheet("Firms", [["Firm"], [text]])], title="Firms")
    assert read(content)["Firms"] == [["Firm"], [text]]
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_numbers_are_numbers_and_nothing_is_an_empty_cell():
    assert read(as_xlsx([Sheet("S", [[1, Decimal("2.5"), None, "", 0]])], title=""))["S"] == [[1.0, 2.5, "", "", 0.0]]


def test_names_of_sheets_are_shortened_cleaned_and_told_apart():
    sheets = [Sheet(name, [["x"]]) for name in ("a" * 40, "a" * 40, "A" * 40, "LHR/1:*?[]", "")]
    names = list(read(as_xlsx(sheets, title="")))
    assert names == ["a" * 28, f"{'a' * 28} 2", f"{'A' * 28} 3", "LHR 1     ", "-"]


def test_a_sheet_without_lines_and_a_text_that_is_too_long_make_a_workbook():
    assert read(as_xlsx([Sheet("S", [])], title=""))["S"] == []
    assert len(read(as_xlsx([Sheet("S", [["x" * 40_000]])], title=""))["S"][0][0]) == 32_767
