"""The check of a certificate refuses whatever was changed in it. The untouched one passes, so each refusal is the change's."""

import json
from dataclasses import replace

import pytest

from selection.engine.compose import compose
from selection.engine.compose_pool import Composition, Rule
from selection.engine.compose_proof import check_certificate
from tests.selection.engine.small_pools import medium_pool
from tests.selection.engine.test_compose import MEDIUM_RULES

pytestmark = pytest.mark.unit

SEATS, BUDGET = 40, 7_000_000
POOL = medium_pool(3, 300)
LOCKS = ((12,), (2,))


@pytest.fixture(scope="module")
def kept() -> str:
    answer = compose(POOL, seats=SEATS, rules=MEDIUM_RULES, budget=BUDGET, locked_in=LOCKS[0], locked_out=LOCKS[1])
    return json.dumps(answer.to_json())


@pytest.fixture
def answer(kept) -> Composition:
    return Composition.from_json(json.loads(kept))


def faults(answer: Composition, *, seats=SEATS, rules=MEDIUM_RULES, budget=BUDGET, locks=LOCKS) -> list[str]:
    return check_certificate(POOL, seats, rules, budget, locks, answer)


def leaves(answer: Composition) -> list[dict]:
    return [step for step in answer.certificate["proof"] if "multipliers" in step]


def test_the_certificate_as_it_was_made_passes_and_needs_its_branches(answer):
    assert faults(answer) == []
    assert len(leaves(answer)) > 3


def test_another_firm_in_the_set_is_refused(answer):
    others = [firm for firm in POOL.ids.tolist() if firm not in answer.chosen]
    for firm in (others[0], others[-1], 9999):
        assert faults(replace(answer, chosen=(*answer.chosen[:-1], firm)))


def test_a_firm_left_out_or_named_twice_is_refused(answer):
    assert faults(replace(answer, chosen=answer.chosen[:-1]))
    assert faults(replace(answer, chosen=(*answer.chosen, answer.chosen[0])))


@pytest.mark.parametrize("change", [{"points": 1}, {"points": -1}, {"penalty": 1}, {"bound": -1}])
def test_another_sum_or_a_lower_bound_is_refused(answer, change):
    changed = {name: getattr(answer, name) + by for name, by in change.items()}
    assert faults(replace(answer, **changed))


def test_a_worse_set_that_claims_to_be_the_best_is_refused(answer):
    worse = compose(POOL, seats=SEATS, rules=MEDIUM_RULES, budget=BUDGET - 100_000, locked_in=[12], locked_out=[2])
    assert faults(worse, budget=BUDGET - 100_000) == []
    assert worse.points < answer.points
    assert faults(replace(worse, certificate=answer.certificate))
    assert faults(worse)


def test_a_multiplier_changed_below_zero_or_above_a_soft_weight_is_refused(answer):
    soft = ["kp", "", MEDIUM_RULES[6].weight * answer.certificate["scale"] + 1]
    for entry in (["seats", "", -5], ["seats", "", 1.5], ["nobody", "", 1], ["partner", "K9", 1], soft):
        certificate = json.loads(json.dumps(answer.certificate))
        certificate["root"].append(entry)
        assert faults(replace(answer, certificate=certificate)), entry


def test_a_leaf_whose_multipliers_are_taken_away_is_refused(answer):
    refused = 0
    for place in range(len(leaves(answer))):
        changed = Composition.from_json(json.loads(json.dumps(answer.to_json())))
        leaves(changed)[place]["multipliers"] = []
        refused += bool(faults(changed))
    assert refused > len(leaves(answer)) / 2  # a leaf that holds one set alone may need none


def test_root_multipliers_of_another_question_are_refused(answer):
    certificate = json.loads(json.dumps(answer.certificate))
    certificate["root"] = [[code, value, number // 2] for code, value, number in certificate["root"]]
    assert faults(replace(answer, certificate=certificate))


def test_each_missing_step_of_the_proof_is_refused(answer):
    proof = answer.certificate["proof"]
    for place in range(len(proof)):
        shorter = answer.certificate | {"proof": proof[:place] + proof[place + 1 :]}
        assert faults(replace(answer, certificate=shorter)), place
    assert faults(replace(answer, certificate=answer.certificate | {"proof": []}))


def test_a_step_too_many_is_refused(answer):
    proof = answer.certificate["proof"]
    assert faults(replace(answer, certificate=answer.certificate | {"proof": [*proof, proof[-1]]}))


def test_a_branch_at_another_firm_is_refused(answer):
    proof = [dict(step) for step in answer.certificate["proof"]]
    branch = next(step for step in proof if "firm" in step)
    branch["firm"] = 9999
    assert faults(replace(answer, certificate=answer.certificate | {"proof": proof}))


def test_a_higher_aim_fixes_no_more_firms_than_the_bound_allows(answer):
    certificate = answer.certificate | {"aim": answer.certificate["aim"] + 10**9}
    alone = replace(answer, certificate=certificate | {"proof": [{"points": 1, "multipliers": certificate["root"]}]})
    assert faults(alone)


@pytest.mark.parametrize("certificate", [{}, {"proof": []}, {"proof": [], "scale": 0, "root": []}, {"proof": 5}])
def test_what_is_no_certificate_is_refused(answer, certificate):
    assert faults(replace(answer, certificate=certificate))


def test_it_is_refused_under_other_rules_locks_seats_or_budget(answer):
    assert faults(answer, seats=SEATS - 1)
    assert faults(answer, budget=BUDGET - 1_000_000)
    assert faults(answer, budget=BUDGET + 1_000_000)
    assert faults(answer, rules=MEDIUM_RULES[1:])
    assert faults(answer, rules=[*MEDIUM_RULES, Rule("more", "province", ("KP",), is_floor=True, number=20)])
    assert faults(answer, locks=((12, 299), (2,)))
    assert faults(answer, locks=((12,), (2, answer.chosen[0])))
    assert faults(answer, locks=((12,), ()))


def test_numbers_too_large_to_add_up_are_refused_not_wrapped_round(answer):
    certificate = answer.certificate | {"root": [["seats", "", 2**61]]}
    assert faults(replace(answer, certificate=certificate))
