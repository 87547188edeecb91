"""The arithmetic of the chain: what stands in a link. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

START = "0" * 64

Note = tuple[int, str]  # position and hash of the chain's end, as it was noted outside the database


@dataclass(frozen=True, slots=True)
class Link:
    """A history row as the chain sees it."""

    id: int
    name: str
    subject_type: str
    subject_id: str
    subject_label: str
    actor_id: int | None
    at: datetime
    data: Any
    request_id: str
    nonce: str
    mac: str
    position: int | None = None
    hash: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """Where the chain ends. mac: proves that the portal noted it."""

    position: int
    hash: str
    mac: str


@dataclass(frozen=True, slots=True)
class Break:
    """One fault found. kind: changed, removed, inserted, end. row: the history row's id, None where it is gone."""

    kind: str
    row: int | None
    position: int | None
    text: str


def content(link: Link) -> bytes:
    """The canonical text of a row without its id and its place in the chain. Times in UTC, microseconds.

    nonce: makes two rows that say the same differ, so that a copy of a row is known as one.
    """
    at = link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    subject = [link.subject_type, link.subject_id, link.subject_label]
    parts = [link.name, *subject, link.actor_id, at, link.data, link.request_id, link.nonce]
    return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def mac_of(link: Link, key: str) -> str:
    """HMAC-SHA256 of the content: a row written past the portal does not have it."""
    return hmac.new(key.encode(), content(link), hashlib.sha256).hexdigest()


def is_ours(link: Link, key: str) -> bool:
    """True where the row's signature fits what it says."""
    return hmac.compare_digest(mac_of(link, key), link.mac)


def hash_of(link: Link, previous: str, position: int, key: str) -> str:
    """HMAC-SHA256 over the previous link's hash, the position, the row's id and its mac, which covers its content.

    Keyed, so that nobody without the portal's key lays a chain anew over rows that were taken out or put in.
    """
    text = f"{previous}|{position}|{link.id}|{link.mac}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def end_mac(position: int, hash_: str, key: str) -> str:
    """HMAC-SHA256 of where the chain ends."""
    return hmac.new(key.encode(), f"end|{position}|{hash_}".encode(), hashlib.sha256).hexdigest()


def contradicts(before: Note, after: Note) -> bool:
    """Whether no chain can have ended first here and then there: positions only rise, and one position has one hash."""
    return after[0] < before[0] or (after[0] == before[0] and after[1] != before[1])


def breaks(links: Iterable[Link], *, key: str, end: End, noted: Sequence[Note]) -> Iterator[Break]:
    """Walk sealed rows up to the end in order of position and yield every fault.

    noted: in the order of writing; a chain that was cut short or laid anew does not fit it, and neither does one that
    was cut and has grown past the cut since. After a fault the walk goes on from the stored hash, so that one changed
    row is one fault and not a million.
    """
    yield from _note_breaks(noted, end)
    first_noted: dict[int, str] = {}
    for position, hash_ in noted:
        first_noted.setdefault(position, hash_)
    previous, expected = START, 1
    foreign: Link | None = None  # whether it was changed or inserted, the row behind it tells
    for link in links:
        position = link.position or 0
        if foreign:
            yield _foreign(foreign, fits=hash_of(link, foreign.hash, position, key) == link.hash)
            foreign = None
        while expected < position:
            yield Break("removed", None, expected, f"The row at position {expected} is gone.")
            expected += 1
            previous = ""
        if not is_ours(link, key):
            foreign = link
        elif previous and not hmac.compare_digest(hash_of(link, previous, position, key), link.hash):
            yield Break("changed", link.id, position, f"Row {link.id} ({link.name}) does not fit the chain.")
        elif first_noted.get(position, link.hash) != link.hash:
            text = f"Row {link.id} ({link.name}) is not the one that was noted outside the database."
            yield Break("changed", link.id, position, text)
        previous, expected = link.hash, position + 1
    if foreign:
        yield _foreign(foreign, fits=foreign.hash == end.hash)
    yield from _end_breaks(end, previous, expected, key=key, reached=max(first_noted, default=0))


def _note_breaks(noted: Sequence[Note], end: End) -> Iterator[Break]:
    if end.position and not noted:
        text = "Nothing outside the database says where the chain ended: the file that noted it is gone or empty."
        yield Break("end", None, end.position, text)
    for before, after in pairwise(noted):
        if contradicts(before, after):
            text = f"The chain ended at position {before[0]} and later, with another row, at position {after[0]}."
            yield Break("end", None, after[0], text)


def _foreign(link: Link, *, fits: bool) -> Break:
    """fits: what follows was laid upon this row, so it was there when the chain was laid and was changed since."""
    kind = "changed" if fits else "inserted"
    text = f"Row {link.id} ({link.name}) was {kind}: its signature does not fit."
    return Break(kind, link.id, link.position, text)


def _end_breaks(end: End, previous: str, expected: int, *, key: str, reached: int) -> Iterator[Break]:
    for position in range(expected, end.position + 1):
        yield Break("removed", None, position, f"The row at position {position} is gone.")
    if expected > end.position and previous != end.hash:
        yield Break("end", None, end.position, "The chain does not end where its end was noted.")
    if end.position and not hmac.compare_digest(end_mac(end.position, end.hash, key), end.mac):
        yield Break("end", None, end.position, "The end of the chain was not noted by the portal.")
    if reached > end.position:
        text = f"The chain once reached position {reached}: what stood behind position {end.position} is gone."
        yield Break("removed", None, end.position + 1, text)
