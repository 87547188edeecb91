"""A whole score: its parts, its gates by track, its card, and the same again years later."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.engine import ENGINE_VERSION
from selection.engine import score as score_module
from selection.engine.card import Card, CardError, Reason, canonical
from selection.engine.facts import Evidence, Facts, Figure
from selection.engine.measures import Case
from selection.engine.points import columns_of, score_many
from selection.engine.policy import FOLDER, Policy
from selection.engine.score import replay, score
from tests.selection.engine.situations import FROZEN, ON, TRADE, evidence, facts, nothing_told

pytestmark = pytest.mark.unit

POLICY = Policy.version_of("2026-1")
CARD = score(facts(), evidence(), POLICY, on=ON)


def scored(track="general", on=ON, figures=None, **told):
    return score(facts(**told), figures or evidence(), POLICY, on=on, track=track)


def part(card, code):
    (found,) = (part for part in card.parts if part.code == code)
    return found


# --------------------------------------------------------------------------------------------------------------- parts


def test_a_firm_gets_its_points_by_hand_count():
    assert {part.code: (str(part.points), str(part.of)) for part in CARD.parts} == {
        "sector_priority": ("10.80", "12.00"),  # 0.9 of 12
        "export_experience": ("8.66", "14.00"),  # .5 x (.5 + .3 x 21.8/75) + .25 x .7 + .25 x .6 of 14
        "market_diversification": ("3.80", "8.00"),  # .75 x .3 + .25 x 1 of 8
        "product_evidence": ("11.34", "14.00"),  # .35 + .3 x (.4 + .6 x .61) + .2 x .4 + .15 of 14
        "price_position": ("6.24", "8.00"),  # China only: .6 + .4 x .45 of 8
        "platform_demand": ("4.00", "8.00"),  # no figures: half of 8
        "capacity": ("5.24", "8.00"),  # .3 x .8 + .25 x .5 + .2 x .7 + .25 x .6 of 8
        "certifications": ("2.88", "8.00"),  # .6 x .6 of 8
        "digital_readiness": ("2.08", "8.00"),  # .2 x .3 + .15 + .1 x .5 of 8
        "payment_readiness": ("1.50", "5.00"),  # .2 + .1 of 5
        "women": ("3.16", "4.00"),  # .7 + .3 x .3 of 4
        "province": ("1.20", "3.00"),  # .4 of 3
    }
    assert CARD.total == Decimal("60.90")


@pytest.mark.parametrize(
    ("code", "told", "points"),
    [
        ("sector_priority", {"sector": "carpets"}, "12.00"),
        ("sector_priority", {"sector": "tea"}, "3.60"),
        ("sector_priority", {"sector": None}, "0.00"),
        ("export_experience", {"export_route": "none", "export_history": []}, "0.00"),
        ("export_experience", {"export_history": None}, "2.10"),
        ("market_diversification", {"export_markets": ["DEU", "USA", "GBR"], "target_markets": []}, "4.20"),
        ("capacity", {"quality_control": "third_party"}, "6.04"),
        ("capacity", {"capacity_used_pct": 120}, "4.24"),
        ("certifications", {"certifications": []}, "0.00"),
        ("women", {"women_led": None}, "0.36"),
        ("province", {"province": "PK-BA"}, "3.00"),
        ("payment_readiness", {"bank_account_verified": True}, "3.00"),
    ],
)
def test_scenarios(code, told, points):
    assert str(part(scored(**told), code).points) == points


def test_a_firm_that_told_nothing_gets_the_neutral_shares_and_nothing_else():
    card = score(nothing_told(), Evidence(), POLICY, on=ON)

    assert card.total == Decimal("15.00")
    assert card.passed is False
    assert [gate.code for gate in card.refusals] == ["identity", "size", "sector", "export_presence"]
    assert all(part.missing for part in card.parts)


def test_a_missing_national_figure_costs_nothing_against_the_middle():
    without = scored(figures=Evidence())

    assert part(without, "product_evidence").points == Decimal("7.00")
    assert part(without, "price_position").points == Decimal("4.00")


def test_an_expired_certificate_stops_counting_on_the_day_after():
    last_day = scored(on=date(2026, 1, 14))
    next_day = scored(on=date(2026, 1, 15))

    assert part(last_day, "certifications").points > part(next_day, "certifications").points


# --------------------------------------------------------------------------------------------------------------- gates


@pytest.mark.parametrize(
    ("track", "told", "shut"),
    [
        ("general", {}, []),
        ("general", {"tax_registered": False}, []),
        ("general", {"tax_registered": False, "owner_cnic_held": False}, ["identity"]),
        ("general", {"tax_registered": False, "legal_form": "private_limited"}, ["identity"]),
        ("general", {"size_class": "too_large"}, ["size"]),
        ("general", {"size_class": "unknown"}, ["size"]),
        ("general", {"size_class": "micro"}, []),
        ("general", {"sector": None}, ["sector"]),
        ("general", {"export_route": "none", "export_history": []}, ["export_presence"]),
        ("general", {"export_route": "none"}, []),
        ("carpet_revival", {}, ["carpets"]),
        ("carpet_revival", {"sector": "carpets"}, []),
        ("services", {}, ["services"]),
        ("services", {"services": ["SI2"]}, []),
        ("services", {"sector": "ict"}, []),
        ("startup", {}, ["young_firm"]),
        ("startup", {"founded_on": "2021-11-02", "export_route": "none", "export_history": []}, []),
        ("startup", {"founded_on": "2021-11-01"}, ["young_firm"]),
        ("startup", {"founded_on": None, "size_class": "startup_small"}, []),
    ],
)
def test_the_gates_of_each_track(track, told, shut):
    card = scored(track, **told)

    assert [gate.code for gate in card.refusals] == shut
    assert card.passed is (not shut)


@given(st.permutations([criterion.weight for criterion in POLICY.criteria]))
def test_gates_do_not_depend_on_weights(weights):
    criteria = tuple(replace(c, weight=w) for c, w in zip(POLICY.criteria, weights, strict=True))
    other = score(facts(sector=None), evidence(), replace(POLICY, criteria=criteria), on=ON)

    assert other.gates == score(facts(sector=None), evidence(), POLICY, on=ON).gates


def test_a_firm_behind_a_gate_still_sees_its_points():
    assert scored(size_class="too_large").parts == CARD.parts


# ---------------------------------------------------------------------------------------------------------- properties

COUNT = st.none() | st.integers(0, 60)
FLAG = st.none() | st.booleans()
TOLD = st.fixed_dictionaries(
    {
        "sector": st.sampled_from([None, "carpets", "rice", "tea"]),
        "province": st.sampled_from([None, "PK-BA", "PK-PB"]),
        "employees": COUNT,
        "women_employees": COUNT,
        "lead_time_days": COUNT,
        "capacity_used_pct": st.none() | st.integers(0, 100),
        "quality_control": st.sampled_from([None, "none", "own", "third_party"]),
        "export_route": st.sampled_from([None, "none", "export_house", "direct"]),
        "export_markets": st.none() | st.lists(st.sampled_from(["DEU", "USA", "GBR"])),
        "target_markets": st.none() | st.lists(st.sampled_from(["DEU", "USA", "GBR"])),
        "channels": st.none() | st.lists(st.sampled_from(["daraz", "amazon"])),
        "catalogue_products": COUNT,
        "ecommerce_staff": COUNT,
        "internet": st.sampled_from([None, "none", "mobile", "broadband"]),
        "export_history": st.none()
        | st.lists(
            st.fixed_dictionaries({
                "fiscal_year": st.integers(2022, 2028),
                "value_usd": st.floats(0, 1e6),
                "route": st.just("direct"),
            })
        ),
        "certifications": st.none()
        | st.lists(
            st.fixed_dictionaries({
                "kind": st.just("iso_9001"),
                "expires_on": st.sampled_from([None, "2026-01-14", "2028-01-01"]),
                "verified": FLAG,
            })
        ),
    }
    | dict.fromkeys(
        (
            "website", "product_photos", "english_staff", "bank_account_named", "bank_account_verified", "wallet",
            "card_payments", "foreign_currency_account", "paypal_like_service", "women_led", "tax_registered",
        ),
        FLAG,
    )
)  # fmt: skip
FIGURES = st.fixed_dictionaries(
    {
        name: st.floats(-1, 8).map(lambda value, name=name: Figure.of(name, value, **TRADE))
        | st.just(Figure.of(name, None, missing_reason="Nobody reports it."))
        for name in ("rca", "world_import_growth", "unit_value_gap_china", "platform_demand")
    }
)

LADDERS = {
    "quality_control": (None, "none", "own", "third_party"),
    "internet": (None, "none", "mobile", "broadband"),
    "export_route": (None, "none", "export_house", "direct"),
}


def improved(told: dict, key: str) -> dict:
    """The same firm with more of one good."""
    now = told[key]
    if key in LADDERS:
        ladder = LADDERS[key]
        return told | {key: ladder[min(ladder.index(now) + 1, 3)]}
    better = {
        "lead_time_days": lambda: None if now is None else max(now - 5, 0),
        "capacity_used_pct": lambda: None if now is None else max(now - 5, 0),
        "export_markets": lambda: [*(now or []), "ARE"],
        "target_markets": lambda: [*(now or []), "ARE"],
        "channels": lambda: [*(now or []), "etsy"],
        "export_history": lambda: [*(now or []), {"fiscal_year": 2026, "value_usd": 9000, "route": "direct"}],
        "certifications": lambda: [*(now or []), {"kind": "halal", "expires_on": None, "verified": True}],
    }
    if key in better:
        return told | {key: better[key]()}
    return told | {key: True if now is None or isinstance(now, bool) else now + 5}


@given(TOLD, FIGURES, st.data())
def test_more_of_a_good_never_lowers_any_part_of_a_firm(told, figures, data):
    key = data.draw(st.sampled_from(sorted(set(told) - {"sector", "province"})))
    if told[key] is None and key in ("employees", "women_employees", "catalogue_products", "ecommerce_staff"):
        told = told | {key: 0}

    before = scored(figures=Evidence(figures), **told)
    after = scored(figures=Evidence(figures), **improved(told, key))

    assert [b.code for b, a in zip(before.parts, after.parts, strict=True) if a.points < b.points] == []
    assert {gate.code for gate in after.refusals} <= {gate.code for gate in before.refusals}


@given(TOLD, FIGURES)
def test_any_card_comes_back_from_json_and_is_computed_again_to_the_same_bits(told, figures):
    card = scored(figures=Evidence(figures), **told)
    kept = json.dumps(card.to_json())

    assert Card.from_json(json.loads(kept)) == card
    assert replay(kept) == card
    assert json.dumps(replay(kept).to_json()) == kept


@given(st.lists(st.tuples(TOLD, FIGURES), min_size=1, max_size=4))
def test_a_firm_alone_gets_the_points_it_gets_among_others(firms):
    cases = [Case(facts(**told), Evidence(figures), ON) for told, figures in firms]

    together = score_many(columns_of(cases, POLICY), POLICY).total

    alone = [score(case.facts, case.evidence, POLICY, on=ON).total for case in cases]
    assert [Decimal(int(hundredths)) / 100 for hundredths in together] == alone


# ---------------------------------------------------------------------------------------------------- the card, replay


def test_the_card_names_what_it_was_made_by():
    assert (CARD.policy_version, CARD.engine_version, CARD.track, CARD.on) == ("2026-1", ENGINE_VERSION, "general", ON)
    assert CARD.evidence.vintages == ("2026-10",)
    assert CARD.short_seal == f"{CARD.seal[:4]} {CARD.seal[4:8]} {CARD.seal[8:12]}"
    assert CARD.is_sealed()


def test_the_json_of_a_card_carries_total_and_outcome_for_those_who_only_read():
    kept = CARD.to_json()

    assert (kept["total"], kept["passed"], kept["schema"]) == ("60.90", True, 2)


def test_no_identity_number_is_on_the_card():
    assert {field.name for field in fields(Facts)} & {"ntn", "cnic", "iban", "phone", "mobile"} == set()


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept["facts"].update(employees=11),
        lambda kept: kept["evidence"]["rca"].update(value=5.0),
        lambda kept: kept["parts"][0].update(points="12.00"),
        lambda kept: kept["gates"][0].update(passed=False),
        lambda kept: kept.update(on="2026-11-03"),
        lambda kept: kept.update(track="startup"),
        lambda kept: kept.update(policy_digest="0" * 64),
    ],
)
def test_a_card_changed_after_sealing_is_found(change):
    kept = json.loads(json.dumps(CARD.to_json()))
    change(kept)

    assert not Card.from_json(kept).is_sealed()
    with pytest.raises(CardError) as refused:
        replay(kept)
    assert str(refused.value) == "seal: the card was changed after it was sealed."


def resealed(**changed) -> Card:
    card = replace(CARD, **changed)
    return replace(card, seal=card.computed_seal())


def test_a_card_forged_with_a_new_seal_is_found_by_computing_it_again():
    first, *others = CARD.parts
    forged = resealed(parts=(replace(first, points=Decimal("12.00")), *others))

    with pytest.raises(CardError) as refused:
        replay(forged.to_json())

    assert str(refused.value) == "parts: computed again, these differ: sector_priority."


def test_a_forged_gate_is_found_too():
    first, *others = CARD.gates

    with pytest.raises(CardError) as refused:
        replay(resealed(gates=(replace(first, passed=False), *others)).to_json())

    assert str(refused.value) == "parts: computed again, these differ: the gates."


def test_a_card_of_another_engine_is_not_passed_off_as_computed_again():
    with pytest.raises(CardError) as refused:
        replay(resealed(engine_version="0.9").to_json())

    assert str(refused.value) == f"engine_version: the card is of engine 0.9, this is {ENGINE_VERSION}."


def test_a_card_is_computed_again_only_under_its_own_policy():
    text = (FOLDER / "2026-1.toml").read_text().replace("cost_pkr = 15000", "cost_pkr = 16000")

    with pytest.raises(CardError) as refused:
        replay(CARD.to_json(), Policy.parse(text))

    assert str(refused.value) == "policy_digest: this is not the policy 2026-1 that the card was scored under."
    assert replay(CARD.to_json(), POLICY) == CARD


def test_a_card_is_computed_again_on_its_own_track():
    card = scored("startup")
    assert replay(card.to_json()) == card


def test_better_words_do_not_make_an_old_card_wrong():
    first, *others = CARD.parts
    older = replace(CARD, parts=(replace(first, reason=Reason("Said in older words.")), *others))

    assert replay(older.to_json()) == CARD


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda kept: kept.update(schema=9), "schema: this engine reads cards up to schema 2, got 9."),
        (lambda kept: kept.pop("track"), "track: the key is missing."),
        (lambda kept: kept["parts"][0].pop("of"), "of: the key is missing."),
    ],
)
def test_a_broken_card_is_refused(change, refusal):
    kept = json.loads(json.dumps(CARD.to_json()))
    change(kept)

    with pytest.raises(CardError) as refused:
        Card.from_json(kept)

    assert str(refused.value) == refusal


def test_a_key_that_the_engine_does_not_know_changes_no_score():
    assert score(Facts.from_frozen(FROZEN | {"colour": "green"}), evidence(), POLICY, on=ON) == CARD


def test_the_engine_needs_no_django():
    code = f"import sys, {score_module.__name__}, selection.engine.explain; print('django' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "False\n"


def test_a_value_is_written_for_hashing_in_one_way_alone():
    assert canonical({"town": "لاہور", "b": [1, 2.5], "a": None}) == '{"a":null,"b":[1,2.5],"town":"لاہور"}'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"points": float("nan")})
