"""Case m08: notices that come too early, too late, or for the try before, in every order and three times each."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from itertools import permutations

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, notices, paying, selectors, services, tasks
from payments.ledger import selectors as ledger
from payments.models import Attempt, Entry, Finding, Notice, Payment, PaymentAct
from payments.providers.interface import Answer, Outcome, Refused
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.script import Form, Scenario
from payments.providers.signing import webhook
from payments.providers.switches import provider_of
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import NotFound
from tdap_portal.notifications.models import Message
from tests.factories.payments import finance_officer
from tests.payments.providers.test_logs import leaks

from .made import AMOUNT, asked, begun, credit, held, is_whole, script, sends, state

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def after(attempt, **delay):
    return time_machine.travel(attempt.begun_at + timedelta(**delay), tick=False)


def work():
    return [notices.work_off(pk) for pk in Notice.objects.values_list("pk", flat=True)]


def test_a_notice_that_is_quicker_than_our_row_is_worked_off_when_the_row_is_there():
    row = asked()
    attempt = begun(row)
    sent = script(attempt).sent[0]
    Attempt.objects.filter(pk=attempt.pk).update(reference="ELSEWHERE1")
    with after(attempt, seconds=21):
        assert not isinstance(sends(sent), Refused)
        assert bytes(Notice.objects.get().body) == sent.body
        assert work() == ["waiting"]
    Attempt.objects.filter(pk=attempt.pk).update(reference=attempt.reference)
    with after(attempt, seconds=50):
        tasks.work_off_notices()
    assert (state(row), held(row), Entry.objects.count()) == ("paid", AMOUNT, 1)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_end_is_the_same_in_every_order_of_the_notices_and_three_times_each(order):
    """Run e and the failed first try of run c: paid by the second try, once."""
    row = asked()
    first, second = begun(row), begun(row)
    told = [script(first, Scenario.FAILED).sent[0], *script(second, Scenario.REORDERED).sent]
    with after(second, minutes=5):
        for number in order:
            for _time in range(3):
                sends(told[number])
                work()
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, 0)
    assert Entry.objects.count() == 1
    states = dict(Attempt.objects.values_list("number", "state"))
    assert states == {1: "failed", 2: "paid"}
    assert list(Notice.objects.order_by("code").values_list("code", "state")) == [
        ("failed", "done"), ("paid", "done"), ("pending", "done"),
    ]  # fmt: skip
    assert is_whole()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_tries_paid_is_a_double_payment_told_once(order):
    row = asked()
    tries = [begun(row), begun(row)]
    with after(tries[1], minutes=5):
        for number in order:
            for _time in range(3):
                sends(script(tries[number]).sent[0])
                work()
        deliver_all()
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, AMOUNT)
    assert Entry.objects.count() == 2
    assert Finding.objects.get().kind == "double"
    told = Message.objects.filter(to=row.sme.created_by).exclude(template="payment.asked")
    assert sorted(told.values_list("template", flat=True)) == ["payment.kept_as_credit", "payment.settled"]
    act = acts.propose(
        actor=finance_officer(), payment=row, kind=PaymentAct.Kind.PAY_CREDIT, amount=AMOUNT, words="Paid twice."
    )
    acts.sign(actor=finance_officer(), act=act)
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, 0)
    assert is_whole()


@pytest.mark.parametrize(
    ("scenario", "told", "booked"),
    [(Scenario.WRONG_AMOUNT, (AMOUNT // 10, "PKR"), AMOUNT // 10), (Scenario.WRONG_CURRENCY, (AMOUNT, "USD"), 0)],
)
def test_another_amount_is_credit_another_currency_is_only_noted_and_both_go_to_a_person(scenario, told, booked):
    row = asked()
    attempt = begun(row)
    with after(attempt, minutes=2):
        for _time in range(3):
            sends(script(attempt, scenario).sent[0])
            work()
    assert (state(row), held(row), credit(row)) == ("asked", 0, booked)
    assert Entry.objects.count() == bool(booked)
    finding = Finding.objects.get()
    assert (finding.kind, finding.attempt) == ("differs", attempt)
    assert (finding.amount, finding.currency) == told
    attempt.refresh_from_db()
    assert (attempt.state, attempt.came, attempt.ask_next_at) == ("differs", booked or None, None)
    assert is_whole()


@pytest.mark.parametrize("order", list(permutations([Scenario.WRONG_AMOUNT, Scenario.WRONG_CURRENCY])))
def test_another_amount_and_another_currency_of_one_try_both_wait_for_a_person(order):
    row = asked()
    attempt = begun(row)
    with after(attempt, minutes=2):
        for scenario in order:
            for _time in range(3):
                sends(script(attempt, scenario).sent[0])
                work()
    assert (state(row), held(row), credit(row)) == ("asked", 0, AMOUNT // 10)
    told = Finding.objects.filter(kind="differs").order_by("amount").values_list("amount", "currency")
    assert list(told) == [(AMOUNT // 10, "PKR"), (AMOUNT, "USD")]
    assert is_whole()


def test_a_notice_of_a_try_that_we_never_made_is_answered_like_the_others_and_given_to_a_person_after_a_day():
    row = asked()
    attempt = begun(row)
    sent = script(attempt, Scenario.UNKNOWN_PAYMENT).sent[0]
    with after(attempt, seconds=21):
        assert sends(sent) == sends(sent)
        assert work() == ["waiting"]
    with after(attempt, hours=23):
        assert work() == ["waiting"]
    with after(attempt, hours=25):
        assert work() == ["given_up"]
        assert work() == ["given_up"]
    assert Finding.objects.get().kind == "unknown_payment"
    assert Entry.objects.count() == 0


def test_a_notice_that_the_provider_does_not_bear_out_is_asked_about_and_then_goes_to_a_person():
    row = asked()
    attempt = begun(row)
    sent = script(attempt, Scenario.CONTRADICTED).sent[0]
    with after(attempt, seconds=30):
        sends(sent)
        work()
    attempt.refresh_from_db()
    assert (state(row), attempt.state, attempt.code) == ("asked", "unknown", "contradicts")
    moment, waits = attempt.begun_at + timedelta(seconds=30), []
    while attempt.ask_next_at is not None and len(waits) < 12:
        waits.append((attempt.ask_next_at - moment) / timedelta(minutes=1))
        moment = attempt.ask_next_at
        with time_machine.travel(moment, tick=False):
            tasks.ask_providers()
        attempt.refresh_from_db()
    assert waits == [1, 5, 30, 120, 360, 720, 1440]
    assert Finding.objects.get().kind == "unclear"
    assert (state(row), Entry.objects.count()) == ("asked", 0)


def test_a_notice_that_comes_after_the_provider_said_failed_is_asked_about_all_the_same():
    """Run h the other way round."""
    row = asked()
    attempt = begun(row)
    sent = script(attempt, Scenario.CONTRADICTED).sent[0]
    with after(attempt, minutes=1):
        tasks.ask_providers()
        attempt.refresh_from_db()
        assert attempt.state == "failed"
        for _time in range(3):
            sends(sent)
            work()
    for hours in (1, 2, 5, 10, 20, 40, 80, 160):
        with after(attempt, hours=hours):
            tasks.ask_providers()
    assert Finding.objects.get().kind == "unclear"
    assert (state(row), Entry.objects.count()) == ("asked", 0)


def test_what_was_paid_without_a_notice_is_found_by_asking_and_the_notice_of_the_next_day_changes_nothing():
    row = asked()
    attempt = begun(row)
    late = script(attempt, Scenario.PAID).sent[0]
    script(attempt, Scenario.NO_NOTICE)
    with after(attempt, minutes=15):
        tasks.ask_providers()
    assert (state(row), held(row)) == ("paid", AMOUNT)
    with after(attempt, seconds=30):
        sends(late)
    with after(attempt, days=1):
        work()
    assert (Entry.objects.count(), Finding.objects.count()) == (1, 0)
    attempt.refresh_from_db()
    assert (attempt.ask_next_at, attempt.fee) == (None, 6_000)


OLD = {
    "pending": Answer(Outcome.PENDING),
    "failed": Answer(Outcome.FAILED, "code_101"),
    "unknown": Answer(Outcome.UNKNOWN, "too_slow"),
}


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("who", ["the page", "the clock"])
def test_what_was_read_before_a_notice_set_it_paid_does_not_undo_that(monkeypatch, old, who):
    """Run b: the provider's answer is on its way while the notice is worked off."""
    row = asked()
    attempt = begun(row)
    sent, real = script(attempt).sent[0], Sandbox.ask

    def asks(provider, reference, *, now):
        monkeypatch.setattr(Sandbox, "ask", real)
        sends(sent)
        assert work() == ["done"]
        return OLD[old]

    with after(attempt, minutes=2):
        monkeypatch.setattr(Sandbox, "ask", asks)
        if who == "the page":
            paying.look_now(actor=row.sme.created_by, attempt=Attempt.objects.select_related("payment__sme").get())
        else:
            tasks.ask_providers()
    attempt.refresh_from_db()
    assert (state(row), held(row), Entry.objects.count()) == ("paid", AMOUNT, 1)
    assert (attempt.state, attempt.ask_next_at, Finding.objects.count()) == ("paid", None, 0)


