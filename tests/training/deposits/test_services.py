"""A deposit of a seat: asked for with the place, and what its payment, or none, means for seat and place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, notices, proofs, services
from payments.deposits import selectors as payments_selectors
from payments.models import BankLine, DepositRule, Finding, Notice, Payment
from payments.providers.interface import Refused
from payments.providers.signing import webhook
from payments.providers.switches import provider_of
from payments.reconciliation import matches
from payments.states import PaymentState
from selection.models import Offer
from selection.seats.offers import selectors as offers_selectors
from selection.seats.offers import services as offers_services
from selection.states import OfferState, State
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.factories.training_places import CohortFactory, owner_of, seated
from tests.payments.deposits.made import at, begun, credit, held, is_whole, money, script
from tests.payments.deposits.test_proofs import sent as slip_sent
from tests.payments.reconciliation.made import PLAIN, csv, taken
from tests.selection.seats.offers import world
from training.deposits import services as deposits
from training.models import Deposit, Place
from training.places import services as places_services

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
AMOUNT = 2_500_000


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["sandbox", "raast", "bank"]


def placed(cohort=None, *, deposit=AMOUNT, round_=None):
    """A firm that took its place; its offer."""
    offer = seated(round_, deposit=deposit)
    places_services.take_place(
        actor=owner_of(offer), application=offer.application, cohort=cohort or CohortFactory(), attendee="Rabia Noor"
    )
    outbox.deliver_all()
    return Offer.objects.select_related("application__sme", "application__round", "round", "terms").get(pk=offer.pk)


def payment_of(offer):
    return Deposit.objects.select_related("payment__sme").get(offer=offer).payment


def wallet_tells(attempt, happened):
    """A notice of the company that names this moment; worked off at once."""
    event = json.loads(script(attempt).sent[0].body)
    event["data"]["happened_at"] = happened
    body = json.dumps(event).encode()
    header = webhook.signature_header(body, provider_of("sandbox").key, at=timezone.now())
    headers = {"content-type": "application/json", "sandbox-signature": header}
    assert not isinstance(notices.take_notice(way="sandbox", body=body, headers=headers), Refused)
    assert [notices.work_off(pk) for pk in Notice.objects.values_list("pk", flat=True)] == ["done"]


def end_its_day(payment):
    Payment.objects.filter(pk=payment.pk).update(due_at=timezone.now() - timedelta(minutes=5))
    services.expire_payment(payment_id=payment.pk)
    outbox.deliver_all()


def test_the_place_asks_for_the_deposit_of_the_terms_once():
    offer = placed()
    deposits.ask_for_deposit(application_id=offer.application_id)
    deposits.sweep()

    row = payment_of(offer)
    assert (row.amount, row.state, row.opened_for) == (AMOUNT, "asked", f"offer:{offer.public_id}")
    assert timezone.localdate(row.due_at) == add_working_days(today(), 3)
    assert "round" in row.words
    assert "ضمانت" in row.words_ur
    assert Payment.objects.count() == 1
    told = Message.objects.filter(template="payment.asked")
    assert [message.to for message in told] == [owner_of(offer)]


def test_the_days_to_pay_are_those_of_the_rule_in_force():
    DepositRule.objects.create(since=today(), pay_days=7, source="Board, decision 4")
    DepositRule.objects.create(since=today() + timedelta(days=1), pay_days=9, source="Board, decision 5")
    assert timezone.localdate(payment_of(placed()).due_at) == add_working_days(today(), 7)


@pytest.mark.parametrize(("deposit", "providers"), [(0, ["bank"]), (AMOUNT, [])])
def test_nothing_is_asked_without_a_deposit_or_a_way_to_pay(settings, deposit, providers):
    settings.PAYMENT_PROVIDERS = providers
    placed(deposit=deposit)
    assert not Payment.objects.exists()


def test_what_was_missed_is_asked_for_by_the_sweep():
    offer = placed(deposit=0)
    type(offer.terms).objects.filter(pk=offer.terms_id).update(deposit_paisa=AMOUNT)
    assert deposits.sweep() == 1
    assert payment_of(offer).amount == AMOUNT


def test_a_paid_deposit_makes_the_place_firm_once():
    offer = placed()
    services.receive(payment=payment_of(offer), incoming=money(AMOUNT))
    outbox.deliver_all()
    deposits.confirm_place(what=f"offer:{offer.public_id}")

    assert Deposit.objects.get().confirmed_at is not None
    assert Event.objects.filter(name="place.confirmed").count() == 1
    assert Message.objects.filter(template="payment.settled").count() == 1


def test_an_unpaid_deposit_gives_place_and_seat_to_the_next():
    offer = placed(CohortFactory(places=1))
    payment = payment_of(offer)
    end_its_day(payment)

    offer.refresh_from_db()
    offer.application.refresh_from_db()
    assert payment_of(offer).state == "expired"
    assert (offer.state, offer.reason_code) == (OfferState.GIVEN_BACK, "deposit_unpaid")
    assert offer.application.state == State.GIVEN_BACK
    assert Place.objects.get().state == "given_up"
    assert Deposit.objects.get().ended == "unpaid"
    assert Message.objects.filter(template="application.seat_unpaid").count() == 1


class TestTwentySeats:
    """The deposit is due by Monday 12 April 2027, 23:59:59 in Pakistan; all seats are held; W1 waits first. The clock rings at 00:05."""

    DUE = at("2027-04-12 23:59:59")

    @pytest.fixture
    def round_(self):
        return world.composed(seats=3)

    @pytest.fixture
    def firms(self, round_):
        """Three firms with places, each with its deposit asked for, and W1 and W2 on the waiting list."""
        cohort = CohortFactory(places=3)
        offers = [placed(cohort, round_=round_) for _number in range(3)]
        Payment.objects.update(due_at=self.DUE)
        for name, points in (("W1", 70), ("W2", 60)):
            world.put(round_, State.WAITLISTED, points).sme_name = name
        world.in_review(round_)
        return offers

    @staticmethod
    def ring():
        for pk in Payment.objects.order_by("pk").values_list("pk", flat=True):
            services.expire_payment(payment_id=pk)
        outbox.deliver_all()

    @staticmethod
    def held_seats(round_):
        return offers_selectors.ledger_of(round_).held

    def test_with_nothing_under_way_the_seat_goes_to_the_first_who_waits(self, round_, firms):
        paid, under_way, silent = firms
        with time_machine.travel(self.DUE - timedelta(hours=4), tick=False):
            services.receive(payment=payment_of(paid), incoming=money(AMOUNT))
            begun(payment_of(under_way), way="bank")
        with time_machine.travel(at("2027-04-13 00:05:00"), tick=False):
            self.ring()
            assert [payment_of(offer).state for offer in firms] == ["paid", "at_bank", "expired"]
            silent.refresh_from_db()
            assert silent.state == OfferState.GIVEN_BACK
            new = Offer.objects.get(from_place=1)
            assert (new.instead_of, self.held_seats(round_)) == (silent, 3)
            assert Offer.objects.filter(from_place__isnull=False).count() == 1

    @pytest.mark.parametrize("is_told", [True, False])
    def test_who_waits_gets_nothing_until_the_statement_is_in_or_the_banks_days_are_over(self, round_, firms, is_told):
        with time_machine.travel(self.DUE - timedelta(hours=4), tick=False) as clock:
            for other in firms[1:]:
                services.receive(payment=payment_of(other), incoming=money(AMOUNT))
            begun(payment_of(firms[0]), way="bank")
            ends = "2027-04-13 11:00:00" if is_told else "2027-04-16 00:05:00"  # Tuesday, Wednesday, Thursday are over
            for moment in (
                "2027-04-13 00:05:00",
                "2027-04-13 10:59:00",
                *(() if is_told else ("2027-04-15 23:59:00",)),
            ):
                clock.move_to(at(moment))
                self.ring()
                assert payment_of(firms[0]).state == "at_bank"
                assert not Offer.objects.filter(from_place__isnull=False).exists()
            clock.move_to(at(ends))
            if is_told:
                taken(csv(("12/04/2027", "SOMETHING ELSE", "1.00")), mapping=PLAIN)
            self.ring()
            assert payment_of(firms[0]).state == "expired"
            assert Offer.objects.get(from_place__isnull=False).from_place == 1

    def test_a_slip_of_the_last_evening_that_two_find_right_two_days_later_keeps_the_seat(self, round_, firms):
        offer = firms[0]
        with time_machine.travel(at("2027-04-12 20:00:00"), tick=False) as clock:
            slip = slip_sent(payment_of(offer), amount=AMOUNT, paid_on=self.DUE.date())
            clock.move_to(at("2027-04-13 10:00:00"))
            taken(csv(("12/04/2027", "SOMETHING ELSE", "1.00")), mapping=PLAIN)  # what is said of the day so far
            self.ring()
            assert payment_of(offer).state == "at_bank"
            clock.move_to(at("2027-04-14 10:00:00"))
            self.ring()
            assert payment_of(offer).state == "at_bank"
            taken(csv(("12/04/2027", f"{payment_of(offer).reference} CHALLAN", AMOUNT // 100)), mapping=PLAIN)
            for _officer in range(2):
                proofs.approve(actor=finance_officer(), proof=slip)
            self.ring()
        offer.refresh_from_db()
        assert (payment_of(offer).state, held(payment_of(offer)), credit(payment_of(offer))) == ("paid", AMOUNT, 0)
        assert offer.state == OfferState.ACCEPTED

    def test_a_slip_of_the_last_evening_whose_money_the_bank_has_on_the_next_day_is_late_once_a_person_says_so(
        self, round_, firms
    ):
        offer = firms[0]
        with time_machine.travel(at("2027-04-12 20:00:00"), tick=False) as clock:
            slip = slip_sent(payment_of(offer), amount=AMOUNT, paid_on=self.DUE.date())
            clock.move_to(at("2027-04-14 10:00:00"))
            for _officer in range(2):
                proofs.approve(actor=finance_officer(), proof=slip)
            taken(csv(("13/04/2027", f"{payment_of(offer).reference} CHALLAN", AMOUNT // 100)), mapping=PLAIN)
            self.ring()
            late = BankLine.objects.get(text__endswith="CHALLAN")
            assert (late.state, payment_of(offer).state) == (
                "open",
                "paid",
            )  # it bears no slip of the 12th out by itself
            proofs.refuse(actor=finance_officer(), proof=slip, words="The bank has it on the 13th.")
            self.ring()
            assert payment_of(offer).state == "expired"
            matches.match_by_hand(
                actor=finance_officer(), line=late, shares=[(payment_of(offer), AMOUNT)], words="It came late."
            )
            self.ring()
        row = payment_of(offer)
        assert (row.state, held(row), credit(row)) == ("expired", 0, AMOUNT)
        assert Finding.objects.filter(payment=row, kind="seat_unpaid", settled_at=None).count() == 1
        told = Message.objects.get(to=owner_of(offer), template="payment.proof_refused").body
        assert "The last day to pay, 12 April 2027, is over." in told.replace("\N{NO-BREAK SPACE}", " ")
        assert not Message.objects.filter(template="payment.unmatched").exists()

    @pytest.mark.parametrize(
        ("happened", "arrives", "rings_at", "end"),
        [
            ("2027-04-12T18:59:30+00:00", "2027-04-13 00:20:00", ["2027-04-13 00:05:00"], "paid"),
            ("2027-04-12T19:00:10+00:00", "2027-04-13 00:01:00", [], "expired"),
            (
                "2027-04-12T18:59:40+00:00",
                "2027-04-13 02:30:00",
                ["2027-04-13 00:05:00", "2027-04-13 02:00:00"],
                "paid",
            ),
        ],
    )
    def test_the_second_that_the_wallet_names_decides(self, round_, firms, happened, arrives, rings_at, end):
        offer = firms[0]
        with time_machine.travel(at("2027-04-12 23:58:00"), tick=False) as clock:
            for other in firms[1:]:
                services.receive(payment=payment_of(other), incoming=money(AMOUNT))
            attempt = begun(payment_of(offer))
            for moment in rings_at:
                clock.move_to(at(moment))
                self.ring()
                assert payment_of(offer).state == "at_bank"
            clock.move_to(at(arrives))
            wallet_tells(attempt, happened)
            clock.move_to(max(at(arrives), at("2027-04-13 00:05:00")))
            self.ring()
            outbox.deliver_all()
        offer.refresh_from_db()
        row = payment_of(offer)
        assert (row.state, held(row), credit(row)) == ((end, AMOUNT, 0) if end == "paid" else (end, 0, AMOUNT))
        assert offer.state == (OfferState.ACCEPTED if end == "paid" else OfferState.GIVEN_BACK)
        assert self.held_seats(round_) == 3
        late = Message.objects.filter(template="payment.kept_as_credit")
        assert [one.to for one in late] == ([] if end == "paid" else [owner_of(offer)])
        for one in late:
            said = one.body.replace("\N{NO-BREAK SPACE}", " ")
            assert "were paid on 13 April 2027, 00:00:10, after the last moment, 12 April 2027, 23:59:59" in said
            assert "It is kept as your credit and is sent back, unless you tell us otherwise." in said

    def test_a_transfer_of_the_last_day_seen_a_day_later_keeps_the_seat(self, round_, firms):
        offer = firms[0]
        with time_machine.travel(self.DUE - timedelta(hours=4), tick=False):
            begun(payment_of(offer), way="bank")
        with time_machine.travel(at("2027-04-13 10:00:00"), tick=False):
            self.ring()
            services.receive(payment=payment_of(offer), incoming=money(AMOUNT, happened_at=at("2027-04-12 00:00:00")))
            outbox.deliver_all()
        offer.refresh_from_db()
        assert (payment_of(offer).state, offer.state) == ("paid", OfferState.ACCEPTED)

    def test_money_ten_seconds_late_is_credit_and_the_seat_is_never_sold_twice(self, round_, firms):
        offer = firms[0]
        with time_machine.travel(self.DUE - timedelta(hours=4), tick=False):
            for other in firms[1:]:
                services.receive(payment=payment_of(other), incoming=money(AMOUNT))
        with time_machine.travel(at("2027-04-13 00:05:00"), tick=False):
            self.ring()
            first = Offer.objects.get(from_place=1)
            Offer.objects.filter(pk=first.pk).update(state=OfferState.ACCEPTED.value)
            got = services.receive(
                payment=payment_of(offer), incoming=money(AMOUNT, happened_at=at("2027-04-13 00:00:10"))
            )
            outbox.deliver_all()
        assert (got.applied, got.credit, got.why) == (0, AMOUNT, "late")
        assert (held(payment_of(offer)), credit(payment_of(offer))) == (0, AMOUNT)
        assert self.held_seats(round_) == 3
        assert Finding.objects.get(kind="late") in payments_selectors.findings_open()
        assert is_whole()

    def test_after_the_banks_days_are_over_a_line_in_time_is_marked_for_a_person(self, round_, firms):
        offer = firms[0]
        with time_machine.travel(self.DUE - timedelta(hours=4), tick=False):
            begun(payment_of(offer), way="bank")
        with time_machine.travel(at("2027-04-16 00:05:00"), tick=False):  # Tuesday, Wednesday, Thursday are over
            self.ring()
            services.receive(payment=payment_of(offer), incoming=money(AMOUNT, happened_at=at("2027-04-12 00:00:00")))
        assert (payment_of(offer).state, credit(payment_of(offer))) == ("expired", AMOUNT)
        found = Finding.objects.get(kind="seen_too_late")
        assert found.get_kind_display() == "Paid in time, seen too late"
        assert found in payments_selectors.findings_open()


def test_money_that_is_on_its_way_keeps_the_seat():
    offer = placed()
    payment = payment_of(offer)
    begun(payment, way="bank")
    end_its_day(payment)
    offer.refresh_from_db()
    assert (payment_of(offer).state, offer.state) == (PaymentState.AT_BANK, OfferState.ACCEPTED)


def test_a_payment_that_the_bank_took_back_costs_no_seat_by_itself():
    offer = placed()
    payment = payment_of(offer)
    incoming = money(AMOUNT)
    services.receive(payment=payment, incoming=incoming)
    outbox.deliver_all()
    officer = finance_officer()
    services.take_back(payment=payment, amount=AMOUNT, out_of=incoming.into, effect="bank:returned:1")
    outbox.deliver_all()

    row = payment_of(offer)
    assert (row.state, timezone.localdate(row.due_at)) == ("returned", add_working_days(today(), 3))
    told = Message.objects.filter(template__startswith="payment.returned")
    assert {(message.to, message.template) for message in told} == {
        (owner_of(offer), "payment.returned"),
        (officer, "payment.returned_desk"),
    }
    end_its_day(row)
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    assert set(Finding.objects.values_list("kind", flat=True)) == {"taken_back", "seat_unpaid"}


def test_whoever_gives_the_seat_back_before_paying_owes_nothing():
    offer = placed()
    offers_services.give_back(actor=owner_of(offer), offer=offer, reason_code="no_time")
    outbox.deliver_all()
    assert payment_of(offer).state == "cancelled"
    assert Deposit.objects.get().ended == "left"


@pytest.mark.parametrize(("days", "kind"), [(7, "left_back"), (6, "left_keep")])
def test_a_paid_deposit_goes_back_or_is_kept_by_the_days_before_the_training(days, kind):
    offer = placed(CohortFactory(starts_on=today() + timedelta(days=days)))
    services.receive(payment=payment_of(offer), incoming=money(AMOUNT))
    offers_services.give_back(actor=owner_of(offer), offer=offer, reason_code="no_time")
    outbox.deliver_all()
    found = Finding.objects.get()
    assert (found.kind, found.amount) == (kind, AMOUNT)
    assert payment_of(offer).state == "paid"  # nothing moves before two people sign


def test_late_money_brings_the_seat_back_while_it_is_free():
    offer = placed()
    payment = payment_of(offer)
    end_its_day(payment)
    services.receive(payment=payment, incoming=money(AMOUNT))
    outbox.deliver_all()
    assert (held(payment), credit(payment)) == (0, AMOUNT)

    act = acts.propose(
        actor=finance_officer(), payment=payment, kind=acts.Kind.APPLY_LATE, amount=AMOUNT, words="The bank was closed."
    )
    boss = director()
    acts.sign(actor=boss, act=act)
    outbox.deliver_all()
    trail = Event.objects.filter(actor=boss, data__payment=payment.public_id)
    assert set(trail.values_list("name", flat=True)) >= {"payment.act_signed", "payment.settled"}
    offer.refresh_from_db()
    offer.application.refresh_from_db()
    assert (offer.state, offer.application.state) == (OfferState.ACCEPTED, State.SELECTED)
    assert (payment_of(offer).state, held(payment), credit(payment)) == ("paid", AMOUNT, 0)
    assert Deposit.objects.get().confirmed_at is not None
    assert is_whole()


def test_late_money_brings_no_seat_back_that_another_firm_has():
    offer = placed()
    payment = payment_of(offer)
    end_its_day(payment)
    services.receive(payment=payment, incoming=money(AMOUNT))
    type(offer.round).objects.filter(pk=offer.round_id).update(seats=1)
    seated(offer.round)
    with pytest.raises(WrongState, match="went to another firm"):
        acts.propose(
            actor=finance_officer(), payment=payment, kind=acts.Kind.APPLY_LATE, amount=AMOUNT, words="All the same."
        )
    offer.refresh_from_db()
    assert offer.state == OfferState.GIVEN_BACK
