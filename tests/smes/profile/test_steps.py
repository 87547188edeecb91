from decimal import Decimal

import pytest

from smes.profile.facts import FACTS
from smes.profile.steps import (
    NEEDED,
    STEP_BY_CODE,
    STEPS,
    OwnerShare,
    is_given,
    last_closed_fiscal_year,
    led_by_women,
    led_by_young,
    needed_in,
    progress_of,
)

pytestmark = pytest.mark.unit

EMPTY = {"name": "Noor"}


def test_nine_steps_and_every_needed_fact_has_a_name():
    assert [step.code for step in STEPS] == list(NEEDED) == list(STEP_BY_CODE)
    assert len(STEPS) == 9
    assert {fact for facts in NEEDED.values() for fact in facts} <= {key for key, fact in FACTS.items() if fact.label}


@pytest.mark.parametrize(
    ("step", "facts", "asked"),
    [
        ("identity", {"legal_form": "private_limited"}, "secp_registered"),
        ("sector", {"declared_sector": "ict"}, "services"),
        ("products", {"declared_sector": "rice"}, "products"),
        ("exports", {"export_route": "direct"}, "export_markets"),
        ("exports", {"export_route": "export_house"}, "export_history"),
        ("payments", {"bank_account_named": True}, "iban_held"),
    ],
)
def test_some_facts_are_asked_only_of_some_firms(step, facts, asked):
    assert asked in needed_in(step, facts)


@pytest.mark.parametrize(
    ("step", "facts", "not_asked"),
    [
        ("identity", {"legal_form": "sole_proprietor"}, "secp_registered"),
        ("sector", {"declared_sector": "rice"}, "services"),
        ("products", {"declared_sector": "ict"}, "products"),
        ("exports", {"export_route": "export_house"}, "export_markets"),
        ("exports", {"export_route": "none"}, "export_history"),
        ("payments", {"bank_account_named": False}, "iban_held"),
    ],
)
def test_and_not_of_others(step, facts, not_asked):
    assert not_asked not in needed_in(step, facts)


def test_an_unknown_step_is_a_fault():
    with pytest.raises(KeyError):
        needed_in("wishes", {})


@pytest.mark.parametrize(
    ("fact", "facts", "told"),
    [
        ("name", {"name": ""}, False),
        ("employees", {"employees": 0}, True),
        ("website", {"website": False}, True),
        ("website", {"website": None}, False),
        ("target_markets", {"target_markets": []}, False),
        ("phone_held", {"phone_held": False}, False),
        ("tax_number", {"tax_registered": True}, True),
        ("tax_number", {"legal_form": "sole_proprietor", "owner_cnic_held": True}, True),
        ("tax_number", {"legal_form": "partnership", "owner_cnic_held": True}, False),
        ("owner_shares", {"owner_shares_pct": [Decimal(60), Decimal(40)]}, True),
        ("owner_shares", {"owner_shares_pct": [Decimal(60)]}, False),
        ("owner_shares", {}, False),
        ("owners", {"owner_shares_pct": []}, False),
        ("product_shares", {"products": [{"share_pct": 80}, {"share_pct": 20}]}, True),
        ("product_shares", {"products": [{"share_pct": 80}, {"share_pct": None}]}, False),
        ("product_shares", {"products": []}, False),
        ("main_price", {"products": [{"is_main": True, "price_pkr": 5.0}]}, True),
        ("main_price", {"products": [{"is_main": False, "price_pkr": 5.0}]}, False),
        ("secp_registered", {"secp_registered": False}, False),
        ("owner_cnic_held", {"owner_cnic_held": True}, True),
        ("address_held", {}, False),
        ("iban_held", {"iban_held": True}, True),
    ],
)
def test_what_counts_as_told(fact, facts, told):
    assert is_given(fact, facts) is told


def test_progress_counts_what_is_told_and_names_the_next_step():
    progress = progress_of(EMPTY, error_counts={"place": 2}, saved=frozenset({"identity"}))
    first, place = progress.steps[0], progress.steps[2]
    assert (first.filled, first.needed, first.saved, first.is_complete) == (1, 5, True, False)
    assert first.missing == ("legal_form", "founded_on", "tax_number", "phone_held")
    assert (place.error_count, place.saved) == (2, False)
    assert progress.next_step.code == "identity"
    assert (progress.filled, progress.is_complete) == (1, False)
    assert progress.percent == 100 // progress.needed


def test_a_mistake_keeps_a_step_from_being_complete():
    facts = {"declared_sector": "rice"}
    assert progress_of(facts, error_counts={}, saved=frozenset()).steps[3].is_complete
    assert not progress_of(facts, error_counts={"sector": 1}, saved=frozenset()).steps[3].is_complete


def owners(*rows):
    return [OwnerShare(gender, Decimal(share), year) for gender, share, year in rows]


@pytest.mark.parametrize(
    ("rows", "led"),
    [
        (owners(("female", 51, None), ("male", 49, None)), True),
        (owners(("female", 50, None), ("male", 50, None)), False),
        (owners(("female", 40, None), ("", 60, None)), None),
        (owners(("female", 40, None), ("undisclosed", 10, None), ("male", 50, None)), False),
        (owners(("other", 100, None)), False),
        ([], False),
    ],
)
def test_women_lead_where_they_hold_more_than_half(rows, led):
    assert led_by_women(rows) is led


@pytest.mark.parametrize(
    ("rows", "led"),
    [
        (owners(("", 60, 1996), ("", 40, 1960)), True),
        (owners(("", 60, 1995), ("", 40, 2000)), False),
        (owners(("", 60, None), ("", 40, 2000)), None),
    ],
)
def test_young_people_lead_until_they_turn_thirty(rows, led):
    assert led_by_young(rows, 2026) is led


@pytest.mark.parametrize(
    ("year", "month", "closed"), [(2026, 6, 2025), (2026, 7, 2026), (2026, 12, 2026), (2027, 1, 2026)]
)
def test_the_fiscal_year_closes_in_june(year, month, closed):
    assert last_closed_fiscal_year(year, month) == closed
