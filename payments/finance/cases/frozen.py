"""A pack as it stood when the lender decided: to plain values and back, with a hash that tells whether it still is what it was. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVEN, SAID, MISSING, NOT = "done", "us", "you", "no"
"""The tones of lines: shown by a paper that an officer compared; the firm's word or an uncompared paper; missing; speaks against it."""


@dataclass(frozen=True, slots=True)
class PackLine:
    """name: what it is; says: what is known; state: in one or two words; rests_on: what shows it, "" for nothing. tone: of the theme."""

    name: str
    says: str
    state: str
    tone: str
    rests_on: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """lines: in the order of the page. facts: name and value of who the firm is. missing: names of papers that are to come. on: its day."""

    on: date
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PackLine, ...]
    missing: tuple[str, ...]

    @property
    def settled(self) -> int:
        return sum(line.tone == PROVEN for line in self.lines)


def as_content(packs: Mapping[str, Pack]) -> dict[str, Any]:
    """packs: the same pack by language. What is kept: JSON values only."""
    on = {pack.on.isoformat() for pack in packs.values()}
    if len(on) != 1:
        raise ValueError("The languages of a pack are of one day.")
    kept = {
        language: {
            "facts": [list(pair) for pair in pack.facts],
            "lines": [asdict(line) for line in pack.lines],
            "missing": list(pack.missing),
        }
        for language, pack in packs.items()
    }
    return {"on": on.pop(), **kept}


def as_pack(content: Mapping[str, Any], language: str) -> Pack:
    """In a language in which it was kept, else in English."""
    kept = content.get(language) or content["en"]
    return Pack(
        on=date.fromisoformat(content["on"]),
        facts=tuple((name, value) for name, value in kept["facts"]),
        lines=tuple(PackLine(**line) for line in kept["lines"]),
        missing=tuple(kept["missing"]),
    )


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 in hex, whatever the order in which a database gives the keys back."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
