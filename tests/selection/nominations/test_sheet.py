"""Files as spreadsheets write them, and files that want to do harm."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from selection.nominations.checks import Status, guess_mapping
from tdap_portal.core import sheet as sheets
from tdap_portal.core.sheet import BadSheet, cell_name, read_sheet

from .tables import BOOK, DATA, HEAD, RELATIONS, checked, csv_of, line, said, text_cell, workbook

pytestmark = pytest.mark.unit
SHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


def refused(content: bytes) -> str:
    with pytest.raises(BadSheet) as refusal:
        read_sheet(content)
    return refusal.value.code


def test_empty_is_told_apart_from_an_error_from_a_formula_without_a_result_and_from_a_merged_cell():
    sheet = read_sheet((DATA / "members.xlsx").read_bytes())
    rows = {row.number: row for row in sheet.rows}

    assert (sheet.name, sheet.head_row, sheet.hidden_sheets, sheet.not_read) == ("Nominations", 1, ["Old list"], [])
    assert list(rows) == [2, 3, 4, 5, 6, 7]
    assert [number for number, row in rows.items() if row.is_hidden] == [4]
    assert {number: row.marks for number, row in rows.items() if row.marks} == {
        3: {4: ("merged", "E2")},
        5: {1: ("error", "#N/A")},
        6: {5: ("formula", "")},
    }
    assert (rows[3].cells[4], rows[5].cells[1], rows[6].cells[1], rows[7].cells[2]) == (
        "Sialkot",
        "#N/A",
        "",
        "3001234506",
    )


def test_each_cell_of_the_members_list_is_read_as_its_sender_saw_it():
    rows = checked((DATA / "members.xlsx").read_bytes())

    assert {number: row.status.value for number, row in rows.items()} == {
        2: "good", 3: "good", 4: "hidden", 5: "wrong", 6: "wrong", 7: "good",
    }  # fmt: skip
    assert [found.text % found.data for found in rows[5].findings] == [
        "The cell holds the error #N/A. Write the value."
    ]
    assert said(rows[5]) == [("B5", "error_cell")]
    assert said(rows[6]) == [("F6", "formula_empty")]  # and not B6, which was left out
    assert "women_led" not in rows[6].values
    assert rows[6].values["ntn"] == ""
    assert (rows[3].values["district"], rows[3].notes) == ("Sialkot", {"district": "E2"})
    assert rows[7].values["mobile"] == "+923001234506"


def test_numbers_that_went_through_a_spreadsheet_are_asked_for_and_never_filled_up():
    rows = checked((DATA / "numbers.csv").read_bytes())

    assert rows[2].status == Status.GOOD
    assert said(rows[3]) == [("B3", "ntn_zero"), ("C3", "shortened")]
    assert rows[3].by_field["cnic"].text == (
        "Shortened by the spreadsheet: format the column as text and type it again."
    )
    assert "is a 0 missing in front?" in rows[3].by_field["ntn"].text
    assert "cnic" not in rows[3].values
    assert rows[3].values["mobile"] == "+923001234502"
    assert said(rows[4]) == [("D4", "shortened")]
    assert rows[4].values["ntn"] == "0123456"
    # Read, and then found to be row 2's: a check digit does not make another tax number.
    assert (rows[5].status, [found.data for found in rows[5].findings]) == (Status.TWICE, [{"row": 2}])
    assert (rows[5].values["ntn"], rows[5].values["cnic"], rows[5].values["mobile"]) == (
        "12345678",
        "3520212345695",
        "+923001234504",
    )
    assert rows[5].values["iban"] == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_in_which_spreadsheets_write_csv_is_read(encoding):
    text = "فرم کا نام,موبائل,شہر\r\nنور اسپورٹس,03001234567,سیالکوٹ\r\n"

    sheet = read_sheet(text.encode(encoding))

    assert guess_mapping(sheet.head) == {"firm": 0, "mobile": 1, "city": 2}
    assert checked(text.encode(encoding))[2].values["city"] == "Sialkot"


def test_urdu_headings_in_windows_1256_which_lacks_the_urdu_ye_are_read():
    text = "فرم كا نام,موبائل,ضلع\r\nنور,03001234567,لاہور\r\n"

    sheet = read_sheet(text.encode("windows-1256"))

    assert (sheet.encoding, guess_mapping(sheet.head)) == ("windows-1256", {"firm": 0, "mobile": 1, "district": 2})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_of_all_systems_are_read(separator, line_end):
    text = line_end.join([separator.join(["Firm", "Mobile"]), "", separator.join(["Noor", "03001234567"])])

    assert [row.number for row in read_sheet(text.encode()).rows] == [3]


def test_a_first_line_that_tells_excel_its_separator_is_no_heading():
    assert read_sheet(b"sep=;\r\nFirm;Mobile\r\nNoor, Sons;03001234567\r\n").rows[0].cells == [
        "Noor, Sons",
        "03001234567",
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n,,,\n", "empty"),
        (b"Firm,Mobile\n", "empty"),
        (b"%PDF-1.7", "not_a_table"),
        (b"\xd0\xcf\x11\xe0old excel", "not_a_table"),
        (b"PK\x03\x04 and no package", "broken"),
        (b'Firm,Mobile\n"Noor,0300\nMore', "bad_quotes"),
        (b"Firm,Mobile\nNo\x00or,03001234567\n", "has_nul"),
        (b"x" * (sheets.MAX_BYTES + 1), "too_large"),
        (",".join(f"c{n}" for n in range(100_000)).encode() + b"\na\n", "too_many_columns"),
        (b"Firm,Mobile\nNoor,0300" + b",x" * 100_000, "too_many_columns"),
        (b"Firm,Mobile\n" + b"Noor,0300\n" * (sheets.MAX_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, code):
    assert refused(content) == code


@pytest.mark.parametrize(
    "start", [b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ"]
)
def test_a_file_of_another_kind_is_not_read_as_a_table_of_strange_letters(start):
    assert refused(start + b",Mobile\nNoor,03001234567\n") == "not_a_table"


@pytest.mark.parametrize(
    ("content", "data"),
    [
        (b"x" * (sheets.MAX_BYTES + 1), {"megabytes": 5}),
        (b"Firm,Mobile\n" + b"Noor,0300\n" * (sheets.MAX_ROWS + 1), {"limit": 10_000}),
        (b"Firm" + b",c" * 60, {"limit": 60}),
        (b'Firm,Mobile\nNoor,0300\n"Noor,0300', {"line": 3}),
    ],
)
def test_the_sentence_about_a_file_that_cannot_be_read_says_how_much_and_where(content, data):
    with pytest.raises(BadSheet) as refusal:
        read_sheet(content)
    assert refusal.value.data == data


def test_as_many_rows_and_empty_lines_as_a_file_may_have_are_read():
    content = b"Firm,Mobile\n" + b"Noor,0300\n,\n" * sheets.MAX_ROWS

    assert len(read_sheet(content).rows) == sheets.MAX_ROWS


def test_a_workbook_that_is_small_outside_and_large_inside_is_not_unpacked():
    bomb = workbook("", more={"xl/media/x.xml": b" " * (sheets.MAX_UNPACKED_BYTES + 1)})

    assert len(bomb) < 200_000
    assert refused(bomb) == "too_large_inside"


def test_a_workbook_that_lies_about_its_size_inside_is_read_no_further_than_it_says():
    bomb = bytearray(workbook("", more={"xl/x.xml": b" " * (sheets.MAX_UNPACKED_BYTES + 1)}))
    true, lie = struct.pack("<I", sheets.MAX_UNPACKED_BYTES + 1), struct.pack("<I", 10)
    assert bomb.count(true) == 2  # the local head and the directory

    assert refused(bytes(bomb.replace(true, lie))) == "broken"


def test_a_workbook_of_many_small_parts_is_not_opened():
    assert refused(workbook("", more={f"xl/{n}.xml": b"" for n in range(sheets.MAX_PARTS)})) == "too_large_inside"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="9999999"><c r="A9999999"><v>1</v></c></row>', "too_many_rows"),  # a table of 10 million lines
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "too_many_columns"),
        ('<row r="2"><c r="ZZZ2"><f>1+1</f></c></row>', "too_many_columns"),
        # An empty value is laid out as well, and brings every cell before it: at XFD1048576 half a terabyte.
        ('<row r="2"><c r="BI2" t="str"><v></v></c></row>', "too_many_columns"),
        ('<row r="2"><c r="BI2" t="inlineStr"><is></is></c></row>', "too_many_columns"),
        (f'<row r="{sheets.MAX_LINE + 1}"><c r="A{sheets.MAX_LINE + 1}" t="b"><v/></c></row>', "too_many_rows"),
        (f'<row r="{sheets.MAX_LINE + 1}"><c t="str"><v></v></c></row>', "too_many_rows"),
        # The library reads these places, each in its way.
        ('<row r="2"><c r="bi2"><v>1</v></c></row>', "broken"),
        ('<row r="2"><c r="AAAAAAAA2"><v></v></c></row>', "broken"),
        ('<row r="2"><c r="A999999999"><v></v></c></row>', "broken"),
        ('<row r="20001"><c r="A1"><v>1</v></c><c><v>1</v></c></row>', "broken"),
        ("<row", "broken"),
        ('<row r="x"></row>', "broken"),
    ],
)
def test_a_sheet_is_measured_before_it_is_laid_out(rows, code):
    assert refused(workbook(rows)) == code


def test_a_cell_that_has_only_a_look_may_stand_anywhere():
    styled = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'

    assert len(read_sheet(workbook(line(2, "Noor", "", "03001234567") + styled)).rows) == 1


def test_a_text_that_cells_share_counts_for_each_of_them(monkeypatch):
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 12))
    monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 20_000)

    assert len(read_sheet(workbook(rows, more={"xl/sharedStrings.xml": shared % ("a" * 1900)})).rows) == 10
    assert refused(workbook(rows, more={"xl/sharedStrings.xml": shared % ("a" * 2100)})) == "too_large_inside"


def test_a_sheet_of_millions_of_empty_cells_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ELEMENTS", 100)

    assert refused(workbook('<row r="2">' + "<c/>" * 100 + "</row>")) == "too_large_inside"


def test_merged_cells_that_reach_over_each_other_again_and_again_are_no_table():
    rows = "".join(line(n, "Noor", "", "03001234567") for n in range(2, 12))
    merged = '<mergeCell ref="B2:B11"/>' * 100
    sheet = f"<worksheet><sheetData>{HEAD}{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"

    assert refused(workbook("", more={"xl/worksheets/sheet1.xml": sheet})) == "broken"


@pytest.mark.parametrize("encoding", ["nonsense", "hex"])
def test_a_sheet_in_an_encoding_that_nobody_knows_is_refused(encoding):
    sheet = f'<?xml version="1.0" encoding="{encoding}"?><worksheet><sheetData>{HEAD}</sheetData></worksheet>'

    assert refused(workbook("", more={"xl/worksheets/sheet1.xml": sheet})) == "broken"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_packed_in_a_way_that_is_unpacked_without_a_limit_is_refused(packing):
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(line(2, "Noor", "", "03001234567")))) as plain,
        zipfile.ZipFile(target, "w", packing) as package,
    ):
        for name in plain.namelist():
            package.writestr(name, plain.read(name))

    assert refused(target.getvalue()) == "broken"


def test_only_the_sheet_that_was_measured_is_laid_out():
    """Of two sheets of one name the library takes the first, and we the last."""
    wide = f'<worksheet><sheetData>{HEAD}<row r="2"><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>'
    two = '<sheet name="List" sheetId="2" r:id="rId9"/><sheet name="List" sheetId="1" r:id="rId1"/>'
    more = {
        "xl/workbook.xml": (BOOK % "").replace('<sheet name="List" sheetId="1" r:id="rId1"/>', two),
        "xl/_rels/workbook.xml.rels": RELATIONS.replace(
            "</Relationships>", f'<Relationship Id="rId9" Type="{SHEET}" Target="worksheets/wide.xml"/></Relationships>'
        ),
        "xl/worksheets/wide.xml": wide,
    }

    sheet = read_sheet(workbook(line(2, "Noor", "", "03001234567"), more=more))

    assert [row.cells for row in sheet.rows] == [["Noor", "", "03001234567"]]


def test_entities_in_a_sheet_are_not_expanded():
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    assert refused(workbook(line(2, "&b;", "", "03001234567"), doctype=bomb)) == "broken"


def test_a_workbook_without_a_sheet_is_refused():
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("hello.xml", "<a/>")

    assert refused(package.getvalue()) == "broken"


@pytest.mark.parametrize("book", ["", ' date1904="1"'])
def test_a_number_that_became_a_date_is_refused_in_both_calendars_of_excel(book):
    rows = checked(workbook(line(2, "Noor", '<c r="B2" s="1"><v>45000</v></c>', "03001234567"), book=book))

    assert said(rows[2]) == [("B2", "date")]


@pytest.mark.parametrize("number", ["1E400", "1234567890123456789", "3.5202123456712345E18"])
def test_a_number_of_which_digits_are_lost_is_refused(number):
    rows = checked(workbook(line(2, "Noor", f'<c r="B2"><v>{number}</v></c>', "03001234567")))

    assert rows[2].status == Status.WRONG
    assert [found.name for found in rows[2].findings] == ["ntn"]


def test_formulas_without_a_result_behind_the_last_value_are_seen():
    rows = checked(workbook(line(2, "Noor", "", "03001234567") + '<row r="4"><c r="A4"><f>1</f></c></row>'))

    assert list(rows) == [2, 4]
    assert said(rows[4])[0] == ("A4", "formula_empty")


def test_a_formula_with_a_result_is_read_as_its_result():
    rows = checked(workbook(line(2, '<c r="A2" t="str"><f>"No"&amp;"or"</f><v>Noor</v></c>', "", "03001234567")))

    assert (rows[2].status, rows[2].values["firm"]) == (Status.GOOD, "Noor")


def test_cells_are_named_as_the_spreadsheet_names_them():
    assert [cell_name(7, column) for column in (0, 25, 26, 51, 52, 701)] == ["A7", "Z7", "AA7", "AZ7", "BA7", "ZZ7"]


def test_hidden_rows_wait_for_a_tick():
    content = (DATA / "members.xlsx").read_bytes()

    assert checked(content)[4].status == Status.HIDDEN
    assert checked(content, ticked=[4])[4].status == Status.GOOD


@pytest.mark.parametrize(
    ("columns", "hidden"),
    [
        ('<cols><col min="2" max="2" width="9" hidden="1"/></cols>', ["NTN"]),
        ('<cols><col min="1" max="1" width="9"/><col min="2" max="16384" hidden="true"/></cols>', ["NTN", "Mobile"]),
        ('<cols><col min="3" max="3" width="0"/></cols>', ["Mobile"]),
        ('<cols><col min="1" max="3" width="9" hidden="0"/></cols>', []),
        ('<cols><col min="-999999999999" max="999999999999" hidden="1"/></cols>', ["Firm", "NTN", "Mobile"]),
        ("", []),
    ],
)
def test_hidden_columns_are_named_and_read_all_the_same(columns, hidden):
    sheet = read_sheet(workbook(line(2, "Noor", "1234567-8", "0300 1234567"), columns=columns))

    assert sheet.hidden_columns == hidden
    assert sheet.rows[0].cells == ["Noor", "1234567-8", "0300 1234567"]


def test_the_head_of_the_made_workbooks_is_read():
    assert read_sheet(workbook(f'<row r="2">{text_cell("A2", "Noor")}</row>', head=HEAD)).head == [
        "Firm",
        "NTN",
        "Mobile",
    ]


def test_a_file_is_told_by_what_it_is():
    assert read_sheet(csv_of("Noor,1234567,03001234567,Sialkot,Leather")).encoding == "utf-8-sig"