@pytest.mark.parametrize("is_refused", [True, False])
def test_nor_what_the_beginning_was_answered_with(monkeypatch, is_refused):
    """The notice is quicker than the answer to the beginning itself."""
    row, real = asked(), Sandbox.begin

    def begins(provider, request):
        said = real(provider, request)
        attempt = Attempt.objects.get()
        with after(attempt, seconds=21):
            sends(script(attempt).sent[0])
            assert work() == ["done"]
        return Refused("no_answer") if is_refused else said

    monkeypatch.setattr(Sandbox, "begin", begins)
    begun(row)
    assert (state(row), held(row), Entry.objects.count()) == ("paid", AMOUNT, 1)
    assert Attempt.objects.get().state == "paid"


def test_what_the_firm_paid_counts_and_not_what_the_company_pays_out():
    """Case m06: gross 5,000.00, fee 101.52, net 4,898.48."""
    row = asked()
    attempt = begun(row)
    sent = script(attempt).sent[0]
    event = json.loads(sent.body)
    event["data"] |= {"amount_paisa": 500_000, "fee_paisa": 10_152, "net_paisa": 489_848}
    body = json.dumps(event).encode()
    moment = attempt.begun_at + timedelta(seconds=21)
    header = webhook.signature_header(body, provider_of("sandbox").key, at=moment)
    headers = {"content-type": "application/json", "sandbox-signature": header}
    with time_machine.travel(moment, tick=False):
        assert not isinstance(notices.take_notice(way="sandbox", body=body, headers=headers), Refused)
        work()
    attempt.refresh_from_db()
    assert (state(row), held(row), attempt.fee) == ("paid", AMOUNT, 10_152)
    assert not Finding.objects.exists()


