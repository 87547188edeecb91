"""A loan in a real browser, from consent to the second it is taken back: the firm in Urdu on a telephone, the bank, the finance officer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from payments.models import CaseView, FinanceCase
from payments.money import rupees
from tdap_portal.core.calendar import today
from tests.browser.world import session_of
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory
from tests.payments.finance.made import bank_of, banker, now

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tabs(browser: Browser, monkeypatch):
    """A tab for each person: the firm's owner in Urdu at 360 px without JavaScript, the bank and the officer in English."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    server = LiveServer("localhost")
    opened = []

    def tab(person, *, language="en", width=1280, javascript=True):
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 740}, java_script_enabled=javascript
        )
        cookies = {"django_language": language, "sessionid": session_of(person)}
        context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
        opened.append(context)
        return context.new_page()

    yield tab
    for context in opened:
        context.close()
    server.stop()


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


def test_a_loan_from_consent_to_the_second_it_is_taken_back(tabs):
    by = banker(name="Naila Hashmi")
    sme = SmeFactory(complete=True, name="Noor Sports Works")
    firm = tabs(sme.created_by, language="ur", width=360, javascript=False)
    bank, officer = tabs(by), tabs(finance_officer())

    # The firm asks in Urdu on its telephone, with a consent that ends.
    firm.goto(url("finance", sme.public_id))
    assert firm.locator("html").get_attribute("dir") == "rtl"
    firm.locator(f'a[href="{url("finance_ask", sme.public_id)}"]').click()
    firm.select_option("select[name=lender]", bank_of(by).public_id)
    firm.select_option("select[name=scheme]", "SAAF")
    firm.fill("input[name=amount]", "4500000")
    firm.fill("input[name=days]", "180")
    firm.fill("textarea[name=use]", "چمڑا، جرمنی کے دو آرڈروں کے لیے۔")
    firm.fill("input[name=ends_on]", (today() + timedelta(days=60)).isoformat())
    firm.check("input[name=agrees]")
    firm.locator("main form button.btn-primary").click()
    case = FinanceCase.objects.get()
    assert firm.url.endswith(url("finance_case", case.public_id))
    assert case.amount == rupees(4_500_000)

    # The bank reads and asks; the firm answers.
    bank.goto(url("lender_queue"))
    bank.get_by_role("link", name=case.code).click()
    assert bank.get_by_text("Noor Sports Works").first.is_visible()
    bank.fill("textarea[name=question]", "Please send March to May.")
    bank.get_by_role("button", name="Ask the firm").click()
    firm.reload()
    firm.fill("textarea[name=words]", "آج بھیج دیا ہے۔")
    firm.locator("button[name=answer]").click()
    assert now(case).state == "with_lender"

    # The bank offers, the firm takes it, the bank pays out.
    bank.goto(url("lender_case", case.public_id))
    bank.fill("input[name=rate]", "9")
    bank.get_by_role("button", name="Make the offer").click()
    firm.reload()
    firm.locator("button[name=accept]").click()
    bank.reload()
    bank.locator("button[name=pay_out]").click()
    assert (now(case).state, now(case).paid_out) == ("paid_out", rupees(4_500_000))

    # The finance officer sees where it stands, and nothing of the pack.
    officer.goto(url("finance_overview"))
    assert officer.get_by_text("Money paid out").is_visible()
    assert officer.goto(url("lender_case", case.public_id)).status == 404

    # The firm reads who looked, on a page that fits its telephone, and takes it back.
    firm.goto(url("finance_case", case.public_id))
    assert "Naila Hashmi" in firm.locator("main").inner_text()
    assert firm.locator("main").bounding_box()["width"] <= 360
    looks = CaseView.objects.count()
    firm.locator(f'form[action="{url("consent_end", case.consent.public_id)}"] button').click()

    # The next second page, file and interface are not there, and no look is noted.
    for address in (
        url("lender_case", case.public_id),
        url("lender_case_pdf", case.public_id),
        reverse("payments_api:finance_pack", args=[case.public_id]),
    ):
        assert bank.goto(address).status == 404
    assert case.code not in bank.content()
    assert CaseView.objects.count() == looks
    assert now(case).state == "paid_out"
