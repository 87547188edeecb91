"""A frozen copy with corrections, and the score that it would have had. Pure.

A correction names a fact that carries points in the policy of the decision, by its key, or one year of exports by the key of
its proof: "export_history/2026/direct". Where a paper was not counted, the key of the proof behind "proofs/" names the fact or row
that it shows, whose value stays: "proofs/certifications/iso_9001". Nothing else of the copy changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selection.engine.facts import Facts, best_proofs, keys_of_proofs
from selection.engine.policy import Policy
from selection.engine.score import score
from smes.profile.facts import ASKABLE, FACTS, LISTS, FactKind, Origin
from smes.profile.proofs import shows
from smes.vocabulary.evidence import EvidenceLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from selection.engine.card import Card
    from smes.models import Document

YEARS = "export_history"
PROOFS = "proofs"
WITH_FOLLOWERS = frozenset({"employees", "turnover_pkr", "founded_on", "activity", "city", "province"})
"""Facts from which others are computed, which no single correction would bring along."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a corrected fact rests on: the paper that the firm named, if any, until when it holds, and the director who compared the
    two."""

    by: str
    on: date
    paper: str | None = None
    document: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A criterion before and after the corrections."""

    code: str
    label: str
    of: Decimal
    before: Decimal
    after: Decimal

    @property
    def moved(self) -> Decimal:
        return self.after - self.before


def keys_that_carry_points(policy: Policy, facts: Mapping[str, Any]) -> list[str]:
    """Keys of what can be corrected of a frozen copy, in the order of the registry of facts, the years of exports last."""
    resting = _resting(policy)
    single = [
        key
        for key, fact in ASKABLE.items()
        if key in resting
        and key not in LISTS
        and key not in WITH_FOLLOWERS
        and fact.origin == Origin.FIRM
        and fact.kind not in (FactKind.ROWS, FactKind.PRIVATE)
    ]
    years = [year_key(row) for row in facts.get(YEARS) or ()] if YEARS in resting else []
    return [*single, *years]


def proofs_to_count(
    policy: Policy, facts: Mapping[str, Any], papers: Sequence[Document], *, on: date
) -> dict[str, str]:
    """What one of these papers can show and what does not stand as verified: the key of a correction, and the first such paper
    by its public id. Only what carries points; nothing where the policy asks for no proof. on: the day of the card."""
    if not policy.asks_for_proof or PROOFS not in facts:
        return {}
    frozen = Facts.from_frozen(facts)
    best = best_proofs(frozen, on)
    in_force = [paper for paper in papers if paper.is_in_force(on)]
    found = {}
    for key in keys_of_proofs(frozen, _resting(policy)):
        is_verified = key in best and EvidenceLevel(best[key].level).rank >= EvidenceLevel.VERIFIED.rank
        paper = next((paper for paper in in_force if shows(paper, key)), None)
        if paper is not None and not is_verified:
            found[f"{PROOFS}/{key}"] = paper.public_id
    return found


def _resting(policy: Policy) -> set[str]:
    return {fact for criterion in policy.criteria for item in criterion.items for fact in item.of.rests_on}


def key_of_proof(key: str) -> str:
    """The fact or row that a correction is about, by the key of its proof."""
    return key.removeprefix(f"{PROOFS}/")


def year_key(row: Mapping[str, Any]) -> str:
    return f"{YEARS}/{row['fiscal_year']}/{row['route']}"


def fact_of_key(key: str) -> str:
    """The fact that a key of a correction belongs to."""
    return key.partition("/")[0]


def value_of(facts: Mapping[str, Any], key: str) -> Any:
    """What the copy says; None where it says nothing."""
    if fact_of_key(key) != YEARS:
        return facts.get(key)
    return next((row["value_usd"] for row in facts.get(YEARS) or () if year_key(row) == key), None)


def corrected(
    facts: Mapping[str, Any], corrections: Mapping[str, Any], proofs: Mapping[str, Proven] | None = None
) -> dict[str, Any]:
    """The copy with these values in place of its own.

    proofs: by key; a fact that a director compared with a paper that was there counts as verified, where the copy keeps
    proofs at all. Raises KeyError for a key that the copy does not have.
    """
    changed = dict(facts)
    for key, value in corrections.items():
        if fact_of_key(key) == PROOFS:
            continue
        if fact_of_key(key) == YEARS:
            if key not in map(year_key, changed[YEARS]):
                raise KeyError(key)
            changed[YEARS] = [
                {**row, "value_usd": value} if year_key(row) == key else dict(row) for row in changed[YEARS]
            ]
        elif key in FACTS and key in changed:
            changed[key] = value
        else:
            raise KeyError(key)
    if "proofs" in changed and proofs:
        changed["proofs"] = [
            *(changed["proofs"] or ()),
            *(_proof(key_of_proof(key), proofs[key]) for key in corrections if key in proofs),
        ]
    return changed


def score_again(card: Card, facts: Mapping[str, Any]) -> Card:
    """The score of these facts by the policy, the trade figures and the day of a card. Raises FactsError, PolicyError."""
    policy = Policy.version_of(card.policy_version)
    return score(Facts.from_frozen(facts), card.evidence, policy, on=card.on, track=card.track)


def lines_beside(before: Card, after: Card) -> list[MovedLine]:
    """Each criterion of both cards, in the order of the policy."""
    old = {part.code: part.points for part in before.parts}
    return [MovedLine(part.code, part.label, part.of, old[part.code], part.points) for part in after.parts]


def all_corrections(points: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Those of several points together; the last one wins where two name the same fact."""
    return {key: value for corrections in points for key, value in corrections.items()}


def _proof(key: str, proven: Proven) -> dict[str, Any]:
    return {
        "fact": key,
        "level": EvidenceLevel.VERIFIED.value,
        "paper": proven.paper,
        "document": proven.document,
        "by": proven.by,
        "on": proven.on.isoformat(),
        "until": proven.until.isoformat() if proven.until else None,
    }
