"""A partner's board on paper: A4, in the language of its reader, the same figures as the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language_bidi, gettext

from tdap_portal.web.fonts import bytes_of, print_fonts

from . import overview, wording
from .suppress import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .overview import Board

WIDTH, HEIGHT = 210.0, 297.0  # mm
EDGE = 16.0
INSIDE = WIDTH - 2 * EDGE
GREEN, INK, QUIET, LINE, SUNKEN, BRICK = (
    (11, 93, 59), (20, 33, 27), (76, 90, 82), (192, 201, 195), (238, 235, 226), (166, 61, 47),
)  # fmt: skip
URDU_LETTER = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufeff]")
SHOWN_SESSIONS = 14


def pdf_of(board: Board) -> bytes:
    """In the language that is active."""
    page = _Page(gettext("Your cohorts"))
    page.line(board.partner.name, size=9, ink=QUIET)
    page.line(board.finding, size=16, bold=True, ink=GREEN)
    page.line(board.loss, size=11)
    asked = gettext(", ").join(filter(None, (board.wanted.round or gettext("All rounds"), board.cohort)))
    page.line(
        gettext("As at %(moment)s; %(asked)s") % {"moment": wording.moment(board.at), "asked": asked}, size=8, ink=QUIET
    )
    _funnel(page, board)
    _groups(page, board)
    _cohorts(page, board)
    _attendance(page, board)
    _calls(page, board)
    return page.output()


def _funnel(page: _Page, board: Board) -> None:
    page.heading(gettext("How far your firms have come"))
    first = max(1, next(iter(board.counts.values())))
    for step, number in board.counts.items():
        page.bar(str(wording.STEPS[step]), number, number / first)


def _groups(page: _Page, board: Board) -> None:
    for table in board.splits:
        page.heading(table.title)
        if table.rows:
            rows = [
                (name, *(wording.HIDDEN if cell is None else str(cell) for cell in row)) for name, row in table.rows
            ]
            page.table(table.head, rows, (2.2, 1, 1, 1, 1))
        else:
            page.line(gettext("Too few firms to show groups of them."), size=9)
    if board.splits:
        words = gettext(
            "Groups of fewer than %(least)d firms are summed with others; a dash hides a count that would tell of a few."
        )
        page.line(words % {"least": LEAST}, size=8, ink=QUIET)


def _cohorts(page: _Page, board: Board) -> None:
    if not board.cohorts:
        return
    page.heading(gettext("Your firms in cohorts"))
    head = (gettext("Cohort"), gettext("How"), gettext("State"), gettext("Your firms"), gettext("Attendance so far"))
    rows = [(row.line.cohort.code, row.given, row.state, str(row.figures.firms), row.share) for row in board.cohorts]
    page.table(head, rows, (1, 2.2, 1.2, 0.8, 1))


def _attendance(page: _Page, board: Board) -> None:
    found = overview.strip_view(board)
    if found is None:
        return
    page.heading(overview.strip_title(board))
    shown = found.sessions[-SHOWN_SESSIONS:]
    head = ("", *(str(session.position) for session in shown), "")
    rows = [
        (firm, *(mark for mark, _words, _dress in cells[-SHOWN_SESSIONS:]), came) for firm, cells, came in found.rows
    ]
    page.table(head, rows, (5, *(0.8 for _session in shown), 1.8))
    key = gettext(", ").join(f"{mark} {words}" for mark, words, _dress in (wording.MARKS[code] for code in wording.KEY))
    page.line(key, size=8, ink=QUIET)


def _calls(page: _Page, board: Board) -> None:
    page.heading(board.calls)
    rows = [(row.nominee.firm, row.what, row.does) for row in board.needs[: overview.SHOWN_FIRMS]]
    if rows:
        page.table((gettext("Firm"), gettext("What is the matter"), gettext("What helps")), rows, (1.4, 1.3, 2))


class _Page:
    """fpdf2 that writes down the sheet, from the right in Urdu."""

    def __init__(self, title: str) -> None:
        from fpdf import FPDF  # noqa: PLC0415  half a second, which pages without a PDF do not pay

        self.rtl = get_language_bidi()
        self.pdf: Any = FPDF(orientation="P", format="A4")
        fonts = print_fonts()
        for family in ("Inter", "Urdu"):
            self.pdf.add_font(family, "", fonts[family.lower()])
            self.pdf.add_font(family, "B", fonts[f"{family.lower()}-bold"])
        self.pdf.set_fallback_fonts(["Inter", "Urdu"], exact_match=False)
        self.pdf.set_margin(EDGE)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_title(title)
        self.pdf.set_creator("TDAP")
        self.new_page()

    def output(self) -> bytes:
        return bytes_of(self.pdf)

    def new_page(self) -> None:
        self.pdf.add_page()
        self.pdf.set_fill_color(*GREEN)
        self.pdf.rect(EDGE, 10, INSIDE, 1.6, style="F")
        self.y = 16.0

    def room(self, height: float) -> None:
        """A new page where so much does not fit on this one."""
        if self.y + height > HEIGHT - EDGE:
            self.new_page()

    def line(self, text: str, *, size: float, bold: bool = False, ink: Any = INK) -> None:
        if not text:
            return
        self.room(size * 1.5)
        self.y = self._write(text, EDGE, self.y, INSIDE, size=size, bold=bold, ink=ink) + 1

    def heading(self, text: str) -> None:
        self.room(30)
        self.y += 5
        self.line(text, size=12, bold=True)

    def bar(self, name: str, number: int, share: float) -> None:
        self.room(11)
        pdf = self.pdf
        below = self._write(name, EDGE + (INSIDE * 0.3 if self.rtl else 0), self.y, INSIDE * 0.7, size=9)
        self._write(str(number), EDGE, self.y, INSIDE, size=9, bold=True, at_end=True)
        pdf.set_fill_color(*SUNKEN)
        pdf.rect(EDGE, below, INSIDE, 2.6, style="F")
        pdf.set_fill_color(*GREEN)
        length = INSIDE * share
        if length:
            pdf.rect(EDGE + INSIDE - length if self.rtl else EDGE, below, length, 2.6, style="F")
        self.y = below + 4

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        whole = sum(widths)
        cells = [INSIDE * width / whole for width in widths]
        self._table_row(head, cells, bold=True)
        for row in rows:
            if self.y > HEIGHT - EDGE - 14:
                self.new_page()
                self._table_row(head, cells, bold=True)
            self._table_row(row, cells)

    def _table_row(self, row: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
        top, below, before = self.y, self.y, 0.0
        for text, width in zip(row, widths, strict=True):
            x = WIDTH - EDGE - before - width if self.rtl else EDGE + before
            below = max(below, self._write(text, x, top, width - 1.5, size=8, bold=bold))
            before += width
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(EDGE, below + 0.7, WIDTH - EDGE, below + 0.7)
        self.y = below + 1.6

    def _write(
        self, text: str, x: float, y: float, width: float, *, size: float, bold: bool = False, ink: Any = INK,
        at_end: bool = False,
    ) -> float:  # fmt: skip
        """A block of text from its beginning, or ending at its end; gives where the next line begins."""
        is_urdu = URDU_LETTER.search(text) is not None
        pdf = self.pdf
        pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if is_urdu else "ltr")
        pdf.set_font("Urdu" if is_urdu else "Inter", "B" if bold else "", size)
        pdf.set_text_color(*ink)
        pdf.set_xy(x, y)
        height = size * 0.3528 * (2.1 if self.rtl else 1.35)
        align = "R" if self.rtl != at_end else "L"
        pdf.multi_cell(width, height, text, align=align, new_x="LEFT", new_y="NEXT")
        return float(pdf.get_y())
