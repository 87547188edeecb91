"""A server that did not answer is left alone for a while, so that one dead machine does not cost every caller its time-out. Pure."""

from __future__ import annotations

import time


class Pause:
    """Off until `begin()`, then on for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + self.seconds

    def end(self) -> None:
        self._until = 0.0
