"""What every sweep of the clockwork does: one row after the other, and a bad one does not stop the rest."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = TypeVar("Row")
Done = TypeVar("Done")
logger = logging.getLogger(__name__)


def one_by_one(act: Callable[[Row], Done], rows: Iterable[Row]) -> list[Done]:
    """Act on each row, in a transaction of its own if it needs one; a fault is logged with the row's id and passed over.

    Returns what the acts returned that came to their end.
    """
    done = []
    for row in rows:
        try:
            done.append(act(row))
        except Exception:
            logger.exception("%s failed for %s", getattr(act, "__qualname__", act), getattr(row, "pk", row))
    return done
