from datetime import date

import pytest

from smes.vocabulary.sizes import BANDS, bands_on, size_class

pytestmark = pytest.mark.unit

NOW = date(2026, 11, 23)
RULE = "SBP-IHSMEFD-5-2022"
OLD = date(2015, 1, 1)
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("turnover", "founded", "expected"),
    [
        (0, OLD, "small"),
        (30 * MILLION, OLD, "small"),
        (150 * MILLION, OLD, "small"),
        (150 * MILLION + 1, OLD, "medium"),
        (800 * MILLION, OLD, "medium"),
        (800 * MILLION + 1, OLD, "too_large"),
        (None, OLD, "unknown"),
        (150 * MILLION, None, "small"),
        (150 * MILLION, date(2021, 11, 23), "startup_small"),
        (150 * MILLION, date(2021, 11, 22), "small"),
        (150 * MILLION + 1, date(2021, 11, 23), "startup_medium"),
        (800 * MILLION + 1, date(2025, 1, 1), "too_large"),
        (1, NOW, "startup_small"),
    ],
)
def test_only_turnover_and_age_count_since_2022(turnover, founded, expected):
    assert size_class(turnover, None, founded, NOW) == (expected, RULE)
    assert size_class(turnover, 5_000, founded, NOW) == (expected, RULE)


@pytest.mark.parametrize(
    ("turnover", "employees", "activity", "expected"),
    [
        (150 * MILLION, 50, "manufacturing", "small"),
        (150 * MILLION, 51, "manufacturing", "medium"),
        (800 * MILLION, 250, "services", "medium"),
        (800 * MILLION, 251, "services", "too_large"),
        (800 * MILLION, 100, "trading", "medium"),
        (800 * MILLION, 101, "trading", "too_large"),
        (801 * MILLION, 10, "trading", "too_large"),
        (10 * MILLION, None, "trading", "unknown"),
    ],
)
def test_employees_counted_until_the_circular_of_2022(turnover, employees, activity, expected):
    day = date(2022, 3, 28)
    assert size_class(turnover, employees, OLD, day, activity=activity) == (expected, "SBP-BEFORE-2022")
    assert size_class(turnover, employees, OLD, date(2022, 3, 29), activity=activity).rule_id == RULE


def test_an_unknown_size_names_the_rule_in_force():
    assert size_class(None, 10, OLD, NOW) == ("unknown", RULE)


def test_an_announced_rule_judges_nobody_until_it_is_in_force():
    micro = [band for band in BANDS if band.category == "micro"]
    assert [band.in_force for band in micro] == [False]
    assert not [band for band in bands_on(NOW) if band.category == "micro"]


def test_a_firm_of_29_february_has_its_birthday_on_1_march():
    assert size_class(1, None, date(2020, 2, 29), date(2025, 3, 1)).size_class == "startup_small"
    assert size_class(1, None, date(2020, 2, 29), date(2025, 3, 2)).size_class == "small"


@pytest.mark.parametrize("figures", [(-1, 1), (1, -1)])
def test_negative_figures_are_refused(figures):
    with pytest.raises(ValueError, match="never negative"):
        size_class(*figures, OLD, NOW)


def test_a_firm_founded_tomorrow_is_refused():
    with pytest.raises(ValueError, match="founded after"):
        size_class(1, 1, date(2026, 11, 24), NOW)


def test_a_day_without_a_rule_is_refused():
    with pytest.raises(ValueError, match="no size rule"):
        size_class(1, 1, OLD, NOW, bands=tuple(band for band in BANDS if not band.in_force))
