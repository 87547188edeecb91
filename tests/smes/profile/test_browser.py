"""The product step in a real browser: Enter in the search, and where one lands."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.factories.smes import SmeFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def step(request, live_portal, browser: Browser):
    """The product step of a firm that has one product, opened by its owner, with JavaScript and without."""
    sme = SmeFactory(complete=True)
    client = Client()
    client.force_login(sme.created_by)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(
        base_url=live_portal.url, java_script_enabled=request.param, viewport={"width": 360, "height": 740}
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_portal.url}])
    page = context.new_page()
    page.goto(f"/firm/{sme.public_id}/profile/products/")
    yield page
    context.close()


def test_enter_searches_and_what_was_ticked_is_where_one_lands(step: Page):
    step.get_by_label("Your price ex factory, in PKR").fill("1500")
    step.locator("#id_q").fill("gloves")
    step.locator("#id_q").press("Enter")
    expect(step.locator("#hs-results")).to_contain_text("found for “gloves”")
    expect(step).to_have_url(re.compile("/profile/products/"))
    expect(step.get_by_label("Your price ex factory, in PKR")).to_have_value("1500")
    step.locator("#hs-results input[type=checkbox]").first.check()
    step.get_by_role("button", name="Take over what I ticked").click()
    expect(step).to_have_url(re.compile("#chosen$"))
    expect(step.locator("#chosen")).to_be_in_viewport()
    expect(step.locator("#chosen input[type=radio]")).to_have_count(2)
