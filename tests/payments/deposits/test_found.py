"""Money that a company took for a try that we never made: in suspense after a day, and given to a payment by two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from payments.deposits import acts, found, notices, selectors, services
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import Attempt, Entry, Finding, Notice, PaymentAct
from payments.providers.sandbox.script import Scenario
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory

from .made import AMOUNT, asked, begun, credit, held, is_whole, script, sends, state

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def a_stranger(scenario=Scenario.PAID):
    """A notice of a try whose row is not ours; the company knows it."""
    attempt = begun(asked())
    sent = script(attempt, scenario).sent[0]
    Attempt.objects.filter(pk=attempt.pk).update(reference="ELSEWHERE1")
    with time_machine.travel(attempt.begun_at + sent.delay + timedelta(seconds=1), tick=False):
        sends(sent)
    return attempt


def after_a_day(attempt):
    with time_machine.travel(attempt.begun_at + timedelta(hours=25), tick=False):
        return [notices.work_off(pk) for pk in Notice.objects.order_by("pk").values_list("pk", flat=True)]


@pytest.fixture
def finding():
    after_a_day(a_stranger())
    return Finding.objects.get()


def suspense():
    return ledger.balance(books.suspense("sandbox"))


def proposed(finding, row, by=None, words="The firm showed its telephone."):
    return found.propose_found(actor=by or finance_officer(), finding=finding, payment=row, words=words)


def test_after_a_day_it_is_in_the_books_once_and_before_it_is_not():
    attempt = a_stranger()
    with time_machine.travel(attempt.begun_at + timedelta(hours=23), tick=False):
        notices.work_off(Notice.objects.get().pk)
    assert (Entry.objects.count(), suspense()) == (0, 0)
    for _time in range(2):
        after_a_day(attempt)
    finding = Finding.objects.get()
    assert (finding.kind, finding.amount, finding.currency) == ("unknown_payment", AMOUNT, "PKR")
    assert (suspense(), ledger.balance(books.clearing("sandbox")), Entry.objects.count()) == (AMOUNT, AMOUNT, 1)
    assert selectors.is_in_suspense(finding)
    assert is_whole()


@pytest.mark.parametrize(
    ("scenario", "amount", "currency"),
    [
        (Scenario.CONTRADICTED, AMOUNT, "PKR"),  # the company does not say so when it is asked
        (Scenario.WRONG_CURRENCY, AMOUNT, "USD"),
        (Scenario.UNKNOWN_PAYMENT, AMOUNT, "PKR"),
    ],
)
def test_what_the_company_does_not_bear_out_in_rupees_is_only_noted(scenario, amount, currency):
    after_a_day(a_stranger(scenario))
    finding = Finding.objects.get()
    assert (finding.amount, finding.currency, suspense(), selectors.is_in_suspense(finding)) == (
        amount,
        currency,
        0,
        False,
    )
    with pytest.raises(WrongState):
        proposed(finding, asked())


def test_two_people_give_it_to_a_payment_which_it_pays_on_the_companys_moment(finding):
    row, officer = asked(), finance_officer()
    act = proposed(finding, row, by=officer)
    assert proposed(finding, row, by=officer) == act
    with pytest.raises(NotAllowed):
        acts.sign(actor=officer, act=act)
    assert (state(row), suspense()) == ("asked", AMOUNT)
    for _time in range(2):
        acts.sign(actor=finance_officer(), act=act)
    row.refresh_from_db()
    assert (row.state, row.way, held(row), suspense()) == ("paid", "sandbox", AMOUNT, 0)
    assert row.paid_at < timezone.now() + timedelta(minutes=1)
    finding.refresh_from_db()
    assert (finding.settled_at is not None, selectors.is_in_suspense(finding)) == (True, False)
    assert is_whole()


def test_of_a_payment_that_is_over_it_is_credit(finding):
    row = asked(due_at=timezone.now() - timedelta(days=3))
    acts.sign(actor=finance_officer(), act=proposed(finding, row))
    assert (state(row), held(row), credit(row), suspense()) == ("asked", 0, AMOUNT, 0)
    assert is_whole()


def test_it_is_given_once(finding):
    first, second = asked(), asked()
    act = proposed(finding, first)
    with pytest.raises(WrongState):
        proposed(finding, second)
    acts.give_back(actor=finance_officer(), act=act, words="Another firm.")
    act = proposed(finding, second)
    acts.sign(actor=finance_officer(), act=act)
    with pytest.raises(WrongState):
        proposed(finding, first)
    assert (state(first), state(second)) == ("asked", "paid")


def test_nobody_gives_it_to_their_own_firm_and_nobody_without_a_reason(finding):
    row, own = asked(), finance_officer()
    MemberFactory(sme=row.sme, user=own, role="trainee")
    with pytest.raises(NotAllowed):
        proposed(finding, row, by=own)
    with pytest.raises(DomainError):
        proposed(finding, row, words=" ")
    act = proposed(finding, row)
    with pytest.raises(NotAllowed):
        acts.sign(actor=own, act=act)
    assert suspense() == AMOUNT


def test_it_is_done_on_the_pages_of_the_desk(client, finding):
    row = asked()
    client.force_login(finance_officer())
    page, address = reverse("payments:desk_findings"), reverse("payments:desk_found", args=[finding.public_id])
    assert "Say for which payment it came" in client.get(page).content.decode()
    for data, said in (
        ({"reference": "DEP-9", "words": "?"}, "No payment has the reference"),
        ({"reference": row.reference, "words": ""}, "Give the reason"),
        ({"reference": row.reference.lower(), "words": "It showed its telephone."}, "Another person signs it"),
    ):
        assert said in client.post(address, data, follow=True).content.decode()
    shown = client.get(page).content.decode()
    assert row.reference in shown
    assert "Say for which payment it came" not in shown
    client.force_login(finance_officer())
    client.post(reverse("payments:desk_sign", args=[PaymentAct.objects.get().public_id]))
    assert state(row) == "paid"


# ------------------------------------------------------------------------------------------------------- back to its payer


def test_two_people_note_that_the_company_sent_it_back(finding):
    first, second = finance_officer(), finance_officer()
    for _time in range(2):
        noted = found.note_sent_back(actor=first, finding=finding, words="Sent back, number 88.")
    assert (noted.back_by, noted.words, noted.settled_at, suspense()) == (first, "Sent back, number 88.", None, AMOUNT)
    with pytest.raises(NotAllowed, match="You noted this"):
        found.bear_out_sent_back(actor=first, finding=noted)
    for _time in range(2):
        gone = found.bear_out_sent_back(actor=second, finding=noted)
    assert (gone.settled_by, gone.words) == (second, "Sent back, number 88.")
    assert (suspense(), ledger.balance(books.clearing("sandbox")), Entry.objects.count()) == (0, 0, 2)
    assert not selectors.is_in_suspense(gone)
    assert is_whole()


def test_what_was_noted_as_sent_back_is_given_to_no_payment_until_it_is_said_that_it_did_not_go(finding):
    row, officer = asked(), finance_officer()
    found.note_sent_back(actor=officer, finding=finding, words="Sent back.")
    with pytest.raises(WrongState):
        proposed(finding, row)
    with pytest.raises(WrongState):
        found.note_sent_back(actor=finance_officer(), finding=finding, words="Another number.")
    for _time in range(2):
        found.note_not_sent_back(actor=finance_officer(), finding=finding)
    with pytest.raises(WrongState):
        found.bear_out_sent_back(actor=finance_officer(), finding=finding)
    act = proposed(finding, row)
    with pytest.raises(WrongState):
        found.note_sent_back(actor=officer, finding=finding, words="Sent back.")
    acts.sign(actor=finance_officer(), act=act)
    assert (state(row), held(row), suspense()) == ("paid", AMOUNT, 0)
    with pytest.raises(WrongState):
        found.note_not_sent_back(actor=officer, finding=finding)


def test_its_money_is_not_left_in_suspense_by_saying_what_was_done(finding):
    with pytest.raises(DomainError, match="Its money waits in the books") as refusal:
        services.settle_finding(actor=finance_officer(), finding=finding, words="Looked at.")
    assert refusal.value.code == "waits"
    found.note_sent_back(actor=finance_officer(), finding=finding, words="Sent back.")
    found.bear_out_sent_back(actor=finance_officer(), finding=finding)


def test_the_database_takes_no_second_hand_of_the_same_person(finding):
    noted = found.note_sent_back(actor=finance_officer(), finding=finding, words="Sent back.")
    with pytest.raises(IntegrityError, match="finding_sent_back_by_two"), transaction.atomic():
        Finding.objects.filter(pk=noted.pk).update(settled_by=noted.back_by, settled_at=timezone.now())


def test_it_is_noted_and_borne_out_on_the_page(client, finding):
    page, address = reverse("payments:desk_findings"), reverse("payments:desk_found_back", args=[finding.public_id])
    first, second = finance_officer(), finance_officer()
    client.force_login(first)
    text = client.get(page).content.decode()
    assert "The company sent it back to whoever paid" in text
    assert "Say what was done" not in text
    assert "Write how the company sent it back" in client.post(address, {"words": " "}, follow=True).content.decode()
    answer = client.post(address, {"words": "Number 88."}, follow=True).content.decode()
    assert "Number 88." in answer
    assert "I saw that it went back" not in answer
    client.force_login(second)
    assert "I saw that it went back" in client.get(page).content.decode()
    client.post(address, {"seen": "1"})
    assert (suspense(), Finding.objects.get().settled_by) == (0, second)
