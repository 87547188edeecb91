"""What the portal itself counts beside the series of the State Bank."""

from __future__ import annotations

import pytest

from payments.pulse import selectors
from tests.payments.finance.made import AMOUNT, a_month_ago, banker, paid_out, referred

pytestmark = pytest.mark.django_db


def told():
    found = selectors.own_numbers()
    return found.referrals, found.disbursed, found.paisa


def test_few_cases_are_not_told_and_enough_of_them_are_in_whole_steps():
    by = banker()
    assert told() == (0, 0, 0)
    a_month_ago(*(paid_out(by) for _one in range(4)))
    assert told() == (None, None, None)
    a_month_ago(referred(by))
    assert told() == (5, None, None)
    a_month_ago(paid_out(by))
    assert told() == (5, 5, 5 * AMOUNT)


def test_one_loan_more_changes_neither_number_nor_sum():
    """Else the difference of two days would be what one firm borrowed."""
    by = banker()
    a_month_ago(*(paid_out(by) for _one in range(5)))
    before = told()
    a_month_ago(paid_out(by))
    assert told() == before == (5, 5, 5 * AMOUNT)


def test_what_happened_this_month_is_not_told_yet():
    by = banker()
    for _one in range(5):
        paid_out(by)
    assert told() == (0, 0, 0)


def test_the_public_page_hides_them_too(client):
    a_month_ago(paid_out(banker()))
    text = client.get("/payments/pulse/").content.decode()
    assert "fewer than 5" in text
    assert "4,500,000" not in text
