"""Tables as partners send them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from selection.nominations import checks
from smes.vocabulary.codes import SECTORS
from tdap_portal.core.folding import fold
from tdap_portal.core.sheet import read_sheet

DATA = Path(__file__).parent / "data"
KNOWN_SECTORS = {fold(name): code for code, name in SECTORS.items()}

BOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr%s/>
 <sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"""
RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
 Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
 Target="styles.xml"/></Relationships>"""
STYLES = """<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"""
ROOT = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"""
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Firm</t></is></c><c r="B1" t="inlineStr"><is><t>NTN</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>Mobile</t></is></c></row>'
)


def workbook(
    rows: str,
    *,
    head: str = HEAD,
    columns: str = "",
    book: str = "",
    more: dict[str, bytes] | None = None,
    doctype: str = "",
):
    """An XLSX whose sheet holds these lines of XML after the headings Firm, NTN, Mobile."""
    sheet = (
        f'<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{columns}<sheetData>{head}{rows}</sheetData></worksheet>"
    )
    parts = {
        "[Content_Types].xml": TYPES, "_rels/.rels": ROOT, "xl/workbook.xml": BOOK % book,
        "xl/_rels/workbook.xml.rels": RELATIONS, "xl/styles.xml": STYLES, "xl/worksheets/sheet1.xml": sheet,
    }  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**parts, **(more or {})}.items():
            package.writestr(name, text)
    return target.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def line(number: int, *cells: str) -> str:
    """A row of XML; a cell that is not XML yet stands as text."""
    inside = [
        cell if cell.startswith("<c") else text_cell(f"{letter}{number}", cell)
        for letter, cell in zip("ABCDEFGH", cells, strict=False)
    ]
    return f'<row r="{number}">{"".join(inside)}</row>'


def checked(content: bytes, known=None, **kwargs) -> dict[int, checks.Checked]:
    """The rows of a file by their number, with the columns that their headings tell."""
    sheet = read_sheet(content)
    known = known or checks.Known(sectors=KNOWN_SECTORS)
    mapping = checks.guess_mapping(sheet.head)
    rows = checks.check_rows(sheet.rows, mapping, known, width=len(sheet.head), **kwargs)
    return {row.number: row for row in rows}


def csv_of(*lines: str, head: str = "Firm,NTN,Mobile,City,Sector") -> bytes:
    return "\r\n".join([head, *lines]).encode()


def said(row: checks.Checked) -> list[tuple[str, str]]:
    """Cell and code of each finding."""
    return [(found.cell, found.code) for found in row.findings]
