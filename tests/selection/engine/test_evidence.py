"""What each level of evidence earns under policy 2026-2, and what waits for proof."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.engine.card import Card, CardError
from selection.engine.explain import papers_that_lift, ways_up
from selection.engine.facts import Evidence, Facts, FactsError, all_at, facts_at, keys_of_proofs, level_of
from selection.engine.policy import FOLDER, Policy, PolicyError
from selection.engine.score import replay, score
from smes.vocabulary.evidence import LEVELS, EvidenceLevel
from smes.vocabulary.paper_kinds import KINDS, PROVABLE, can_show, kinds_that_prove
from tests.selection.engine.situations import FROZEN, ON, evidence

pytestmark = pytest.mark.unit

POLICY = Policy.version_of("2026-2")
SAID, BACKED, VERIFIED, CONFIRMED = LEVELS
COPY = FROZEN | {
    "schema": 2,
    "export_house": "Sialkot Export House",
    "bank_account_named": True,
    "certifications": [
        {"kind": "iso_9001", "expires_on": "2026-12-31", "verified": False},
        {"kind": "fifa_basic", "expires_on": None, "verified": False},
    ],
    "proofs": [],
}


def proof(fact, level="verified", until=None):
    return {
        "fact": fact, "level": level, "paper": "export_proof", "document": "p1", "by": "o1", "on": "2026-10-20", "until": until
    }  # fmt: skip


def firm(*proofs, **changed) -> Facts:
    return Facts.from_frozen(COPY | {"proofs": list(proofs)} | changed)


def points_of(facts, policy=POLICY, on=ON):
    return {part.code: part.points for part in score(facts, evidence(), policy, on=on).parts}


def test_points_of_each_level_by_hand_count():
    # Exports of USD 46,800 win 0.5872 of the half; two years 0.7 and an export house 0.6 of a quarter each: 0.6186 of 17.
    whole = 17 * (0.5 * (0.5 + 0.3 * 21_800 / 75_000) + 0.25 * 0.7 + 0.25 * 0.6)
    keys = ("export_history/2025/export_house", "export_history/2026/export_house", "export_route")
    earned = {}
    for level in LEVELS:
        earned[level] = points_of(firm(*(proof(key, level) for key in keys)))["export_experience"]
    assert earned == {
        SAID: Decimal(f"{whole * 0.1:.2f}"),
        BACKED: Decimal(f"{whole * 0.25:.2f}"),
        VERIFIED: Decimal(f"{whole:.2f}"),
        CONFIRMED: Decimal(f"{whole:.2f}"),
    }


def test_each_row_of_a_list_stands_by_itself():
    # Verified is the year with 25,000 (0.5); the better year is only said, and adds a tenth of what it adds: 0.0872.
    one = points_of(firm(proof("export_history/2025/export_house")))["export_experience"]
    value = 0.5 * (0.5 + 0.1 * (0.3 * 21_800 / 75_000))
    years = 0.25 * (0.4 + 0.1 * 0.3)
    assert one == Decimal(f"{17 * (value + years + 0.25 * 0.6 * 0.1):.2f}")


def test_a_certificate_without_its_last_day_is_not_in_force_however_well_it_is_proven():
    both = (proof("certifications/iso_9001"), proof("certifications/fifa_basic"))
    assert points_of(firm(*both))["certifications"] == Decimal("5.40")  # one in force: 0.6 of 9
    assert points_of(firm(*both), Policy.version_of("2026-1"))["certifications"] == Decimal(
        "3.84"
    )  # then: two of them, 0.8 of 0.6 of 8


def test_a_proof_counts_until_its_last_day_and_not_on_the_next():
    facts = firm(proof("province", until="2026-11-02"))
    assert level_of(facts, "province", date(2026, 11, 2)) is VERIFIED
    assert level_of(facts, "province", date(2026, 11, 3)) is SAID
    assert points_of(facts, on=date(2026, 11, 2))["province"] == Decimal("1.20")
    assert points_of(facts, on=date(2026, 11, 3))["province"] == Decimal("0.12")


def test_the_best_proof_of_a_fact_counts_whatever_their_order():
    proofs = [proof("province", "backed"), proof("province", "confirmed"), proof("province", "said")]
    for order in (proofs, proofs[::-1]):
        assert level_of(firm(*order), "province", ON) is CONFIRMED


def test_what_waits_for_proof_is_what_verification_would_win():
    card = score(firm(proof("province")), evidence(), POLICY, on=ON)
    proven = score(all_at(card.facts, VERIFIED), evidence(), POLICY, on=ON)
    assert {part.code: part.points + part.waiting for part in card.parts} == {
        part.code: part.points for part in proven.parts
    }
    assert card.waiting == proven.total - card.total > 30
    assert proven.waiting == 0


def test_under_the_first_policy_nothing_waits_and_proofs_change_nothing():
    first = Policy.version_of("2026-1")
    bare, proven = (score(facts, evidence(), first, on=ON) for facts in (firm(), all_at(firm(), VERIFIED)))
    assert bare.waiting == 0
    assert bare.total == proven.total


def test_a_copy_of_the_first_schema_is_scored_as_said():
    old = Facts.from_frozen(FROZEN)
    assert old.proofs is None
    assert points_of(old)["women"] == Decimal("0.32")


def test_a_card_keeps_what_waits_and_one_of_the_first_schema_has_none():
    card = score(firm(proof("province")), evidence(), POLICY, on=ON)
    kept = card.to_json()
    assert Card.from_json(kept) == card == replay(kept)
    older = kept | {"schema": 1, "parts": [{k: v for k, v in part.items() if k != "waiting"} for part in kept["parts"]]}
    assert Card.from_json(older).waiting == 0
    with pytest.raises(CardError, match="up to schema 2"):
        Card.from_json(kept | {"schema": 3})


def test_a_proof_forged_on_a_card_breaks_its_seal():
    card = score(firm(), evidence(), POLICY, on=ON)
    assert not replace(card, facts=all_at(card.facts, VERIFIED)).is_sealed()


@pytest.mark.parametrize(
    "proofs", [[proof("province", "certain")], [{"fact": "province", "on": "yesterday"}], "all", [7]]
)
def test_a_proof_that_cannot_be_read_is_refused(proofs):
    with pytest.raises(FactsError, match="proofs"):
        Facts.from_frozen(COPY | {"proofs": proofs})


def test_a_missing_figure_is_said_to_win_the_part_that_the_policy_gives():
    (part,) = [part for part in score(firm(), Evidence({}), POLICY, on=ON).parts if part.code == "product_evidence"]

    assert part.points == Decimal("3.00")  # 0.2 of 15
    assert "a part is given: 20 % of the points" in part.reason.format()


# ------------------------------------------------------------------------------------------------------- properties

KEYS = keys_of_proofs(firm())
SOME_PROOFS = st.lists(st.builds(proof, st.sampled_from(KEYS), st.sampled_from(LEVELS)), max_size=12)


@given(SOME_PROOFS, st.sampled_from(KEYS), st.sampled_from(LEVELS))
def test_a_further_proof_never_lowers_any_part(proofs, key, level):
    before, after = points_of(firm(*proofs)), points_of(firm(*proofs, proof(key, level)))
    assert all(after[code] >= before[code] for code in before)


@given(SOME_PROOFS, st.integers(min_value=0, max_value=10**7))
def test_a_further_export_year_never_lowers_any_part(proofs, value):
    history = [*COPY["export_history"], {"fiscal_year": 2024, "value_usd": value, "route": "direct"}]
    before, after = points_of(firm(*proofs)), points_of(firm(*proofs, export_history=history))
    assert all(after[code] >= before[code] for code in before)


@given(SOME_PROOFS)
def test_the_levels_lie_inside_each_other(proofs):
    facts = firm(*proofs)
    for weaker, stronger in itertools.pairwise(LEVELS):
        worse, better = facts_at(facts, weaker, ON), facts_at(facts, stronger, ON)
        assert set(better.export_history) <= set(worse.export_history)
        assert better.province in (None, worse.province)


# ------------------------------------------------------------------------------------------------ papers that lift


def test_each_paper_that_lifts_names_its_facts_and_its_gain_by_a_second_score():
    facts = firm(proof("province"))
    found = {way.kind: way for way in papers_that_lift(facts, evidence(), POLICY, on=ON)}
    way = found["bank_certificate"]
    assert way.keys == ("bank_account_named", "foreign_currency_account")
    assert (way.gain, way.criteria) == (Decimal("2.70"), ("payment_readiness",))  # 0.9 of 0.5 of 6
    assert "province" not in found["ntn_certificate"].keys
    assert "partnership_deed" not in found  # she is a sole proprietor
    lifted = score(all_at(facts, VERIFIED, found["export_proof"].keys), evidence(), POLICY, on=ON)
    assert lifted.total - score(facts, evidence(), POLICY, on=ON).total == found["export_proof"].gain


def test_when_everything_is_verified_no_paper_lifts():
    assert papers_that_lift(all_at(firm(), VERIFIED), evidence(), POLICY, on=ON) == ()


def test_a_certificate_is_shown_by_papers_of_its_own_group():
    assert kinds_that_prove("certifications/iso_9001") == ("quality_certificate",)
    assert kinds_that_prove("certifications/sedex") == ("social_certificate",)
    assert kinds_that_prove("certifications/unheard_of") == ()
    assert not can_show(KINDS["quality_certificate"], "certifications/sedex")


def test_a_way_up_is_worth_what_it_wins_once_its_paper_is_there():
    gains = {way.code: way.gain for way in ways_up(all_at(firm(), VERIFIED), evidence(), POLICY, on=ON)}
    assert gains["website"] == Decimal("1.20")  # 0.15 of 8
    assert gains["broadband"] == Decimal("0.40")  # no paper shows it: from half to all of 0.1 of 8
    assert gains["further_certificate"] == Decimal("1.80")  # from one to two in force: 0.2 of 9
    assert "photographs" not in gains  # it has them


# --------------------------------------------------------------------------------------------------------- the file

TEXT = (FOLDER / "2026-2.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("backed = 0.25", "backed = 0.05", "scales[0].confirmed"),
        ("said = 0.1\n", "said = -0.1\n", "scales[0].confirmed"),
        ("confirmed = 1\n", "confirmed = 0.9\n", "scales[0].confirmed"),
        ("confirmed = 1\n", "confirmed = 1\nrumoured = 0\n", "scales[0].rumoured"),
        ('scale = "papers"', 'scale = "trust"', "criteria[1].items[0].scale"),
        ('measure = "internet"\n', 'measure = "internet"\nscale = "papers"\n', "criteria[7].items[5].scale"),
        ('measure = "rca"\n', 'measure = "rca"\nscale = "papers"\n', "criteria[3].items[0].scale"),
        ("schema = 2", "schema = 1", "criteria[0].items[0].scale"),
        ("schema = 2", "schema = 3", "schema"),
    ],
)
def test_a_scale_that_could_not_be_kept_is_refused(old, new, key):
    assert old in TEXT
    with pytest.raises(PolicyError) as refused:
        Policy.parse(TEXT.replace(old, new, 1))
    assert refused.value.key == key


def test_a_scale_that_nothing_uses_is_refused():
    with pytest.raises(PolicyError, match="no item uses 'plain_to_see'"):
        Policy.parse(TEXT.replace('scale = "plain_to_see"', 'scale = "papers"'))


def test_whatever_counts_by_a_scale_can_be_shown_by_a_paper_that_some_firm_sends():
    scaled = {fact for item in POLICY.items if item.scale for fact in item.of.rests_on}
    assert scaled <= PROVABLE
    assert {fact for fact in scaled if not kinds_that_prove(fact)} <= {"certifications"}


def test_each_level_has_its_rank():
    assert [level.rank for level in LEVELS] == [0, 1, 2, 3]
    assert EvidenceLevel("backed") is BACKED
