"""The certificate as a PDF: one sheet, lying, in both languages side by side, with a QR code that leads to its check."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import segno

from tdap_portal.web.printing import GREEN, INK, LINE, QUIET, SAFFRON, PrintedPage

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, HEIGHT = 297.0, 210.0  # mm
EDGE, INSIDE = 9.0, 23.0  # of the frame, and of what is written
SELVEDGE_STEP = 5.6


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written, ready to be printed: in English and, where the name ends so, in Urdu. facts: (English, Urdu, value) of the four
    boxes. check: the address without its beginning, for people; link: the whole one, for the QR code."""

    authority: str
    authority_ur: str
    programme: str
    programme_ur: str
    heading: str
    heading_ur: str
    person: str
    person_ur: str
    firm: str
    firm_ur: str
    sentence: str
    sentence_ur: str
    facts: tuple[tuple[str, str, str], ...]
    number: str
    number_words: tuple[str, str]
    check: str
    check_ur: str
    signer: str
    signer_ur: str
    link: str
    title: str


def pdf_of(sheet: Sheet) -> bytes:
    """The same sheet gives the same picture; the bytes carry the moment at which they were made."""
    page = _Page(sheet.title)
    page.frame()
    _head(page, sheet)
    _names(page, sheet)
    _facts(page, sheet)
    _foot(page, sheet)
    return page.output()


def qr_bars(text: str) -> Iterator[tuple[int, int, int]]:
    """Column, row and length of each run of dark squares, from the upper left."""
    for row, line in enumerate(segno.make(text, error="m", micro=False).matrix):
        column = 0
        for is_dark, run in groupby(line):
            length = len(list(run))
            if is_dark:
                yield column, row, length
            column += length


class _Page(PrintedPage):
    """A lying sheet with the frame of a certificate."""

    def __init__(self, title: str) -> None:
        super().__init__(title, orientation="L")

    def frame(self) -> None:
        pdf = self.pdf
        pdf.set_draw_color(*GREEN)
        pdf.set_line_width(0.2)
        pdf.rect(EDGE, EDGE, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE)
        pdf.set_fill_color(*GREEN)
        pdf.rect(EDGE, EDGE, WIDTH - 2 * EDGE, 2.6, style="F")
        pdf.set_fill_color(*SAFFRON)
        at = EDGE
        while at + SELVEDGE_STEP <= WIDTH - EDGE:
            top = EDGE + 0.4
            pdf.polygon([(at, top + 1.8), (at + SELVEDGE_STEP / 2, top), (at + SELVEDGE_STEP, top + 1.8)], style="F")
            at += SELVEDGE_STEP

    def rule(self, y: float) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(INSIDE, y, WIDTH - INSIDE, y)

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """Dark squares side by side are one bar: half as much to draw."""
        bars = list(qr_bars(text))
        side = size / max(column + length for column, _row, length in bars)
        self.pdf.set_fill_color(*INK)
        for column, row, length in bars:
            self.pdf.rect(x + column * side, y + row * side, (length + 0.02) * side, side * 1.02, style="F")


HALF = (WIDTH - 2 * INSIDE) / 2 - 6
RIGHT = WIDTH - INSIDE - HALF


def _head(page: _Page, sheet: Sheet) -> None:
    y = page.text(sheet.authority, INSIDE, 22, HALF - 12, size=11, bold=True)
    page.text(sheet.programme, INSIDE, y + 0.5, HALF - 12, size=8.5, ink=QUIET)
    y = page.urdu(sheet.authority_ur, RIGHT + 12, 19, HALF - 12, size=11, bold=True)
    page.urdu(sheet.programme_ur, RIGHT + 12, y - 1, HALF - 12, size=8.5, ink=QUIET)
    page.star(WIDTH / 2, 28, 11)
    page.rule(41)


def _names(page: _Page, sheet: Sheet) -> None:
    y = page.text(sheet.heading, INSIDE, 47, HALF, size=17, bold=True, ink=GREEN)
    y = page.text(sheet.person, INSIDE, y + 5, HALF, size=25, bold=True)
    y = page.text(sheet.firm, INSIDE, y + 1, HALF, size=11)
    page.text(sheet.sentence, INSIDE, y + 2, HALF, size=11)
    y = page.urdu(sheet.heading_ur, RIGHT, 43, HALF, size=17, bold=True, ink=GREEN)
    y = page.urdu(sheet.person_ur, RIGHT, y - 2, HALF, size=25, bold=True)
    y = page.urdu(sheet.firm_ur, RIGHT, y - 2, HALF, size=11)
    page.urdu(sheet.sentence_ur, RIGHT, y, HALF, size=11)


def _facts(page: _Page, sheet: Sheet) -> None:
    page.rule(121)
    page.rule(141)
    width = (WIDTH - 2 * INSIDE) / len(sheet.facts)
    for number, (english, urdu, value) in enumerate(sheet.facts):
        x = INSIDE + number * width
        if number:
            page.pdf.line(x, 121, x, 141)
        page.text(english, x + 3, 125, width / 2 - 3, size=8, ink=QUIET)
        page.urdu(urdu, x + width / 2, 122.2, width / 2 - 3, size=8, ink=QUIET)
        page.text(value, x + 3, 131.5, width - 6, size=11, bold=True)


def _foot(page: _Page, sheet: Sheet) -> None:
    page.qr(sheet.link, INSIDE + 1, 151, 33)
    x = INSIDE + 42
    english, urdu = sheet.number_words
    page.text(english, x, 151, 40, size=8, ink=QUIET)
    page.urdu(urdu, x + 22, 148.2, 40, size=8, ink=QUIET)
    page.text(sheet.number, x, 156.5, 90, size=15, bold=True)
    y = page.text(sheet.check, x, 165, 112, size=8.5)
    page.urdu(sheet.check_ur, x, y - 1, 112, size=8.5)
    left = WIDTH - INSIDE - 66
    page.pdf.set_draw_color(*INK)
    page.pdf.line(left, 172, WIDTH - INSIDE, 172)
    page.text(sheet.signer, left, 174, 66, size=9, bold=True)
    page.urdu(sheet.signer_ur, left, 178, 66, size=9)
