"""The frozen facts and the evidence: read strictly, written back without loss."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from selection.engine.facts import (
    INDICATORS,
    Certification,
    Evidence,
    ExportYear,
    Facts,
    FactsError,
    Figure,
    Product,
    kind_of_fact,
)
from selection.engine.measures import MEASURES
from smes.profile.facts import FROZEN_SCHEMA
from tests.selection.engine.situations import FROZEN, TRADE, evidence, facts, nothing_told

pytestmark = pytest.mark.unit


def test_facts_are_read_from_the_frozen_copy():
    read = facts()

    assert read.sme == "k3v9q2m7x4ab"
    assert read.founded_on == date(2012, 3, 1)
    assert read.products == (Product("950662", "Footballs", 80.0, True, 1250.5, "ball"),)
    assert read.certifications == (
        Certification("iso_9001", date(2026, 1, 14), verified=True),
        Certification("fifa_basic", date(2028, 6, 30), verified=False),
    )
    assert read.export_history == (
        ExportYear(2025, 25_000.0, "export_house"),
        ExportYear(2026, 46_800.0, "export_house"),
    )
    assert read.services == ()
    assert read.english_staff is None


def test_facts_come_back_from_json_as_they_were():
    for told in (facts(), nothing_told()):
        assert Facts.from_frozen(json.loads(json.dumps(told.to_frozen()))) == told


def test_the_frozen_copy_keeps_exactly_its_keys():
    assert set(facts().to_frozen()) == set(FROZEN)


def test_a_fact_that_the_engine_does_not_know_is_passed_over():
    assert Facts.from_frozen(FROZEN | {"favourite_colour": "green"}) == facts()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        (
            {"schema": FROZEN_SCHEMA + 1},
            f"schema: this engine reads schemas up to {FROZEN_SCHEMA}, got {FROZEN_SCHEMA + 1}.",
        ),
        ({"sme": None}, "sme: the firm's public id is missing."),
        ({"sme": ""}, "sme: the firm's public id is missing."),
        ({"name": 5}, "name: expected text, got 5."),
        ({"women_led": 1}, "women_led: expected true or false, got 1."),
        ({"employees": True}, "employees: expected a whole number, got True."),
        ({"employees": 2.5}, "employees: expected a whole number, got 2.5."),
        ({"employees": 10**400}, f"employees: expected a whole number of at most 19 digits, got {10**400}."),
        ({"founded_on": "1 March 2012"}, "founded_on: expected a date as YYYY-MM-DD, got '1 March 2012'."),
        ({"founded_on": 2012}, "founded_on: expected a date as YYYY-MM-DD, got 2012."),
        ({"channels": "daraz"}, "channels: expected a list, got 'daraz'."),
        ({"channels": ["daraz", 5]}, "channels[1]: expected text, got 5."),
        ({"products": ["950662"]}, "products[0]: expected a table, got '950662'."),
        ({"products": [{"price_pkr": "much"}]}, "products[0].price_pkr: expected a number, got 'much'."),
        ({"products": [{"price_pkr": True}]}, "products[0].price_pkr: expected a number, got True."),
        ({"products": [{"price_pkr": "inf"}]}, "products[0].price_pkr: expected a finite number, got 'inf'."),
        ({"products": [{"price_pkr": 10**400}]}, f"products[0].price_pkr: expected a finite number, got {10**400}."),
    ],
)
def test_a_broken_frozen_copy_is_refused_by_the_name_of_its_key(changed, refusal):
    with pytest.raises(FactsError) as refused:
        Facts.from_frozen(FROZEN | changed)

    assert str(refused.value) == refusal


def test_a_missing_key_is_refused():
    with pytest.raises(FactsError) as refused:
        Facts.from_frozen({key: value for key, value in FROZEN.items() if key != "wallet"})

    assert str(refused.value) == "wallet: the key is missing."


def test_the_kind_of_a_fact_is_known_by_its_name():
    names = ("website", "employees", "city", "channels", "founded_on", "no_such_fact")

    assert [kind_of_fact(name) for name in names] == ["flag", "whole", "text", "other", "other", None]


def test_evidence_comes_back_from_json_as_it_was():
    kept = evidence(
        export_potential=Figure(12, "USD", **TRADE), platform_demand=Figure.of("platform_demand", Decimal(3))
    )

    assert Evidence.from_json(json.loads(json.dumps(kept.to_json()))) == kept
    assert Evidence.from_json({}) == Evidence()


def test_evidence_answers_with_values_and_vintages():
    undated = Figure.of("platform_demand", 3.0)
    kept = evidence(rca=Figure.of("rca", 2.0, vintage="2026-09"), platform_demand=undated)

    assert kept.value("rca") == 2.0
    assert kept.value("unit_value_gap_india") is None
    assert kept.value("no_such_figure") is None
    assert kept.vintages == ("2026-09", "2026-10")


def test_each_indicator_has_one_unit():
    assert set(INDICATORS) == {code for code, measure in MEASURES.items() if measure.is_evidence}
    with pytest.raises(FactsError) as refused:
        Evidence({"world_import_growth": Figure(6.1, "per cent a year")})
    assert str(refused.value) == "world_import_growth: the unit must be 'fraction a year', got 'per cent a year'."


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_is_finite_or_missing(value):
    with pytest.raises(FactsError):
        Figure(value, "ratio")


def test_a_missing_figure_says_why():
    with pytest.raises(FactsError) as refused:
        Figure(None, "ratio")

    assert str(refused.value) == "A figure without a value must say why."


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"value": 1.0}, "rca: unknown or missing keys: unit."),
        ({"value": 1.0, "unit": "ratio", "colour": "red"}, "rca: unknown or missing keys: colour."),
        ({"value": "many", "unit": "ratio"}, "rca.value: expected a number, got 'many'."),
    ],
)
def test_broken_evidence_is_refused(row, refusal):
    with pytest.raises(FactsError) as refused:
        Evidence.from_json({"rca": row})

    assert str(refused.value) == refusal


def test_facts_and_figures_cannot_be_changed():
    with pytest.raises(AttributeError):
        facts().name = "Another"
    assert replace(facts(), name="Another").name == "Another"
