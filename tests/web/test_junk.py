"""What no person types: it is turned away with an answer of its own, and is never a fault."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.exceptions import ParseError

from selection.models import Application
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.parsers import PlainJSONParser
from tests.factories.selection import ApplicationFactory, owner_of
from tests.factories.smes import SmeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    """Of a firm's owner; a fault is an answer here, as it is outside."""
    client = Client(raise_request_exception=False)
    client.force_login(SmeFactory().created_by)
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/file/%00/",
        "/firm/%00/profile/",
        "/invitation/%00/",
        "/inbox/%00/",
        "/rounds/%00/",
        "/check/?q=%00",
        "/hs/search/?q=a%00",
        "/?a%00=1",
    ],
)
def test_a_nul_in_an_address_is_a_bad_request(browser, address):
    assert browser.get(address).status_code == 400


def test_a_nul_in_a_form_is_a_bad_request_for_whoever_sends_it(browser):
    sme = SmeFactory()
    browser.force_login(sme.created_by)
    address = reverse("smes:step", args=[sme.public_id, "owners"])
    assert browser.post(address, {"owner-0-name": "a\0", "stop": "1"}).status_code == 400
    assert browser.post(address, {"owner-0-name": "Amna", "stop": "1"}).status_code == 200
    assert Client().post("/accounts/login/", {"login": "a\0", "password": "b"}).status_code == 400


def test_the_api_says_so_in_its_own_shape(browser):
    answer = browser.get("/api/v1/rounds/?a=%00")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/applications/zz/", "/api/v2/rounds/"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_of_the_api_is_not_found_in_its_own_shape(browser, address, method):
    for client in (browser, Client()):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("tower", b"[" * 50_000),
        ("deep", b"[" * 22 + b"]" * 22),
        ("half a pair", rb'{"reason": "\ud800"}'),
        ("NUL", rb'{"reason": ["a", {"b": "\u0000"}]}'),
        ("NUL in a name", rb'{"rea\u0000son": 1}'),
    ],
)
def test_json_that_no_database_keeps_is_refused(kind, content):
    with pytest.raises(ParseError):
        PlainJSONParser().parse(BytesIO(content), "application/json", {"encoding": "utf-8"})


def test_json_of_every_script_is_read():
    text = {"reason": "کپڑے 😀", "list": [1, None, {"a": [True]}]}
    content = BytesIO(json.dumps(text).encode())
    assert PlainJSONParser().parse(content, "application/json", {"encoding": "utf-8"}) == text


def test_an_unknown_charset_of_json_is_refused():
    with pytest.raises(ParseError):
        PlainJSONParser().parse(BytesIO(b"{}"), "application/json", {"encoding": "utf-7x"})


@pytest.mark.parametrize("target", ["abc", "", "//elsewhere.example/", "https://elsewhere.example/", "selection:desk"])
def test_the_language_is_switched_whatever_stands_behind(browser, target):
    answer = browser.post("/language/", {"language": "ur", "next": target})
    assert (
        answer.status_code,
        answer.cookies["portal_language"].value if "portal_language" in answer.cookies else "ur",
    ) == (
        302,
        "ur",
    )
    assert "elsewhere" not in answer.url


def test_a_line_end_in_the_version_of_the_schema_stays_out_of_its_header(browser):
    answer = browser.get("/api/v1/schema/?version=a%0D%0Ab")
    assert (answer.status_code, "\n" in answer["Content-Disposition"]) == (200, False)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-02-30T00:00:00"])
def test_a_position_outside_of_time_gives_the_first_page(moment):
    row = ApplicationFactory()
    order = ("created_at", "pk")
    cursor = urlsafe_b64encode(json.dumps(["n", list(order), [moment, 1]]).encode()).decode()
    page = keyset_page(Application.objects.all(), order=order, cursor=cursor)
    assert (page.rows, page.previous) == ([row], None)


def test_a_form_in_another_charset_is_a_bad_request(browser):
    row = ApplicationFactory()
    browser.force_login(owner_of(row))
    answer = browser.post(
        reverse("selection:withdraw", args=[row.public_id]),
        b"reason=x",
        content_type="application/x-www-form-urlencoded; charset=utf-7",
    )
    assert answer.status_code == 400
