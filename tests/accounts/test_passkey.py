"""Passkeys, with an authenticator of Chromium's own: enrolled by an official, then the only thing needed to sign in."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests.factories.accounts import PASSWORD, officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def authenticator(page: Page) -> None:
    """A telephone that knows its owner by a fingerprint and keeps passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says went wrong: a script or a frame that the policy blocks, an error of a passkey."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


@pytest.mark.usefixtures("authenticator")
def test_an_official_enrols_a_passkey_and_signs_in_with_it_alone(live_portal, page, complaints, settings):
    settings.SECOND_FACTOR_COMPULSORY = True
    person = officer(email="ayesha@tdap.example")

    page.goto("/accounts/login/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/accounts/login/'] .btn-primary")
    page.wait_for_url("**/accounts/second-factor/")
    page.click("main a[href='/accounts/2fa/webauthn/add/']")
    page.fill("[name=password]", PASSWORD)  # asked once more
    page.click("main form .btn-primary")
    page.wait_for_url("**/2fa/webauthn/add/")
    page.fill("[name=name]", "My telephone")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/")
    key = Authenticator.objects.get(user=person, type=Authenticator.Type.WEBAUTHN)
    assert (key.wrap().name, key.wrap().is_passwordless) == ("My telephone", True)

    page.goto("/accounts/logout/")
    page.click("main form .btn-primary")
    page.goto("/desk/")
    page.wait_for_url(re.compile("/accounts/login/"))
    page.click("#passkey_login")

    page.wait_for_url(f"{live_portal.url}/desk/")
    expect(page.locator("h1")).to_be_visible()
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert complaints == []


def test_where_the_address_has_no_name_no_passkey_is_offered(live_portal, page):
    for host, is_there in (("localhost", True), ("127.0.0.1", False)):
        page.goto(f"{live_portal.url.replace('localhost', host)}/accounts/login/")
        page.wait_for_load_state("load")
        assert page.locator("#passkey_login").is_visible() is is_there
