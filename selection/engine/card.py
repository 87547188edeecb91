"""What a score leaves behind: reasons, gate results, parts and the sealed card; all to plain JSON and back.

Texts are English message ids with named parameters; the faces translate them: `part.reason.format(gettext)`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from selection.engine import words
from selection.engine.facts import Evidence, Facts

CARD_SCHEMA = 2
"""Since schema 2 a part says how many points wait for proof; a card of schema 1 has none that do."""


class CardError(ValueError):
    """A kept card cannot be read, or does not compute to what it says. The text begins with the key that is wrong."""

    @property
    def key(self) -> str:
        return str(self).partition(":")[0]


@dataclass(frozen=True)
class Reason:
    """A sentence to be translated: an English message id with named parameters, and sentences that follow it.

    A parameter is text, or a Reason of its own (a sector's name) that is translated too. Without parameters the text is
    shown as it is; with them a per cent sign in the text is doubled.
    """

    text: str
    params: Mapping[str, "str | Reason"] = field(default_factory=dict)
    more: tuple["Reason", ...] = ()

    def format(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of `translate`, such as gettext; English without it."""
        text = translate(self.text)
        if self.params:
            text %= {name: _in_words(name, value, translate) for name, value in self.params.items()}
        return " ".join([text, *(reason.format(translate) for reason in self.more)])

    def __str__(self) -> str:
        return self.format()

    @classmethod
    def joined(cls, reasons: Iterable["Reason"]) -> "Reason":
        """Several sentences as one reason. Raises ValueError for none."""
        first, *rest = reasons
        return cls(first.text, first.params, (*first.more, *rest))

    def to_json(self) -> dict[str, Any]:
        params = {name: v.to_json() if isinstance(v, Reason) else v for name, v in sorted(self.params.items())}
        return {"text": self.text, "params": params, "more": [reason.to_json() for reason in self.more]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        params = {name: cls.from_json(v) if isinstance(v, Mapping) else v for name, v in kept["params"].items()}
        return cls(kept["text"], params, tuple(cls.from_json(reason) for reason in kept["more"]))


def _in_words(name: str, value: str | Reason, translate: Callable[[str], str]) -> str:
    if isinstance(value, Reason):
        return value.format(translate)
    return words.period_in_words(value, translate) if name == "period" else value


@dataclass(frozen=True)
class GateResult:
    """A gate: passed or not and why; to_meet says what would open it, by the way in that is nearest (None if passed)."""

    code: str
    label: str
    passed: bool
    reason: Reason
    to_meet: Reason | None


@dataclass(frozen=True)
class Part:
    """One criterion on the receipt: points won `of` its weight (two decimals), why, from where, and whether something
    that it looks at was missing. waiting: points that it would win besides, were all that the firm told verified."""

    code: str
    label: str
    points: Decimal
    of: Decimal
    reason: Reason
    source: Reason
    missing: bool
    waiting: Decimal = Decimal("0.00")

    @property
    def sources(self) -> tuple[Reason, ...]:
        """Each of its sources alone."""
        return (Reason(self.source.text, self.source.params), *self.source.more)


def canonical(data: Any) -> bytes:
    """The one way to write a value as JSON, for hashing: sorted keys, no spaces, UTF-8, finite numbers only."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True)
class Card:
    """A score with all that it was made from: enough to compute it again years later (`score.replay`).

    The parts are computed for a firm that failed a gate too, so that it sees where it stands; `passed` tells.
    """

    policy_version: str
    policy_digest: str
    engine_version: str
    track: str
    on: date
    facts: Facts
    evidence: Evidence
    gates: tuple[GateResult, ...]
    parts: tuple[Part, ...]
    seal: str = ""

    @property
    def total(self) -> Decimal:
        """Points of 100, two decimals."""
        return sum((part.points for part in self.parts), Decimal("0.00"))

    @property
    def waiting(self) -> Decimal:
        """Points that wait for proof, two decimals."""
        return sum((part.waiting for part in self.parts), Decimal("0.00"))

    @property
    def passed(self) -> bool:
        return all(gate.passed for gate in self.gates)

    @property
    def refusals(self) -> tuple[GateResult, ...]:
        """The gates that stayed shut."""
        return tuple(gate for gate in self.gates if not gate.passed)

    @property
    def short_seal(self) -> str:
        """The first twelve signs of the seal in threes of four, as printed on a receipt."""
        return " ".join(self.seal[start : start + 4] for start in (0, 4, 8))

    def computed_seal(self) -> str:
        """sha-256 over the canonical JSON of everything that decides the score, and of the score."""
        return hashlib.sha256(
            canonical(
                {
                    "facts": self.facts.to_frozen(),
                    "evidence": self.evidence.to_json(),
                    "policy": self.policy_version,
                    "policy_digest": self.policy_digest,
                    "engine": self.engine_version,
                    "track": self.track,
                    "on": self.on.isoformat(),
                    "gates": {gate.code: gate.passed for gate in self.gates},
                    "points": {part.code: str(part.points) for part in self.parts},
                }
            )
        ).hexdigest()

    def is_sealed(self) -> bool:
        """Does the seal still fit what the card says? A changed fact, figure or point breaks it."""
        return self.seal == self.computed_seal()

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": CARD_SCHEMA,
            "policy_version": self.policy_version,
            "policy_digest": self.policy_digest,
            "engine_version": self.engine_version,
            "track": self.track,
            "on": self.on.isoformat(),
            "facts": self.facts.to_frozen(),
            "evidence": self.evidence.to_json(),
            "gates": [
                {
                    "code": gate.code,
                    "label": gate.label,
                    "passed": gate.passed,
                    "reason": gate.reason.to_json(),
                    "to_meet": gate.to_meet and gate.to_meet.to_json(),
                }
                for gate in self.gates
            ],
            "parts": [
                {
                    "code": part.code,
                    "label": part.label,
                    "points": str(part.points),
                    "of": str(part.of),
                    "reason": part.reason.to_json(),
                    "source": part.source.to_json(),
                    "missing": part.missing,
                    "waiting": str(part.waiting),
                }
                for part in self.parts
            ],
            "total": str(self.total),
            "passed": self.passed,
            "seal": self.seal,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises CardError for another schema or a missing key; FactsError for bad facts.

        The seal is kept as it stands; ask `is_sealed` whether it fits.
        """
        if kept.get("schema") not in (1, CARD_SCHEMA):
            raise CardError(f"schema: this engine reads cards up to schema {CARD_SCHEMA}, got {kept.get('schema')!r}.")
        try:
            return cls(
                policy_version=kept["policy_version"],
                policy_digest=kept["policy_digest"],
                engine_version=kept["engine_version"],
                track=kept["track"],
                on=date.fromisoformat(kept["on"]),
                facts=Facts.from_frozen(kept["facts"]),
                evidence=Evidence.from_json(kept["evidence"]),
                gates=tuple(
                    GateResult(
                        row["code"],
                        row["label"],
                        row["passed"],
                        Reason.from_json(row["reason"]),
                        Reason.from_json(row["to_meet"]) if row["to_meet"] else None,
                    )
                    for row in kept["gates"]
                ),
                parts=tuple(
                    Part(
                        row["code"],
                        row["label"],
                        Decimal(row["points"]),
                        Decimal(row["of"]),
                        Reason.from_json(row["reason"]),
                        Reason.from_json(row["source"]),
                        row["missing"],
                        Decimal(row["waiting"] if kept["schema"] > 1 else "0.00"),
                    )
                    for row in kept["parts"]
                ),
                seal=kept["seal"],
            )
        except KeyError as error:
            raise CardError(f"{error.args[0]}: the key is missing.") from error
