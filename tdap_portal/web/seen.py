"""What a page was made from, so that what somebody else saved since is never written over unseen.

A form carries the field `seen`: for each value that it shows, a short keyed digest, of which nothing can be read. When it
comes back, only what was changed on it is written; where somebody else has meanwhile saved another value in the same place,
that one value stops and both are shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.crypto import salted_hmac

SEEN = "seen"
"""The name of the hidden field."""
MAX_LENGTH = 40_000  # of the field, in which a value takes about 40 characters
Mark = Callable[[str, object], str]
_PAIR = re.compile(r"((?:[0-9]{1,18}\.)?\w{1,60}):([0-9a-f]{10})")


@dataclass(frozen=True, slots=True)
class Merged:
    """By name. written: values to write. stopped: what is saved by now, where it may not be written over."""

    written: dict[str, Any]
    stopped: dict[str, Any]


def merge(seen: Mapping[str, str], current: Mapping[str, Any], posted: Mapping[str, Any], *, mark: Mark) -> Merged:
    """What a page changes in what is saved by now.

    seen: digests of what the page showed, by name; a name without one (a page from before a new version of the portal) is
    written only where nothing is saved. current: what is saved. posted: what the page sends.
    """
    written, stopped = {}, {}
    for name, value in posted.items():
        there = current.get(name)
        if plain(value) == plain(there):
            continue
        was = seen.get(name)
        if was == mark(name, there) or (was is None and plain(there) == ""):
            written[name] = value
        elif was != mark(name, value):
            stopped[name] = there
    return Merged(written, stopped)


def marks(scope: str) -> Mark:
    """The digests of one form. scope: of what, so that no digest fits anywhere else."""

    def mark(name: str, value: object) -> str:
        text = json.dumps([scope, name, plain(value)])
        return salted_hmac("tdap_portal.web.seen", text, algorithm="sha256").hexdigest()[:10]

    return mark


def written_out(seen: Mapping[str, str]) -> str:
    """Digests as the hidden field carries them."""
    return " ".join(f"{name}:{digest}" for name, digest in seen.items())


def read(text: str) -> dict[str, str]:
    """The digests of a hidden field; {} where it is missing. What is not well formed is passed over."""
    return dict(_PAIR.findall(text[:MAX_LENGTH]))


def plain(value: object) -> Any:
    """A value as it is compared: 60 and 60.00 are one, nothing and "" are one."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value] or ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
