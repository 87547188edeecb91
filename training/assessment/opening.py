"""When an assessment opens for a cohort, and what somebody can do with it now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """held: sessions that are over, of `of` that were not called off; needed: how many must be. at: when it opens as the sessions are
    planned now; None where that is not known, or it is open without any."""

    held: int
    needed: int
    of: int
    at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.held >= self.needed


def opening_of(ends: Iterable[datetime | None], *, percent: int, now: datetime) -> Opening:
    """ends: of each session that was not called off, None before it has a time. percent: of them; a part of a session counts whole.

    A cohort without sessions opens only where none are asked for.
    """
    rows = list(ends)
    needed = -(-len(rows) * percent // 100) if rows else min(percent, 1)
    known = sorted(end for end in rows if end is not None)
    at = known[needed - 1] if 0 < needed <= len(known) else None
    return Opening(sum(end <= now for end in known), needed, len(rows), at)


class Stage(StrEnum):
    TO_COME = "to_come"
    OPEN = "open"
    UNDER_WAY = "under_way"
    PAUSED = "paused"  # the next try can be begun later
    PASSED = "passed"
    USED_UP = "used_up"  # every try was used, none passed


@dataclass(frozen=True, slots=True)
class Tried:
    """One try that is over. ended_at: when it was closed."""

    ended_at: datetime
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """What somebody can do now. left: tries that can still be begun. next_at: of a pause, when it ends."""

    stage: Stage
    left: int
    next_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """No further try comes, so that right answers can be shown."""
        return self.stage in (Stage.PASSED, Stage.USED_UP)


def stand_of(
    opening: Opening, tried: Sequence[Tried], *, is_under_way: bool, tries: int, pause_hours: int, now: datetime
) -> Stand:
    """tries: allowed in all. A try that is under way goes on whatever became of the rules meanwhile."""
    left = max(0, tries - len(tried) - is_under_way)
    if is_under_way:
        return Stand(Stage.UNDER_WAY, left)
    if any(one.is_passed for one in tried):
        return Stand(Stage.PASSED, 0)
    if not left:
        return Stand(Stage.USED_UP, 0)
    if not opening.is_open:
        return Stand(Stage.TO_COME, left)
    if tried:
        next_at = max(one.ended_at for one in tried) + timedelta(hours=pause_hours)
        if now < next_at:
            return Stand(Stage.PAUSED, left, next_at)
    return Stand(Stage.OPEN, left)
