"""Payments for programs: who reads what, and that one key does one thing."""

from __future__ import annotations

import pytest
from django.db import transaction

from payments.api import idempotency
from payments.models import Attempt, KeptAnswer
from tests.factories.accounts import officer
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory
from tests.factories.training_places import programme_manager
from tests.payments.deposits.made import asked, begun
from tests.selection.test_at_once import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
LIST = "/api/v1/payments/"
KEY = {"HTTP_IDEMPOTENCY_KEY": "order-0001"}


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["raast", "sandbox", "bank"]


@pytest.fixture
def row():
    return asked()


@pytest.fixture
def owner(client, row):
    client.force_login(row.sme.created_by)
    return client


def begin(client, row, way="raast", **extra):
    return client.post(
        f"{LIST}{row.public_id}/attempts/", {"way": way}, content_type="application/json", **(KEY | extra)
    )


def test_a_firm_reads_its_own_and_officials_read_all(client, row):
    other = asked()
    for person, sees in (
        (row.sme.created_by, {row.reference}),
        (finance_officer(), {row.reference, other.reference}),
        (programme_manager(), {row.reference, other.reference}),
        (officer(), set()),
        (SmeFactory().created_by, set()),
    ):
        client.force_login(person)
        assert {one["reference"] for one in client.get(LIST).json()["results"]} == sees
        assert client.get(f"{LIST}{row.public_id}/").status_code == (200 if row.reference in sees else 404)


def test_the_same_key_begins_once_and_gives_the_first_answer_again(owner, row):
    first, again = begin(owner, row), begin(owner, row)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (Attempt.objects.count(), KeptAnswer.objects.count()) == (1, 1)
    assert first.json()["qr"].startswith("000201")


def test_the_same_key_for_something_else_is_refused(owner, row):
    begin(owner, row)
    response = begin(owner, row, way="bank")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_used")
    assert Attempt.objects.count() == 1


def test_long_keys_that_begin_alike_are_two(owner, row):
    alike = "x" * 79
    answers = [begin(owner, row, HTTP_IDEMPOTENCY_KEY=f"{alike}{last}") for last in "ab"]
    assert [answer.json()["number"] for answer in answers] == [1, 2]


def test_nothing_of_another_firm_is_begun_or_left(owner, row):
    other = asked()
    begin_of = owner.post(
        f"{LIST}{other.public_id}/attempts/", {"way": "raast"}, content_type="application/json", **KEY
    )
    assert begin_of.status_code == 404
    begun_there = begun(other, way="bank")
    left = owner.post(f"{LIST}{other.public_id}/attempts/{begun_there.number}/leave/", **KEY)
    listed = owner.get(f"{LIST}{other.public_id}/attempts/")
    assert (left.status_code, listed.status_code, Attempt.objects.get().state) == (404, 404, "pending")
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "with spaces in it", "x" * 81])
def test_without_a_good_key_nothing_is_begun(owner, row, key):
    response = begin(owner, row, HTTP_IDEMPOTENCY_KEY=key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key")
    assert not Attempt.objects.exists()


def test_a_refused_request_leaves_its_key_free(owner, row):
    response = begin(owner, row, way="jazzcash")
    assert (response.status_code, response.json()["code"]) == (409, "no_such_way")
    assert not KeptAnswer.objects.exists()
    assert begin(owner, row).status_code == 201


def test_keys_of_two_people_do_not_meet(client, row):
    other = asked()
    for one in (row, other):
        client.force_login(one.sme.created_by)
        assert begin(client, one).status_code == 201


def test_whoever_may_only_read_begins_nothing(client, row):
    client.force_login(finance_officer())
    assert begin(client, row).status_code == 403


def test_a_try_is_left_by_a_program(owner, row):
    begin(owner, row)
    address = f"{LIST}{row.public_id}/attempts/1/leave/"
    response = owner.post(address, content_type="application/json", HTTP_IDEMPOTENCY_KEY="leave-0001")
    assert (response.status_code, response.json()["state"]) == (200, "failed")
    assert owner.get(f"{LIST}{row.public_id}/attempts/").json()[0]["state"] == "failed"


class Asked:
    """A request as `once` reads it."""

    method, path = "POST", "/x/"
    headers = {idempotency.HEADER: "order-0001"}
    data = {"way": "raast"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_twenty_with_the_same_key_do_it_once(monkeypatch, guarded):
    """Without the row that is inserted first, each looks and acts."""
    person, done = finance_officer(), []

    def act():
        done.append(1)
        return 201, {"number": 1}

    def look_first(user, key, digest):
        known = KeptAnswer.objects.filter(user=user, key=key).first()
        return (known, False) if known else (KeptAnswer(user=user, key=f"{key}{len(done)}", digest=digest), True)

    if not guarded:
        monkeypatch.setattr(idempotency, "_row", look_first)
        monkeypatch.setattr(KeptAnswer, "save", lambda self, **_kwargs: None)

    def ask():
        with transaction.atomic():
            return idempotency.once(Asked(), person, act).status_code

    said = at_once(*[ask for _client in range(20)])
    assert set(said) == {201}
    assert (len(done) == 1) is guarded
