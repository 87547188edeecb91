"""When an offer ends. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, tzinfo


def full_term_ends(
    offered_at: datetime, *, days: int, hour: int, zone: tzinfo, is_working_day: Callable[[date], bool]
) -> datetime:
    """The hour of the last of so many working days after the day of the offer, in that zone."""
    day = offered_at.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, time(hour), tzinfo=zone)
