"""What may be shown of counts without telling of a few firms. Pure.

Three ways lead from a count to a firm, and each is closed:
- A group with fewer than `small` firms is not shown alone, however many cases these firms have. Small groups are added up as "others"; where that
  is of few firms itself, or is one group alone, the smallest group that could be shown joins them, so that nobody gets it back by subtraction.
- Two tables of different days differ by nothing or by `small` at least: what is shown goes in steps of `small`, rounded down.
- A sum of money is told of whole steps of cases too (`in_steps`): else the difference of two sums would be one firm's loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Tally:
    """So many cases of these firms."""

    cases: int = 0
    firms: frozenset[int] = frozenset()

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.cases + other.cases, self.firms | other.firms)


def tally(firms: Iterable[int]) -> Tally:
    """firms: of each case its firm."""
    found = list(firms)
    return Tally(len(found), frozenset(found))


@dataclass(frozen=True, slots=True)
class Published:
    """rows: (group, cases), the largest first. others: of the rest; None where there is no rest or nothing of it may be shown."""

    rows: tuple[tuple[str, int], ...]
    others: int | None

    @property
    def is_empty(self) -> bool:
        return not self.rows and self.others is None


def in_steps(number: int, *, small: int) -> int:
    """Rounded down to a multiple of `small`."""
    return number - number % small


def told(counted: Tally, *, small: int) -> int | None:
    """A single count: 0 is told, one of fewer than `small` firms is not."""
    if counted.cases and len(counted.firms) < small:
        return None
    return in_steps(counted.cases, small=small)


def publish(groups: Mapping[str, Tally], *, small: int) -> Published:
    """Groups without a case are left out."""
    there = sorted(
        ((group, counted) for group, counted in groups.items() if counted.cases > 0),
        key=lambda one: (-len(one[1].firms), -one[1].cases, one[0]),
    )
    shown = [one for one in there if len(one[1].firms) >= small]
    hidden = [counted for _group, counted in there if len(counted.firms) < small]
    while hidden and shown and (len(_together(hidden).firms) < small or len(hidden) == 1):
        hidden.append(shown.pop()[1])
    rows = [(group, in_steps(counted.cases, small=small)) for group, counted in shown]
    rows.sort(key=lambda one: (-one[1], one[0]))
    rest = told(_together(hidden), small=small) if len(hidden) > 1 else None
    return Published(tuple(rows), rest)


def _together(counted: Iterable[Tally]) -> Tally:
    return sum(counted, Tally())
