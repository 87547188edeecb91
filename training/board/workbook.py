"""A partner's board as a workbook: the figures of its page, a sheet a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language_bidi, gettext

from tdap_portal.core.xlsx_text import Sheet, as_xlsx

from . import overview, wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .overview import Board

WIDE = 38


def workbook_of(board: Board) -> bytes:
    """In the language that is active, written from the right where that is."""
    return as_xlsx(_sheets(board), title=gettext("Your cohorts"), rtl=get_language_bidi())


def _sheets(board: Board) -> Iterator[Sheet]:
    yield _figures(board)
    if board.splits:
        yield _groups(board)
    yield _cohorts(board)
    yield from _attendance(board)
    yield _calls(board)


def _figures(board: Board) -> Sheet:
    asked = gettext(", ").join(filter(None, (board.wanted.round or gettext("All rounds"), board.cohort)))
    above = [
        [board.partner.name],
        [board.finding],
        [board.loss],
        [gettext("As at %(moment)s; %(asked)s") % {"moment": wording.moment(board.at), "asked": asked}],
        [],
        [gettext("Step"), gettext("Firms")],
    ]
    rows = [[str(wording.STEPS[step]), number] for step, number in board.counts.items()]
    return Sheet(gettext("Figures"), [*above, *rows], heads=frozenset({5}), widths=(WIDE,))


def _groups(board: Board) -> Sheet:
    lines: list[list[object]] = []
    heads = set()
    for table in board.splits:
        lines.append([table.title])
        if table.rows:
            heads.add(len(lines))
            lines.append(list(table.head))
            lines += [
                [name, *(wording.HIDDEN if count is None else count for count in row)] for name, row in table.rows
            ]
        else:
            lines.append([gettext("Too few firms to show groups of them.")])
        lines.append([])
    return Sheet(gettext("By group"), lines, heads=frozenset(heads), widths=(WIDE,))


def _cohorts(board: Board) -> Sheet:
    head = [
        gettext("Cohort"), gettext("How"), gettext("State"), gettext("Your firms"), gettext("Attendance so far"),
        gettext("Certified"),
    ]  # fmt: skip
    rows = [
        [row.line.cohort.code, row.given, row.state, row.figures.firms, row.share, row.figures.certified]
        for row in board.cohorts
    ]
    return Sheet(gettext("Cohorts"), [head, *rows], widths=(16, WIDE))


def _attendance(board: Board) -> Iterator[Sheet]:
    """A sheet a cohort, with every firm."""
    for row, found in overview.strips_of(board):
        head = [gettext("Firm"), *(wording.session_words(session) for session in found.sessions), gettext("Attended")]
        lines = [[firm, *(words for _mark, words, _dress in cells), came] for firm, cells, came in found.rows]
        yield Sheet(row.line.cohort.code, [head, *lines], widths=(WIDE,))


def _calls(board: Board) -> Sheet:
    head = [gettext("Firm"), gettext("What is the matter"), gettext("What helps")]
    rows = [[row.nominee.firm, row.what, row.does] for row in board.needs]
    return Sheet(gettext("To call"), [head, *rows], widths=(WIDE, WIDE, WIDE))
