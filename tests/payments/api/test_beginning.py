"""A program begins to pay by every way that the page offers: once for a key, with the same checks, and nothing of the payer kept."""

from __future__ import annotations

import json

import pytest

from payments.api.beginning import BegunSerializer
from payments.checkout import wording
from payments.deposits import selectors
from payments.models import Attempt, KeptAnswer, Payment
from payments.providers.interface import Begun, Outcome, Redirect, Refused
from payments.providers.sandbox.provider import Sandbox
from tests.factories.smes import MemberFactory
from tests.payments.deposits.made import AMOUNT, asked, script

pytestmark = [pytest.mark.db, pytest.mark.django_db]
MOBILE = "0300-1234567"


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["raast", "sandbox", "bank"]
    settings.PAYMENT_IBAN, settings.PAYMENT_ACCOUNT_TITLE = "PK36SCBL0000001123456702", "TDAP Deposits"


@pytest.fixture
def row():
    return asked()


@pytest.fixture
def owner(client, row):
    client.force_login(row.sme.created_by)
    return client


def begin(client, row, key="order-0001", **said):
    return client.post(
        f"/api/v1/payments/{row.public_id}/attempts/", said, content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=key,
    )  # fmt: skip


def test_every_way_of_the_page_is_begun(owner, row):
    found = {}
    for number, option in enumerate(wording.options_of(selectors.ways())):
        way, _mark, phone = option.code.partition(wording.PHONE[0])
        said = {"way": way} | ({"mobile": MOBILE} if phone else {})
        answer = begin(owner, row, f"order-{number:04}", **said)
        assert answer.status_code == 201, answer.json()
        found[option.code] = answer.json()["next"]["kind"]
    assert found == {
        "raast": "instructions", "sandbox": "post_form", "sandbox:phone": "wait_for_phone", "bank": "instructions",
    }  # fmt: skip


def test_a_page_of_a_company_gives_its_form_again_and_is_one_try(owner, row):
    first, again = begin(owner, row, way="sandbox"), begin(owner, row, way="sandbox")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    following = first.json()["next"]
    assert following["url"].endswith("/payments/sandbox/")
    assert following["fields"]["pp_TxnRefNo"] == first.json()["reference"]
    assert f"/payments/back/{row.public_id}/" in following["fields"]["pp_ReturnURL"]
    assert Attempt.objects.count() == 1
    kept = KeptAnswer.objects.get().body["next"]
    assert (kept["url"], kept["fields"]) == ("", {})  # of the moment, and the company's own


def test_once_the_try_has_ended_the_form_is_not_given_again(owner, row):
    begin(owner, row, way="sandbox")
    Attempt.objects.update(state="failed")
    again = begin(owner, row, way="sandbox").json()["next"]
    assert (again["kind"], again["url"], again["fields"]) == ("post_form", "", {})


def test_an_address_of_a_company_is_given(owner, row, monkeypatch):
    def to_a_page(_self, request):
        return Begun(Redirect("https://pay.example/order"), request.expires_at)

    monkeypatch.setattr(Sandbox, "begin", to_a_page)
    assert begin(owner, row, way="sandbox").json()["next"] == {
        "kind": "redirect", "url": "https://pay.example/order", "fields": {}, "refusal": "",
    }  # fmt: skip


def test_the_telephone_is_asked_once_and_no_number_is_kept(owner, row, monkeypatch):
    calls = []
    real = Sandbox.begin
    monkeypatch.setattr(Sandbox, "begin", lambda self, request: calls.append(request.mobile) or real(self, request))
    for _time in range(2):
        assert begin(owner, row, way="sandbox", mobile=MOBILE).json()["next"]["kind"] == "wait_for_phone"
    assert calls == ["+923001234567"]
    kept = KeptAnswer.objects.get()
    assert "3001234567" not in json.dumps([kept.body, kept.digest, kept.key])
    assert not [each for each in Attempt.objects.values() if "3001234567" in str(each)]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"way": "sandbox", "mobile": "12"}, 400, None),
        ({"way": "raast", "mobile": MOBILE}, 409, "no_telephone"),
        ({"way": "jazzcash"}, 409, "no_such_way"),
        ({"way": "null"}, 409, "no_such_way"),
        ({"way": ""}, 400, None),
        ({}, 400, None),
    ],
)
def test_bad_ways_and_numbers_begin_nothing_and_leave_the_key_free(owner, row, said, status, code):
    answer = begin(owner, row, **said)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code
    assert not Attempt.objects.exists()
    assert begin(owner, row, way="sandbox").status_code == 201


def test_a_wallet_without_a_page_wants_a_number(owner, row, monkeypatch):
    from payments.providers.interface import Can

    monkeypatch.setattr(Sandbox, "can", frozenset({Can.WALLET_PUSH, Can.NOTICE, Can.QUERY}))
    assert begin(owner, row, way="sandbox").json()["code"] == "needs_mobile"
    assert not Attempt.objects.exists()


def test_what_the_company_refuses_is_said_with_the_try_that_failed(owner, row, monkeypatch):
    monkeypatch.setattr(Sandbox, "begin", lambda *_args: Refused("mobile"))
    for _time in range(2):
        answer = begin(owner, row, way="sandbox", mobile=MOBILE)
        assert (answer.status_code, answer.json()["state"], answer.json()["next"]["kind"]) == (201, "failed", "none")
        assert "did not take these numbers" in answer.json()["next"]["refusal"]
    assert Attempt.objects.count() == 1


def test_a_beginning_that_was_not_answered_may_have_been_paid(owner, row, monkeypatch):
    real = Sandbox.begin

    def silent(self, request):
        begun = real(self, request)
        return Begun(begun.step, begun.expires_at, outcome=Outcome.UNKNOWN, code="too_slow")

    monkeypatch.setattr(Sandbox, "begin", silent)
    assert begin(owner, row, way="sandbox", mobile=MOBILE).json()["state"] == "unknown"


def test_the_same_key_with_another_way_begins_nothing_more(owner, row):
    begin(owner, row, way="raast")
    answer = begin(owner, row, way="sandbox")
    assert (answer.status_code, answer.json()["code"], Attempt.objects.count()) == (422, "idempotency_key_used", 1)


def test_two_people_of_a_firm_with_the_same_key_begin_two_tries(client, owner, row):
    begin(owner, row, way="raast")
    other = MemberFactory(sme=row.sme, role="finance").user
    client.force_login(other)
    assert begin(client, row, way="raast").json()["number"] == 2


def test_what_is_over_is_not_begun(owner, row):
    Payment.objects.update(state="expired")
    answer = begin(owner, row, way="sandbox")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert not KeptAnswer.objects.exists()


def test_another_amount_that_came_is_told(owner, row):
    begin(owner, row, way="sandbox")
    attempt = Attempt.objects.get()
    script(attempt)
    Attempt.objects.update(state="differs", came=AMOUNT - 1)
    found = owner.get(f"/api/v1/payments/{row.public_id}/attempts/").json()[0]
    assert (found["state"], found["came_paisa"]) == ("differs", AMOUNT - 1)


def test_the_description_of_the_interface_names_every_step(client):
    schema = client.get("/api/v1/schema/", HTTP_ACCEPT="application/json").json()["components"]["schemas"]
    following = schema["Next"]
    assert set(following["properties"]) == {"kind", "url", "fields", "refusal"}
    assert set(BegunSerializer().fields) == set(schema["Begun"]["properties"])
    assert {"mobile", "cnic", "way"} == set(schema["Begin"]["properties"])
