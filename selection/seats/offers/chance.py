"""What the place of a waiting firm was worth in rounds before: a range, never one number. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUNDS_LOOKED_AT = 5
STEP = 5  # per cent: bounds are rounded outwards to it, since so few rounds say no more


@dataclass(frozen=True, slots=True)
class Chance:
    """low, high: per cent, low < high. reached: rounds in which the list moved as far as this place; of: rounds looked at."""

    low: int
    high: int
    reached: int
    of: int


def chance_of(place: int, *, moved: int, before: Sequence[int]) -> Chance | None:
    """place: on the list now, from 1. moved: firms that this list has given a seat already. before: how many firms moved up in
    each of the last decided rounds. None without such a round.

    With k of n rounds in which at least place + moved firms moved up, the next round makes it k or k + 1 of n + 1: the range
    is from k / (n + 1) to (k + 1) / (n + 1), rounded outwards to 5 per cent.
    """
    if not before:
        return None
    number, reached = len(before), sum(far >= place + moved for far in before)
    low = 100 * reached // (number + 1) // STEP * STEP
    high = -(-100 * (reached + 1) // (number + 1) // STEP) * STEP
    return Chance(low, min(100, high), reached, number)
