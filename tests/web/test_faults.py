"""Faults that pass by themselves: the disk is full, the database is away. And what is kept of private pages: nothing."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tdap_portal.accounts.services import renew_token
from tdap_portal.web.faults import DATABASE_AWAY, DISK_FULL, passing_fault
from tests.architecture.test_house import SAMPLES, patterns
from tests.factories.accounts import PASSWORD, UserFactory, administrator, officer
from tests.factories.smes import SmeFactory

MEGABYTE = 1024 * 1024


def raises(fault: BaseException):
    def act(*_args, **_kwargs):
        raise fault

    return act


def caused(cause: BaseException) -> BaseException:
    fault = ValueError()
    fault.__cause__ = cause
    return fault


@pytest.mark.unit
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (OSError(errno.ENOSPC, ""), DISK_FULL),
        (OSError(errno.EDQUOT, ""), DISK_FULL),
        (OSError(errno.EIO, ""), None),
        (OperationalError(), DATABASE_AWAY),
        (caused(OperationalError()), DATABASE_AWAY),
        (ValueError(), None),
        (None, None),
    ],
)
def test_what_passes_by_itself_is_told_from_what_we_have_to_mend(fault, kind):
    assert passing_fault(fault) is kind


@pytest.mark.django_db
def test_a_full_disk_while_a_paper_comes_in_gets_its_page(monkeypatch):
    """The body is read before any page is asked, so no page can catch it."""

    def write(handler, *_chunk):
        handler.file.close()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", write)
    client = Client(raise_request_exception=False)
    sme = SmeFactory(complete=True)
    client.force_login(sme.created_by)
    paper = SimpleUploadedFile("a.pdf", b"\0" * (2 * MEGABYTE))
    answer = client.post(reverse("smes:papers", args=[sme.public_id]), {"kind": "ntn_certificate", "file": paper})
    assert (answer.status_code, answer["Retry-After"]) == (507, "3600")
    assert "We have no room for this just now" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (OperationalError("could not connect"), 503, "unavailable"),
        (OSError(errno.ENOSPC, "full"), 507, "no_room"),
        (ValueError("ours"), 500, "fault"),
    ],
)
def test_a_program_reads_a_fault_in_its_own_shape(monkeypatch, fault, status, code):
    monkeypatch.setattr("selection.api.views.Rounds.get", raises(fault))
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(UserFactory())
    answer = client.get("/api/v1/rounds/")
    assert (answer.status_code, answer.json()["code"], "Retry-After" in answer) == (status, code, status != 500)
    assert answer.json()["data"]["reference"] == answer["X-Request-ID"]
    assert str(fault.args[-1]) not in answer.content.decode()


@pytest.mark.slow
def test_while_the_database_is_away_every_door_says_so():
    """In a process of its own, with a database that nobody serves."""
    ask = """
import json, django; django.setup()
from django.test import Client
visitor, person = Client(raise_request_exception=False), Client(raise_request_exception=False)
person.cookies["sessionid"] = "x" * 32
answers = {}
for name, client, url, headers in (
    ("page", visitor, "/rounds/", {}), ("urdu", visitor, "/rounds/", {"accept-language": "ur"}),
    ("signed in", person, "/inbox/", {}), ("program", visitor, "/api/v1/rounds/", {"authorization": "Token x"}),
):
    answer = client.get(url, headers=headers)
    answers[name] = [answer.status_code, answer.get("Retry-After"), answer.get("Cache-Control"), answer.content.decode()]
print(json.dumps(answers))
"""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://portal@127.0.0.1:1/portal",
        "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test",
        "CONTACT_PHONE": "051 111 222 333",
        "LOG_LEVEL": "CRITICAL",
    }
    run = [sys.executable, "-W", "ignore", "-c", ask]
    answers = json.loads(subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout)

    assert {name: answer[:3] for name, answer in answers.items()} == {
        "page": [503, "30", None],
        "urdu": [503, "30", None],
        "signed in": [503, "30", "private, no-store"],
        "program": [503, "30", "private, no-store"],
    }
    assert all("051 111 222 333" in answers[name][3] for name in ("page", "urdu", "signed in"))
    assert 'dir="rtl"' in answers["urdu"][3]
    assert json.loads(answers["program"][3])["code"] == "unavailable"


# --------------------------------------------------------------------------------------------------------- what is kept


def addresses() -> list[str]:

    paths = [path for path, _entry in patterns() if not path.startswith("^")]
    return ["/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: SAMPLES.get(m[1], "abcdefghjkmn"), path) for path in paths]


@pytest.mark.django_db
@pytest.mark.parametrize("person", [UserFactory, officer, administrator])
def test_nothing_that_is_answered_to_somebody_signed_in_stays_in_a_cache(person):
    client = Client(raise_request_exception=False)
    client.force_login(person())
    kept = {url: client.get(url).get("Cache-Control") for url in addresses()}
    assert len(kept) > 120
    assert {url: said for url, said in kept.items() if said != "private, no-store"} == {}


@pytest.mark.django_db
def test_signing_in_and_keys_of_programs_leave_nothing_in_a_cache_either(client):
    person = UserFactory()
    signed_in = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {renew_token(user=person)}")
    said = [answer["Cache-Control"] for answer in (signed_in, program.get("/api/v1/rounds/"))]
    assert said[1] == "private, no-store"
    assert "no-store" in said[0]


@pytest.mark.django_db
def test_a_public_page_may_be_kept_and_no_page_uses_the_device(client):
    answer = client.get("/rounds/")
    assert answer.get("Cache-Control") is None
    assert "camera=()" in answer["Permissions-Policy"]
