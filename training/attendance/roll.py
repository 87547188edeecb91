"""What becomes of all the marks of one person in one session, whatever order they arrived in. Pure.

A mark is an observation and is never changed or thrown away. A correction that a person made on purpose stands over every earlier
observation; observations of two devices that disagree are settled by a person, and are open until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

CLOCKS_AGREE = timedelta(minutes=2)  # a device that is less than this apart has the right time
EARLY = timedelta(hours=1)  # before a session from which on its roll is called


@dataclass(frozen=True, slots=True)
class Mark:
    """One observation. key: of its own, so that it counts once however often it is sent. device: "" for none. minutes: None for all.
    observed_at: by the portal's clock, see `true_time`; received_at, received_on: when it reached the portal, and on which day of
    Pakistan."""

    key: str
    status: Status
    source: Source
    observed_at: datetime
    received_at: datetime
    device: str = ""
    minutes: int | Decimal | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts, by which mark, and what disagrees with it. is_open: a person has to choose; status is then OPEN, and `marks` begins
    with the observation that is offered first."""

    status: Status | None
    by: Mark | None
    beside: tuple[Mark, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN


def true_time(at: datetime, *, device_now: datetime, arrived_at: datetime) -> datetime:
    """When something was observed by the portal's clock, told by how far the device's clock was off when it sent.

    device_now: the device's clock as it sent; arrived_at: the portal's. A few seconds on the way do not count.
    """
    return at - timedelta(minutes=minutes_off(device_now=device_now, arrived_at=arrived_at) or 0)


def minutes_off(*, device_now: datetime, arrived_at: datetime) -> int | None:
    """How many whole minutes a device's clock goes ahead of the portal's, below 0 behind it; None where it has the right time."""
    off = device_now - arrived_at
    return None if abs(off) < CLOCKS_AGREE else round(off / timedelta(minutes=1))


def possible_time(observed_at: datetime, *, starts_at: datetime, arrived_at: datetime) -> datetime:
    """The same moment where it can be; else the nearest that can: nobody was seen long before the session or after the roll was sent."""
    return min(max(observed_at, starts_at - EARLY), arrived_at)


def settle(marks: Iterable[Mark]) -> Settled:
    """The same marks give the same answer in any order; a mark that came twice counts once."""
    by_key = {mark.key: mark for mark in marks}
    ordered = sorted(by_key.values(), key=_order)
    if not ordered:
        return Settled(None, None)
    corrections = [mark for mark in ordered if mark.source == Source.CORRECTION]
    if corrections:
        last = corrections[-1]
        return Settled(
            last.status, last, tuple(mark for mark in ordered if mark not in corrections and not _same(mark, last))
        )
    # A device overrules itself on the day. What it sends on another day and says otherwise a person looks at.
    newest = list({(mark.source, mark.device, mark.received_on): mark for mark in ordered}.values())
    newest.sort(key=_order)
    top = [mark for mark in newest if mark.source != Source.SCAN][-1:] or newest[-1:]
    last = top[0]
    others = [mark for mark in newest if not _agree(mark, last)]
    if others:
        return Settled(
            Status.OPEN, None, tuple(sorted([last, *others], key=lambda mark: mark.observed_at, reverse=True))
        )
    return Settled(last.status, next(mark for mark in newest if _same(mark, last)))


def _order(mark: Mark) -> tuple[datetime, datetime, str]:
    """By when it was seen; of two typed in from one paper the later one is right."""
    return mark.observed_at, mark.received_at, mark.key


def _agree(one: Mark, other: Mark) -> bool:
    """A scan says no more than that somebody was there at a moment: how long, and whether in time, others say."""
    if Source.SCAN in (one.source, other.source):
        return (one.status == Status.ABSENT) == (other.status == Status.ABSENT)
    return _same(one, other)


def _same(one: Mark, other: Mark) -> bool:
    return (one.status, one.minutes) == (other.status, other.minutes)