def test_a_beginning_that_was_not_answered_is_found_paid_later():
    row = asked()
    attempt = begun(row)
    script(attempt, Scenario.TIMED_OUT)
    for minutes in (2, 8, 40):
        with after(attempt, minutes=minutes):
            tasks.ask_providers()
    assert (state(row), held(row)) == ("paid", AMOUNT)


def test_a_forged_notice_is_kept_by_its_hash_and_does_nothing():
    row = asked()
    attempt = begun(row)
    with after(attempt, seconds=25):
        for sent in script(attempt, Scenario.FORGED).sent:
            assert isinstance(sends(sent), Refused)
            assert isinstance(sends(sent), Refused)
        headers = {"content-type": "application/json", "cookie": "session=1"}
        assert isinstance(notices.take_notice(way="sandbox", body=b"\xff\x00junk", headers=headers), Refused)
        tasks.work_off_notices()
    assert set(Notice.objects.values_list("state", flat=True)) == {"refused"}
    kept = Notice.objects.get(body=b"\xff\x00junk")
    assert (kept.body_sha256, kept.headers) == (
        hashlib.sha256(b"\xff\x00junk").hexdigest(), {"content-type": "application/json"},
    )  # fmt: skip
    assert (state(row), Entry.objects.count()) == ("asked", 0)


