"""One question over HTTPS."""

from __future__ import annotations

import logging
import time

import pytest

from payments.providers.calling import Caller, NoResponse, Response

pytestmark = pytest.mark.unit


def test_what_was_said_is_heard(stand):
    stand.says(b'{"a": 1}')
    heard = Caller("jazzcash", stand.url).post("/path", b"{}", headers={"Credentials": "x"})
    assert heard == Response(b'{"a": 1}')
    assert (stand.last.path, stand.last.headers["Content-Type"]) == ("/path", "application/json")
    assert stand.last.headers["Credentials"] == "x"


def test_a_form_is_posted(stand):
    Caller("alipay", stand.url).post_form("/gateway.do", {"a": "ø &"})
    assert stand.last.body == b"a=%C3%B8+%26"


def test_redirects_are_not_followed(stand):
    stand.says(b"", 307)
    assert Caller("x", stand.url).post("/", b"") == NoResponse("http_307", may_have_acted=True)
    assert len(stand.questions) == 1


def test_too_much_is_not_read(stand):
    stand.says(b"x" * 1_000_000)
    assert Caller("x", stand.url).post("/", b"") == NoResponse("too_large", may_have_acted=True)


def test_an_answer_that_drips_ends_at_the_limit_of_the_whole(stand):
    """Each byte comes in time; all of them never would."""
    stand.says(b"x" * 1_000)
    stand.drip = 0.05
    began = time.monotonic()
    assert Caller("x", stand.url, 0.4).post("/", b"") == NoResponse("too_slow", may_have_acted=True)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "ftp://127.0.0.1"])
def test_an_address_that_nobody_answers_was_not_asked(url):
    assert Caller("x", url).post("/", b"") == NoResponse("no_answer", may_have_acted=False)


def test_a_proxy_of_the_environment_is_not_used(stand, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert Caller("x", stand.url).post("/", b"") == Response(b"{}")


def test_a_line_of_the_log_names_provider_and_path_alone(stand, caplog):
    caplog.set_level(logging.INFO, "payments")
    Caller("jazzcash", stand.url).post("/path?key=secret", b"secret", headers={"X": "secret"})
    [line] = [record.getMessage() for record in caplog.records if record.name.startswith("payments")]
    assert line.startswith("jazzcash /path: answered after ")
