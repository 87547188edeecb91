"""What may be shown of counts by group without telling of a few firms. Pure.

A group with fewer than `small` firms is not shown alone. Small groups are added up as "others"; where that sum is small itself, or is one group
alone, the smallest group that could be shown joins them, so that nobody gets it back by subtraction from a total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Published:
    """rows: (group, count), the largest first. others: the sum of the rest; None where there is no rest or nothing of it may be shown."""

    rows: tuple[tuple[str, int], ...]
    others: int | None

    @property
    def is_empty(self) -> bool:
        return not self.rows and self.others is None


def publish(counts: Mapping[str, int], *, small: int) -> Published:
    """counts: firms a group; groups of 0 are left out. small: fewer than so many are hidden."""
    there = sorted(
        ((group, number) for group, number in counts.items() if number > 0), key=lambda one: (-one[1], one[0])
    )
    shown = [one for one in there if one[1] >= small]
    hidden = [number for _group, number in there if number < small]
    while hidden and shown and (sum(hidden) < small or len(hidden) == 1):
        hidden.append(shown.pop()[1])
    if not hidden:
        return Published(tuple(shown), None)
    return Published(tuple(shown), sum(hidden) if sum(hidden) >= small and len(hidden) > 1 else None)


def shown_or_none(number: int, *, small: int) -> int | None:
    """A single count: 0 is told, fewer than `small` is not."""
    return number if number == 0 or number >= small else None
