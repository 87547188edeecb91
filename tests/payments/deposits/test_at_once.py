"""Twenty clients at one payment on a real PostgreSQL: notices, bank lines, the clock and refunds; each guard once more without it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, notices, paying, services
from payments.ledger import selectors as ledger
from payments.models import Attempt, Entry, Finding, Notice, Payment, PaymentAct
from payments.providers.sandbox.script import Scenario
from tests.factories.payments import finance_officer
from tests.selection.seats.offers.test_at_once import all_meet_after
from tests.selection.test_at_once import at_once

from .made import AMOUNT, asked, begun, credit, held, is_whole, money, script, sends, state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 20


def all_without_the_lock(pks):
    return {row.pk: row for row in Payment.objects.select_related("sme").filter(pk__in=set(pks))}


def without_the_lock(pk):
    return Payment.objects.select_related("sme").get(pk=pk)


@pytest.mark.parametrize("guarded", [True, False])
def test_twenty_that_pay_the_same_settle_it_once(monkeypatch, guarded):
    """Each brings money of its own: one settles it, the others are double payments."""
    row = asked()
    if not guarded:
        monkeypatch.setattr(services, "locked_payments", all_without_the_lock)
    place = (services, "_why_credit") if guarded else (services, "locked_payments")
    all_meet_after(monkeypatch, 3, place, timeout=1 if guarded else 30)
    at_once(
        *[
            lambda number=number: services.receive(payment=row, incoming=money(effect=f"line:once:{number}")).applied
            for number in range(CLIENTS)
        ]
    )
    if not guarded:
        assert held(row) > AMOUNT
        return
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, AMOUNT * (CLIENTS - 1))
    assert is_whole()


def test_the_same_money_brought_by_twenty_is_taken_once():
    row = asked()
    said = at_once(
        *[
            lambda: services.receive(payment=row, incoming=money(effect="line:same")).applied
            for _client in range(CLIENTS)
        ]
    )
    assert Counter(said) == {AMOUNT: 1, 0: CLIENTS - 1}
    assert (held(row), credit(row), Entry.objects.count()) == (AMOUNT, 0, 1)


def test_the_clock_and_money_at_the_same_moment_end_one_way_or_the_other():
    rows = [asked() for _number in range(5)]
    Payment.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    in_time = timezone.now() - timedelta(minutes=6)
    at_once(
        *[lambda row=row: services.expire_payment(payment_id=row.pk) for row in rows],
        *[lambda row=row: services.receive(payment=row, incoming=money(happened_at=in_time)).applied for row in rows],
    )
    for row in rows:
        assert (state(row), held(row), credit(row)) in [("paid", AMOUNT, 0), ("expired", 0, AMOUNT)]
    assert is_whole()


@pytest.mark.parametrize("guarded", [True, False])
def test_no_more_goes_back_than_was_paid_however_many_sign(monkeypatch, guarded):
    row = asked()
    services.receive(payment=row, incoming=money())
    officer = finance_officer()
    made = [
        PaymentAct(payment=row, kind="refund", amount=AMOUNT // 3, words=f"part {number}", proposed_by=officer)
        for number in range(1)
    ]
    made += [PaymentAct(payment=row, kind="forfeit", amount=AMOUNT, words="kept", proposed_by=officer)]
    made += [PaymentAct(payment=row, kind="apply_late", amount=AMOUNT, words="late", proposed_by=officer)]
    PaymentAct.objects.bulk_create(made)
    second = [finance_officer() for _client in range(CLIENTS)]
    calls = [
        lambda act=made[number % 3], by=second[number]: acts.sign(actor=by, act=act).kind for number in range(CLIENTS)
    ]
    if not guarded:
        monkeypatch.setattr(acts, "locked_payment", without_the_lock)
        monkeypatch.setattr(acts, "_require_there", lambda *_args: None)
    at_once(*calls)
    kept = Payment.objects.get()
    assert kept.paid_back + kept.kept <= AMOUNT  # the conditional update stands without the lock too
    assert ledger.money_of(row.sme).held == kept.held if guarded else True
    assert is_whole()


def test_a_double_click_by_twenty_begins_one_try():
    row = asked()
    actor = row.sme.created_by
    at_once(
        *[
            lambda: paying.begin_attempt(actor=actor, payment=row, way="sandbox", token="page")[0].pk
            for _client in range(CLIENTS)
        ]
    )
    assert Attempt.objects.count() == 1


def test_two_tries_paid_at_once_are_one_settled_and_one_double():
    row = asked()
    tries = [begun(row), begun(row)]
    at_once(
        *[
            lambda attempt=attempt, number=number: paying.take_paid(
                attempt=attempt,
                amount=AMOUNT,
                currency="PKR",
                provider_reference=f"T{attempt.pk}",
                happened_at=timezone.now(),
                fee=None,
            )
            for attempt in tries
            for number in range(5)
        ]
    )
    assert (state(row), held(row), credit(row), Entry.objects.count()) == ("paid", AMOUNT, AMOUNT, 2)


def test_credit_of_another_amount_is_used_or_paid_back_and_never_both():
    """Ten sign that it pays what is asked, ten that it goes back."""
    row = asked()
    attempt = begun(row)
    paying.take_paid(
        attempt=attempt,
        amount=AMOUNT - 1,
        currency="PKR",
        provider_reference="T2",
        happened_at=timezone.now(),
        fee=None,
    )
    officer = finance_officer()
    made = [
        acts.propose(actor=officer, payment=row, kind=kind, amount=AMOUNT - 1, words="Once.")
        for kind in (PaymentAct.Kind.USE_CREDIT, PaymentAct.Kind.PAY_CREDIT)
    ]
    second = [finance_officer() for _client in range(CLIENTS)]
    at_once(
        *[
            lambda act=made[number % 2], by=second[number]: acts.sign(actor=by, act=act).kind
            for number in range(CLIENTS)
        ]
    )
    assert (held(row), credit(row)) in [(AMOUNT - 1, 0), (0, 0)]
    assert PaymentAct.objects.filter(payment=row, signed_at__isnull=False).count() == 1


def test_twenty_notices_of_another_amount_are_one_credit():
    row = asked()
    attempt = begun(row)
    at_once(
        *[
            lambda: paying.take_paid(
                attempt=attempt,
                amount=AMOUNT // 2,
                currency="PKR",
                provider_reference="T1",
                happened_at=timezone.now(),
                fee=None,
            )
            for _client in range(CLIENTS)
        ]
    )
    assert (held(row), credit(row), Entry.objects.count()) == (0, AMOUNT // 2, 1)
    assert is_whole()


PAID = ("paid", AMOUNT, 0, 1, [])


@pytest.mark.parametrize(
    ("scenarios", "end"),
    [
        ((Scenario.FAILED, Scenario.PAID), PAID),  # run c
        ((Scenario.PAID, Scenario.PAID), ("paid", AMOUNT, AMOUNT, 2, ["double"])),  # d
        ((Scenario.REORDERED, None), PAID),  # e
        ((Scenario.WRONG_AMOUNT, None), ("asked", 0, AMOUNT // 10, 1, ["differs"])),  # f
        ((Scenario.WRONG_CURRENCY, None), ("asked", 0, 0, 0, ["differs"])),
        ((Scenario.CONTRADICTED, None), ("asked", 0, 0, 0, [])),  # h
    ],
)
def test_each_notice_sent_three_times_at_once_and_worked_off_by_two_workers_is_one(scenarios, end):
    """Case m08; scenarios: of two tries. end: state, held, credit, entries, and what a person is told."""
    row = asked()
    tries = [begun(row), begun(row)]
    sent = [one for attempt, how in zip(tries, scenarios, strict=True) if how for one in script(attempt, how).sent]
    with time_machine.travel(tries[1].begun_at + timedelta(minutes=2)):
        at_once(*[lambda each=each: sends(each) for each in sent for _time in range(3)])
        assert Notice.objects.count() == len(sent)
        pks = list(Notice.objects.values_list("pk", flat=True))
        for _time in range(2):
            at_once(*[lambda: [notices.work_off(pk) for pk in pks], lambda: [notices.work_off(pk) for pk in pks[::-1]]])
    findings = list(Finding.objects.values_list("kind", flat=True))
    assert (state(row), held(row), credit(row), Entry.objects.count(), findings) == end
    assert set(Notice.objects.values_list("state", flat=True)) == {"done"}
    assert is_whole()


def test_the_notice_of_a_try_that_we_never_made_is_given_to_a_person_once_by_two_workers():
    """Runs a and g: until its row is there two workers find nothing; where none comes, one of them tells a person."""
    attempt, stranger = begun(asked()), begun(asked())
    early, unknown = script(attempt).sent[0], script(stranger, Scenario.UNKNOWN_PAYMENT).sent[0]
    Attempt.objects.filter(pk=attempt.pk).update(reference="ELSEWHERE1")
    work = lambda: [notices.work_off(pk) for pk in Notice.objects.values_list("pk", flat=True)]  # noqa: E731
    with time_machine.travel(attempt.begun_at + timedelta(minutes=2)):
        at_once(*[lambda each=each: sends(each) for each in (early, unknown) for _time in range(3)])
        assert at_once(work, work) == [["waiting", "waiting"]] * 2
    Attempt.objects.filter(pk=attempt.pk).update(reference=attempt.reference)
    with time_machine.travel(attempt.begun_at + timedelta(hours=25)):
        at_once(work, work)
    assert (state(attempt.payment), Entry.objects.count()) == ("paid", 1)
    assert (state(stranger.payment), Finding.objects.get().kind) == ("asked", "unknown_payment")
    assert is_whole()


def test_two_workers_that_ask_at_once_and_the_notice_of_the_next_day_pay_it_once():
    """Run i."""
    row = asked()
    attempt = begun(row)
    late = script(attempt, Scenario.NEXT_DAY).sent[0]
    with time_machine.travel(attempt.begun_at + timedelta(minutes=15)):
        assert at_once(*[lambda: paying.ask_provider(attempt.pk)] * 2) == ["paid", "paid"]
    with time_machine.travel(attempt.begun_at + late.delay):
        sends(late)
        (pk,) = Notice.objects.values_list("pk", flat=True)
        assert at_once(*[lambda: notices.work_off(pk)] * 2) == ["done", "done"]
    assert (state(row), held(row), credit(row), Entry.objects.count()) == ("paid", AMOUNT, 0, 1)
    assert not Finding.objects.exists()
    assert is_whole()
