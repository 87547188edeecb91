"""Money that goes another way than it was asked for takes two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.deposits import acts, services
from payments.ledger import selectors as ledger
from payments.models import Payment, PaymentAct, Receipt
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer

from .made import AMOUNT, asked, credit, held, is_whole, money, state

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
Kind = PaymentAct.Kind


def paid():
    row = asked()
    services.receive(payment=row, incoming=money())
    return row


def director():
    return UserFactory(roles=[Role.APPROVER])


def proposed(row, kind=Kind.REFUND, amount=AMOUNT, by=None):
    return acts.propose(actor=by or finance_officer(), payment=row, kind=kind, amount=amount, words="The seat went.")


def test_a_refund_takes_two_people_and_is_done_once():
    row, officer, second = paid(), finance_officer(), finance_officer()
    act = proposed(row, by=officer)
    assert proposed(row, by=officer) == act
    with pytest.raises(NotAllowed):
        acts.sign(actor=officer, act=act)
    assert held(row) == AMOUNT
    acts.sign(actor=second, act=act)
    acts.sign(actor=director(), act=act)
    assert (state(row), held(row), Payment.objects.get().paid_back) == ("paid_back", 0, AMOUNT)
    assert Receipt.objects.filter(kind="refund").count() == 1
    assert is_whole()


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR], [Role.APPROVER]])
def test_who_may_not_propose(roles):
    row = paid()
    with pytest.raises(NotAllowed):
        proposed(row, by=UserFactory(roles=roles))


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR]])
def test_who_may_not_sign(roles):
    act = proposed(paid())
    with pytest.raises(NotAllowed):
        acts.sign(actor=UserFactory(roles=roles), act=act)
    assert held(act.payment) == AMOUNT


def test_more_than_is_held_does_not_go_back():
    row = paid()
    for amount, code in ((AMOUNT + 1, "above_held"), (0, "amount"), (-5, "amount")):
        with pytest.raises(DomainError) as refusal:
            proposed(row, amount=amount)
        assert refusal.value.code == code
    acts.sign(actor=finance_officer(), act=proposed(row, amount=300_000))
    with pytest.raises(DomainError):
        proposed(row, amount=300_000)


def test_a_refund_and_a_forfeit_never_take_the_same_money():
    row = paid()
    back, keep = proposed(row), proposed(row, Kind.FORFEIT)
    acts.sign(actor=finance_officer(), act=back)
    with pytest.raises(DomainError):
        acts.sign(actor=finance_officer(), act=keep)
    assert (state(row), held(row)) == ("paid_back", 0)
    keep.refresh_from_db()
    assert keep.signed_at is None
    assert is_whole()


def test_a_deposit_is_kept_by_two_people():
    row = paid()
    acts.sign(actor=director(), act=proposed(row, Kind.FORFEIT))
    assert (state(row), held(row), ledger.money_of(row.sme).kept) == ("kept", 0, AMOUNT)
    assert Receipt.objects.filter(kind="forfeit").count() == 1


def late():
    row = asked()
    Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=2))
    services.expire_payment(payment_id=row.pk)
    services.receive(payment=row, incoming=money())
    row.refresh_from_db()
    return row


def test_late_money_is_taken_by_a_director_alone():
    row = late()
    act = proposed(row, Kind.APPLY_LATE)
    with pytest.raises(NotAllowed):
        acts.sign(actor=finance_officer(), act=act)
    acts.sign(actor=director(), act=act)
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, 0)
    assert is_whole()


def test_late_money_that_is_not_here_is_not_taken():
    row = asked()
    Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=2))
    services.expire_payment(payment_id=row.pk)
    with pytest.raises(DomainError) as refusal:
        proposed(row, Kind.APPLY_LATE)
    assert refusal.value.code == "not_late"


def test_what_was_returned_is_not_signed():
    act = proposed(paid())
    with pytest.raises(DomainError):
        acts.give_back(actor=finance_officer(), act=act, words=" ")
    acts.give_back(actor=finance_officer(), act=act, words="The firm still comes.")
    with pytest.raises(WrongState):
        acts.sign(actor=finance_officer(), act=act)
    assert proposed(act.payment, amount=100) != act