def test_a_way_that_is_not_open_has_no_door():
    with pytest.raises(NotFound):
        notices.take_notice(way="jazzcash", body=b"x", headers={})


def test_headers_that_no_signature_rests_on_are_not_kept():
    attempt = begun(asked())
    sent = script(attempt).sent[0]
    headers = {"cookie": "session=1", "authorization": "Token 1", **{k.lower(): v for k, v in sent.headers}}
    with after(attempt, seconds=21):
        notices.take_notice(way="sandbox", body=sent.body, headers=headers)
    assert set(Notice.objects.get().headers) == {"content-type", "sandbox-signature"}


@pytest.mark.parametrize(
    ("scenario", "left"), [(Scenario.SLOW, ("paid", AMOUNT, 0)), (Scenario.LATE, ("expired", 0, AMOUNT))]
)
def test_the_moment_of_payment_counts_and_not_that_of_the_notice(scenario, left):
    """Case m07: paid seconds before its end and told hours later; paid ten seconds after it, while the page was open before."""
    now = timezone.now().replace(microsecond=0)
    row = asked(due_at=now + timedelta(minutes=10))
    attempt = begun(row)
    assert attempt.expires_at == row.due_at
    sent = script(attempt, scenario).sent[0]
    with time_machine.travel(row.due_at + timedelta(minutes=5), tick=False):
        services.expire_payment(payment_id=row.pk)
    assert state(row) == "at_bank"
    with time_machine.travel(attempt.begun_at + sent.delay + timedelta(seconds=1), tick=False):
        sends(sent)
        work()
    with time_machine.travel(row.due_at + timedelta(days=20), tick=False):
        services.expire_payment(payment_id=row.pk)
    assert (state(row), held(row), credit(row)) == left
    assert is_whole()


def test_a_double_click_is_one_try():
    row = asked()
    first, second = begun(row, token="page"), begun(row, token="page")
    assert first == second
    assert Attempt.objects.count() == 1


def refund(row, amount, *, officer=None, second=None):
    act = acts.propose(
        actor=officer or finance_officer(),
        payment=row,
        kind=PaymentAct.Kind.REFUND,
        amount=amount,
        words="Left the round.",
    )
    return acts.sign(actor=second or finance_officer(), act=act)


def test_a_refund_goes_to_the_provider_once_and_the_payment_ends_with_the_last_part():
    row = asked()
    attempt = begun(row)
    with after(attempt, seconds=30):
        sends(script(attempt).sent[0])
        work()
        part = refund(row, 200_000)
        assert state(row) == "paid"
        rest = refund(row, 300_000)
        assert list(selectors.refunds_to_send()) == [part.pk, rest.pk]
        tasks.send_refunds()
        tasks.send_refunds()
    assert (state(row), held(row)) == ("paid_back", 0)
    for act in (part, rest):
        act.refresh_from_db()
        assert act.done_at
    assert Payment.objects.get().paid_back == AMOUNT
    assert not Finding.objects.exists()
    assert ledger.balance(selectors.place_of("sandbox")) == 0
    assert is_whole()


