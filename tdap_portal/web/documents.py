"""A part of a page as a PDF: the same words in the same order, so that the two cannot tell different things.

`blocks_of` reads what a template rendered; `pdf_of` lays the blocks out in the fonts of the pages, Urdu from the right. What is
hidden from paper (`no-print`), drawings and words for screen readers alone are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Literal

from tdap_portal.web.fonts import bytes_of, print_fonts

Kind = Literal["h1", "h2", "h3", "text", "item", "term", "row", "big"]
BLOCK_TAGS = {"h1": "h1", "h2": "h2", "h3": "h3", "p": "text", "li": "item", "dt": "term", "dd": "text"}
LEFT_OUT = {"svg", "script", "style", "template", "button", "form", "nav", "caption", "thead"}
VOID = {"br", "img", "input", "hr", "wbr", "meta", "link", "source", "col"}
DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
GREEN, INK, QUIET, LINE = (11, 93, 59), (20, 33, 27), (76, 90, 82), (221, 216, 204)
MARGIN = 18  # mm
SIZES = {"h1": 20, "h2": 13, "h3": 11, "big": 22}
SIZE = 9.5  # points of plain text
LEADING = {"en": 1.4, "ur": 2.3}  # of the size: Nastaliq leans and hangs
TO_MM = 0.3528


@dataclass(frozen=True, slots=True)
class Block:
    """One line of thought. cells: of a row of a table, in their order; text: of any other kind, lines by "\\n"."""

    kind: Kind
    text: str = ""
    cells: tuple[str, ...] = ()


def blocks_of(html: str) -> list[Block]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    """Collects the words of each block; inside a cell of a table a block is a line of the cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether it is left out, whether a line ends with it
        self._text = ""
        self._kind: Kind = "text"
        self._cells: list[str] | None = None
        self._is_big = False

    @property
    def _is_left_out(self) -> bool:
        return any(out for _tag, out, _ends_line in self._open)

    @property
    def _is_in_item(self) -> bool:
        return any(tag == "li" for tag, _out, _ends_line in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attrs).get("class") or "").split())
        if tag in VOID:
            self._text += "\n" if tag == "br" else ""
            return
        out = tag in LEFT_OUT or not classes.isdisjoint({"no-print", "visually-hidden"}) or "hidden" in dict(attrs)
        if not out and not self._is_left_out:
            self._begin(tag, classes)
        self._open.append((tag, out, "state" in classes))

    def _begin(self, tag: str, classes: set[str]) -> None:
        if tag == "tr":
            self._end_block()
            self._cells = []
        elif tag in {"td", "th"}:
            self._text = ""
        elif self._cells is not None or (self._is_in_item and tag not in {"li", "table"}):
            self._text += "\n" if tag in {"small", "p", "li", "ul", "div"} else ""
        elif tag in BLOCK_TAGS:
            self._end_block()
            self._kind = "big" if "total" in classes else BLOCK_TAGS[tag]  # type: ignore[assignment]  # of the table above
        elif tag in {"div", "section", "article", "ul", "ol", "table", "figure", "details"}:
            self._end_block()
        elif "d-block" in classes or tag == "small" or self._kind == "big":
            self._text += "\n"

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            left_out = self._is_left_out
            name, _out, ends_line = self._open.pop()
            if not left_out:
                self._text += "\n" if ends_line else ""
                self._finish(name)
            if name == tag:
                return

    def _finish(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cells is not None:
            self._cells.append(_cleaned(self._text))
            self._text = ""
        elif tag == "tr" and self._cells is not None:
            if any(self._cells):
                self.blocks.append(Block("row", cells=tuple(self._cells)))
            self._cells = None
        elif self._cells is None and not self._is_in_item and tag in {*BLOCK_TAGS, "div", "section", "article"}:
            self._end_block()  # an item's paragraphs are its lines

    def handle_data(self, data: str) -> None:
        if not self._is_left_out:
            self._text += data.replace("\n", " ")

    def _end_block(self) -> None:
        text = _cleaned(self._text)
        if text and self._cells is None:
            self.blocks.append(Block(self._kind, text))
        self._text, self._kind = "", "text"

    def close(self) -> None:
        super().close()
        self._end_block()


def _cleaned(text: str) -> str:
    lines = (SPACES.sub(" ", line).strip() for line in DIRECTIONS.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


# ------------------------------------------------------------------------------------------------------ as a PDF


def pdf_of(blocks: list[Block], *, language: str, title: str, foot: str) -> bytes:
    """A4 pages with the blocks and a foot with its number on each. foot: one line, such as where the sheet can be checked."""
    sheet = _sheet(language, title, foot)
    for block in blocks:
        _LAYOUTS[block.kind](sheet, block)
    return bytes_of(sheet)


def _sheet(language: str, title: str, foot: str) -> Any:
    from fpdf import FPDF  # noqa: PLC0415  half a second, which pages without a PDF do not pay

    class Sheet(FPDF):
        is_rtl = language == "ur"
        family = "Urdu" if language == "ur" else "Inter"
        leading = LEADING["ur" if language == "ur" else "en"]

        def footer(self) -> None:
            self.set_y(-14)
            self.set_draw_color(*LINE)
            self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
            self.set_text_color(*QUIET)
            self.set_font("Inter", size=8)
            self.set_text_shaping(use_shaping_engine=True, direction="ltr")  # addresses and figures
            self.cell(self.epw / 2, 8, foot, align="L")
            self.cell(self.epw / 2, 8, f"{self.page_no()} / {{nb}}", align="R")
            self.set_text_shaping(use_shaping_engine=True, direction="rtl" if self.is_rtl else "ltr")

    sheet = Sheet(format="A4")
    fonts = print_fonts()
    for family in ("Inter", "Urdu"):
        sheet.add_font(family, "", fonts[family.lower()])
        sheet.add_font(family, "B", fonts[f"{family.lower()}-bold"])
    sheet.set_fallback_fonts(["Inter", "Urdu"], exact_match=False)
    sheet.set_text_shaping(use_shaping_engine=True, direction="rtl" if language == "ur" else "ltr")
    sheet.set_margins(MARGIN, MARGIN, MARGIN)
    sheet.set_auto_page_break(auto=True, margin=20)
    sheet.set_title(title)
    sheet.set_lang(language)
    sheet.set_creator("TDAP")
    sheet.add_page()
    sheet.set_fill_color(*GREEN)
    sheet.rect(0, 0, sheet.w, 6, style="F")
    return sheet


def _write(
    sheet: Any, text: str, *, size: float, bold: bool = False, ink: tuple[int, int, int] = INK, width: float = 0
) -> None:
    sheet.set_font(sheet.family, "B" if bold else "", size)
    sheet.set_text_color(*ink)
    height = size * TO_MM * sheet.leading
    align = "R" if sheet.is_rtl else "L"
    sheet.multi_cell(width or sheet.epw, height, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _heading(sheet: Any, block: Block) -> None:
    size = SIZES[block.kind]
    if sheet.will_page_break((size + 3 * SIZE) * TO_MM * sheet.leading):  # with two lines of what it heads
        sheet.add_page()
    sheet.ln(2 if block.kind == "h1" else 5)
    _write(sheet, block.text.replace("\n", " "), size=size, bold=True, ink=GREEN if block.kind == "h1" else INK)
    sheet.ln(1)


def _text(sheet: Any, block: Block) -> None:
    _write(sheet, block.text, size=SIZE)
    sheet.ln(1)


def _big(sheet: Any, block: Block) -> None:
    first, *rest = block.text.split("\n", 1)
    _write(sheet, first, size=SIZES["big"], bold=True, ink=GREEN)
    if rest:
        _write(sheet, rest[0], size=SIZE, ink=QUIET)
    sheet.ln(1)


def _item(sheet: Any, block: Block) -> None:
    first, *rest = block.text.split("\n", 1)
    _write(sheet, f"• {first}", size=SIZE)
    if rest:
        _write(sheet, rest[0], size=SIZE - 1, ink=QUIET)
    sheet.ln(0.5)


def _term(sheet: Any, block: Block) -> None:
    _write(sheet, block.text, size=SIZE - 1, bold=True, ink=QUIET)


def _row(sheet: Any, block: Block) -> None:
    """The first cell with its small print on one side, the last cell on the other; what stands between repeats it in parts."""
    name, *others = block.cells
    last = others[-1] if others else ""
    first, *small = name.split("\n", 1)
    height = SIZE * TO_MM * sheet.leading
    side = sheet.epw * 0.3
    sheet.set_font(sheet.family, "B", SIZE)  # before its lines are counted
    lines = sheet.multi_cell(sheet.epw - side, height, first, dry_run=True, output="LINES")
    if sheet.will_page_break(height * (len(lines) + 1)):
        sheet.add_page()
    sheet.set_draw_color(*LINE)
    sheet.line(MARGIN, sheet.get_y(), sheet.w - MARGIN, sheet.get_y())
    sheet.ln(1)
    top = sheet.get_y()
    sheet.set_text_color(*INK)
    sheet.set_xy(MARGIN if sheet.is_rtl else sheet.w - MARGIN - side, top)
    sheet.multi_cell(side, height, last, align="L" if sheet.is_rtl else "R", new_x="LMARGIN", new_y="NEXT")
    end = sheet.get_y()
    sheet.set_xy(MARGIN + side if sheet.is_rtl else MARGIN, top)
    align = "R" if sheet.is_rtl else "L"
    sheet.multi_cell(sheet.epw - side, height, first, align=align, new_x="LMARGIN", new_y="NEXT")
    if small:
        sheet.set_x(MARGIN + side if sheet.is_rtl else MARGIN)
        sheet.set_font(sheet.family, "", SIZE - 1.5)
        sheet.set_text_color(*QUIET)
        sheet.multi_cell(sheet.epw - side, height * 0.88, small[0], align=align, new_x="LMARGIN", new_y="NEXT")
    sheet.set_y(max(end, sheet.get_y()) + 1)


_LAYOUTS = {
    "h1": _heading, "h2": _heading, "h3": _heading, "text": _text, "item": _item, "term": _term, "row": _row, "big": _big,
}  # fmt: skip
