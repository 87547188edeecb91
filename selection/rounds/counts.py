"""How many files a round has in each station. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FileCounts:
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

    def __add__(self, other: FileCounts) -> FileCounts:
        return FileCounts(
            self.submitted + other.submitted,
            self.selected + other.selected,
            self.waitlisted + other.waitlisted,
            self.declined + other.declined,
            self.waiting + other.waiting,
        )


def counts_of(numbers: Mapping[str, int]) -> FileCounts:
    """Files a state (names of states.State) as one tally; drafts are not counted, withdrawn ones were submitted once but
    are out of the race and are left out too."""
    waiting = sum(
        numbers.get(state, 0) for state in ("submitted", "held", "scored", "in_review", "reviewed", "recommended")
    )
    selected, waitlisted, declined = (numbers.get(state, 0) for state in ("selected", "waitlisted", "declined"))
    return FileCounts(waiting + selected + waitlisted + declined, selected, waitlisted, declined, waiting)
