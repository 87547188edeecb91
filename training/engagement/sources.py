"""Where the watch learns of what other rooms know. A room that has tasks with a day adds its function to TASKS; without one nobody has
overdue tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

OverdueTasks = Callable[[Sequence[int], datetime], Mapping[int, int]]
"""From ids of places and a moment: how many assessments or practical tasks of each place are overdue then; a place without any is left out."""
TASKS: list[OverdueTasks] = []


def overdue_of(place_ids: Sequence[int], at: datetime) -> dict[int, int]:
    """Of all rooms together."""
    found: dict[int, int] = {}
    for tasks in TASKS:
        for place_id, number in tasks(place_ids, at).items():
            found[place_id] = found.get(place_id, 0) + number
    return found
