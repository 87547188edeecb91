"""What a measure reads off a firm on a day."""

from datetime import date, timedelta

import pytest

from selection.engine.facts import Evidence
from selection.engine.measures import MEASURES, Case, age_years, export_years, fiscal_year_of
from smes.vocabulary.sizes import size_class
from tests.selection.engine.situations import ON, evidence, facts, nothing_told

pytestmark = pytest.mark.unit


def measured(code, on=ON, **changed):
    return MEASURES[code].read(Case(facts(**changed), evidence(), on))


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 6, 30), 2026), (date(2026, 7, 1), 2027), (date(2026, 12, 31), 2027)]
)
def test_the_fiscal_year_begins_in_july_and_is_named_by_its_end(day, year):
    assert fiscal_year_of(day) == year


def test_exports_are_those_of_the_last_three_fiscal_years_and_the_running_one():
    history = [
        {"fiscal_year": year, "value_usd": value, "route": "direct"}
        for year, value in [(2023, 9e6), (2024, 10), (2025, 20), (2025, 5), (2027, 1), (2028, 9e6)]
    ]

    assert export_years(facts(export_history=history), ON) == {2024: 10, 2025: 25, 2027: 1}


@pytest.mark.parametrize(
    "row", [{"fiscal_year": None, "value_usd": 5}, {"fiscal_year": 2026}, {"fiscal_year": 2026, "value_usd": -5}]
)
def test_an_export_row_without_year_or_value_does_not_count(row):
    assert export_years(facts(export_history=[row]), ON) == {}


def test_age_is_exact_on_the_birthday():
    assert age_years(date(2021, 11, 2), ON) == 5.0
    assert age_years(date(2021, 11, 1), ON) > 5.0
    assert 4.99 < age_years(date(2021, 11, 3), ON) < 5.0
    assert age_years(date(2024, 2, 29), date(2026, 3, 1)) == 2.0
    assert age_years(date(2026, 11, 3), ON) is None
    assert age_years(None, ON) is None


def test_the_age_of_the_engine_and_the_start_up_band_agree_on_every_day():
    """Four years of founding days, each with the days around its fifth birthday."""
    for founded_on in (date(2019, 1, 1) + timedelta(days=number) for number in range(4 * 366)):
        for day in (founded_on + timedelta(days=5 * 365 + number) for number in range(-2, 6)):
            is_start_up = size_class(1, None, founded_on, day).size_class == "startup_small"
            assert (age_years(founded_on, day) <= 5) == is_start_up, (founded_on, day)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("sector", "sports_goods"),
        ("women_led", True),
        ("english_staff", None),
        ("employees", 10.0),
        ("spare_capacity_pct", 15.0),
        ("export_value_usd", 46_800.0),
        ("export_years", 2.0),
        ("export_markets_count", 1.0),
        ("channels_count", 0.0),
        ("certificates_in_force", 1.0),
        ("certificates_verified", 0.0),
        ("rca", 4.2),
        ("unit_value_gap_india", None),
        ("platform_demand", None),
    ],
)
def test_a_measure_reads_the_firm_and_its_evidence(code, value):
    assert measured(code) == value


def test_a_country_named_twice_counts_once():
    assert measured("export_markets_count", export_markets=["DEU", "DEU", "USA"]) == 2.0


def test_certificates_are_judged_by_the_day():
    assert measured("certificates_in_force", on=date(2026, 1, 14)) == 2.0
    assert measured("certificates_verified", on=date(2026, 1, 14)) == 1.0
    undated = [{"kind": "halal", "expires_on": None, "verified": None}]
    assert measured("certificates_in_force", certifications=undated) == 1.0
    assert measured("certificates_verified", certifications=undated) == 0.0


def test_told_nothing_and_told_none_are_two_things():
    assert measured("export_value_usd", export_history=[]) == 0.0
    assert measured("export_value_usd", export_history=None) is None
    assert measured("sector", sector="") is None


def test_a_firm_that_told_nothing_has_no_measure_at_all():
    case = Case(nothing_told(), Evidence(), ON)

    assert {code for code, measure in MEASURES.items() if measure.read(case) is not None} == set()
