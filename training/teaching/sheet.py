"""The roll on paper: people, boxes to mark and lines to sign, in both languages. Also for halls without power."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tdap_portal.web.fonts import bytes_of, print_fonts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, EDGE = 210.0, 297.0, 12.0  # mm
ROW, BOX, HEAD = 12.0, 4.6, 13.0
BLANK_ROWS = 3  # for people who are not on the list
BOTTOM = HEIGHT - 30
INK, QUIET, LINE, GREEN = (20, 33, 27), (76, 90, 82), (160, 170, 164), (11, 93, 59)
COLUMNS = (
    ("", 8.0),
    ("name", 62.0),
    ("present", 17.0),
    ("late", 21.0),
    ("excused", 17.0),
    ("absent", 21.0),
    ("sign", 40.0),
)
BOXES = ("present", "late", "excused", "absent")
URDU = re.compile("[\u0600-\u06ff]")
POINT = 0.3528  # mm


@dataclass(frozen=True, slots=True)
class Paper:
    """words: what is printed, by name, in English and Urdu; the foot's "page" holds %(page)d and %(pages)d. title: of the session. people:
    (name, firm). code: of the cohort; printed: when."""

    words: Mapping[str, tuple[str, str]]
    title: tuple[str, str]
    people: Sequence[tuple[str, str]]
    code: str
    printed: str


def pdf_of(paper: Paper) -> bytes:
    sheet = _Sheet(paper)
    sheet.begin()
    for number, (name, firm) in enumerate(paper.people, 1):
        sheet.row(str(number), name, firm)
    sheet.blank_rows()
    return sheet.output()


class _Sheet:
    """One page after the other; `y` is where the next row begins."""

    def __init__(self, paper: Paper) -> None:
        from fpdf import FPDF  # noqa: PLC0415  half a second, which pages without a PDF do not pay

        self.paper = paper
        self.pdf: Any = FPDF(orientation="P", format="A4")
        fonts = print_fonts()
        for family in ("Inter", "Urdu"):
            self.pdf.add_font(family, "", fonts[family.lower()])
            self.pdf.add_font(family, "B", fonts[f"{family.lower()}-bold"])
        self.pdf.set_fallback_fonts(["Inter", "Urdu"], exact_match=False)
        self.pdf.set_margin(0)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_title(f"{paper.words['heading'][0]}: {paper.title[0]}, {paper.code}")
        self.pdf.set_creator("TDAP")
        self.y = 0.0

    def output(self) -> bytes:
        pages = self.pdf.page
        for number in range(1, pages + 1):
            self.pdf.page = number
            self._foot(number, pages)
        return bytes_of(self.pdf)

    def begin(self) -> None:
        """A new page with its head."""
        self.pdf.add_page()
        words, half = self.paper.words, (WIDTH - 2 * EDGE) / 2 - 3
        right = WIDTH - EDGE - half
        self._text(words["authority"][0], EDGE, 12, half, size=9, bold=True, ink=GREEN)
        self._text(words["authority"][1], right, 10.5, half, size=9, bold=True, ink=GREEN)
        self._text(f"{words['heading'][0]}: {self.paper.title[0]}", EDGE, 18.5, half, size=13, bold=True)
        self._text(f"{words['heading'][1]}: {self.paper.title[1]}", right, 17, half, size=12, bold=True)
        y = 25.0
        for name in ("number", "when", "room", "trainer"):
            self._text(words[name][0], EDGE, y + 1, half, size=9)
            self._text(words[name][1], right, y, half, size=9)
            y += 5.6
        self._text(words["how"][0], EDGE, y + 2, half, size=8, ink=QUIET)
        self._text(words["how"][1], right, y + 1, half, size=8, ink=QUIET)
        self.y = y + 9
        self._columns()

    def _columns(self) -> None:
        self._rule(self.y)
        x = EDGE
        for name, width in COLUMNS:
            if name:
                english, urdu = self.paper.words[name]
                align = "L" if name in ("name", "sign") else "C"
                self._text(english, x, self.y + 1.5, width, size=8, bold=True, align=align)
                self._text(urdu, x, self.y + 5, width, size=8, bold=True, align=align)
            x += width
        self.y += HEAD
        self._rule(self.y)

    def row(self, number: str, name: str, firm: str) -> None:
        if self.y + ROW > BOTTOM:
            self.begin()
        x = EDGE
        self._text(number, x, self.y + 3.5, COLUMNS[0][1] - 1, size=9, ink=QUIET)
        x += COLUMNS[0][1]
        self._text(name, x, self.y + (0.6 if URDU.search(name) else 1.6), COLUMNS[1][1] - 2, size=10, bold=True)
        self._text(firm, x, self.y + (5.4 if URDU.search(firm) else 6.6), COLUMNS[1][1] - 2, size=8, ink=QUIET)
        x += COLUMNS[1][1]
        self.pdf.set_draw_color(*INK)
        self.pdf.set_line_width(0.3)
        for column, width in COLUMNS[2:]:
            if column in BOXES:
                left = x + (width - BOX) / 2 - (4.5 if column == "late" else 0)
                self.pdf.rect(left, self.y + (ROW - BOX) / 2, BOX, BOX)
                if column == "late":
                    self.pdf.line(
                        left + BOX + 2, self.y + ROW / 2 + BOX / 2, left + BOX + 11, self.y + ROW / 2 + BOX / 2
                    )
            x += width
        self.y += ROW
        self._rule(self.y)

    def blank_rows(self) -> None:
        """Room for people who are not on the list, and for the trainer's signature."""
        if self.y + 7 + BLANK_ROWS * ROW > BOTTOM:
            self.begin()
        english, urdu = self.paper.words["visitors"]
        half = (WIDTH - 2 * EDGE) / 2
        self._text(english, EDGE, self.y + 1.8, half, size=8, ink=QUIET)
        self._text(urdu, WIDTH - EDGE - half, self.y + 0.6, half, size=8, ink=QUIET)
        self.y += 7
        self._rule(self.y)
        for _number in range(BLANK_ROWS):
            self.row("", "", "")

    def _foot(self, page: int, pages: int) -> None:
        words, y = self.paper.words, HEIGHT - 22
        self.pdf.set_draw_color(*INK)
        self.pdf.line(WIDTH - EDGE - 62, y, WIDTH - EDGE, y)
        self._text(words["signed"][0], WIDTH - EDGE - 62, y + 1.2, 62, size=8)
        self._text(words["signed"][1], WIDTH - EDGE - 62, y + 4.2, 62, size=8)
        numbers = {"page": page, "pages": pages}
        self._text(words["page"][0] % numbers, EDGE, y + 1.2, 60, size=8, ink=QUIET)
        self._text(f"{self.paper.code} · {self.paper.printed}", EDGE, y + 5.4, 100, size=8, ink=QUIET)

    def _rule(self, y: float) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(EDGE, y, WIDTH - EDGE, y)

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        *,
        size: float,
        bold: bool = False,
        ink: Any = INK,
        align: str = "",
    ) -> None:
        """One line, made smaller where it is too long, at last cut. Urdu begins at the right of the width."""
        if not text:
            return
        pdf, is_urdu = self.pdf, URDU.search(text) is not None
        pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if is_urdu else "ltr")
        family, style = "Urdu" if is_urdu else "Inter", "B" if bold else ""
        pdf.set_font(family, style, size)
        while pdf.get_string_width(text) > width - 1 and size > 6:
            size -= 0.5
            pdf.set_font(family, style, size)
        while pdf.get_string_width(text) > width - 1 and len(text) > 1:
            text = text[:-1]
        pdf.set_text_color(*ink)
        pdf.set_xy(x, y)
        pdf.cell(width, size * POINT * (2.1 if is_urdu else 1.35), text, align=align or ("R" if is_urdu else "L"))
