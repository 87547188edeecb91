"""What a work is worth by its rubric, and what becomes of the marks of two people. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Criterion = Mapping[str, Any]


def points_of(criteria: Sequence[Criterion], levels: Sequence[int]) -> int:
    """levels: for each criterion the position of its level. Raises ValueError where one is missing or not there."""
    if len(levels) != len(criteria):
        raise ValueError("a level for each criterion")
    points = 0
    for criterion, level in zip(criteria, levels, strict=True):
        if not 0 <= level < len(criterion["levels"]):
            raise ValueError(f"no level {level}")
        points += int(criterion["levels"][level]["points"])
    return points


def most_points(criteria: Sequence[Criterion]) -> int:
    return sum(max(int(level["points"]) for level in criterion["levels"]) for criterion in criteria)


def settled(marks: Sequence[int], *, differ_points: int) -> Decimal | None:
    """The points of a work, in halves: of two marks that lie no further apart than differ_points the middle, of three the middle one.

    marks: in the order in which they were given. None while they settle nothing.
    """
    if len(marks) == 2 and abs(marks[0] - marks[1]) <= differ_points:
        return Decimal(sum(marks)) / 2
    if len(marks) == 3:
        return Decimal(sorted(marks)[1])
    return None


def differ(marks: Sequence[int], *, differ_points: int) -> bool:
    """Whether two marks lie too far apart."""
    return len(marks) == 2 and abs(marks[0] - marks[1]) > differ_points


def is_enough(points: Decimal, *, pass_points: int) -> bool:
    """A half below the line is below it."""
    return points >= pass_points
