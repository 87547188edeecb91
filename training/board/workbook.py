"""A partner's board as a workbook: the figures of its page, a sheet a table. Texts are written as texts: no cell runs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language_bidi, gettext

from . import overview, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .overview import Board

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NAME_LENGTH = 31  # of a sheet, at most
WIDE, NARROW = 38, 16


def workbook_of(board: Board) -> bytes:
    """In the language that is active, written from the right where that is."""
    from xlsxwriter import Workbook  # noqa: PLC0415  a tenth of a second, which pages without a workbook do not pay

    target = io.BytesIO()
    book = Workbook(target, OPTIONS)
    book.set_properties({"title": gettext("Your cohorts"), "author": "TDAP", "created": board.at.replace(tzinfo=None)})
    _Sheets(book).fill(board)
    book.close()
    return target.getvalue()


class _Sheets:
    """Writes tables; every text by write_string, every count by write_number."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True})

    def fill(self, board: Board) -> None:
        self._figures(board)
        self._groups(board)
        self._cohorts(board)
        self._attendance(board)
        self._calls(board)

    def _sheet(self, name: str, widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(name[:NAME_LENGTH])
        if get_language_bidi():
            sheet.right_to_left()
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        return sheet

    def _row(self, sheet: Any, at: int, cells: Iterable[object], dress: Any = None) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, dress)
            elif cell:
                sheet.write_string(at, column, str(cell), dress)

    def _table(self, sheet: Any, head: Sequence[str], rows: Iterable[Sequence[object]], at: int = 0) -> int:
        """Gives the row after the table."""
        self._row(sheet, at, head, self.head)
        for at_row, row in enumerate(rows, at + 1):
            self._row(sheet, at_row, row)
            at = at_row
        return at + 1

    def _figures(self, board: Board) -> None:
        sheet = self._sheet(gettext("Figures"), (WIDE, NARROW, NARROW))
        self._row(sheet, 0, [board.partner.name], self.bold)
        self._row(sheet, 1, [board.finding])
        self._row(sheet, 2, [board.loss])
        asked = gettext(", ").join(filter(None, (board.wanted.round or gettext("All rounds"), board.cohort)))
        self._row(
            sheet, 3, [gettext("As at %(moment)s; %(asked)s") % {"moment": wording.moment(board.at), "asked": asked}]
        )
        rows = [(str(wording.STEPS[step]), number) for step, number in board.counts.items()]
        self._table(sheet, (gettext("Step"), gettext("Firms")), rows, at=5)

    def _groups(self, board: Board) -> None:
        if not board.splits:
            return
        sheet = self._sheet(gettext("By group"), (WIDE, NARROW, NARROW, NARROW, NARROW))
        at = 0
        for table in board.splits:
            self._row(sheet, at, [table.title], self.bold)
            rows = [(name, *(wording.HIDDEN if count is None else count for count in row)) for name, row in table.rows]
            if rows:
                at = self._table(sheet, table.head, rows, at=at + 1) + 1
            else:
                self._row(sheet, at + 1, [gettext("Too few firms to show groups of them.")])
                at += 3

    def _cohorts(self, board: Board) -> None:
        sheet = self._sheet(gettext("Cohorts"), (NARROW, WIDE, NARROW, NARROW, NARROW, NARROW))
        head = (
            gettext("Cohort"), gettext("How"), gettext("State"), gettext("Your firms"), gettext("Attendance so far"),
            gettext("Certified"),
        )  # fmt: skip
        rows = (
            (row.line.cohort.code, row.given, row.state, row.figures.firms, row.share, row.figures.certified)
            for row in board.cohorts
        )
        self._table(sheet, head, rows)

    def _attendance(self, board: Board) -> None:
        for row, found in overview.strips_of(board):
            sheet = self._sheet(row.line.cohort.code, (WIDE,))
            days = [wording.session_words(session) for session in found.sessions]
            rows = [(firm, *(words for _mark, words, _dress in cells), came) for firm, cells, came in found.rows]
            self._table(sheet, (gettext("Firm"), *days, gettext("Attended")), rows)

    def _calls(self, board: Board) -> None:
        sheet = self._sheet(gettext("To call"), (WIDE, WIDE, WIDE))
        head = (gettext("Firm"), gettext("What is the matter"), gettext("What helps"))
        self._table(sheet, head, [(row.nominee.firm, row.what, row.does) for row in board.needs])
