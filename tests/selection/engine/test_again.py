"""A kept card computed again: each thing that can be wrong with it has its own answer, and none of them raises."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from selection.engine.again import Outcome, compute_again
from selection.engine.policy import Policy
from selection.engine.score import score
from tests.selection.engine.situations import ON, evidence, facts

if TYPE_CHECKING:
    from selection.engine.card import Card

pytestmark = pytest.mark.unit

CARD = score(
    facts(schema=2, export_house="Sialkot Export House", proofs=[]), evidence(), Policy.version_of("2026-2"), on=ON
)


def kept(card: Card = CARD) -> dict:
    return json.loads(json.dumps(card.to_json()))


def sealed(**changed) -> Card:
    card = replace(CARD, **changed)
    return replace(card, seal=card.computed_seal())


def changed(change) -> dict:
    card = kept()
    change(card)
    return card


def test_the_same_facts_give_the_same_points_line_by_line():
    recount = compute_again(kept())
    assert recount.outcome is Outcome.EQUAL
    assert [(line.printed, line.computed) for line in recount.lines] == [(p.points, p.points) for p in CARD.parts]
    assert sum(line.computed for line in recount.lines) == CARD.total == recount.again.total
    assert [(gate.code, gate.is_equal) for gate in recount.gates] == [(gate.code, True) for gate in CARD.gates]


FIRST, *REST = CARD.parts
FORGED = replace(FIRST, points=FIRST.of)
WRONG = {
    "a changed fact": (changed(lambda card: card["facts"].update(employees=40)), Outcome.CHANGED),
    "a changed figure": (changed(lambda card: card["evidence"]["rca"].update(value=19.0)), Outcome.CHANGED),
    "forged points": (changed(lambda card: card["parts"][0].update(points="12.00")), Outcome.CHANGED),
    "a forged total, which no seal covers": (changed(lambda card: card.update(total="99.00")), Outcome.CHANGED),
    "a forged weight": (changed(lambda card: card["parts"][0].update(of="50.00")), Outcome.CHANGED),
    "waiting points that are none": (changed(lambda card: card["parts"][0].update(waiting="50.00")), Outcome.CHANGED),
    "a card forged with a seal of its own": (kept(sealed(parts=(FORGED, *REST))), Outcome.DIFFERENT),
    "another engine": (kept(sealed(engine_version="0.9")), Outcome.OTHER_ENGINE),
    "another text of the policy": (kept(sealed(policy_digest="0" * 64)), Outcome.OTHER_POLICY),
    "an unknown policy": (kept(sealed(policy_version="2031-7")), Outcome.UNKNOWN_POLICY),
    "a policy outside the folder": (kept(sealed(policy_version="../policies/2026-2")), Outcome.UNKNOWN_POLICY),
    "an unknown track": (kept(sealed(track="space")), Outcome.UNKNOWN_POLICY),
    "another schema": (changed(lambda card: card.update(schema=9)), Outcome.UNREADABLE),
    "no facts": (changed(lambda card: card.pop("facts")), Outcome.UNREADABLE),
    "facts that are a list": (changed(lambda card: card.update(facts=[])), Outcome.UNREADABLE),
    "a number that is none": (changed(lambda card: card["parts"][0].update(points="sNaN")), Outcome.UNREADABLE),
    "points that are no number": (changed(lambda card: card["parts"][0].update(points="NaN")), Outcome.CHANGED),
    "a seal that is a number": (changed(lambda card: card.update(seal=5)), Outcome.UNREADABLE),
    "a day that is none": (changed(lambda card: card.update(on=5)), Outcome.UNREADABLE),
    "nothing": ({}, Outcome.UNREADABLE),
}  # fmt: skip


@pytest.mark.parametrize(("card", "outcome"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_card_is_said(card, outcome):
    assert compute_again(card).outcome is outcome


def test_the_line_that_was_forged_is_found():
    recount = compute_again(WRONG["forged points"][0])
    assert [(line.code, line.printed, line.computed) for line in recount.lines if not line.is_equal] == [
        (FIRST.code, Decimal("12.00"), FIRST.points)
    ]


def test_a_criterion_that_was_left_out_is_found():
    recount = compute_again(changed(lambda card: card["parts"].pop(0)))
    assert [(line.code, line.printed) for line in recount.lines if not line.is_equal] == [(FIRST.code, None)]


@pytest.mark.parametrize("outcome", [Outcome.OTHER_ENGINE, Outcome.OTHER_POLICY, Outcome.UNKNOWN_POLICY])
def test_what_another_engine_or_policy_would_give_is_not_guessed(outcome):
    card = next(card for card, other in WRONG.values() if other is outcome)
    assert compute_again(card).again is None


def test_a_card_of_schema_1_is_computed_under_the_policy_of_then():
    card = kept(score(facts(), evidence(), Policy.version_of("2026-1"), on=ON))
    for part in card["parts"]:
        del part["waiting"]
    card["schema"] = 1
    assert compute_again(card).outcome is Outcome.EQUAL
