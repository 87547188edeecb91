"""The arithmetic of the chain: what stands in a link. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """A history row as the chain sees it."""

    id: int
    name: str
    subject_type: str
    subject_id: str
    actor_id: int | None
    at: datetime
    data: Any
    request_id: str
    mac: str
    position: int | None = None
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """One fault found. kind: changed, removed, inserted, end. row: the history row's id, None where it is gone."""

    kind: str
    row: int | None
    position: int | None
    words: str


def content(link: Link) -> bytes:
    """The canonical text of a row without its place in the chain. Times in UTC, microseconds."""
    at = link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    parts = [link.name, link.subject_type, link.subject_id, link.actor_id, at, link.data, link.request_id]
    return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def mac_of(link: Link, key: str) -> str:
    """HMAC-SHA256 of the content: a row written past the portal does not have it."""
    return hmac.new(key.encode(), content(link), hashlib.sha256).hexdigest()


def hash_of(link: Link, previous: str) -> str:
    """SHA-256 over the previous link's hash, the row's id, its content and its mac."""
    return hashlib.sha256(
        b"|".join([previous.encode(), str(link.id).encode(), content(link), link.mac.encode()])
    ).hexdigest()


def breaks(links: Iterable[Link], *, key: str, end_position: int, end_hash: str) -> Iterator[Break]:
    """Walk sealed rows in order of position and yield every fault.

    After a fault the walk goes on from the stored hash, so that one changed row is one fault and not a million.
    """
    previous, expected = START, 1
    for link in links:
        position = link.position or 0
        while expected < position:
            yield Break("removed", None, expected, f"The row at position {expected} is gone.")
            expected += 1
            previous = ""
        if not hmac.compare_digest(mac_of(link, key), link.mac):
            kind = "changed" if hash_of_stored(link, previous) else "inserted"
            yield Break(kind, link.id, position, f"Row {link.id} ({link.name}) was {kind}: its signature does not fit.")
        elif previous and hash_of(link, previous) != link.hash:
            yield Break("changed", link.id, position, f"Row {link.id} ({link.name}) does not fit the chain.")
        previous, expected = link.hash, position + 1
    if expected - 1 < end_position:
        for position in range(expected, end_position + 1):
            yield Break("removed", None, position, f"The row at position {position} is gone.")
    elif previous != end_hash:
        yield Break("end", None, end_position, "The chain does not end where its end was noted.")


def hash_of_stored(link: Link, previous: str) -> bool:
    """True where the row has a hash of the right form: it was sealed by the worker before somebody changed it."""
    return bool(previous) and len(link.hash) == len(START)
