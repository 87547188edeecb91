"""The queue of the bank's lines by keyboard, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from payments.models import BankMatch
from tdap_portal.core.calendar import today
from tests.factories.payments import finance_officer
from tests.payments.reconciliation.made import PLAIN, csv, fresh, payment, taken
from tests.web.test_drafts import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["bank"]


def test_one_key_takes_the_first_offer_and_lands_on_the_next_line(live_portal, page: Page):
    """Case m05: O was typed for 0, and the right deposit is offered first."""
    due = f"{today() + timedelta(days=5)} 23:59:59"
    rows = [payment(4716, "Jhelum Knives", due=due), payment(4717, "Hunza Honey", due=due)]
    day = f"{today():%d/%m/%Y}"
    taken(csv((day, "DEP-OOO4716 JHELUM KNIVES", "7500"), (day, "DEP-OOO4717 HUNZA HONEY", "7500")), mapping=PLAIN)
    sign_in(page, live_portal.url, finance_officer())
    page.goto(f"{reverse('payments:bank_queue')}#queue")
    for left, row in ((2, rows[0]), (1, rows[1])):
        expect(page.locator("[data-line]")).to_have_count(left)
        expect(page.locator("[data-line] li").first).to_contain_text(row.reference)
        expect(page.locator("[data-line] button").first).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(0)
    assert [fresh(row).state for row in rows] == ["paid", "paid"]
    assert None not in {match.by for match in BankMatch.objects.all()}
