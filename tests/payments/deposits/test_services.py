"""What becomes of money that comes in time, too late, twice, in parts, and of a payment whose day is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.deposits import services
from payments.ledger import books
from payments.models import Finding, Payment, Receipt
from payments.states import FindingKind, Purpose
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, WrongState
from tests.factories.payments import finance_officer

from .made import AMOUNT, asked, at, begun, credit, held, is_whole, money, state

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
DUE = at("2027-04-12 23:59:59")


def test_the_same_is_asked_once():
    row = asked()
    again = services.open_payment(
        purpose=Purpose.FEE,
        sme=row.sme,
        amount=1,
        words="other",
        words_ur="other",
        due_at=timezone.now(),
        opened_for=row.opened_for,
    )
    assert again == row
    assert (again.amount, again.purpose) == (AMOUNT, "deposit")
    assert row.reference.startswith("DEP-")
    assert Event.objects.filter(name="payment.asked").count() == 1


def test_money_in_time_settles_and_leaves_a_receipt():
    row = asked(due_at=DUE)
    got = services.receive(payment=row, incoming=money(happened_at=at("2027-04-12 23:59:30")))

    row.refresh_from_db()
    assert got == services.Received(AMOUNT, 0, None)
    assert (row.state, row.paid, row.held) == ("paid", AMOUNT, AMOUNT)
    assert row.paid_at == at("2027-04-12 23:59:30")
    assert (held(row), credit(row)) == (AMOUNT, 0)
    assert Receipt.objects.get().facts["amount"] == AMOUNT
    event = Event.objects.get(name="payment.settled")
    assert (event.data["opened_for"], event.data["paid"]) == (row.opened_for, AMOUNT)
    assert is_whole()


def test_the_same_money_is_taken_once():
    row = asked()
    services.receive(payment=row, incoming=money(effect="line:7"))
    assert services.receive(payment=row, incoming=money(effect="line:7")) == services.Received()
    assert (held(row), credit(row)) == (AMOUNT, 0)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("late_by", ["2027-04-13 00:00:00", "2027-04-13 00:00:10"])
def test_money_after_the_last_second_is_kept_as_credit_and_shown_to_a_person(late_by):
    row = asked(due_at=DUE)
    got = services.receive(payment=row, incoming=money(happened_at=at(late_by)))
    assert got == services.Received(0, AMOUNT, FindingKind.LATE)
    assert (state(row), held(row), credit(row)) == ("asked", 0, AMOUNT)
    assert Finding.objects.get().kind == "late"
    assert is_whole()


def test_a_second_payment_is_kept_apart_and_told_once():
    row = asked()
    services.receive(payment=row, incoming=money())
    got = services.receive(payment=row, incoming=money(effect="line:b"))
    services.receive(payment=row, incoming=money(effect="line:b"))
    assert got == services.Received(0, AMOUNT, FindingKind.DOUBLE)
    assert (held(row), credit(row)) == (AMOUNT, AMOUNT)
    assert Finding.objects.get().kind == "double"
    assert Receipt.objects.count() == 2


def test_parts_make_a_whole_and_what_is_above_is_credit():
    row = asked(amount=750_000)
    services.receive(payment=row, incoming=money(740_000))
    assert (state(row), Payment.objects.get().left) == ("part_paid", 10_000)
    assert not Event.objects.filter(name="payment.settled").exists()
    got = services.receive(payment=row, incoming=money(15_000))
    assert got == services.Received(10_000, 5_000, FindingKind.DOUBLE)
    assert (state(row), held(row), credit(row)) == ("paid", 750_000, 5_000)
    assert is_whole()


def test_another_currency_books_nothing():
    row = asked()
    incoming = services.Incoming(AMOUNT, books.bank("nbp"), timezone.now(), "x:1", "bank", "Bank", "USD")
    with pytest.raises(DomainError) as refusal:
        services.receive(payment=row, incoming=incoming)
    assert refusal.value.code == "currency"
    assert (state(row), held(row), credit(row)) == ("asked", 0, 0)


def past(row, **before):
    Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(**before))
    row.refresh_from_db()


def test_a_payment_with_nothing_under_way_ends_on_its_day_and_not_before():
    row = asked()
    assert services.expire_payment(payment_id=row.pk) == ""
    past(row, minutes=5)
    assert services.expire_payment(payment_id=row.pk) == "expired"
    assert services.expire_payment(payment_id=row.pk) == ""
    assert Event.objects.filter(name="payment.expired").count() == 1


def test_what_is_seen_late_waits_for_the_bank_and_ends_after_its_days(settings):
    row = asked()
    attempt = begun(row, way="raast")
    past(row, minutes=5)
    assert services.expire_payment(payment_id=row.pk) == "at_bank"
    assert services.expire_payment(payment_id=row.pk) == ""
    services.receive(payment=row, incoming=money(happened_at=row.due_at - timedelta(minutes=1)))
    assert state(row) == "paid"

    other = asked()
    attempt = begun(other, way="raast")
    past(other, days=14)
    settings.PAYMENT_BANK_DAYS = 3
    assert services.expire_payment(payment_id=other.pk) == "expired"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.code) == ("failed", "not_seen")


def test_money_in_time_that_is_seen_when_all_is_over_waits_for_a_person():
    row = asked()
    past(row, days=20)
    services.expire_payment(payment_id=row.pk)
    got = services.receive(payment=row, incoming=money(happened_at=row.due_at - timedelta(minutes=1)))
    assert got == services.Received(0, AMOUNT, FindingKind.SEEN_TOO_LATE)
    assert (state(row), credit(row)) == ("expired", AMOUNT)


def test_part_of_a_deposit_becomes_credit_when_its_day_passes_or_it_is_cancelled():
    row, other = asked(), asked()
    for one in (row, other):
        services.receive(payment=one, incoming=money(100))
    past(row, minutes=1)
    services.expire_payment(payment_id=row.pk)
    services.cancel_payment(payment=other, actor=None, words="The seat was given back.")
    for one in (row, other):
        assert (held(one), credit(one)) == (0, 100)
    assert (state(row), state(other)) == ("expired", "cancelled")
    assert is_whole()


def test_what_is_paid_is_not_cancelled():
    row = asked()
    services.receive(payment=row, incoming=money())
    with pytest.raises(WrongState):
        services.cancel_payment(payment=row, actor=None, words="x")


def test_the_bank_takes_a_payment_back_and_it_can_be_paid_again():
    """Case m03: what an entry had paid, another one takes back."""
    row = asked()
    services.receive(payment=row, incoming=money(effect="B-7001"))
    services.take_back(payment=row, amount=AMOUNT, out_of=books.bank("nbp"), effect="B-7002")
    services.take_back(payment=row, amount=AMOUNT, out_of=books.bank("nbp"), effect="B-7002")
    assert (state(row), held(row), credit(row)) == ("returned", 0, 0)
    assert Event.objects.filter(name="payment.returned").count() == 1
    with pytest.raises(DomainError):
        services.take_back(payment=row, amount=1, out_of=books.bank("nbp"), effect="B-7003")
    services.receive(payment=row, incoming=money())
    assert (state(row), held(row)) == ("paid", AMOUNT)
    assert is_whole()


def test_a_fee_is_booked_as_a_fee():
    row = asked(purpose=Purpose.FEE)
    services.receive(payment=row, incoming=money())
    assert row.reference.startswith("FEE-")
    assert held(row) == 0
    assert state(row) == "paid"


def test_a_finding_is_settled_once_with_words():
    row = asked(due_at=DUE)
    services.receive(payment=row, incoming=money(happened_at=at("2027-04-14 10:00:00")))
    finding, officer = Finding.objects.get(), finance_officer()
    with pytest.raises(DomainError):
        services.settle_finding(actor=officer, finding=finding, words="  ")
    services.settle_finding(actor=officer, finding=finding, words="Sent back.")
    services.settle_finding(actor=officer, finding=finding, words="Sent back.")
    with pytest.raises(DomainError):
        services.settle_finding(actor=finance_officer(), finding=finding, words="Kept.")
    assert Event.objects.filter(name="payment.finding_settled").count() == 1
