"""Working days in Pakistan: Monday to Friday without public holidays, corrected by ClosedDay rows.

The holidays come from the package `holidays`; Eid depends on the moon, so an official can move a day in the admin.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays
from django.core.cache import cache
from django.utils import timezone

from .models import ClosedDay

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHE_KEY = "core.closed_days"
CACHE_SECONDS = 300
SATURDAY = 5


def today() -> date:
    """The day in Pakistan."""
    return timezone.localdate()


@lru_cache(maxsize=1)
def _library() -> holidays.HolidayBase:
    return holidays.country_holidays("PK", language="en_US")  # else the machine's own language names the days


def closed_days() -> Mapping[date, bool]:
    """Days that differ from the library: True means open. Kept for five minutes."""
    found = cache.get(CACHE_KEY)
    if found is None:
        found = dict(ClosedDay.objects.values_list("day", "is_open"))
        cache.set(CACHE_KEY, found, CACHE_SECONDS)
    return found


def forget_closed_days() -> None:
    cache.delete(CACHE_KEY)


def calendar_version() -> str:
    """Another text whenever a day may have become open or closed: by a correction, or by a newer library."""
    content = [holidays.__version__, *sorted((day.isoformat(), is_open) for day, is_open in closed_days().items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def holiday_name(day: date) -> str | None:
    """The library's English name of a public holiday, None on any other day."""
    return _library().get(day)


def is_working_day(day: date) -> bool:
    return _is_working(day, closed_days())


def working_day_test() -> WorkingDayTest:
    """A predicate that has read the table once: for loops over many days or many files."""
    return WorkingDayTest(closed_days())


class WorkingDayTest:
    def __init__(self, corrections: Mapping[date, bool]) -> None:
        self._corrections = corrections
        self._known: dict[date, bool] = {}

    def __call__(self, day: date) -> bool:
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = _is_working(day, self._corrections)
        return found


def _is_working(day: date, corrections: Mapping[date, bool]) -> bool:
    correction = corrections.get(day)
    if correction is not None:
        return correction
    return day.weekday() < SATURDAY and day not in _library()


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after `day`; n = 0 gives `day` itself. Raises ValueError for a negative n."""
    if n < 0:
        raise ValueError("n must not be negative")
    test = working_day_test()
    while n > 0:
        day += timedelta(days=1)
        if test(day):
            n -= 1
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 where end is not later."""
    test = working_day_test()
    return sum(1 for offset in range(1, (end - start).days + 1) if test(start + timedelta(days=offset)))


def holidays_between(start: date, end: date) -> list[tuple[date, str]]:
    """Weekdays from start to end, both included, on which TDAP does not work, with the name."""
    names = dict(ClosedDay.objects.filter(day__range=(start, end), is_open=False).values_list("day", "name"))
    corrections = closed_days()
    found = []
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        if day.weekday() < SATURDAY and not _is_working(day, corrections):
            found.append((day, names.get(day) or holiday_name(day) or ""))
    return found
