"""The clock, the bank, a late notice, a director and the first who waits at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, paying, services
from payments.models import Payment
from payments.reconciliation import services as reconciliation
from payments.states import Purpose
from selection.models import Application, Offer
from selection.seats.offers import promoting
from selection.seats.offers import services as offers_services
from selection.states import SEAT_HOLDING, OfferState, State
from tdap_portal.audit import outbox
from tdap_portal.core.errors import WrongState
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.factories.training_places import many_seated
from tests.payments.deposits.made import at, begun, credit, held, is_whole, money
from tests.payments.reconciliation.made import PLAIN, csv, read
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


def asked(offer, due_at=None):
    """Its deposit, whose day ended a minute ago."""
    payment = services.open_payment(
        purpose=Purpose.DEPOSIT, sme=offer.application.sme, amount=AMOUNT, words="Deposit", words_ur="ضمانت",
        due_at=due_at or timezone.now() - timedelta(minutes=1), opened_for=f"offer:{offer.public_id}",
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


DUE = at("2027-04-12 23:59:59")


def test_the_clock_a_statement_a_late_notice_and_the_answer_of_who_waits_meet():
    """Case m07, as it happens: one seat is free and offered to W1, whose answer comes with the money that was ten seconds late; the bank's
    file brings four deposits in time and two a day late; the clock rings all the while."""
    round_ = world.composed(seats=SEATS)
    offers = many_seated(round_, SEATS)
    first = world.put(round_, State.WAITLISTED, 70)
    world.put(round_, State.WAITLISTED, 60)
    world.in_review(round_)
    with time_machine.travel("2027-04-12T23:50:00+05:00"):
        gone, *others = [asked(offer, due_at=DUE) for offer in offers[:7]]
        in_time, late = others[:4], others[4:]
        attempt = begun(gone)
        paying.note_failed(attempt=attempt, code="failed")
        for row in others:
            begun(row, way="bank")
    with time_machine.travel("2027-04-13T00:05:00+05:00"):
        for row in (gone, *others):
            ends(row)
        world.deliver()
    offer, owner = Offer.objects.get(from_place=1), first.sme.created_by
    with time_machine.travel("2027-04-14T10:00:00+05:00"):
        lines = [("12/04/2027", f"{Payment.objects.get(pk=row.pk).reference} X", AMOUNT // 100) for row in in_time]
        lines += [("13/04/2027", f"{Payment.objects.get(pk=row.pk).reference} X", AMOUNT // 100) for row in late]
        file, officer = read(csv(*lines), mapping=PLAIN), finance_officer()

        def imports():
            reconciliation.take_file(actor=officer, file=file)
            while reconciliation.book_lines(file_id=file.pk):
                pass

        def accepts():
            offers_services.accept_offer(
                actor=owner, offer=offer, agreed=True, typed_name=owner.name, attendee="Rabia Noor"
            )

        def tells():
            paying.take_paid(
                attempt=attempt,
                amount=AMOUNT,
                currency="PKR",
                provider_reference="T1",
                happened_at=DUE + LATE,
                fee=None,
            )

        with outbox.held_back():
            at_once(
                *[imports] * 4,
                *[tells] * 3,
                *[accepts] * 2,
                *[lambda: promoting.fill_free_seats(round_id=round_.pk)] * 3,
                *[lambda row=row: ends(row) for row in (gone, *others)],
                lambda: ends(late[0]),
            )
        for row in others:
            ends(row)
        world.deliver()
    assert holding(round_) == (SEATS - 1, SEATS - 1)  # three went, two wait on the list
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    assert [(held(row), credit(row)) for row in in_time] == [(AMOUNT, 0)] * 4
    assert [(held(row), credit(row)) for row in (gone, *late)] == [(0, AMOUNT)] * 3
    assert {Payment.objects.get(pk=row.pk).state for row in (gone, *late)} == {"expired"}
    assert is_whole()
