"""The code on the trainer's screen: another one every 30 seconds, worked out from the portal's key and the clock, never stored. Pure.

Two screens, a page that was reloaded and every server show the same code in the same second. The server's clock alone counts.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread from a screen
STEP = timedelta(seconds=30)
GRACE = timedelta(seconds=5)  # for which a code is good after it left the screen
LENGTH = 20  # of the code in the drawing
TYPED_LENGTH = 6  # of what is typed or sent by SMS: its beginning
WAITING = timedelta(minutes=10)  # for which a scan waits for its person to sign in
LOOKED_BACK = 240  # steps, two hours: a code of that age is over, an older one is not known
LOOKED_AHEAD = 4


class Reading(StrEnum):
    GOOD = "good"
    OVER = "over"
    NOT_YET = "not_yet"  # of a time to come: somebody's clock is wrong, or the code is forged
    UNKNOWN = "unknown"  # not a code of this session


def step_of(moment: datetime) -> int:
    """The number of the step in which a moment lies, counted from 1970."""
    return int(moment.timestamp()) // int(STEP.total_seconds())


def begins_at(step: int) -> datetime:
    return datetime.fromtimestamp(step * STEP.total_seconds(), tz=UTC)


def code_of(key: bytes, session: str, step: int) -> str:
    """Twenty letters. session: its public id."""
    digest = hmac.new(key, f"attendance {session} {step}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(LENGTH):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "".join(letters)


def read_code(text: str, *, key: bytes, session: str, at: datetime) -> Reading:
    """What a code is worth at a moment: the whole one of the drawing, or its first six letters as they were typed.

    Every step is compared in the same time whatever is right of it, so that an answer tells nothing about the good code.
    """
    code = "".join(text.split()).upper().replace("-", "")
    if len(code) not in (TYPED_LENGTH, LENGTH) or not code.isascii():
        return Reading.UNKNOWN
    step = step_of(at)
    found = [
        other
        for other in range(step - LOOKED_BACK, step + LOOKED_AHEAD + 1)
        if hmac.compare_digest(code_of(key, session, other)[: len(code)], code)
    ]
    if not found:
        return Reading.UNKNOWN
    nearest = max((other for other in found if other <= step), default=None)
    if nearest is None:
        return Reading.NOT_YET
    return Reading.GOOD if at < begins_at(nearest) + STEP + GRACE else Reading.OVER


def still_waits(scanned_at: datetime, *, now: datetime) -> bool:
    """Whether a scan of somebody who was not signed in can still become their mark."""
    return scanned_at <= now <= scanned_at + WAITING
