"""What a firm says against itself: each rule with a pair of values that just fits and one that does not."""

from datetime import date

import pytest

from smes.profile.contradictions import BOUNDS, RULES, contradictions_of, leaps_between, least_rupees

pytestmark = pytest.mark.unit
DAY = date(2026, 11, 29)


def exports(*years: tuple[int, float], route: str = "direct") -> list[dict]:
    return [{"fiscal_year": year, "value_usd": value, "route": route} for year, value in years]


def found(**known) -> list[str]:
    return [each.code for each in contradictions_of(known, on=known.pop("on", DAY))]


@pytest.mark.parametrize(
    ("fits", "clashes", "code"),
    [
        (
            {"turnover_pkr": 27_000_000, "turnover_fiscal_year": 2025, "export_history": exports((2025, 100_000))},
            {"turnover_pkr": 26_999_999, "turnover_fiscal_year": 2025, "export_history": exports((2025, 100_000))},
            "exports_above_turnover",
        ),
        (  # another year's exports
            {"turnover_pkr": 1, "turnover_fiscal_year": 2024, "export_history": exports((2025, 100_000))},
            {"turnover_pkr": 1, "turnover_fiscal_year": 2025, "export_history": exports((2025, 100_000))},
            "exports_above_turnover",
        ),
        (
            {"founded_on": "2025-06-30", "export_history": exports((2025, 1))},
            {"founded_on": "2025-07-01", "export_history": exports((2025, 1))},
            "exports_before_founding",
        ),
        (
            {"founded_on": "2025-07-01", "export_history": exports((2025, 0))},
            {"founded_on": "2025-07-01", "export_history": exports((2025, 0.5))},
            "exports_before_founding",
        ),
        ({"city": "Karachi", "province": "PK-SD"}, {"city": "Karachi", "province": "PK-PB"}, "city_outside_province"),
        (
            {"capacity_per_month": 10_000, "employees": 2, "capacity_unit": "Pieces "},
            {"capacity_per_month": 10_001, "employees": 2, "capacity_unit": "Pieces "},
            "output_above_people",
        ),
        (  # a unit that nobody has a bound for
            {"capacity_per_month": 10**9, "employees": 1, "capacity_unit": "bytes"},
            {"capacity_per_month": 10**9, "employees": 1, "capacity_unit": "kg"},
            "output_above_people",
        ),
        (
            {"owner_cnics": ["4210100000001", "3520200000001"], "province": "PK-PB"},
            {"owner_cnics": ["4210100000001"], "province": "PK-PB"},
            "cnic_of_another_province",
        ),
        (
            {"export_house": "Indus House", "export_route": "export_house"},
            {"export_house": "Indus House", "export_route": "direct", "export_history": exports((2025, 1))},
            "export_house_unused",
        ),
        (
            {
                "export_house": "Indus",
                "export_route": "direct",
                "export_history": exports((2025, 1), route="export_house"),
            },
            {"export_house": "Indus", "export_route": "none"},
            "export_house_unused",
        ),
    ],
)
def test_what_just_fits_is_not_named_and_what_does_not_is(fits, clashes, code):
    assert found(**fits) == []
    assert found(**clashes) == [code]


def test_no_rule_speaks_before_its_day():
    clash = {"city": "Karachi", "province": "PK-PB"}
    since = RULES["city_outside_province"].since
    assert contradictions_of(clash, on=since)
    assert contradictions_of(clash, on=date(since.year, since.month - 1, 1)) == ()


@pytest.mark.parametrize(
    ("year", "rupees"), [(2020, None), (2021, 150), (2022, 150), (2023, 200), (2024, 270), (2026, 270), (2027, 200)]
)
def test_the_least_that_a_dollar_was_worth(year, rupees):
    assert least_rupees(1, year) == rupees


def test_nothing_is_found_where_nothing_was_told():
    assert found() == []


def test_each_unit_has_one_bound():
    units = [unit for bound in BOUNDS for unit in bound.units]
    assert sorted(units) == sorted(set(units))


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        ({"employees": 10}, {"employees": 15}, []),
        ({"employees": 10}, {"employees": 16}, ["employees"]),
        ({"employees": 10}, {"employees": 5}, []),
        ({"employees": 10}, {"employees": 4}, ["employees"]),
        ({"employees": None}, {"employees": 400}, []),
        ({"turnover_pkr": 1, "turnover_fiscal_year": 2025}, {"turnover_pkr": 9, "turnover_fiscal_year": 2025}, ["turnover_pkr"]),
        ({"turnover_pkr": 1, "turnover_fiscal_year": 2025}, {"turnover_pkr": 9, "turnover_fiscal_year": 2026}, []),
        ({"capacity_per_month": 1, "capacity_unit": "kg"}, {"capacity_per_month": 9, "capacity_unit": "kg"}, ["capacity_per_month"]),
        ({"capacity_per_month": 1, "capacity_unit": "t"}, {"capacity_per_month": 900, "capacity_unit": "kg"}, []),
        ({"export_history": []}, {"export_history": exports((2025, 1_300_000))}, ["export_history/2025"]),
        ({"export_history": None}, {"export_history": exports((2025, 1_300_000))}, []),
        ({"export_history": exports((2025, 100), (2024, 50))}, {"export_history": exports((2025, 150), (2024, 50))}, []),
        ({"export_history": exports((2025, 100))}, {"export_history": exports((2025, 60)) + exports((2025, 91), route="export_house")}, ["export_history/2025"]),
    ],
)  # fmt: skip
def test_a_figure_leaps_when_it_changes_by_more_than_half(before, after, keys):
    leaps = leaps_between(before, after, about="R3-0001")

    assert [each.facts for each in leaps] == [(key,) for key in keys]
    assert all(each.about == f"R3-0001 {each.facts[0]}" for each in leaps)
