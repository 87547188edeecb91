"""Scoring one application, and computing a kept score again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from selection.engine import ENGINE_VERSION
from selection.engine.explain import gate_result, reason_of, source_of
from selection.engine.facts import Evidence, Facts, all_at
from selection.engine.measures import Case
from selection.engine.points import columns_of, score_many
from selection.engine.policy import Policy
from smes.vocabulary.evidence import EvidenceLevel

from .card import Card, CardError, Part

CENT = Decimal("0.01")


def score(facts: Facts, evidence: Evidence, policy: Policy, *, on: date, track: str = "general") -> Card:
    """Gates of the track, then every criterion, each with its reason and source; sealed.

    facts: as frozen at submission; evidence: about the firm's main product; on: the day that certificates, age and export
    years are judged by, normally the day of submission. The points come from `points.score_many` with one applicant.
    Raises PolicyError for a track that the policy does not have.
    """
    case = Case(facts, evidence, on)
    gates = tuple(gate_result(gate, case) for gate in policy.gates_of(track))
    cases = [case, replace(case, facts=all_at(facts, EvidenceLevel.VERIFIED))] if policy.asks_for_proof else [case]
    points = score_many(columns_of(cases, policy), policy).by_criterion
    parts = []
    for criterion, hundredths, proven in zip(policy.criteria, points[:, 0], points[:, -1], strict=True):
        reason, missing = reason_of(criterion, case)
        parts.append(
            Part(
                criterion.code,
                criterion.label,
                points=(int(hundredths) * CENT).quantize(CENT),
                of=criterion.weight.quantize(CENT),
                reason=reason,
                source=source_of(criterion, case),
                missing=missing,
                waiting=((int(proven) - int(hundredths)) * CENT).quantize(CENT),
            )
        )
    card = Card(policy.version, policy.digest, ENGINE_VERSION, track, on, facts, evidence, gates, tuple(parts))
    return replace(card, seal=card.computed_seal())


def replay(card_json: str | Mapping[str, Any], policy: Policy | None = None) -> Card:
    """Compute a kept card again from its own facts and evidence; returns the new card, with the same seal.

    card_json: what `Card.to_json` gave, as JSON text or as read from it. policy: the one it was scored under; None
    takes the file of the card's policy version. Raises CardError, saying what differs, where the card is broken, the policy
    or the engine is another one, or the result is not the same.
    """
    kept = Card.from_json(json.loads(card_json) if isinstance(card_json, str) else card_json)
    if not kept.is_sealed():
        raise CardError("seal: the card was changed after it was sealed.")
    if kept.engine_version != ENGINE_VERSION:
        raise CardError(f"engine_version: the card is of engine {kept.engine_version}, this is {ENGINE_VERSION}.")
    policy = policy or Policy.version_of(kept.policy_version)
    if (policy.version, policy.digest) != (kept.policy_version, kept.policy_digest):
        raise CardError(f"policy_digest: this is not the policy {kept.policy_version} that the card was scored under.")
    again = score(kept.facts, kept.evidence, policy, on=kept.on, track=kept.track)
    # The seal covers points and gates, not the sentences: better words must not make an old score wrong.
    if again.seal != kept.seal:
        points = {part.code: part.points for part in kept.parts}
        differing = [part.code for part in again.parts if part.points != points.get(part.code)]
        raise CardError(f"parts: computed again, these differ: {', '.join(differing) or 'the gates'}.")
    return again
