"""A kept card computed again, for whoever has it: the same or not, criterion by criterion."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from selection.engine.card import Card, CardError
from selection.engine.policy import Policy, PolicyError
from selection.engine.score import replay, score

BROKEN = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)
"""What reading something that only looks like a card can raise."""


class Outcome(StrEnum):
    """What came of computing a card again."""

    EQUAL = "equal"
    CHANGED = "changed"  # what it says no longer fits its seal
    DIFFERENT = "different"  # its seal fits, but its facts give other points
    OTHER_ENGINE = "other_engine"
    OTHER_POLICY = "other_policy"  # the version is known, its text is another one
    UNKNOWN_POLICY = "unknown_policy"
    UNREADABLE = "unreadable"


OUTCOMES = {
    "seal": Outcome.CHANGED,
    "engine_version": Outcome.OTHER_ENGINE,
    "policy_digest": Outcome.OTHER_POLICY,
    "parts": Outcome.DIFFERENT,
}
"""The outcome by the key that a CardError names."""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion, or a gate with points 0 and 1. printed: as the card says, None where it does not; computed: as its facts give."""

    code: str
    label: str
    printed: Decimal | None
    computed: Decimal
    of: Decimal

    @property
    def is_equal(self) -> bool:
        return self.printed == self.computed


@dataclass(frozen=True, slots=True)
class Recount:
    """outcome; card: as it was read, None where it cannot be; again: as its facts compute, None where they cannot.

    lines: one a criterion of the policy, then one a gate; empty without `again`.
    """

    outcome: Outcome
    card: Card | None = None
    again: Card | None = None
    lines: tuple[Line, ...] = ()
    gates: tuple[Line, ...] = ()


def compute_again(kept: Mapping[str, Any]) -> Recount:
    """What a card that was kept or handed in computes to under its own policy; never raises, whatever it is given."""
    card = None
    try:
        card = Card.from_json(kept)
        _printed = (
            card.computed_seal(),
            card.total,
            card.short_seal,
        )  # whatever cannot be read shows now, not on the page
        outcome, again = _replayed(kept, card)
    except PolicyError:
        return Recount(Outcome.UNKNOWN_POLICY, card)
    except BROKEN:
        return Recount(Outcome.UNREADABLE)
    if again is None:
        return Recount(outcome, card)
    printed = {part.code: part.points for part in card.parts}
    passed = {gate.code: Decimal(gate.passed) for gate in card.gates}
    return Recount(
        outcome,
        card,
        again,
        tuple(Line(part.code, part.label, printed.get(part.code), part.points, part.of) for part in again.parts),
        tuple(Line(g.code, g.label, passed.get(g.code), Decimal(g.passed), Decimal(1)) for g in again.gates),
    )


def _replayed(kept: Mapping[str, Any], card: Card) -> tuple[Outcome, Card | None]:
    """The outcome, and the card as its facts compute; None where another engine or another policy would have to."""
    try:
        again = replay(kept)
    except CardError as error:
        outcome = OUTCOMES[error.key]
        if outcome in (Outcome.OTHER_ENGINE, Outcome.OTHER_POLICY):
            return outcome, None
        policy = Policy.version_of(card.policy_version)
        return outcome, score(card.facts, card.evidence, policy, on=card.on, track=card.track)
    return Outcome.EQUAL if _says_the_same(kept, card, again) else Outcome.CHANGED, again


def _says_the_same(kept: Mapping[str, Any], card: Card, again: Card) -> bool:
    """What the seal does not cover, since it follows from the rest: total, passed, weights, and points that wait for proof."""
    return (
        kept.get("total") == str(again.total)
        and kept.get("passed") is again.passed
        and [(part.of, part.waiting) for part in card.parts] == [(part.of, part.waiting) for part in again.parts]
    )
