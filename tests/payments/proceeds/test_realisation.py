"""Rupees, the difference of late money, what may stay in foreign currency: with figures counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.proceeds.realisation import Difference, in_dollars, in_paisa, late_difference, may_keep

pytestmark = pytest.mark.unit
DUE = date(2027, 5, 19)


def late(came_on="2027-05-31", rate_due="282.10", rate_came="284.35", amount=3_100_000):
    return late_difference(
        amount,
        due_on=DUE,
        came_on=date.fromisoformat(came_on),
        rate_due=Decimal(rate_due) if rate_due else None,
        rate_came=Decimal(rate_came) if rate_came else None,
    )


def test_the_bank_holds_back_what_a_late_dollar_gained():
    """2.25 rupees on each of 31,000 dollars: PKR 69,750."""
    assert late() == Difference(6_975_000, Decimal("282.10"), Decimal("284.35"))
    assert late().per_unit == Decimal("2.25")


def test_a_rate_that_fell_costs_nothing_and_money_in_time_neither():
    assert late(rate_came="281.00").paisa == 0
    assert late(rate_came="282.10").paisa == 0
    assert late(came_on="2027-05-19") is None
    assert late(rate_due="") is None
    assert late(rate_came="") is None


def test_rupees_are_rounded_once_at_the_end_with_halves_up():
    assert in_paisa(1, Decimal("282.1000")) == 282
    assert in_paisa(5, Decimal("0.1")) == 1
    assert in_paisa(3_100_000, Decimal("284.3500")) == 881_485_000


def test_dollars_by_two_rates_of_one_day():
    assert in_dollars(100, "USD", None, None) == 100
    assert in_dollars(100_00, "EUR", Decimal(300), Decimal(250)) == 120_00
    assert in_dollars(250_00, "PKR", None, Decimal(250)) == 1_00
    assert in_dollars(100_00, "EUR", None, Decimal(250)) is None
    assert in_dollars(100_00, "EUR", Decimal(300), None) is None


@pytest.mark.parametrize(
    ("came", "month_before", "kept_before", "most"),
    [
        (8_400_00, 0, 0, 5_000_00),  # 5,000 a month is more than half of 8,400
        (31_200_00, 0, 0, 15_600_00),  # half is more than 5,000
        (2_100_00, 0, 0, 2_100_00),  # never more than came
        (10_000_00, 10_000_00, 5_000_00, 5_000_00),  # half of 20,000, less what was kept
        (1_000_00, 3_000_00, 3_000_00, 1_000_00),
        (1_000_00, 9_000_00, 5_000_00, 0),
    ],
)
def test_what_may_stay_in_foreign_currency(came, month_before, kept_before, most):
    found = may_keep(
        came=came, month_before=month_before, kept_before=kept_before, share=Decimal(50), least_a_month=5_000_00
    )
    assert found == most


@given(st.lists(st.integers(1, 10**9), max_size=8), st.integers(0, 100))
def test_over_a_month_no_more_stays_than_the_rule_lets(receipts, share):
    came = kept = 0
    for one in receipts:
        part = may_keep(came=one, month_before=came, kept_before=kept, share=Decimal(share), least_a_month=500_000)
        assert 0 <= part <= one
        came, kept = came + one, kept + part
    assert kept <= max(came * share // 100, min(500_000, came))
