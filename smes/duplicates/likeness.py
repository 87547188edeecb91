"""Possible duplicates: how alike two firms are, and why.

Pure arithmetic on `Traces`. Identifiers, telephones and accounts come in as fingerprints (keyed hashes), so that this
file and the tables behind it never hold the numbers themselves; equal fingerprints mean equal numbers.

No pair of firms is compared unless they share a blocking key, so a million firms cost an index and not a million
times a million comparisons.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from smes.vocabulary.tables import read_table


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))


# Words that say what kind of firm it is, not which one.
COMPANY_WORDS: Final = frozenset(_without_marks(row["word"]) for row in read_table("company_words"))

# How far one thing in common goes towards certainty, 0 to 1. Our own choice, tuned on made-up pairs.
WEIGHTS: Final = {
    "ntn": 0.97,
    "secp": 0.97,
    "strn": 0.95,
    "account": 0.85,
    "owner": 0.70,
    "phone": 0.55,
    "email": 0.55,
    "city": 0.20,
}
NAME_WEIGHT: Final = 0.65
NAME_FROM: Final = 82
FLAG_FROM: Final = 60


@dataclass(frozen=True, slots=True)
class Traces:
    """What a firm can be recognised by. `numbers` maps a kind (ntn, secp, strn, account, owner, phone, email) to
    fingerprints; a firm has several owners, telephones and accounts. `key` is any id the caller knows it by."""

    key: str
    name: str
    city: str = ""
    numbers: dict[str, frozenset[str]] = field(default_factory=dict)


class Clue(NamedTuple):
    """Why two firms look alike: the kind of trace, and for names how alike they are (0 to 100)."""

    kind: str
    percent: int


class Likeness(NamedTuple):
    """0 (nothing in common) to 100, with the reasons, strongest first."""

    percent: int
    reasons: tuple[Clue, ...]

    @property
    def is_suspicious(self) -> bool:
        """Whether an officer should look at the pair."""
        return self.percent >= FLAG_FROM


@lru_cache(maxsize=65_536)
def plain_name(name: str) -> str:
    """A firm's name in lower case without marks and without words such as "(Pvt) Ltd", "& Sons", "Traders"."""
    words = re.findall(r"\w+", re.sub(r"['’`.]", "", _without_marks(name).replace("&", " and ")))
    kept = [word for word in words if word not in COMPANY_WORDS]
    # A name of nothing but such words keeps them: "Pak Traders" is a name too.
    return " ".join(kept or words)


def sound_of(word: str) -> str:
    """A word without what Pakistani spellings vary in: vowels, doubled letters, kh/k, ph/f, z/s, q/k, w/v.

    Words in Urdu letters come back as they are, without doubled letters.
    """
    text = word
    for spelling, sound in (("ph", "f"), ("kh", "k"), ("gh", "g"), ("sh", "s"), ("ch", "c"), ("q", "k"), ("w", "v")):
        text = text.replace(spelling, sound)
    text = text.replace("z", "s").replace("j", "g").replace("ck", "k")
    first, rest = text[:1], re.sub(r"[aeiouhy]", "", text[1:])
    first = "a" if first in "aeiou" else first
    return re.sub(r"(.)\1+", r"\1", first + rest)


def name_likeness(one: str, other: str) -> int:
    """0 to 100 for two firm names; word order, company words and spelling variants count little."""
    a, b = plain_name(one), plain_name(other)
    if not a or not b:
        return 0
    letters = fuzz.token_sort_ratio(a, b)
    sounds = fuzz.token_sort_ratio(_sounds(a), _sounds(b))
    # One shared first name among several words must not look like the same firm, so no partial matching.
    return round(max(letters, 0.5 * letters + 0.5 * sounds))


def blocking_keys(traces: Traces) -> frozenset[str]:
    """Keys to store beside a firm; only firms that share one are compared.

    Numbers give a key each. A name gives keys of two of its words by sound, or of its only word with the town, so that
    neither a misspelt word nor a common one makes a block too wide.
    """
    keys = {f"{kind}:{print_}" for kind, prints in traces.numbers.items() for print_ in prints}
    words = sorted({sound_of(word) for word in plain_name(traces.name).split()})
    pairs = [(a, b) for i, a in enumerate(words) for b in words[i + 1 :]]
    keys |= {f"name:{a}+{b}" for a, b in pairs[:15]}
    if len(words) == 1:
        keys.add(f"name:{words[0]}@{traces.city.casefold()}")
    if len(words) > 1:
        whole = "".join(sorted(words))
        keys.add(f"name:{whole[:3]}…{whole[-3:]}@{traces.city.casefold()}")
    return frozenset(keys)


def likeness(one: Traces, other: Traces) -> Likeness:
    """How alike two firms are.

    Each thing in common leaves less room for chance: 100 × (1 − Π(1 − weight)). A shared town counts only beside
    another reason, a name only from NAME_FROM on.
    """
    reasons = []
    doubt = 1.0
    for kind, weight in WEIGHTS.items():
        if kind != "city" and one.numbers.get(kind, frozenset()) & other.numbers.get(kind, frozenset()):
            reasons.append((weight, Clue(kind, 100)))
            doubt *= 1 - weight
    percent = name_likeness(one.name, other.name)
    if percent >= NAME_FROM:
        weight = NAME_WEIGHT * (percent - NAME_FROM + 10) / (100 - NAME_FROM + 10)
        reasons.append((weight, Clue("name", percent)))
        doubt *= 1 - weight
    if reasons and one.city and one.city.casefold() == other.city.casefold():
        reasons.append((WEIGHTS["city"], Clue("city", 100)))
        doubt *= 1 - WEIGHTS["city"]
    reasons.sort(key=lambda pair: -pair[0])
    return Likeness(round(100 * (1 - doubt)), tuple(reason for _, reason in reasons))


def alike_among(one: Traces, others: Iterable[Traces]) -> list[tuple[Traces, Likeness]]:
    """Those of `others` that an officer should compare with `one`, most alike first. `one` itself is left out."""
    found = [(other, likeness(one, other)) for other in others if other.key != one.key]
    return sorted((pair for pair in found if pair[1].is_suspicious), key=lambda pair: (-pair[1].percent, pair[0].key))


@lru_cache(maxsize=65_536)
def _sounds(name: str) -> str:
    return " ".join(sound_of(word) for word in name.split())
