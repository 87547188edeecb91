"""Money that is not the amount asked: held for the firm, until two people take it, accept what is missing, or pay it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, notices, paying, selectors, services
from payments.ledger import selectors as ledger
from payments.models import DepositRule, Entry, Finding, Notice, Payment, PaymentAct
from payments.providers.sandbox.script import Scenario
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer

from .made import AMOUNT, asked, begun, credit, held, is_whole, money, script, sends, state

pytestmark = [pytest.mark.db, pytest.mark.django_db]
Kind = PaymentAct.Kind
PART = AMOUNT // 10
LITTLE = 5_000  # paisa that the rule of these tests lets go


def rule(short_up_to=LITTLE):
    DepositRule.objects.create(since=date(2026, 1, 1), source="Order of a day", short_up_to=short_up_to)


def came(amount, row=None):
    """A payment of which a company took another amount."""
    row = row or asked()
    attempt = begun(row)
    told(attempt, amount)
    row.refresh_from_db()
    return row, attempt


def told(attempt, amount, *, number="N1", currency="PKR", at=None):
    paying.take_paid(
        attempt=attempt, amount=amount, currency=currency, provider_reference=number, fee=None,
        happened_at=at or timezone.now(),
    )  # fmt: skip


def proposed(row, kind, amount, by=None):
    return acts.propose(actor=by or finance_officer(), payment=row, kind=kind, amount=amount, words="It is theirs.")


def signed(row, kind, amount):
    act = acts.sign(actor=finance_officer(), act=proposed(row, kind, amount))
    row.refresh_from_db()
    return act


def open_findings():
    return list(Finding.objects.filter(settled_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize("amount", [1, PART, AMOUNT - 1, AMOUNT + 1, 3 * AMOUNT])
def test_any_other_amount_is_held_for_the_firm_and_pays_nothing_by_itself(amount):
    row, attempt = came(amount)
    told(attempt, amount)
    attempt.refresh_from_db()
    assert (state(row), held(row), credit(row), attempt.state, attempt.came) == ("asked", 0, amount, "differs", amount)
    assert (open_findings(), Entry.objects.count()) == (["differs"], 1)
    assert ledger.signed_balance(ledger.account_of(selectors.place_of("sandbox")).pk) == amount
    assert is_whole()


def test_two_people_take_it_as_a_part_and_the_rest_pays_it():
    row, _attempt = came(PART)
    officer = finance_officer()
    act = proposed(row, Kind.USE_CREDIT, PART, by=officer)
    with pytest.raises(NotAllowed):
        acts.sign(actor=officer, act=act)
    assert (state(row), credit(row)) == ("asked", PART)
    acts.sign(actor=finance_officer(), act=act)
    acts.sign(actor=UserFactory(roles=[Role.APPROVER]), act=act)
    row.refresh_from_db()
    assert (row.state, row.left, row.way, held(row), credit(row)) == ("part_paid", AMOUNT - PART, "sandbox", PART, 0)
    assert open_findings() == []
    services.receive(payment=row, incoming=money(AMOUNT - PART))
    assert (state(row), held(row), credit(row)) == ("paid", AMOUNT, 0)
    assert is_whole()


def test_when_the_rest_has_come_two_people_make_it_whole():
    row, _attempt = came(PART)
    services.receive(payment=row, incoming=money(AMOUNT - PART))
    assert (state(row), credit(row)) == ("part_paid", PART)
    signed(row, Kind.USE_CREDIT, PART)
    assert (row.state, held(row), credit(row), open_findings()) == ("paid", AMOUNT, 0, [])
    settled = Event.objects.filter(name="payment.settled").get()
    assert (settled.data["came"], settled.data["way"], settled.data["paid"]) == (PART, "bank", AMOUNT)
    assert is_whole()


def test_of_too_much_what_is_asked_is_taken_and_the_rest_goes_back():
    row, _attempt = came(AMOUNT + PART)
    with pytest.raises(DomainError) as refusal:
        proposed(row, Kind.USE_CREDIT, AMOUNT + 1)
    assert refusal.value.code == "above_held"
    signed(row, Kind.USE_CREDIT, AMOUNT)
    assert (row.state, held(row), credit(row), open_findings()) == ("paid", AMOUNT, PART, ["differs"])
    signed(row, Kind.PAY_CREDIT, PART)
    assert (row.state, held(row), credit(row), open_findings()) == ("paid", AMOUNT, 0, [])
    assert is_whole()


def test_it_goes_back_by_the_company_that_took_it_and_no_more_than_came():
    row = asked()
    attempt = begun(row)
    with time_machine.travel(attempt.begun_at + timedelta(minutes=2), tick=False):
        sends(script(attempt, Scenario.WRONG_AMOUNT).sent[0])
        notices.work_off(Notice.objects.get().pk)
        with pytest.raises(DomainError):
            proposed(row, Kind.PAY_CREDIT, PART + 1)
        act = signed(row, Kind.PAY_CREDIT, PART)
        assert (act.way, acts.send_refund(act.pk)) == ("sandbox", "refunded")
    act.refresh_from_db()
    assert (state(row), credit(row), open_findings(), act.done_at is not None) == ("asked", 0, [], True)
    assert is_whole()


def test_a_little_that_is_missing_is_accepted_by_the_rule_of_the_day_and_only_that():
    row, _attempt = came(AMOUNT - LITTLE)
    with pytest.raises(DomainError) as refusal:
        proposed(row, Kind.TAKE_SHORT, LITTLE)
    assert refusal.value.code == "too_short"  # nobody set a rule
    rule()
    for amount in (LITTLE - 1, LITTLE + 1):
        with pytest.raises(DomainError):
            proposed(row, Kind.TAKE_SHORT, amount)
    signed(row, Kind.TAKE_SHORT, LITTLE)
    assert (row.state, row.let_go, row.left, row.held) == ("paid", LITTLE, 0, AMOUNT - LITTLE)
    assert (held(row), credit(row), open_findings()) == (AMOUNT - LITTLE, 0, [])
    assert is_whole()


@pytest.mark.parametrize(("missing", "asks"), [(LITTLE, ["short"]), (LITTLE + 1, [])])
def test_a_part_from_the_bank_that_is_a_little_short_waits_for_two_people(missing, asks):
    rule()
    row = asked()
    services.receive(payment=row, incoming=money(AMOUNT - missing))
    assert open_findings() == asks
    if asks:
        signed(row, Kind.TAKE_SHORT, missing)
        assert (row.state, row.let_go, held(row), open_findings()) == ("paid", missing, AMOUNT - missing, [])
    else:
        with pytest.raises(DomainError):
            proposed(row, Kind.TAKE_SHORT, missing)
    assert is_whole()


def test_what_was_missing_and_came_needs_nobody():
    rule()
    row = asked()
    services.receive(payment=row, incoming=money(AMOUNT - LITTLE))
    act = proposed(row, Kind.TAKE_SHORT, LITTLE)
    services.receive(payment=row, incoming=money(LITTLE))
    assert (state(row), open_findings()) == ("paid", [])
    with pytest.raises(WrongState):
        acts.sign(actor=finance_officer(), act=act)
    assert Payment.objects.get().let_go == 0


def test_what_was_accepted_goes_back_as_it_came_and_is_asked_again_where_the_bank_took_it():
    rule()
    row = asked()
    services.receive(payment=row, incoming=money(AMOUNT - LITTLE))
    signed(row, Kind.TAKE_SHORT, LITTLE)
    with pytest.raises(DomainError):
        proposed(row, Kind.REFUND, AMOUNT)
    services.take_back(payment=row, amount=AMOUNT - LITTLE, out_of=money().into, effect="bounced")
    row.refresh_from_db()
    assert (row.state, row.let_go, row.left, held(row)) == ("returned", 0, AMOUNT, 0)
    assert is_whole()


@pytest.mark.parametrize(
    ("amount", "end"), [(AMOUNT + 1, "at_bank"), (AMOUNT - LITTLE, "at_bank"), (AMOUNT - LITTLE - 1, "expired")]
)
def test_a_payment_that_two_people_may_still_make_whole_does_not_end_with_its_day(amount, end):
    rule()
    row, _attempt = came(amount)
    with time_machine.travel(row.due_at + timedelta(days=60), tick=False):
        services.expire_payment(payment_id=row.pk)
        services.expire_payment(payment_id=row.pk)
        assert (state(row), credit(row)) == (end, amount)
        if end == "at_bank":
            kind, moved = (Kind.USE_CREDIT, AMOUNT) if amount > AMOUNT else (Kind.TAKE_SHORT, LITTLE)
            signed(row, kind, moved)
            assert state(row) == "paid"
        else:
            with pytest.raises(WrongState):
                proposed(row, Kind.USE_CREDIT, amount)
    assert is_whole()


def test_once_a_person_has_said_no_the_payment_ends_with_its_day():
    row, _attempt = came(AMOUNT + 1)
    services.settle_finding(actor=finance_officer(), finding=Finding.objects.get(), words="The firm wants it back.")
    with time_machine.travel(row.due_at + timedelta(days=60), tick=False):
        services.expire_payment(payment_id=row.pk)
    assert (state(row), credit(row)) == ("expired", AMOUNT + 1)


def test_credit_that_came_after_the_day_is_not_taken_as_if_in_time():
    row = asked()
    attempt = begun(row)
    told(attempt, PART, at=row.due_at + timedelta(seconds=1))
    assert open_findings() == ["late"]
    with time_machine.travel(row.due_at + timedelta(hours=1), tick=False), pytest.raises(DomainError):
        proposed(row, Kind.USE_CREDIT, PART)


def test_a_second_number_is_further_money_and_the_same_number_with_another_amount_is_for_a_person():
    row, attempt = came(PART)
    told(attempt, 2 * PART, number="N1")
    assert (credit(row), sorted(open_findings())) == (PART, ["differs", "unclear"])
    told(attempt, 2 * PART, number="N2")
    told(attempt, 2 * PART, number="N2")
    assert credit(row) == 3 * PART
    assert is_whole()


def test_what_a_company_says_when_it_is_asked_outweighs_the_amount_of_its_notice():
    row = asked()
    attempt = begun(row)
    with time_machine.travel(attempt.begun_at + timedelta(minutes=2), tick=False):
        sends(script(attempt, Scenario.WRONG_AMOUNT).sent[0])
        script(attempt, Scenario.PAID)
        notices.work_off(Notice.objects.get().pk)
    assert (state(row), held(row), credit(row), open_findings()) == ("paid", AMOUNT, 0, [])


def test_another_currency_is_a_note_until_the_bank_has_rupees():
    row = asked()
    attempt = begun(row)
    told(attempt, AMOUNT, currency="USD")
    assert (state(row), credit(row), Entry.objects.count(), open_findings()) == ("asked", 0, 0, ["differs"])
    services.receive(payment=row, incoming=money(AMOUNT))
    assert (state(row), held(row), open_findings()) == ("paid", AMOUNT, ["differs"])
    services.settle_finding(actor=finance_officer(), finding=Finding.objects.get(), words="The bank has it in rupees.")
    assert open_findings() == []


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR]])
@pytest.mark.parametrize(("kind", "amount"), [(Kind.USE_CREDIT, PART), (Kind.TAKE_SHORT, LITTLE)])
def test_who_may_neither_propose_nor_sign(roles, kind, amount):
    rule()
    row, _attempt = came(PART if kind == Kind.USE_CREDIT else AMOUNT - LITTLE)
    person = UserFactory(roles=roles)
    with pytest.raises(NotAllowed):
        proposed(row, kind, amount, by=person)
    act = proposed(row, kind, amount)
    with pytest.raises(NotAllowed):
        acts.sign(actor=person, act=act)
    assert state(row) == "asked"
