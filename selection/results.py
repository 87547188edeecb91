"""The open results as plain numbers and as CSV. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# What a spreadsheet would run as a formula, also in its full-width forms, and what would hide one behind white space.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Tally:
    """Files of one corner: submitted, and what became of them. waiting: not decided yet."""

    submitted: int = 0
    selected: int = 0
    waitlisted: int = 0
    declined: int = 0
    waiting: int = 0

    @property
    def decided(self) -> int:
        return self.selected + self.waitlisted + self.declined

    @property
    def selected_pct(self) -> int | None:
        """Selected of the decided, in whole per cent; None before the first decision."""
        return round(100 * self.selected / self.decided) if self.decided else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.submitted + other.submitted,
            self.selected + other.selected,
            self.waitlisted + other.waitlisted,
            self.declined + other.declined,
            self.waiting + other.waiting,
        )


def tally_of(numbers: Mapping[str, int]) -> Tally:
    """Files a state (names of states.State) as one tally; drafts are not counted, withdrawn ones were submitted once but
    are out of the race and are left out too."""
    waiting = sum(
        numbers.get(state, 0) for state in ("submitted", "held", "scored", "in_review", "reviewed", "recommended")
    )
    selected, waitlisted, declined = (numbers.get(state, 0) for state in ("selected", "waitlisted", "declined"))
    return Tally(waiting + selected + waitlisted + declined, selected, waitlisted, declined, waiting)


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


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it. Numbers stay."""
    text = str(value)
    if isinstance(value, str) and text.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated text with a byte order mark, so that spreadsheets read it as UTF-8."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in head])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return target.getvalue()
