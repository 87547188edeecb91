"""What a policy makes of many files if all claims stood at one level of evidence. Pure: cards in, counts out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from selection.engine.explain import gate_result
from selection.engine.facts import Facts, all_at
from selection.engine.measures import Case
from selection.engine.points import columns_of, score_many
from smes.vocabulary.evidence import EvidenceLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.engine.card import Card
    from selection.engine.policy import Policy


class Standing(StrEnum):
    """How well all that a firm claims is taken to stand: at one level, or each claim as it does today."""

    SAID = "said"
    BACKED = "backed"
    TODAY = "today"
    VERIFIED = "verified"


def facts_as(facts: Facts, standing: Standing) -> Facts:
    """The same claims, with proofs of that standing alone in place of the firm's own; today leaves these."""
    if standing is Standing.TODAY:
        return facts
    bare: dict[str, Any] = {"proofs": ()}
    return all_at(replace(facts, **bare), EvidenceLevel(standing.value))


@dataclass(slots=True)
class Counted:
    """Files at one standing. held: at a shut gate, so without points. points: how many files have so many whole hundredths of a
    point. sums: hundredths of all these files together, by criterion in the policy's order."""

    held: int = 0
    points: Counter[int] = field(default_factory=Counter)
    sums: list[int] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return self.points.total()

    def at_least(self, line: Decimal) -> int:
        return sum(number for hundredths, number in self.points.items() if hundredths >= line * 100)

    def last_seat(self, seats: int) -> Decimal | None:
        """The points of the file that takes the last seat; None where there are fewer files."""
        return self._at(seats - 1) if 0 < seats <= self.passed else None

    def median(self) -> Decimal | None:
        """Of an even number of files the lower one of the middle two; None for none."""
        return self._at(self.passed // 2) if self.points else None

    def mean_of(self, at: int) -> Decimal | None:
        """Mean points of a criterion, to the hundredth; None where no file has points."""
        return (Decimal(self.sums[at]) / self.passed / 100).quantize(Decimal("0.01")) if self.points else None

    def mean(self) -> Decimal | None:
        return (Decimal(sum(self.sums)) / self.passed / 100).quantize(Decimal("0.01")) if self.points else None

    def _at(self, position: int) -> Decimal:
        """Points at that place of the falling list, counted from 0; the place is inside the list."""
        for hundredths in sorted(self.points, reverse=True):
            position -= self.points[hundredths]
            if position < 0:
                return Decimal(hundredths).scaleb(-2)
        raise IndexError(position)

    def to_json(self) -> dict[str, Any]:
        return {
            "held": self.held,
            "points": {str(key): number for key, number in self.points.items()},
            "sums": self.sums,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        points = Counter({int(key): number for key, number in kept["points"].items()})
        return cls(kept["held"], points, list(kept["sums"]))


def nothing_counted(policy: Policy) -> dict[Standing, Counted]:
    return {standing: Counted(sums=[0] * len(policy.criteria)) for standing in Standing}


def count_into(counted: Mapping[Standing, Counted], cards: Iterable[Card], policy: Policy) -> None:
    """Score the firms of the cards under the policy once for each standing, from the cards' own facts, figures and day.

    Raises PolicyError for a track that the policy does not have.
    """
    listed = list(cards)
    for standing, here in counted.items():
        open_cases = []
        for card in listed:
            case = Case(facts_as(card.facts, standing), card.evidence, card.on)
            if all(gate_result(gate, case).passed for gate in policy.gates_of(card.track)):
                open_cases.append(case)
            else:
                here.held += 1
        if open_cases:
            points = score_many(columns_of(open_cases, policy), policy)
            here.points.update(points.total.tolist())
            sums = points.by_criterion.sum(axis=1, dtype="int64").tolist()
            here.sums = [before + more for before, more in zip(here.sums, sums, strict=True)]
