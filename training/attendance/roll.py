"""What becomes of all the marks of one person in one session, whatever order they arrived in. Pure.

A mark is an observation and is never changed or thrown away. A correction that a person made on purpose stands over every earlier
observation; observations of two devices that disagree are settled by a person, and are open until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from .hours import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOCKS_AGREE = timedelta(minutes=2)  # a device that is less than this apart has the right time


class Source(StrEnum):
    SCAN = "scan"  # the person's own telephone
    ROLL = "roll"  # the trainer's page, with or without a network
    SHEET = "sheet"  # typed in from paper
    REPORT = "report"  # of an online meeting
    CORRECTION = "correction"  # by an official or the trainer, with a reason


@dataclass(frozen=True, slots=True)
class Mark:
    """One observation. key: of its own, so that it counts once however often it is sent. device: "" for none. minutes: None for all.
    observed_at: by the portal's clock, see `true_time`; received_at: when it reached the portal."""

    key: str
    status: Status
    source: Source
    observed_at: datetime
    received_at: datetime
    device: str = ""
    minutes: int | None = None


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
    off = device_now - arrived_at
    if abs(off) < CLOCKS_AGREE:
        return at
    return at - timedelta(minutes=round(off / timedelta(minutes=1)))


def settle(marks: Iterable[Mark]) -> Settled:
    """The same marks give the same answer in any order; a mark that came twice counts once."""
    by_key = {mark.key: mark for mark in marks}
    ordered = sorted(by_key.values(), key=lambda mark: (mark.observed_at, mark.key))
    if not ordered:
        return Settled(None, None)
    corrections = [mark for mark in ordered if mark.source == Source.CORRECTION]
    if corrections:
        last = corrections[-1]
        return Settled(
            last.status, last, tuple(mark for mark in ordered if mark not in corrections and not _agree(mark, last))
        )
    newest = list({(mark.source, mark.device): mark for mark in ordered}.values())  # a device overrules itself
    newest.sort(key=lambda mark: (mark.observed_at, mark.key))
    last = newest[-1]
    others = tuple(mark for mark in reversed(newest[:-1]) if not _agree(mark, last))
    if others:
        return Settled(Status.OPEN, None, (last, *others))
    first = min((mark for mark in newest if _agree(mark, last)), key=lambda mark: (mark.observed_at, mark.key))
    return Settled(last.status, first)


def _agree(one: Mark, other: Mark) -> bool:
    return (one.status, one.minutes) == (other.status, other.minutes)
