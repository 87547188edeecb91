"""One paper of a firm at a time, in the whole portal: whoever sends many at once waits for themselves and for nobody else."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from django.core.cache import cache

from .checks import BUSY, WAIT_SECONDS, PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smes.models import Sme

HELD_SECONDS = 60  # a process that dies while it looks keeps the firm's place no longer
LOOK_AGAIN_SECONDS = 0.1


@contextmanager
def firm_in_turn(sme: Sme) -> Iterator[None]:
    """Raises PaperError "busy" where another paper of the firm takes longer than a press twice would wait."""
    key = f"papers.turn.{sme.pk}"
    until = monotonic() + WAIT_SECONDS
    while not cache.add(key, True, timeout=HELD_SECONDS):
        if monotonic() >= until:
            raise PaperError(BUSY, code="busy")
        sleep(LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        cache.delete(key)
