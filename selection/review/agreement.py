"""Whether the two readings of a file agree. Pure."""

from __future__ import annotations

from typing import Final, Protocol

from selection.states import Outcome

MARKS_APART: Final = 4
"""Marks, of 0 to 10, by which two readers may not differ. A working choice of the desk: two steps of the guide that they read by."""
OPPOSITE: Final = frozenset({Outcome.SELECT, Outcome.DECLINE})


class Marks(Protocol):
    """What a reader said: two marks from 0 to 10 (None: not yet) and an outcome."""

    @property
    def commitment(self) -> int | None: ...
    @property
    def product_fit(self) -> int | None: ...
    @property
    def outcome(self) -> str: ...


def disagree(one: Marks, other: Marks) -> bool:
    """Whether a third officer must read the file: one would select it and the other decline it, or marks are 4 apart."""
    pairs = ((one.commitment, other.commitment), (one.product_fit, other.product_fit))
    are_apart = any(abs(a - b) >= MARKS_APART for a, b in pairs if a is not None and b is not None)
    return are_apart or {one.outcome, other.outcome} == OPPOSITE
