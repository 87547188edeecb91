"""What the portal itself counts beside the series of the State Bank."""

from __future__ import annotations

import pytest

from payments.pulse import selectors
from tests.payments.finance.made import AMOUNT, banker, paid_out, referred

pytestmark = pytest.mark.django_db


def test_few_cases_are_not_told_and_enough_of_them_are():
    by = banker()
    assert selectors.own_numbers().referrals == 0
    for _ in range(4):
        paid_out(by)
    few = selectors.own_numbers()
    assert (few.referrals, few.disbursed, few.paisa) == (None, None, None)
    referred(by)
    some = selectors.own_numbers()
    assert (some.referrals, some.disbursed, some.paisa) == (5, None, None)
    paid_out(by)
    many = selectors.own_numbers()
    assert (many.referrals, many.disbursed, many.paisa) == (6, 5, 5 * AMOUNT)


def test_the_public_page_hides_them_too(client):
    paid_out(banker())
    text = client.get("/payments/pulse/").content.decode()
    assert "fewer than 5" in text
    assert "4,500,000" not in text
