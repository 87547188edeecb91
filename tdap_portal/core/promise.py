"""The promise clock: a number of working days, counted from a day, standing still while the firm is asked.

Pure: the caller hands in what a working day is. Days are dates in Pakistan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WorkingDay = Callable[[date], bool]
LAST_DAYS = 3  # fewer than these are left: the clock is shown as pressing


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still on each day from `start` up to, not including, `end`. end None: it still stands."""

    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class PromiseClock:
    """Where a promise stands on a day. used and of: working days. due: None while paused."""

    of: int
    used: int
    due: date | None
    paused: bool

    @property
    def left(self) -> int:
        """Working days left; negative when late."""
        return self.of - self.used

    @property
    def late_by(self) -> int:
        return max(0, self.used - self.of)

    @property
    def tone(self) -> str:
        """Who must move, as the theme's tone: "no" when late, "rest" while paused, "you" in the last days, else "us"."""
        if self.late_by:
            return "no"
        if self.paused:
            return "rest"
        return "you" if self.left < LAST_DAYS else "us"


def read_clock(
    started: date,
    days: int,
    pauses: Sequence[Pause],
    *,
    on: date,
    is_working_day: WorkingDay,
    stopped: date | None = None,
) -> PromiseClock:
    """Read the clock of a promise of `days` working days that began on `started`.

    The starting day is day 0; each later working day outside the pauses counts one. `on`: the day it is read.
    stopped: the day the promise was met, from which on nothing counts. Raises ValueError for days < 1.
    """
    if days < 1:
        raise ValueError("A promise needs at least one working day.")
    last = min(on, stopped) if stopped else on
    used = 0
    due: date | None = None
    day = started
    while day < last:
        day += timedelta(days=1)
        if is_working_day(day) and not _stands_still(day, pauses):
            used += 1
            if used == days:
                due = day
    paused = stopped is None and any(pause.start <= on and (pause.end is None or on < pause.end) for pause in pauses)
    if due is None and not paused:
        due = due_if_resumed(last, days - used, is_working_day=is_working_day)
    return PromiseClock(of=days, used=used, due=due, paused=paused)


def due_if_resumed(on: date, days_left: int, *, is_working_day: WorkingDay) -> date:
    """The due date if the clock runs again from `on`: what the firm is told while it is asked."""
    day = on
    left = days_left
    while left > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            left -= 1
    return day


def _stands_still(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.start <= day and (pause.end is None or day < pause.end) for pause in pauses)
