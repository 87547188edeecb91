"""Sessions as an iCalendar file (RFC 5545) that calendars subscribe to. Pure.

The same sessions give the same bytes on every machine: no time of writing, no zone of the server. Times are in UTC, which every
calendar turns into the hours of the place where its owner is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable

PRODUCT = "-//TDAP//Training//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One session in one person's calendar. uid: the same for everybody and for ever. sequence: never falls. changed_at: when time,
    room, trainer or cancelling changed last. Moments know their zone."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DaysOff:
    """A holiday, from its first day to its last. is_expected: it may still move. The rest as in Entry."""

    uid: str
    sequence: int
    changed_at: datetime
    first: date
    last: date
    summary: str
    is_expected: bool


def feed_of(entries: Iterable[Entry], *, name: str, holidays: Iterable[DaysOff] = ()) -> bytes:
    """The file, its entries by time, then the holidays by day. name: what the calendar calls it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for entry in sorted(entries, key=lambda one: (one.starts_at, one.uid)):
        calendar.add_component(_event(entry))
    for days in sorted(holidays, key=lambda one: (one.first, one.uid)):
        calendar.add_component(_days_off(days))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    event.add("summary", entry.summary)
    for name, text in (("description", entry.description), ("location", entry.location), ("url", entry.url)):
        if text:
            event.add(name, text)
    return event


def _days_off(days: DaysOff) -> Event:
    """Whole days that take nobody's time; a day has no zone."""
    event = Event()
    event.add("uid", days.uid)
    event.add("sequence", days.sequence)
    event.add("dtstamp", days.changed_at.astimezone(UTC))
    event.add("last-modified", days.changed_at.astimezone(UTC))
    event.add("dtstart", days.first)
    event.add("dtend", days.last + timedelta(days=1))  # the day behind the last
    event.add("status", "TENTATIVE" if days.is_expected else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("summary", days.summary)
    return event
