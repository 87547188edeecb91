"""The sandbox's page: each way a payment may go is called up there, its notices go through the public door, and the end is the right one."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import httpx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.deposits import notices, paying, selectors, services
from payments.models import Attempt, Entry, Finding, Notice, Payment, Receipt
from payments.providers.sandbox.script import Scenario
from payments.trial import wording
from tests.payments.deposits.made import AMOUNT, asked, credit, held, is_whole, state

pytestmark = [pytest.mark.db, pytest.mark.django_db]
ORDER, PLAY = reverse("payments:sandbox"), reverse("payments:sandbox_play")


class Door:
    """As httpx posts, to the portal of this test."""

    sent: ClassVar = []

    def __init__(self, **_options):
        self.client = Client()

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        return None

    def post(self, url, *, content, headers):
        self.sent.append((url, content, headers))
        own = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        answer = self.client.post(url, content, content_type=headers["Content-Type"], headers=own)
        return httpx.Response(answer.status_code)


@pytest.fixture(autouse=True)
def _in_the_demo(settings, monkeypatch):
    settings.DEMO = True
    settings.PAYMENT_PROVIDERS = ["sandbox", "bank"]
    monkeypatch.setattr("payments.trial.services.httpx.Client", Door)


@pytest.fixture
def clock():
    with time_machine.travel("2027-04-05T10:00:00+05:00", tick=False) as traveller:
        yield traveller


def ordered(client, row, **fields):
    """What the firm's page posts to the sandbox's."""
    client.force_login(row.sme.created_by)
    page = client.post(reverse("payments:pay", args=[row.public_id]), {"way": "sandbox", "token": "page-1"})
    return dict(page.context["step"].fields) | fields


def played(client, scenario, *, days=5):
    """A payment that goes so; what the door answered."""
    row = asked(due_at=timezone.now() + timedelta(days=days))
    fields = ordered(client, row)
    assert client.post(ORDER, fields).status_code == 200
    page = Client().post(PLAY, fields | {"scenario": scenario.value})  # the company's page knows nobody of the portal
    return row, [one.status for one in page.context["posted"]]


def the_worker_runs(clock, *, for_=timedelta(minutes=7)):
    """The clock rings for the notices after a few seconds, and for questions as they fall due."""
    end = timezone.now() + for_
    clock.shift(timedelta(seconds=5))
    while timezone.now() < end:
        for pk in selectors.notices_to_work_off():
            notices.work_off(pk)
        for pk in selectors.attempts_to_ask():
            paying.ask_provider(pk)
        for pk in Payment.objects.values_list("pk", flat=True):  # the database's own clock does not travel
            services.expire_payment(payment_id=pk)
        clock.shift(timedelta(seconds=30))


PAID = ("paid", AMOUNT, 0, "paid", [])
OPEN = ("asked", 0, 0, "pending", [])


@pytest.mark.parametrize(
    ("scenario", "answered", "end"),
    [
        (Scenario.PAID, [200], PAID),
        (Scenario.FAILED, [200], ("asked", 0, 0, "failed", [])),
        (Scenario.PENDING, [200], OPEN),
        (Scenario.NO_NOTICE, [], PAID),
        (Scenario.TIMED_OUT, [200], PAID),
        (Scenario.EARLY, [200], PAID),
        (Scenario.SLOW, [200], PAID),
        (Scenario.NEXT_DAY, [200], PAID),
        (Scenario.LATE, [200], PAID),  # after its try, and days before its last day
        (Scenario.DUPLICATE, [200, 200, 200], PAID),
        (Scenario.REORDERED, [200, 200], PAID),
        (Scenario.WRONG_AMOUNT, [200], ("asked", 0, AMOUNT // 10, "differs", [("differs", AMOUNT // 10, "PKR")])),
        (Scenario.WRONG_CURRENCY, [200], ("asked", 0, 0, "differs", [("differs", AMOUNT, "USD")])),
        (Scenario.TRUNCATED, [403, 403], PAID),
        (Scenario.FORGED, [403, 403, 403], OPEN),
        (Scenario.UNKNOWN_PAYMENT, [200], ("asked", 0, 0, "unknown", [])),
        (Scenario.TAKEN_BACK, [200, 200], PAID),
        (Scenario.CONTRADICTED, [200], ("asked", 0, 0, "unknown", [])),
    ],
)
def test_each_way_ends_as_it_should(client, clock, scenario, answered, end):
    row, statuses = played(client, scenario)
    the_worker_runs(clock)
    the_worker_runs(clock)  # a second time changes nothing
    findings = list(Finding.objects.values_list("kind", "amount", "currency"))
    assert statuses == answered
    assert (state(row), held(row), credit(row), Attempt.objects.get().state, findings) == end
    assert Entry.objects.count() == Receipt.objects.count() == bool(end[1] or end[2])
    assert is_whole()


def test_every_way_is_played_and_has_its_words():
    rows = test_each_way_ends_as_it_should.pytestmark[0].args[1]
    assert {scenario for scenario, _answered, _end in rows} == set(Scenario) == set(wording.SCENARIOS)


@pytest.mark.parametrize(
    ("scenario", "kind"), [(Scenario.UNKNOWN_PAYMENT, "unknown_payment"), (Scenario.CONTRADICTED, "unclear")]
)
def test_what_stays_unclear_goes_to_a_person_once(client, clock, scenario, kind):
    row, _statuses = played(client, scenario)
    for _hour in range(60):
        clock.shift(timedelta(hours=1))
        for pk in selectors.notices_to_work_off():
            notices.work_off(pk)
        for pk in selectors.attempts_to_ask():
            paying.ask_provider(pk)
    assert Finding.objects.filter(kind=kind).count() == 1
    assert (state(row), held(row), credit(row)) == ("asked", 0, 0)


def test_money_after_the_last_second_is_credit_and_goes_to_a_person(client, clock):
    row, _statuses = played(client, Scenario.LATE, days=10 / (24 * 60))  # its try ends with its day
    the_worker_runs(clock, for_=timedelta(minutes=15))
    assert (state(row), held(row), credit(row)) == ("expired", 0, AMOUNT)
    assert Finding.objects.values_list("kind", "amount").get() == ("late", AMOUNT)
    assert is_whole()


def test_what_is_not_believed_is_kept_whole_and_does_nothing(client, clock):
    played(client, Scenario.FORGED)
    kept = Notice.objects.all()
    assert {(one.state, one.attempt_id) for one in kept} == {("refused", None)}
    assert {one.code for one in kept} <= {"forged", "unsigned"}
    assert all(bytes(one.body).startswith(b'{"id"') for one in kept)


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (10, 403)])
def test_a_notice_that_was_caught_and_is_sent_again_does_nothing_more(client, clock, minutes, status):
    row, _statuses = played(client, Scenario.PAID)
    the_worker_runs(clock, for_=timedelta(minutes=1))
    url, content, headers = Door.sent[-1]
    with Door() as door:
        clock.shift(timedelta(minutes=minutes - 2))
        assert door.post(url, content=content, headers=headers).status_code == status
    the_worker_runs(clock)
    assert (state(row), held(row), credit(row), Entry.objects.count()) == ("paid", AMOUNT, 0, 1)


@pytest.mark.parametrize("address", [ORDER, PLAY])
@pytest.mark.parametrize("lacks", ["demo", "sandbox"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nobody_tries_out_the_page_is_not_there(client, settings, address, lacks, method):
    fields = ordered(client, asked()) | {"scenario": "paid"}
    assert client.post(address, fields).status_code == 200
    if lacks == "demo":
        settings.DEMO = False
    else:
        settings.PAYMENT_PROVIDERS = ["bank"]
    before = Notice.objects.count()
    assert getattr(client, method)(address, fields).status_code == 404
    assert Notice.objects.count() == before


@pytest.mark.parametrize(
    "change",
    [
        {"pp_Amount": "1"},
        {"pp_TxnRefNo": "DEP1A1"},
        {"pp_ReturnURL": "https://evil.example/"},
        {"pp_SecureHash": "0" * 64},
    ],
)
@pytest.mark.parametrize("address", [ORDER, PLAY])
def test_an_order_that_is_not_ours_is_not_there(client, address, change):
    fields = ordered(client, asked()) | {"scenario": "paid"}
    assert client.post(address, fields | change).status_code == 404
    assert not Notice.objects.exists()


def test_a_way_that_nobody_wrote_is_not_played(client):
    fields = ordered(client, asked())
    for scenario in ("", "gold"):
        assert client.post(PLAY, fields | {"scenario": scenario}).status_code == 404


def test_the_page_offers_each_way_and_leads_back(client):
    row = asked()
    fields = ordered(client, row)
    page = client.post(ORDER, fields).content.decode()
    assert all(f'value="{scenario.value}"' in page for scenario in Scenario)
    back = client.post(PLAY, fields | {"scenario": "no_notice"}).content.decode()
    assert reverse("payments:back", args=[row.public_id]) in back
