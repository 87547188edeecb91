"""What share of the hours a person attended, and what share can still be reached. Pure.

The share is of the hours that were held and that the person was expected at: what was excused counts on neither side, a session
counts once it is over, one that was called off never. Minutes are compared as whole fractions, so that nothing is rounded before
the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from training.states import AttendanceStatus as Status

if TYPE_CHECKING:
    from collections.abc import Iterable


class Expected(NamedTuple):
    """One session that a person was or is expected at, in whatever cohort they were then.

    minutes: of the session. is_over: it has ended and was not called off; is_off: it was called off. status: None where nobody
    marked them, which counts as absent once it is over. credited: minutes that they were there, None for all of them.
    """

    minutes: int
    is_over: bool
    is_off: bool = False
    status: Status | None = None
    credited: Fraction | None = None

    @property
    def minutes_there(self) -> Fraction | int:
        if self.status not in (Status.PRESENT, Status.LATE):
            return 0
        if self.credited is None or self.credited > self.minutes:
            return self.minutes
        return max(self.credited, Fraction(0))


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes attended of minutes held, and the most that can be reached if the person comes to everything from now on.

    percent: of the rule.
    """

    there: Fraction
    held: Fraction
    best_there: Fraction
    best_held: Fraction
    percent: int

    @property
    def share(self) -> Fraction | None:
        """A fraction from 0 to 1; None while nothing was held, which is not 0."""
        return self.there / self.held if self.held else None

    @property
    def best_share(self) -> Fraction | None:
        return self.best_there / self.best_held if self.best_held else None

    @property
    def is_met(self) -> bool:
        """Of what was held so far."""
        return self.held > 0 and self.there * 100 >= self.percent * self.held

    @property
    def can_be_met(self) -> bool:
        return self.best_there * 100 >= self.percent * self.best_held

    @property
    def may_miss(self) -> Fraction:
        """Minutes that can still be missed without losing the rule; 0 where none."""
        return max(Fraction(0), self.best_there - Fraction(self.percent, 100) * self.best_held)


def hours_of(sessions: Iterable[Expected], *, percent: int) -> Hours:
    """Raises ValueError for a percent outside 0 to 100."""
    if not 0 <= percent <= 100:
        raise ValueError("percent must be between 0 and 100")
    there: Fraction | int = 0  # most minutes are whole ones, which add up in no time
    held = to_come = 0
    for session in sessions:
        if session.is_off or session.status == Status.EXCUSED:
            continue
        if not session.is_over or session.status == Status.OPEN:
            to_come += session.minutes
        else:
            there += session.minutes_there
            held += session.minutes
    return Hours(Fraction(there), Fraction(held), Fraction(there + to_come), Fraction(held + to_come), percent)
