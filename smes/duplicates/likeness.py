"""Possible duplicates: how alike two firms are, and why.

Pure arithmetic on `Traces`. Identifiers, telephones and accounts come in as fingerprints (keyed hashes), so that this
file and the tables behind it never hold the numbers themselves; equal fingerprints mean equal numbers.

No pair of firms is compared unless they share a blocking key, so a million firms cost an index and not a million
times a million comparisons.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tdap_portal.core.folding import fold

from .names import name_keys, name_likeness

# How far one thing in common goes towards certainty, 0 to 1. Our own choice, tuned on made-up pairs.
WEIGHTS: Final = {
    "ntn": 0.97,
    "secp": 0.97,
    "strn": 0.95,
    "account": 0.85,
    "owner": 0.70,
    "phone": 0.45,
    "email": 0.45,
    "city": 0.20,
}
# What a name that is just alike enough is worth, and one that is the same: the same name in another town is looked at.
NAME_WEIGHT, SAME_NAME_WEIGHT = 0.50, 0.65
NAME_FROM: Final = 82
FLAG_FROM: Final = 60
LONGEST_KEY: Final = 120
# A telephone or e-mail that two firms share is looked at whatever else they are.
CONTACTS: Final = frozenset({"phone", "email"})


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
        return self.percent >= FLAG_FROM or self.is_contact_only

    @property
    def is_contact_only(self) -> bool:
        """Whether the pair has only a telephone or an e-mail in common, and perhaps the town: a flag of its own kind."""
        return is_contact_only(reason.kind for reason in self.reasons)


def is_contact_only(kinds: Iterable[str]) -> bool:
    """Whether reasons of these kinds are nothing but a shared telephone or e-mail, in one town or in two."""
    found = set(kinds) - {"city"}
    return bool(found) and found <= CONTACTS


def blocking_keys(traces: Traces) -> frozenset[str]:
    """Keys to store beside a firm; only firms that share one are compared. Numbers give a key each, names several."""
    numbers = {f"{kind}:{print_}" for kind, prints in traces.numbers.items() for print_ in prints}
    return frozenset(numbers | {key[:LONGEST_KEY] for key in name_keys(traces.name, traces.city)})


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
        weight = NAME_WEIGHT + (SAME_NAME_WEIGHT - NAME_WEIGHT) * (percent - NAME_FROM) / (100 - NAME_FROM)
        reasons.append((weight, Clue("name", percent)))
        doubt *= 1 - weight
    if reasons and one.city and fold(one.city) == fold(other.city):
        reasons.append((WEIGHTS["city"], Clue("city", 100)))
        doubt *= 1 - WEIGHTS["city"]
    reasons.sort(key=lambda pair: -pair[0])
    return Likeness(round(100 * (1 - doubt)), tuple(reason for _, reason in reasons))


def alike_among(one: Traces, others: Iterable[Traces]) -> list[tuple[Traces, Likeness]]:
    """Those of `others` that an officer should compare with `one`, most alike first. `one` itself is left out."""
    found = [(other, likeness(one, other)) for other in others if other.key != one.key]
    return sorted((pair for pair in found if pair[1].is_suspicious), key=lambda pair: (-pair[1].percent, pair[0].key))
