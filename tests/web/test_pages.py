"""The pages of the ground: health, the fault page, refusals."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web import views as web_views
from tdap_portal.web.middleware import RefusalMiddleware
from tests.factories.accounts import UserFactory, administrator, officer, partner_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "status"), [(officer, 503), (administrator, 503), (partner_person, 404), (UserFactory, 404)]
)
def test_the_lines_of_health_are_for_officials(client, person, status):
    """503, since no worker has reported in a test."""
    client.force_login(person())
    assert client.get("/health/").status_code == status


@pytest.mark.parametrize(
    ("held", "named"), [("", None), ("", ""), ("a key of the machines", None), ("a key of the machines", "a key")]
)
def test_health_is_not_there_for_a_visitor(client, settings, held, named):
    settings.HEALTH_KEY = held
    headers = {"accept": "application/json"} | ({} if named is None else {"x-health-key": named})
    assert client.get("/health/", headers=headers).status_code == 404


def test_a_machine_learns_only_what_is_well(client, settings):
    settings.HEALTH_KEY = "a key of the machines"
    answer = client.get("/health/", headers={"x-health-key": "a key of the machines"}).json()
    assert answer["ok"] is False
    assert {frozenset(line) for line in answer["lines"]} == {frozenset({"name", "ok"})}


@pytest.mark.slow
def test_a_machine_is_told_when_the_database_is_down():
    """In a process of its own, with a database that nobody serves."""
    ask = (
        "import django; django.setup(); from django.test import Client;"
        "answer = Client(raise_request_exception=False).get('/health/', headers={'x-health-key': 'for-machines'});"
        "print(answer.status_code, answer.content.decode())"
    )
    told = {
        **os.environ,
        "DATABASE_URL": "postgres://portal@127.0.0.1:1/portal",
        "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test",
        "HEALTH_KEY": "for-machines",
        "LOG_LEVEL": "CRITICAL",
    }
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ask], env=told, capture_output=True, text=True, check=True
    )
    status, _space, answer = asked.stdout.partition(" ")
    assert status == "503"
    assert {line["name"] for line in json.loads(answer)["lines"] if not line["ok"]} >= {"Database", "Worker"}


def test_the_balancer_gets_one_word(client):
    assert client.get("/alive/").content == b"alive"


def test_a_fault_shows_its_reference_and_nothing_else():
    request = RequestFactory().get("/")
    request.id = "cafe1234"
    answer = web_views.server_error(request)
    assert answer.status_code == 500
    assert "cafe1234" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_the_foot_and_the_page_of_a_fault_say_how_to_reach_us(client, settings):
    named = {"CONTACT_PHONE": "051 111 222 333", "CONTACT_HOURS": "Daily, 9 to 5", "CONTACT_EMAIL": "help@tdap.example"}
    shown = ('href="tel:051111222333"', "051 111 222 333", 'href="mailto:help@tdap.example"')

    def pages():
        fault = web_views.server_error(RequestFactory().get("/")).content.decode()
        return client.get("/privacy/").content.decode().partition('<footer class="foot">')[2], fault

    assert not any("tel:" in page or "mailto:" in page for page in pages())
    for name, value in named.items():
        setattr(settings, name, value)
    foot, fault = pages()
    assert [words for words in (*shown, "Daily, 9 to 5") if words not in foot] == []
    assert [words for words in (*shown, "Daily, 9 to 5.") if words not in fault] == []


ERROR_PAGES = ("400", "403", "404", "413", "429", "500", "503", "507", "errors/csrf", "errors/refused")


@pytest.mark.parametrize("page", ERROR_PAGES)
def test_every_page_of_an_error_says_how_to_reach_us_and_what_to_name(settings, page):
    settings.CONTACT_PHONE, settings.CONTACT_HOURS = "051 111 222 333", "Daily, 9 to 5"
    settings.CONTACT_EMAIL = "help@tdap.example"
    html = render_to_string(f"{page}.html", {"request_id": "cafe1234"})
    shown = ('href="tel:051111222333"', "Daily, 9 to 5.", 'href="mailto:help@tdap.example"', "cafe1234")
    assert [words for words in shown if words not in html] == []


def test_no_page_of_an_error_is_left_out():
    pages = {path.stem for path in (settings.BASE_DIR / "templates").glob("[45]??.html")}
    assert pages == {page for page in ERROR_PAGES if page.isdecimal()}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(NotFound(), 404), (NotAllowed("Only a director decides."), 403), (DomainError("Full.", code="full"), 409)],
)
def test_a_refusal_that_no_form_showed_gets_its_page(rf, refusal, status):
    request = rf.get("/")
    request.user = UserFactory()
    request.session = {}
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, refusal)
    assert answer.status_code == status


def test_a_fault_is_not_a_refusal(rf):
    assert RefusalMiddleware(lambda _request: None).process_exception(rf.get("/"), ValueError()) is None
