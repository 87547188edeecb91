"""Sharing files out among readers: two each, loads as even as they can be. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class Sharing:
    """Who has how much to read. Give it the loads as they are, then ask for a pair a file.

    loads: open readings by officer; an officer who has none must be there with 0. The same calls give the same pairs.
    """

    def __init__(self, loads: Mapping[int, int]) -> None:
        self.loads = dict(loads)
        self._firsts = dict.fromkeys(loads, 0)

    def pair(self, barred: Collection[int] = (), kept: Iterable[int] = ()) -> tuple[int, int] | None:
        """The next file's first and second reader, counted as given; None where fewer than two officers may read it.

        barred: officers tied to the firm. kept: readers whose reading of the file is in; they stay, and cost nothing new.
        """
        staying = [officer for officer in kept if officer not in barred][:2]
        free = sorted(
            (officer for officer in self.loads if officer not in barred and officer not in staying),
            key=lambda officer: (self.loads[officer], officer),
        )
        fresh = free[: 2 - len(staying)]
        if len(staying) + len(fresh) < 2:
            return None
        for officer in fresh:
            self.loads[officer] += 1
        first, second = sorted((*staying, *fresh), key=lambda officer: (self._firsts.get(officer, 0), officer))
        if first in self._firsts:
            self._firsts[first] += 1
        return first, second
