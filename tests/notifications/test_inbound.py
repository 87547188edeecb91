"""SMS that come in: believed by their signature, kept whole, counted once, read by the worker."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.notifications import inbound, selectors
from tdap_portal.notifications.models import Channel, Dispatch, InboundSms, Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
KEY = "k" * 60
NUMBER = "+923001234567"
URL = "/inbox/sms/received/"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.SMS_INBOUND_KEY = KEY


@pytest.fixture
def person():
    return UserFactory(mobile=NUMBER, mobile_verified=True)


@pytest.fixture
def read(monkeypatch):
    """What a floor above was handed; it understands all but "?"."""
    found = []

    class Reader:
        @staticmethod
        def read_sms(*, person, text):
            found.append((person, text))
            return text != "?"

    monkeypatch.setattr(inbound, "import_module", lambda _name: Reader)
    return found


def body_of(**values):
    return json.dumps({"id": "m-1", "from": NUMBER, "text": "5 4 good"} | values).encode()


def send(client, body, *, signature=None, **extra):
    right = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    return client.post(
        URL,
        body,
        content_type=extra.pop("content_type", "application/json"),
        headers={"X-Signature": right if signature is None else signature},
    )


def test_what_is_signed_is_kept_whole_and_read(client, person, read, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, body_of(network="x"))
    row = InboundSms.objects.get()
    assert answer.status_code == 202
    assert (row.body.encode(), row.provider_id, row.state, row.person) == (body_of(network="x"), "m-1", "read", person)
    assert read == [(person, "5 4 good")]
    assert "1234567" not in row.hint


@pytest.mark.parametrize("signature", ["", "0" * 64, "x", "é", "0" * 5000])
def test_what_is_not_signed_is_not_read(client, signature):
    assert send(client, body_of(), signature=signature).status_code == 403
    assert not InboundSms.objects.exists()


def test_one_changed_byte_is_noticed(client):
    body = body_of()
    right = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert send(client, body.replace(b"5 4", b"1 1"), signature=right).status_code == 403
    assert send(client, body, signature=right).status_code == 202


def test_without_a_key_there_is_no_door(client, settings):
    settings.SMS_INBOUND_KEY = ""
    body = body_of()
    assert send(client, body, signature=hmac.new(b"", body, hashlib.sha256).hexdigest()).status_code == 404


def test_only_posts_of_json_of_a_message_s_size_are_taken(client):
    assert client.get(URL).status_code == 405
    form = client.post(URL, {"id": "m-1"}, headers={"X-Signature": "0" * 64})
    assert (form.status_code, send(client, body_of(text="x" * 20_000)).status_code) == (403, 403)
    empty = hmac.new(KEY.encode(), b"", hashlib.sha256).hexdigest()
    assert client.post(URL, {"id": "m-1"}, headers={"X-Signature": empty}).status_code == 400
    assert not InboundSms.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"{}", b'{"id": ""}', b'{"id": null}', b'{"id": ["a"]}', b'{"id": "a\\u0000"}', b'{"id": "\\ud800"}',
     b'{"id": "' + b"a" * 81 + b'"}', b"\xff", b"[" * 9000, b'{"id": NaN}', b'{"id": true}'],
)  # fmt: skip
def test_junk_that_is_signed_is_refused(client, body):
    assert send(client, body).status_code == 400
    assert not InboundSms.objects.exists()


def test_what_is_sent_again_counts_once(client, person, read):
    for text in ("5 4 good", "5 4 good", "1 1 forged later"):
        assert send(client, body_of(text=text)).status_code == 202
    inbound.read_due()
    inbound.read_due()
    assert read == [(person, "5 4 good")]


@pytest.mark.parametrize(
    "sender", ["923001234567", "03001234567", "0300-1234567", "00923001234567", "+92 300 1234567", "۰۳۰۰۱۲۳۴۵۶۷"]
)
def test_a_number_is_known_however_the_provider_writes_it(person, read, sender):
    inbound.keep(body_of(**{"from": sender}))
    inbound.read_due()
    assert read == [(person, "5 4 good")]


@pytest.mark.parametrize("values", [{"mobile_verified": False}, {"is_active": False}, {"mobile": "+923007654321"}])
def test_a_number_that_is_nobody_s_gets_no_answer(read, values):
    UserFactory(**{"mobile": NUMBER, "mobile_verified": True} | values)
    inbound.keep(body_of())
    inbound.read_due()
    assert InboundSms.objects.get().state == "stranger"
    assert (read, Message.objects.count(), Dispatch.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    "values",
    [{"from": None}, {"from": "5" * 5000}, {"from": {"a": 1}}, {"text": None}, {"text": "\x00"}, {"text": [1]}],
)
def test_junk_inside_a_message_harms_nobody(person, read, values):
    inbound.keep(body_of(**values))
    inbound.read_due()
    assert InboundSms.objects.get().state in ("stranger", "read")


def test_what_nobody_understands_is_answered_kindly_once_a_day(person, read):
    for number in range(3):
        inbound.keep(body_of(id=f"m-{number}", text="?"))
    inbound.read_due()
    assert list(InboundSms.objects.values_list("state", flat=True)) == ["unread"] * 3
    assert Message.objects.get().template == "sms.not_understood"
    assert [row.channel for row in Dispatch.objects.all()] == ["sms"]


@pytest.mark.parametrize("word", ["STOP", " stop. ", "بند"])
def test_stop_ends_sms_and_start_begins_them_again(person, read, word):
    inbound.keep(body_of(text=word))
    inbound.read_due()
    assert selectors.preferences_of(person)[Channel.SMS] is False
    inbound.keep(body_of(id="m-2", text="start"))
    inbound.read_due()
    assert selectors.preferences_of(person)[Channel.SMS] is True
    assert (read, Dispatch.objects.count()) == ([], 0)
    assert set(Message.objects.values_list("template", flat=True)) == {"sms.stopped", "sms.started"}


def test_a_fault_is_tried_again_and_says_no_number(person, monkeypatch, caplog):
    class Broken:
        @staticmethod
        def read_sms(*, person, text):
            raise RuntimeError(f"{person.mobile} {text}")

    monkeypatch.setattr(inbound, "import_module", lambda _name: Broken)
    inbound.keep(body_of(text="a secret"))
    with caplog.at_level(logging.DEBUG):
        assert inbound.read_due() == 0
        assert inbound.read_due() == 0  # not at once
    row = InboundSms.objects.get()
    assert (row.state, row.attempts, row.person) == ("waiting", 1, None)
    assert row.next_try_at > timezone.now()
    assert "1234567" not in caplog.text
    assert "secret" not in caplog.text
    InboundSms.objects.update(attempts=inbound.MAX_ATTEMPTS - 1, next_try_at=timezone.now())
    inbound.read_due()
    assert InboundSms.objects.get().state == "failed"


def test_a_fault_leaves_the_others(person, read, monkeypatch):
    keep = inbound._person_of
    monkeypatch.setattr(inbound, "_person_of", lambda sender: keep(sender) if sender == NUMBER else 1 / 0)
    inbound.keep(body_of(id="bad", **{"from": "x"}))
    inbound.keep(body_of(id="good"))
    assert inbound.read_due() == 1
    assert read == [(person, "5 4 good")]


def test_what_was_sent_is_blanked_after_some_weeks(person, read):
    for name, days in (("old", 31), ("new", 29)):
        row = inbound.keep(body_of(id=name))
        InboundSms.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(days=days))
    waiting = inbound.keep(body_of(id="waits"))
    InboundSms.objects.filter(pk=waiting.pk).update(
        received_at=timezone.now() - timedelta(days=40), next_try_at=timezone.now() + timedelta(days=1)
    )
    inbound.read_due()
    assert inbound.blank_old() == 1
    assert {row.provider_id: bool(row.body) for row in InboundSms.objects.all()} == {
        "old": False,
        "new": True,
        "waits": True,
    }


def test_when_somebody_wrote_last(person, read):
    inbound.keep(body_of())
    inbound.read_due()
    assert set(selectors.last_sms_of([person.pk, 0])) == {person.pk}


@pytest.mark.parametrize("body", [b"a=%00", b"a=1&" * 2_000])
def test_what_is_no_json_is_answered_as_what_is_not_signed(client, body):
    answer = send(client, body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.content) == (403, b"not signed\n")
