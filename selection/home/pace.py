"""Who will be late: an officer's open readings against the officer's pace. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PACE_DAYS = 20  # full working days before today, by which the pace is taken
AHEAD_DAYS = 5  # working days from today, today among them, that are looked at


def late_days(due: Sequence[int], pace: float) -> list[int]:
    """The working days on which readings will be missed, one entry a reading, in order.

    due: for each open reading the working day of its promise, 1 for today, 0 for one that is past; in rising order.
    pace: readings a working day. The rule: readings are done in the order of their dates, and at the end of day n the
    officer has done n x pace of them, rounded down; a reading that is not among those done by its day is late.
    """
    return [day for place, day in enumerate(due, 1) if int(pace * day + 1e-9) < place]


def room(due: Sequence[int], pace: float) -> int:
    """How many more readings the officer could do within AHEAD_DAYS beside those that fall due; 0 where some will be late."""
    return 0 if late_days(due, pace) else max(0, int(pace * AHEAD_DAYS + 1e-9) - len(due))
