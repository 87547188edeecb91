"""What the gates of a round say to a firm before it applies, track by track, where it opens one that is shut, and which points
would wait for proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from selection.applications.proof_words import papers_of
from selection.engine.explain import gate_result, nearest_way, waiting_of_backed
from selection.engine.facts import Evidence, Facts, keys_of_proofs, level_of
from selection.engine.measures import MEASURES, Case
from selection.engine.score import score
from selection.models.labels import TRACK_LABELS
from selection.policy.selectors import policy_of
from smes.profile.facts import FROZEN
from smes.vocabulary.evidence import LEVELS
from smes.vocabulary.paper_kinds import PROVABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from selection.applications.proof_words import PaperLine
    from selection.engine.policy import Gate
    from selection.models import Round
    from smes.models import Sme

COMPUTED_IN = {"women_led": "owners", "youth_led": "owners", "sector": "sector", "size_class": "place"}
"""The step whose answers a computed fact comes from."""
STEP_OF = {fact.key: fact.step for fact in FROZEN if fact.step} | COMPUTED_IN
"""The step of the profile that asks for a fact of the frozen copy, or for what it is computed from."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate in words. to_meet, url: what would open it, and the step where; "" where it is open."""

    name: str
    is_open: bool
    reason: str
    to_meet: str
    url: str


@dataclass(frozen=True, slots=True)
class TrackGates:
    """A track of the round with its gates, those that are shut first."""

    name: str
    gates: tuple[GateLine, ...]

    @property
    def shut(self) -> tuple[GateLine, ...]:
        return tuple(gate for gate in self.gates if not gate.is_open)


@dataclass(frozen=True, slots=True)
class WaitingPoints:
    """points: that wait for proof; for_us: of these, whose papers are here; papers: those that lift them."""

    points: Decimal
    for_us: Decimal
    papers: tuple[PaperLine, ...]


def gates_by_track(round_: Round, sme: Sme, frozen: Mapping[str, Any], *, on: date) -> dict[str, TrackGates]:
    """What the engine will say to the firm's facts as they would be frozen on that day, by the code of each track of the round."""
    case = Case(Facts.from_frozen(frozen), Evidence(), on)
    policy = policy_of(round_.policy)
    found = {}
    for track in round_.tracks:
        lines = [_line(gate, case, sme) for gate in policy.gates_of(track)]
        found[track] = TrackGates(str(TRACK_LABELS[track]), tuple(sorted(lines, key=lambda line: line.is_open)))
    return found


def _line(gate: Gate, case: Case, sme: Sme) -> GateLine:
    result = gate_result(gate, case)
    to_meet = result.to_meet.format(gettext) if result.to_meet else ""
    _way, unmet = nearest_way(gate, case)
    steps = [STEP_OF[fact] for each in unmet for fact in MEASURES[each.measure].rests_on if fact in STEP_OF]
    url = reverse("smes:step", args=[sme.public_id, steps[0]]) if steps else ""
    return GateLine(gettext(result.label), result.passed, result.reason.format(gettext), to_meet, url)


def waiting_before(round_: Round, frozen: Mapping[str, Any], *, on: date) -> WaitingPoints | None:
    """The points that would wait for proof, were the application sent on that day; None where none would."""
    facts, policy = Facts.from_frozen(frozen), policy_of(round_.policy)
    if not policy.asks_for_proof:
        return None
    # National figures count the same with and without proof, so the difference needs none of them.
    waiting = score(facts, Evidence(), policy, on=on, track=round_.tracks[0]).waiting
    if not waiting:
        return None
    return WaitingPoints(
        waiting,
        waiting_of_backed(facts, Evidence(), policy, on=on),
        papers_of(facts, Evidence(), policy, on=on, translate=gettext),
    )


def levels_of(frozen: Mapping[str, Any], *, on: date) -> dict[str, tuple[tuple[str, int], ...]]:
    """How well each told fact stands that a paper can show: (level, how many of its rows), the best level first; 0 rows for a
    fact that is no list."""
    facts = Facts.from_frozen(frozen)
    found = {}
    for key in PROVABLE & STEP_OF.keys():
        levels = [level_of(facts, each, on) for each in keys_of_proofs(facts, [key])]
        is_list = keys_of_proofs(facts, [key]) != (key,)
        counted = [
            (level.value, levels.count(level) if is_list else 0) for level in reversed(LEVELS) if level in levels
        ]
        found[key] = tuple(counted)
    return found
