"""Amounts and days as banks write them: what is read, and what is never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.reconciliation.files.amounts import BadAmount, read_amount
from payments.reconciliation.files.days import BadDay, Order, booking_day, read_day

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "paisa"),
    [
        ("1,25,000.50", 12_500_050),
        ("125,000.50", 12_500_050),
        ("7,500.00 CR", 750_000),
        ("7500 DR", -750_000),
        ("(2,500.00)", -250_000),
        ("5,000.00-", -500_000),
        ("-5000", -500_000),
        ("\u22125,000.00", -500_000),
        ("+5000.5", 500_050),
        ("Rs. 7,500/-", 750_000),
        ("PKR 7,500.00", 750_000),
        ("7,500.00 PKR", 750_000),
        ("12\u00a0345.00", 1_234_500),
        ("0.00", 0),
        ("19.99", 1_999),
    ],
)
def test_what_is_read(text, paisa):
    assert read_amount(text) == paisa


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_amount"),
        ("  ", "no_amount"),
        ("7.500,00", "comma_after_point"),
        ("25.000,00-", "comma_after_point"),
        ("1.250", "three_places"),
        ("75OO.00", "not_an_amount"),
        ("12,34,5.00", "odd_groups"),
        ("1,2", "odd_groups"),
        ("-(5.00)", "not_an_amount"),
        ("-5.00 CR", "two_signs"),
        ("1.2.3", "not_an_amount"),
        (".", "not_an_amount"),
        (",", "not_an_amount"),
        ("۵۰۰", "not_an_amount"),
        ("abc", "not_an_amount"),
        ("999,999,999,999.00", "too_large"),
    ],
)
def test_what_is_no_amount(text, code):
    with pytest.raises(BadAmount) as fault:
        read_amount(text)
    assert fault.value.fault == code


def test_a_column_with_a_comma_before_the_hundredths():
    assert read_amount("7.500,00", decimal=",") == 750_000
    with pytest.raises(BadAmount) as fault:
        read_amount("7,500.00", decimal=",")
    assert fault.value.fault == "point_after_comma"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2027", Order.DMY, date(2027, 4, 3)),
        ("03/04/2027", Order.MDY, date(2027, 3, 4)),
        ("2027-04-03", Order.MDY, date(2027, 4, 3)),
        ("2027-04-03 00:00:00", Order.DMY, date(2027, 4, 3)),
        ("3-Apr-27", Order.DMY, date(2027, 4, 3)),
        ("Apr 3, 2027", Order.DMY, date(2027, 4, 3)),
        ("03.04.2027 14:05", Order.DMY, date(2027, 4, 3)),
        ("20270403", Order.YMD, date(2027, 4, 3)),
        ("03042027", Order.DMY, date(2027, 4, 3)),
        ("2027/04/03", Order.YMD, date(2027, 4, 3)),
    ],
)
def test_days_that_are_read(text, order, day):
    assert read_day(text, order) == day


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("04/15/2027", Order.DMY, "no_month"),
        ("31/04/2027", Order.DMY, "no_such_day"),
        ("29/02/2027", Order.DMY, "no_such_day"),
        ("", Order.DMY, "no_day"),
        ("yesterday", Order.DMY, "not_a_day"),
        ("45000", Order.DMY, "not_a_day"),
        ("3 Foo 2027", Order.DMY, "not_a_day"),
    ],
)
def test_days_that_are_none(text, order, code):
    with pytest.raises(BadDay) as fault:
        read_day(text, order)
    assert fault.value.fault == code


@pytest.mark.parametrize(
    ("value", "month", "day", "booked"),
    [
        (date(2026, 12, 31), 1, 4, date(2027, 1, 4)),
        (date(2027, 1, 1), 12, 30, date(2026, 12, 30)),
        (date(2027, 1, 2), 1, 2, date(2027, 1, 2)),
        (date(2028, 2, 29), 2, 29, date(2028, 2, 29)),
    ],
)
def test_the_year_of_a_booking_day_is_the_nearest(value, month, day, booked):
    assert booking_day(value, month, day) == booked


def test_29_february_is_possible_only_in_a_leap_year():
    with pytest.raises(BadDay) as fault:
        booking_day(date(2027, 2, 28), 2, 29)
    assert fault.value.fault == "no_such_day"


VALUE_DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(VALUE_DAYS, st.integers(-182, 182))
def test_the_year_of_any_booking_day_is_the_nearest(value, apart):
    day = value + timedelta(days=apart)
    assert booking_day(value, day.month, day.day) == day


@given(VALUE_DAYS, st.integers(1, 12), st.integers(1, 28))
def test_no_booking_day_is_further_than_183_days_from_its_value_day(value, month, day):
    assert abs((booking_day(value, month, day) - value).days) <= 183
