"""Easypaisa: the hosted page in two steps, the wallet in both interfaces."""

from __future__ import annotations

import base64
import json

import pytest

from payments.providers.calling import Caller
from payments.providers.easypaisa import CONFIRM, PAGE, Easypaisa, amount_text
from payments.providers.interface import Answer, Begun, Can, Notice, Outcome, PostForm, Refused, WaitForPhone
from payments.providers.signing import easypaisa as signing
from payments.providers.signing import rsa

from .made import AT, DUE, JUNK_TEXTS, asked, to_refund

pytestmark = pytest.mark.unit
KEY = "0123456789abcdef"
MOBILE = {"mobile": "+923451234567", "email": "rabia@example.org"}
STATUS = {
    "orderId": "D30412A",
    "storeId": "4711",
    "transactionId": "998877",
    "transactionStatus": "PAID",
    "transactionAmount": 25000.0,
    "transactionDateTime": "12/04/2027 06:00 PM",
    "msisdn": "03451234567",
    "responseCode": "0000",
}


def easypaisa(url: str = "https://easypaystg.easypaisa.com.pk", **other) -> Easypaisa:
    words = {"store_id": "4711", "account": "ACC1", "hash_key": KEY, "user": "store", "password": "secret-word"}
    return Easypaisa(Caller("easypaisa", url, 5), **(words | other))


def signed(fields: dict, key) -> bytes:
    written = json.dumps(fields)
    return f'{{"response": {written}, "signature": "{rsa.sign(written.encode(), key)}"}}'.encode()


def test_the_hosted_form():
    begun = easypaisa().begin(asked())

    fields = dict(begun.step.fields)
    assert begun == Begun(PostForm(f"https://easypaystg.easypaisa.com.pk{PAGE}", tuple(fields.items())), expires_at=DUE)
    assert fields.pop(signing.HASH) == signing.hashed_request(fields, KEY)
    assert fields == {
        "amount": "25000.0",
        "autoRedirect": "1",
        "expiryDate": "20270412 235959",
        "orderRefNum": "D30412A",
        "postBackURL": "https://portal.example/payments/back/",
        "storeId": "4711",
    }


@pytest.mark.parametrize(("paisa", "text"), [(2_500_000, "25000.0"), (2_500_050, "25000.50"), (5, "0.05")])
def test_amounts_of_the_hosted_form(paisa, text):
    assert amount_text(paisa) == text


def test_the_second_step_posts_the_token_that_came_back():
    step = easypaisa().confirm("aB1+/=_-.~", return_url="https://portal.example/b/")
    assert step.url.endswith(CONFIRM)
    assert step.fields == (("auth_token", "aB1+/=_-.~"), ("postBackURL", "https://portal.example/b/"))


@pytest.mark.parametrize("token", [*JUNK_TEXTS[:4], '"><script>', "a b", "a\n", "x" * 501])
def test_a_token_that_is_none_is_refused(token):
    assert easypaisa().confirm(token, return_url="https://portal.example/b/") == Refused("token")
    assert easypaisa().confirm("a", return_url="javascript:alert(1)") == Refused("token")


def test_a_page_without_a_key_and_a_text_that_cannot_be_written():
    assert easypaisa(hash_key="").begin(asked()) == Refused("cannot")
    assert easypaisa().begin(asked(return_url="\ud800")) == Refused("text")
    assert easypaisa().begin(asked(amount_paisa=0)) == Refused("amount")
    assert easypaisa().begin(asked(mobile="+92213456789")) == Refused("payer")


def test_the_older_wallet_is_asked_in_plain_json(stand):
    stand.says(json.dumps({"orderId": "D30412A", "transactionId": "998877", "responseCode": "0000"}).encode())

    begun = easypaisa(stand.url).begin(asked(**MOBILE))

    assert begun == Begun(WaitForPhone(), DUE, "998877", Outcome.PENDING)
    assert stand.last.path == "/easypay-service/rest/v4/initiate-ma-transaction"
    assert base64.b64decode(stand.last.headers["Credentials"]) == b"store:secret-word"
    assert json.loads(stand.last.body) == {
        "orderId": "D30412A",
        "storeId": "4711",
        "transactionAmount": "25000.00",
        "transactionType": "MA",
        "mobileAccountNo": "03451234567",
        "emailAddress": "rabia@example.org",
    }


