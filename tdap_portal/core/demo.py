"""The demo replays its months act by act, in order of time: each app schedules what its people did, through its services."""

from __future__ import annotations

import heapq
import itertools
from contextlib import contextmanager
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Cast, Now
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let this process believe that it is `moment`, and the database with it, whose clock decides deadlines. For the demo only:
    nothing else runs beside it."""
    database: Any = Now
    real = timezone.now, database.as_sqlite, database.as_postgresql

    def as_moment(_now: Now, compiler: Any, _connection: Any, **_options: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(Cast(Value(moment, DateTimeField()), DateTimeField()))
        return sql, params

    timezone.now = lambda: moment
    database.as_sqlite = database.as_postgresql = as_moment
    try:
        yield
    finally:
        timezone.now, database.as_sqlite, database.as_postgresql = real


class Replay:
    """A list of acts with their moments. An act may schedule later ones; a day is one transaction. ends_at: now, when it was made."""

    def __init__(self, *, after_each_day: Callable[[], object]) -> None:
        self._acts: list[tuple[datetime, int, Callable[[], object]]] = []
        self._number = itertools.count()
        self._after_each_day = after_each_day
        self.ends_at = timezone.now()

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._acts, (moment, next(self._number), act))

    def run(self) -> int:
        """Play everything; returns the number of acts."""
        count = 0
        while self._acts:
            day = timezone.localdate(self._acts[0][0])
            with transaction.atomic():
                while self._acts and timezone.localdate(self._acts[0][0]) == day:
                    moment, _number, act = heapq.heappop(self._acts)
                    with clock_at(moment):
                        act()
                    count += 1
                with clock_at(_evening(day)):
                    self._after_each_day()
        return count


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Pakistan."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _evening(day: date) -> datetime:
    return min(moment(day, 23), timezone.now())
