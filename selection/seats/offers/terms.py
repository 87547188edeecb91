"""When an offer ends, and whether one can still go out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, tzinfo

MAX_TERM_DAYS = 60


def full_term_ends(
    offered_at: datetime, *, days: int, hour: int, zone: tzinfo, is_working_day: Callable[[date], bool]
) -> datetime:
    """The hour of the last of so many working days after the day of the offer, in that zone."""
    day = offered_at.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, time(hour), tzinfo=zone)


class Reach(StrEnum):
    """What an offer made at a moment can still be."""

    FULL = "full"  # the whole term fits before the last moment
    SHORT = "short"  # only the shortened term that the terms allow
    TOO_LATE = "too_late"  # neither: a person may shorten it further, while there is time
    OVER = "over"  # the last moment has passed


@dataclass(frozen=True, slots=True)
class Term:
    """reach: as above. deadline: when the offer would end; None where none goes out by itself."""

    reach: Reach
    deadline: datetime | None


def term_at(
    moment: datetime,
    *,
    days: int,
    short_days: int | None,
    hour: int,
    last_moment: datetime | None,
    zone: tzinfo,
    is_working_day: Callable[[date], bool],
) -> Term:
    """What an offer that goes out by itself at this moment gets. A shortened one ends at the last moment: never later, and
    never with fewer working days than short_days."""

    def ends(term: int) -> datetime:
        return full_term_ends(moment, days=term, hour=hour, zone=zone, is_working_day=is_working_day)

    if last_moment is None or ends(days) <= last_moment:
        return Term(Reach.FULL, ends(days))
    if moment >= last_moment:
        return Term(Reach.OVER, None)
    if short_days is not None and ends(short_days) <= last_moment:
        return Term(Reach.SHORT, last_moment)
    return Term(Reach.TOO_LATE, None)


def working_days_left(
    moment: datetime, deadline: datetime, *, zone: tzinfo, is_working_day: Callable[[date], bool]
) -> int:
    """Working days from the day of the moment to the one of the deadline, both counted; 0 once it has passed."""
    if moment > deadline:
        return 0
    first, last = moment.astimezone(zone).date(), deadline.astimezone(zone).date()
    return sum(is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


def reminder_moments(
    offered_at: datetime, deadline: datetime, *, zone: tzinfo, is_working_day: Callable[[date], bool]
) -> tuple[datetime, datetime]:
    """Half of the time between offer and deadline; and the hour of the deadline one working day before it, or the offer where
    that lies before it."""
    before = deadline.astimezone(zone) - timedelta(days=1)
    while not is_working_day(before.date()):
        before -= timedelta(days=1)
    return offered_at + (deadline - offered_at) / 2, max(offered_at, before)