def test_the_newer_wallet_is_asked_signed_and_believed_signed(stand, our_key, their_key):
    provider = easypaisa(stand.url, private_key=our_key, public_key=their_key.public_key())
    stand.says(signed({"orderId": "D30412A", "responseCode": "0000"}, their_key))

    begun = provider.begin(asked(**MOBILE))

    assert begun.outcome == Outcome.PENDING
    assert stand.last.path == "/easypay-service/rest/v5/initiate-ma-transaction"
    assert signing.read_signed(stand.last.body, our_key.public_key(), member="request")["orderId"] == "D30412A"
    stand.says(signed({"orderId": "D30412A", "responseCode": "0000"}, our_key))
    assert provider.begin(asked(**MOBILE)).code == "unsigned"
    stand.says(json.dumps({"orderId": "D30412A", "responseCode": "0000"}).encode())
    assert provider.begin(asked(**MOBILE)).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"responseCode":"0001","orderId":"D30412A"}', 200, "code_0001"),
        (b'{"responseCode ":"0013"}', 200, "code_0013"),
        (b'{"responseCode":"0000","orderId":"D30412B"}', 200, "form"),
        (b"{}", 200, "form"),
        (b"<html>", 200, "form"),
        (b"{}", 500, "http_500"),
    ],
)
def test_a_wallet_that_was_not_understood_may_have_been_paid(stand, body, status, code):
    stand.says(body, status)
    begun = easypaisa(stand.url).begin(asked(**MOBILE))
    assert (begun.outcome, begun.code) == (Outcome.UNKNOWN, code)


def test_a_wallet_that_refused_was_not_asked(stand):
    stand.says(b"{}", 400)
    assert easypaisa(stand.url).begin(asked(**MOBILE)) == Refused("http_400")
    assert easypaisa("http://127.0.0.1:1").begin(asked(**MOBILE)) == Refused("no_answer")


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({}, "paid", ""),
        ({"transactionStatus": "pending"}, "pending", ""),
        ({"transactionStatus": "FAILED"}, "failed", ""),
        ({"transactionStatus": "REVERSED"}, "refunded", ""),
        ({"transactionStatus": "PERHAPS"}, "unknown", "no_status"),
        ({"responseCode": "0003"}, "unknown", "code_0003"),
        ({"responseCode": ""}, "unknown", "no_code"),
        ({"orderId": "D30412B"}, "unknown", "another_payment"),
    ],
)
def test_answers_about_a_payment(stand, change, outcome, code):
    stand.says(json.dumps(STATUS | change).encode())
    answer = easypaisa(stand.url).ask("D30412A", now=AT)
    assert (answer.outcome, answer.code) == (outcome, code)


def test_the_answer_carries_what_is_told(stand):
    stand.says(json.dumps(STATUS).encode())
    assert easypaisa(stand.url).ask("D30412A", now=AT) == Answer(Outcome.PAID, "", "998877", 2_500_000, "PKR", AT)
    assert json.loads(stand.last.body) == {"orderId": "D30412A", "storeId": "4711", "accountNum": "ACC1"}


@pytest.mark.parametrize("amount", ["NaN", "1e5", "9" * 5000, "-1", '"1,000"', "null", "true"])
def test_an_amount_that_is_none_is_not_told(stand, amount):
    stand.says(json.dumps(STATUS).replace("25000.0", amount).encode())
    assert easypaisa(stand.url).ask("D30412A", now=AT).amount_paisa is None


def test_a_signed_notice_is_read(their_key):
    provider = easypaisa(public_key=their_key.public_key())
    body = signed(STATUS, their_key)

    notice = provider.read_notice(body, {}, now=AT)

    assert notice == Notice(notice.event_id, "D30412A", "998877", Outcome.PAID, 2_500_000, "PKR", AT)
    assert Can.NOTICE in provider.can


def test_other_notices_are_refused(their_key, our_key):
    provider = easypaisa(public_key=their_key.public_key())

    def said(body: bytes) -> object:
        return provider.read_notice(body, {}, now=AT)

    assert said(signed(STATUS, our_key)) == Refused("forged")
    assert said(b"url=https://easypay.easypaisa.com.pk/x") == Refused("unsigned")
    assert said(signed(STATUS | {"storeId": "1"}, their_key)) == Refused("fields")
    assert said(signed(STATUS | {"orderId": "a b"}, their_key)) == Refused("fields")
    assert said(signed(STATUS | {"transactionAmount": "9" * 5000}, their_key)) == Refused("amount")
    assert easypaisa().read_notice(signed(STATUS, their_key), {}, now=AT) == Refused("unsigned")
    assert Can.NOTICE not in easypaisa().can


@pytest.mark.parametrize("junk", JUNK_TEXTS)
def test_junk_is_refused(junk, their_key):
    provider = easypaisa(public_key=their_key.public_key())
    assert isinstance(provider.read_notice(junk.encode("utf-8", "surrogatepass"), {}, now=AT), Refused)


def test_nothing_is_given_back_by_program_and_nothing_asked_without_a_user(stand):
    assert easypaisa(stand.url).refund(to_refund(), now=AT) == Answer(Outcome.FAILED, "cannot")
    assert easypaisa(stand.url, user="").ask("D30412A", now=AT) == Answer(Outcome.UNKNOWN, "cannot_tell")
    assert easypaisa(stand.url).ask("a b", now=AT) == Answer(Outcome.UNKNOWN, "reference")
    assert stand.questions == []


def test_secrets_are_not_printed(our_key):
    shown = repr(easypaisa(private_key=our_key)) + repr(easypaisa().begin(asked()))
    assert [secret for secret in (KEY, "secret-word", "ACC1", "RSAPrivateKey") if secret in shown] == []