def test_a_refund_that_the_provider_refuses_is_credit_of_the_firm_and_goes_to_a_person():
    row = asked()
    attempt = begun(row)
    with after(attempt, seconds=30):
        sends(script(attempt).sent[0])
        work()
        script(attempt, Scenario.FAILED)
        refund(row, AMOUNT)
        tasks.send_refunds()
    assert (held(row), credit(row)) == (0, AMOUNT)
    assert Finding.objects.get().kind == "not_paid_back"
    assert is_whole()


def test_what_nobody_signed_is_kept_up_to_a_number_an_hour(monkeypatch):
    monkeypatch.setattr(notices, "MAX_REFUSED", 3)
    for number in range(6):
        notices.take_notice(way="sandbox", body=b"%d" % number, headers={})
    assert Notice.objects.count() == 3


def post(client, sent, way="sandbox"):
    headers = dict(sent.headers)
    kind = headers.pop("Content-Type")
    return client.post(f"/payments/notices/{way}/", sent.body, content_type=kind, headers=headers)


@pytest.mark.parametrize("form", [Form.JSON, Form.FIELDS])
def test_the_door_keeps_the_bytes_and_answers_before_anything_is_done(client, form, monkeypatch):
    """No worker runs, and the company is not asked before it is answered."""
    row = asked()
    attempt = begun(row)
    sent = script(attempt, form=form).sent[0]
    with after(attempt, seconds=21):
        with monkeypatch.context() as patch:
            patch.setattr(Sandbox, "ask", lambda *_args, **_how: pytest.fail("It was asked."))
            answers = [post(client, sent) for _time in range(3)]
        assert {(one.status_code, one.content) for one in answers} == {(200, b"OK")}
        assert state(row) == "asked"
        assert bytes(Notice.objects.get().body) == sent.body
        tasks.work_off_notices()  # the worker starts
    assert (state(row), Entry.objects.count()) == ("paid", 1)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("more", "kind", "answer"),
    [
        (b"", FORM, 200),
        (b"", f"{FORM}; charset=ISO-8859-1", 200),
        (b"&pp_MobileNumber=%00\xff", FORM, 403),
        (b"&more=1" * 2_000, FORM, 403),
        (b"", "application/json", 403),
        (b"", "multipart/form-data; boundary=x", 200),
        (b"\r\n--x--\r\n", "multipart/form-data", 403),
    ],
    ids=["right", "another charset", "a NUL", "many fields", "not what it says", "parts", "no boundary"],
)
def test_what_comes_through_the_door_is_kept_whole_and_stands_in_no_log(client, lines, more, kind, answer):
    """Whatever a company sends, and however it names it: nothing but the signature decides."""
    attempt = begun(asked())
    body = script(attempt, form=Form.FIELDS).sent[0].body + more
    with after(attempt, seconds=21):
        said = client.post("/payments/notices/sandbox/", body, content_type=kind)
        tasks.work_off_notices()
    kept = Notice.objects.get()
    assert (said.status_code, bytes(kept.body)) == (answer, body)
    assert kept.state == ("done" if answer == 200 else "refused")
    assert len(leaks([body.decode("latin-1")])) == 1
    assert leaks(lines) == []


def test_the_door_says_no_to_what_is_not_signed_too_large_or_of_a_way_that_is_shut(client):
    attempt = begun(asked())
    sent = script(attempt, Scenario.FORGED).sent[0]
    with after(attempt, seconds=21):
        assert post(client, sent).status_code == 403
        assert post(client, sent, way="alipay").status_code == 404
        assert client.get("/payments/notices/sandbox/").status_code == 405
        large = client.post("/payments/notices/sandbox/", b"x" * 70_000, content_type="application/json")
        assert large.status_code == 413
        assert client.post("/payments/notices/sandbox/", b"\xff\xfe", content_type="a/b").status_code == 403
        assert client.post("/payments/notices/sandbox/", {"a": "several parts"}).status_code == 403
    assert not Notice.objects.exclude(state="refused").exists()
