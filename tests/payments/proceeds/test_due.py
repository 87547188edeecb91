"""Last days by the dated rules, held against days that were counted by hand and against the board of the design."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.proceeds.ageing import NEVER, Age, age_of, days_left, span_of
from payments.proceeds.due import Due, Rule, due_of, in_force
from payments.states import DueReason, RuleCode, Shift, Terms

pytestmark = pytest.mark.unit


def rule(number, code, days, starts_on, ends_on=None, shift="none"):
    return Rule(
        number, code, Decimal(days), date.fromisoformat(starts_on), ends_on and date.fromisoformat(ends_on), shift
    )


RULES = [
    rule(1, "goods_default", 180, "2001-09-28", "2022-01-05"),
    rule(2, "goods_default", 120, "2022-01-06"),
    rule(3, "goods_sight", 45, "2022-01-06"),
    rule(4, "goods_lc_120_usance", 135, "2022-02-01"),
    rule(5, "goods_discounted_forward", 180, "2022-02-16"),
    rule(6, "b2c_ecommerce", 60, "2020-11-13"),
]


@pytest.mark.parametrize(
    ("terms", "shipped", "due"),
    [
        ("open_account", "2022-01-05", "2022-07-04"),  # 180 days, the last day of the old rule
        ("open_account", "2022-01-06", "2022-05-06"),  # 120 days, the first day of the new one
        ("open_account", "2027-01-19", "2027-05-19"),  # the rows of the board in the design
        ("sight", "2027-04-14", "2027-05-29"),
        ("open_account", "2027-02-08", "2027-06-08"),
        ("courier", "2027-04-12", "2027-06-11"),
        ("lc_120", "2027-01-29", "2027-06-13"),
        ("open_account", "2027-02-22", "2027-06-22"),
        ("open_account", "2027-04-14", "2027-08-12"),
        ("sold_forward", "2027-05-06", "2027-11-02"),
        ("advance", "2027-04-14", "2027-08-12"),
    ],
)
def test_the_rule_of_the_day_of_shipment_gives_the_last_day(terms, shipped, due):
    found = due_of(Terms(terms), date.fromisoformat(shipped), RULES)
    assert (found.day, found.reason) == (date.fromisoformat(due), DueReason.RULE)


@pytest.mark.parametrize(
    ("terms", "shipped"),
    [("sight", "2022-01-05"), ("courier", "2020-11-12"), ("lc_120", "2022-01-31"), ("open_account", "2001-09-27")],
)
def test_without_a_rule_on_the_day_there_is_no_day_and_no_guess(terms, shipped):
    found = due_of(Terms(terms), date.fromisoformat(shipped), RULES, contract_day=date(2026, 1, 1))
    assert found == Due(None, DueReason.NO_RULE)


def test_the_earlier_of_contract_and_rule_counts():
    early = due_of(Terms.OPEN_ACCOUNT, date(2027, 1, 19), RULES, contract_day=date(2027, 3, 1))
    late = due_of(Terms.OPEN_ACCOUNT, date(2027, 1, 19), RULES, contract_day=date(2027, 9, 1))
    assert (early.day, early.reason, early.rule.number) == (date(2027, 3, 1), DueReason.CONTRACT, 2)
    assert (late.day, late.reason) == (date(2027, 5, 19), DueReason.RULE)


def test_a_service_is_due_by_its_contract_alone():
    assert due_of(Terms.SERVICE, date(2027, 1, 1), RULES) == Due(None, DueReason.NO_DAY)
    found = due_of(Terms.SERVICE, date(2027, 1, 1), RULES, contract_day=date(2027, 2, 1))
    assert found == Due(date(2027, 2, 1), DueReason.CONTRACT)


def test_a_corrected_row_of_the_same_day_counts_and_a_rule_that_ended_leaves_a_gap():
    rows = [
        *RULES,
        rule(9, "goods_default", 90, "2022-01-06"),
        rule(8, "b2c_ecommerce", 30, "2026-01-01", "2026-06-30"),
    ]
    assert in_force(rows, RuleCode.GOODS_DEFAULT, date(2022, 1, 6)).number == 9
    assert in_force(rows, RuleCode.PARCEL, date(2026, 6, 30)).number == 8
    assert in_force(rows, RuleCode.PARCEL, date(2026, 7, 1)) is None


@pytest.mark.parametrize(
    ("shift", "due"), [("none", "2027-05-29"), ("preceding", "2027-05-28"), ("following", "2027-05-31")]
)
def test_a_last_day_on_a_saturday_is_shifted_as_the_row_says(shift, due):
    rows = [rule(1, "goods_sight", 45, "2022-01-06", shift=shift)]
    found = due_of(Terms.SIGHT, date(2027, 4, 14), rows, is_bank_day=lambda day: day.weekday() < 5)
    assert found.day == date.fromisoformat(due)


@given(st.dates(date(2002, 1, 1), date(2060, 1, 1)), st.dates(date(2002, 1, 1), date(2060, 1, 1)))
def test_a_contract_never_makes_a_day_later(shipped, contract):
    plain, with_contract = (due_of(Terms.OPEN_ACCOUNT, shipped, RULES, contract_day=day) for day in (None, contract))
    assert with_contract.day <= plain.day
    assert with_contract.day in (plain.day, contract)


@pytest.mark.parametrize(
    ("due", "age"),
    [
        ("2027-06-01", Age.OVER), ("2027-06-02", Age.WEEK), ("2027-06-09", Age.WEEK), ("2027-06-10", Age.MONTH),
        ("2027-07-02", Age.MONTH), ("2027-07-03", Age.TWO_MONTHS), ("2027-08-01", Age.TWO_MONTHS),
        ("2027-08-02", Age.LATER), ("9999-12-31", Age.NO_DAY),
    ],
)  # fmt: skip
def test_the_age_of_a_day(due, age):
    assert age_of(date.fromisoformat(due), date(2027, 6, 2)) == age


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_each_day_lies_in_the_span_of_its_age_and_in_no_other(due, today):
    assert [age for age in Age if span_of(age, today)[0] <= due <= span_of(age, today)[1]] == [age_of(due, today)]


def test_no_day_is_behind_all_others_and_days_are_counted():
    assert age_of(None, date(2027, 6, 2)) == Age.NO_DAY
    assert span_of(Age.NO_DAY, date(2027, 6, 2)) == (NEVER, NEVER)
    assert days_left(date(2027, 5, 19), date(2027, 6, 2)) == -14


def test_all_shifts_are_known():
    assert set(Shift) == {"none", "preceding", "following"}
