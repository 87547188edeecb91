"""What is shown of the answers of a session, so that nobody can tell who gave which. Pure.

Answers are counted five at a time and what is shown changes only then, so no two looks at it differ by fewer than five people. The
rest, fewer than five, is never shown. Words stand in an order that tells nothing of when they came.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

STEP = 5
MARKS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Given:
    """key: of the answer alone. is_counted: whether it stands in what is shown by now."""

    key: str
    useful: int
    clear: int
    words: str = ""
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """useful, clear: how many gave 1, 2, … 5."""

    keys: tuple[str, ...]
    useful: tuple[int, ...]
    clear: tuple[int, ...]
    words: tuple[str, ...]

    @property
    def answers(self) -> int:
        return len(self.keys)


def next_step(answers: Iterable[Given]) -> Shown | None:
    """What is shown from now on; None where it stays as it is, since fewer than five further people have answered.

    All that are new go in together, and with them what the others changed since: a change alone moves nothing.
    """
    rows = sorted(answers, key=lambda one: one.key)
    if sum(not one.is_counted for one in rows) < STEP:
        return None
    words = sorted((one.words for one in rows if one.words), key=_shuffled)
    return Shown(
        keys=tuple(one.key for one in rows),
        useful=_counts(one.useful for one in rows),
        clear=_counts(one.clear for one in rows),
        words=tuple(words),
    )


def mean(counts: Sequence[int]) -> Decimal:
    """Of marks from 1 to 5, with two decimals. Raises ValueError where there is none."""
    number = sum(counts)
    if not number:
        raise ValueError("a mean of nothing")
    total = sum(mark * count for mark, count in zip(MARKS, counts, strict=True))
    return (Decimal(total) / number).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _counts(marks: Iterable[int]) -> tuple[int, ...]:
    given: Collection[int] = list(marks)
    return tuple(sum(mark == one for one in given) for mark in MARKS)


def _shuffled(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
