"""The open results as plain numbers. Pure."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from selection.rounds.counts import FileCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

MIN_IN_LINE = 5
"""Fewer firms than this in a line, and who knows one of them could read what became of it."""
OTHERS = ""


def median_of(counts: Mapping[int, int]) -> float | None:
    """The median of values given as value → how often; None for none. Of an even number, the mean of the middle two."""
    total = sum(counts.values())
    if total == 0:
        return None
    return (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2


def _nth(counts: Mapping[int, int], position: int) -> int:
    """The value at that position, counted from 0, of the rising list; the position is inside the list."""
    values = sorted(counts)
    reached = accumulate(counts[value] for value in values)
    return next(value for value, until in zip(values, reached, strict=True) if position < until)


def fold_small(lines: Mapping[str, FileCounts]) -> dict[str, FileCounts]:
    """The same files in lines of at least MIN_IN_LINE each: smaller ones are summed under OTHERS, with the next larger
    line while OTHERS itself is too small to hide one. One line of all where they are fewer altogether."""
    shown, others = {}, FileCounts()
    for code, tally in sorted(lines.items(), key=lambda line: (line[0] != OTHERS, line[1].submitted, line[0])):
        if code == OTHERS or tally.submitted < MIN_IN_LINE or 0 < others.submitted < MIN_IN_LINE:
            others += tally
        else:
            shown[code] = tally
    return shown | ({OTHERS: others} if others.submitted else {})
