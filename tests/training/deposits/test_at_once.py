"""The clock, the bank, a late notice, a director and the first who waits at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.deposits import acts, services
from payments.models import Payment
from payments.states import Purpose
from selection.models import Application, Offer
from selection.seats.offers import promoting
from selection.seats.offers import services as offers_services
from selection.states import SEAT_HOLDING, State
from tdap_portal.audit import outbox
from tdap_portal.core.errors import WrongState
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.factories.training_places import many_seated
from tests.payments.deposits.made import credit, held, is_whole, money
from tests.selection.seats.offers import world
from tests.selection.test_at_once import at_once
from training.deposits import services as deposits
from training.models import Deposit

from .test_services import AMOUNT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
SEATS = 20
IN_TIME, LATE = timedelta(minutes=-1), timedelta(seconds=10)


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["sandbox", "raast", "bank"]


def asked(offer):
    """Its deposit, whose day ended a minute ago."""
    payment = services.open_payment(
        purpose=Purpose.DEPOSIT, sme=offer.application.sme, amount=AMOUNT, words="Deposit", words_ur="ضمانت",
        due_at=timezone.now() - timedelta(minutes=1), opened_for=f"offer:{offer.public_id}",
    )  # fmt: skip
    Deposit.objects.create(offer=offer, application=offer.application, payment=payment)
    return payment


def holding(round_):
    """Files with a seat, and offers that hold one."""
    offers = Offer.objects.filter(round=round_, state__in=[state.value for state in SEAT_HOLDING])
    return Application.objects.filter(round=round_, state=State.SELECTED).count(), offers.count()


def unpaid_and_late(payment):
    """Its seat is free, its money came ten seconds late, and an act that takes it all the same waits for a director."""
    with outbox.held_back():  # no worker has come yet
        services.expire_payment(payment_id=payment.pk)
        deposits.end_unpaid(what=payment.opened_for)
        services.receive(payment=payment, incoming=money(AMOUNT, happened_at=payment.due_at + LATE))
        return acts.propose(
            actor=finance_officer(), payment=payment, kind=acts.Kind.APPLY_LATE, amount=AMOUNT, words="A closed bank."
        )


def ends(payment):
    services.expire_payment(payment_id=payment.pk)
    deposits.end_unpaid(what=payment.opened_for)


def comes(payment, when):
    """Money of the last minute, or of ten seconds too late."""
    incoming = money(AMOUNT, happened_at=payment.due_at + when, effect=f"of:{payment.reference}")
    services.receive(payment=payment, incoming=incoming)


def test_no_seat_is_held_twice_whoever_comes_first():
    round_ = world.composed(seats=SEATS)
    payments = [asked(offer) for offer in many_seated(round_, SEATS)[:7]]
    for points in (70, 60):
        world.put(round_, State.WAITLISTED, points)
    world.in_review(round_)
    gone, unpaid, in_time = payments[0], payments[1:4], payments[4:]
    act, bosses = unpaid_and_late(gone), [director(), director()]

    at_once(
        *[lambda boss=boss: acts.sign(actor=boss, act=act) for boss in bosses],
        *[lambda: promoting.fill_free_seats(round_id=round_.pk)] * 3,
        *[lambda row=row: ends(row) for row in (*unpaid, *in_time)],
        *[lambda row=row: comes(row, LATE) for row in unpaid],
        *[lambda row=row: comes(row, IN_TIME) for row in in_time],
    )
    world.deliver()

    files, open_ = holding(round_)
    assert files == open_ <= SEATS
    for row in unpaid:
        assert (held(row), credit(row)) == (0, AMOUNT)
    for row in (gone, *in_time):
        state = Payment.objects.get(pk=row.pk).state
        assert (held(row), credit(row)) == ((AMOUNT, 0) if state == "paid" else (0, AMOUNT)), state
    assert is_whole()


def test_a_seat_that_is_given_twice_is_noticed(monkeypatch):
    round_ = world.composed(seats=2)
    payments = [asked(offer) for offer in many_seated(round_, 2)]
    world.put(round_, State.WAITLISTED, 70)
    world.in_review(round_)
    act = unpaid_and_late(payments[0])
    promoting.fill_free_seats(round_id=round_.pk)
    assert holding(round_) == (2, 2)
    with pytest.raises(WrongState):
        acts.sign(actor=director(), act=act)
    monkeypatch.setattr(offers_services, "why_not_restored", lambda _offer: "")
    monkeypatch.setattr(acts, "_require_there", lambda *_args: None)
    acts.sign(actor=director(), act=act)
    assert holding(round_) == (3, 3)
