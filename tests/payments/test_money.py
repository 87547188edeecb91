"""Whole paisa: currencies kept apart, amounts shared out to the last paisa, shown alike in both languages."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import money
from payments.money import MAX_PAISA, Money, MoneyError, split_by_largest_remainder

pytestmark = pytest.mark.unit
AMOUNTS = st.integers(-MAX_PAISA, MAX_PAISA)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


def code_of(call):
    with pytest.raises(MoneyError) as refusal:
        call()
    return refusal.value.code


@pytest.mark.parametrize("paisa", [1.0, "1", Decimal(1), True, None])
def test_only_whole_numbers_are_amounts(paisa):
    assert code_of(lambda: Money(paisa)) == "not_whole"
    assert code_of(lambda: money.figures(paisa)) == "not_whole"
    assert code_of(lambda: split_by_largest_remainder(paisa, [1])) == "not_whole"


def test_no_amount_leaves_its_bounds():
    assert Money(MAX_PAISA).paisa == -Money(-MAX_PAISA).paisa == MAX_PAISA
    for paisa in (MAX_PAISA + 1, -MAX_PAISA - 1, 10**5000):
        assert code_of(lambda paisa=paisa: Money(paisa)) == "too_large"
    assert code_of(lambda: Money(MAX_PAISA) + Money(1)) == "too_large"
    assert code_of(lambda: money.rupees(10**12)) == "too_large"
    assert code_of(lambda: money.rupees(2.5)) == "not_whole"


def test_two_currencies_are_never_put_together():
    rupees, dollars = Money(100), Money(100, "USD")
    for act in (
        lambda: rupees + dollars,
        lambda: rupees - dollars,
        lambda: rupees < dollars,
        lambda: rupees >= dollars,
        lambda: money.total([rupees, dollars]),
        lambda: rupees + 1,
        lambda: money.total([dollars]),
    ):
        assert code_of(act) == "currency"
    assert code_of(lambda: Money(1, "XYZ")) == "currency"
    assert rupees != dollars
    assert money.total([dollars, dollars], "USD") == Money(200, "USD")
    assert money.total([]) == Money(0)


def test_arithmetic_and_order():
    assert Money(5) - Money(7) == -Money(2) == Money(-2)
    assert abs(Money(-2)) == Money(2)
    assert Money(1) < Money(2) <= Money(2) < Money(3)
    assert Money(3) > Money(2) >= Money(2)
    assert not Money(0)
    assert money.rupees(25_000) == 2_500_000


@pytest.mark.parametrize(
    ("paisa", "figures", "exact"),
    [
        (2_500_000, "25,000", "25,000.00"),
        (2_500_050, "25,000.50", "25,000.50"),
        (5, "0.05", "0.05"),
        (0, "0", "0.00"),
        (-350_000, "−\u00a03,500", "−\u00a03,500.00"),
        (-1, "−\u00a00.01", "−\u00a00.01"),
        (123_456_789_00, "123,456,789", "123,456,789.00"),
    ],
)
def test_how_amounts_are_shown(paisa, figures, exact):
    assert (money.figures(paisa), money.exact_figures(paisa)) == (figures, exact)
    assert money.shown(paisa) == str(Money(paisa)) == f"PKR\u00a0{figures}"
    assert money.shown(paisa, language="ur") == f"\u2068PKR\u00a0{figures}\u2069"


def test_the_fee_of_three_payments_loses_no_paisa():
    assert split_by_largest_remainder(35_530, [500_000, 500_000, 750_000]) == [10_152, 10_151, 15_227]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (0, [], []),
        (0, [0, 0], [0, 0]),
        (0, [3, -3], [0, 0]),
        (1, [1, 1, 1], [1, 0, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (-2, [1, 1, 1], [-1, -1, 0]),
        (10, [0, 1, 0], [0, 10, 0]),
        (100, [3, -1], [150, -50]),
        (100, [-3, 1], [150, -50]),
        (-100, [-3, 1], [-150, 50]),
    ],
)
def test_shares(amount, weights, parts):
    assert split_by_largest_remainder(amount, weights) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [5, -5]])
def test_nothing_to_share_by_is_refused(weights):
    assert code_of(lambda: split_by_largest_remainder(1, weights)) == "no_share"


@given(AMOUNTS, st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30))
def test_shares_add_up_and_differ_from_the_exact_share_by_less_than_a_paisa(amount, weights):
    if sum(weights) == 0:
        return
    parts = split_by_largest_remainder(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount) * weight / sum(weights)) < 1
        assert weight or part == 0


@given(AMOUNTS, WEIGHTS)
def test_an_amount_below_zero_mirrors_the_one_above(amount, weights):
    if sum(weights):
        mirrored = split_by_largest_remainder(-amount, weights)
        assert mirrored == [-part for part in split_by_largest_remainder(amount, weights)]


@given(AMOUNTS)
def test_what_is_shown_tells_the_whole_amount(paisa):
    text = money.exact_figures(paisa).replace(",", "").replace("−\u00a0", "-")
    assert Decimal(text).scaleb(2) == paisa
