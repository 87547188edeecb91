"""What people, firms and payment companies may try with money: each finds it refused, or without effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.deposits import acts, paying, proofs, services
from payments.ledger import selectors as ledger
from payments.models import Entry, Finding, Payment, PaymentAct
from payments.providers.sandbox.script import Scenario
from payments.states import Purpose
from tdap_portal.accounts.models import RoleGrant, User
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory

from .made import AMOUNT, asked, begun, credit, held, is_whole, money, script, state
from .test_proofs import sent as slip_sent

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
Kind = PaymentAct.Kind


@pytest.fixture(autouse=True)
def _vault(settings, tmp_path):
    settings.VAULT_ROOT = tmp_path


def paid(**kwargs):
    row = asked(**kwargs)
    services.receive(payment=row, incoming=money())
    return row


def told(attempt, number, amount=AMOUNT):
    paying.take_paid(
        attempt=attempt, amount=amount, currency="PKR", provider_reference=number, happened_at=timezone.now(), fee=None
    )


def proposed(row, kind=Kind.REFUND, amount=AMOUNT, by=None):
    return acts.propose(actor=by or finance_officer(), payment=row, kind=kind, amount=amount, words="The seat went.")


def signed(act):
    return acts.sign(actor=finance_officer(), act=act)


# ------------------------------------------------------------------------------------------------- one's own firm


@pytest.fixture
def both():
    """A payment of a firm, and somebody who is of the firm and signs for the portal as well."""
    row = paid()
    return row, UserFactory(roles=(Role.FINANCE_OFFICER, Role.APPROVER))


def join(row, person, role="trainee"):
    MemberFactory(sme=row.sme, user=person, role=role)


OWN = {
    "propose": lambda row, by: proposed(row, by=by),
    "sign": lambda row, by: acts.sign(actor=by, act=proposed(row)),
    "return": lambda row, by: acts.give_back(actor=by, act=proposed(row), words="No."),
    "note": lambda row, by: acts.note_by_hand(actor=by, act=sent_by_hand(row), bank_reference="FT1"),
    "bear out": lambda row, by: acts.bear_out(
        actor=by, act=acts.note_by_hand(actor=finance_officer(), act=sent_by_hand(row), bank_reference="FT1")
    ),
    "not gone": lambda row, by: acts.note_not_gone(actor=by, act=sent_by_hand(row)),
    "settle": lambda row, by: services.settle_finding(actor=by, finding=double(row), words="Seen."),
    "approve": lambda row, by: proofs.approve(actor=by, proof=slip_sent(asked(row.sme))),
    "refuse": lambda row, by: proofs.refuse(actor=by, proof=slip_sent(asked(row.sme)), words="No."),
}


def sent_by_hand(row):
    act = signed(proposed(row))
    acts.send_refund(act.pk)
    return act


def double(row):
    services.receive(payment=row, incoming=money())
    return Finding.objects.get(kind="double")


@pytest.mark.parametrize("name", OWN)
def test_nobody_acts_on_the_money_of_a_firm_of_which_they_are(both, name):
    row, person = both
    join(row, person)
    with pytest.raises(NotAllowed, match="your own firm"):
        OWN[name](row, person)
    assert is_whole()


@pytest.mark.parametrize("name", OWN)
def test_the_same_person_acts_on_the_money_of_others(both, name):
    row, person = both
    OWN[name](row, person)


def test_a_director_takes_no_late_money_of_their_own_firm(both):
    _row, person = both
    row = asked()
    Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    services.expire_payment(payment_id=row.pk)
    services.receive(payment=row, incoming=money())
    act = proposed(row, Kind.APPLY_LATE)
    join(row, person, "owner")
    with pytest.raises(NotAllowed, match="your own firm"):
        acts.sign(actor=person, act=act)
    assert (state(row), credit(row)) == ("expired", AMOUNT)


def test_whoever_sent_the_slip_does_not_judge_it_after_leaving_the_firm():
    row = asked()
    proof = slip_sent(row)
    sender = proof.uploaded_by
    row.sme.members.filter(user=sender).delete()
    RoleGrant.objects.create(user=sender, role=Role.FINANCE_OFFICER.value)
    with pytest.raises(NotAllowed, match="your own firm"):
        proofs.approve(actor=User.objects.get(pk=sender.pk), proof=proof)


def test_whoever_is_no_finance_officer_any_more_takes_nothing_back():
    proof = slip_sent(asked())
    first = finance_officer()
    proofs.approve(actor=first, proof=proof)
    RoleGrant.objects.filter(user=first).delete()
    with pytest.raises(NotAllowed):
        proofs.refuse(actor=User.objects.get(pk=first.pk), proof=proof, words="After all not.")


# ------------------------------------------------------------------------------------------ the company's numbers


def test_a_number_that_a_company_uses_again_swallows_no_payment():
    one, other = asked(), asked()
    told(begun(one), "000123456789")
    told(begun(other), "000123456789")
    assert [(state(row), held(row)) for row in (one, other)] == [("paid", AMOUNT)] * 2
    assert is_whole()


@pytest.mark.parametrize(("first", "second"), [("T1", "T1"), ("T1", ""), ("", "T1"), ("", "")])
def test_the_same_payment_told_twice_is_one_whichever_way_its_number_is_told(first, second):
    row = asked()
    attempt = begun(row)
    Payment.objects.filter(pk=row.pk).update(way="sandbox")
    type(attempt).objects.filter(pk=attempt.pk).update(provider_reference="")
    told(attempt, first)
    told(attempt, second)
    assert (held(row), credit(row), Entry.objects.count()) == (AMOUNT, 0, 1)


def test_a_second_number_of_one_try_is_a_second_payment():
    row = asked()
    attempt = begun(row)
    told(attempt, "T1")
    told(attempt, "T2")
    told(attempt, "T2")
    assert (held(row), credit(row), Entry.objects.count()) == (AMOUNT, AMOUNT, 2)


def test_the_longest_number_of_a_company_is_booked():
    row = asked()
    attempt = begun(row)
    told(attempt, "9" * 64)
    told(attempt, "8" * 64)
    assert (held(row), credit(row)) == (AMOUNT, AMOUNT)


# ------------------------------------------------------------------------------------------------- refunds without end


def test_what_the_company_sends_back_goes_out_by_hand_the_next_time():
    row = asked()
    attempt = begun(row)
    script(attempt, Scenario.FAILED)  # it gives nothing back of what it says was not paid
    told(attempt, "T1")
    first = signed(proposed(row))
    assert first.way == "sandbox"
    assert acts.send_refund(first.pk) == "failed"
    assert (held(row), credit(row)) == (0, AMOUNT)
    second = signed(proposed(row, Kind.PAY_CREDIT))
    assert (second.way, acts.send_refund(second.pk)) == ("", "unknown")
    acts.note_by_hand(actor=finance_officer(), act=second, bank_reference="FT-1")
    acts.bear_out(actor=finance_officer(), act=second)
    assert (held(row), credit(row)) == (0, 0)
    assert is_whole()


def test_no_more_is_asked_back_of_a_company_than_it_brought():
    row = asked()
    services.receive(payment=row, incoming=money(200_000))
    attempt = begun(row)
    assert attempt.amount == AMOUNT - 200_000
    script(attempt)
    told(attempt, "T1", amount=attempt.amount)
    assert signed(proposed(row, amount=AMOUNT)).way == ""
    assert (held(row), state(row)) == (0, "paid_back")
    assert is_whole()


def test_parts_go_back_by_the_company_until_it_has_no_more():
    row = asked()
    attempt = begun(row)
    script(attempt)
    told(attempt, "T1")
    services.receive(payment=row, incoming=money())  # a second time, by the bank
    ways = [signed(proposed(row, amount=AMOUNT // 2)).way for _part in range(2)]
    ways.append(signed(proposed(row, Kind.PAY_CREDIT)).way)
    assert ways == ["sandbox", "sandbox", ""]
    assert (held(row), credit(row)) == (0, 0)
    assert is_whole()


# --------------------------------------------------------------------------------------------- out of time, out of turn


@pytest.mark.parametrize("end", ["paid_back", "kept", "expired", "cancelled"])
def test_what_is_over_is_not_paid_again_and_money_that_comes_all_the_same_is_credit(end):
    row = asked() if end in ("expired", "cancelled") else paid()
    attempt = begun(row) if end == "expired" else None
    if end == "paid_back":
        signed(proposed(row))
    elif end == "kept":
        signed(proposed(row, Kind.FORFEIT))
    elif end == "cancelled":
        services.cancel_payment(payment=row, actor=None, words="seat_gone")
    else:
        paying.note_failed(attempt=attempt, code="failed")
        Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(minutes=1))
        services.expire_payment(payment_id=row.pk)
    assert state(row) == end
    with pytest.raises(WrongState):
        begun(row)
    kept = ledger.money_of(row.sme).kept
    services.receive(payment=row, incoming=money())
    assert (state(row), held(row), credit(row), ledger.money_of(row.sme).kept) == (end, 0, AMOUNT, kept)
    assert is_whole()


@pytest.mark.parametrize("amount", [AMOUNT + 1, 10 * AMOUNT])
@pytest.mark.parametrize("kind", [Kind.REFUND, Kind.FORFEIT])
def test_more_than_was_paid_is_not_even_proposed(kind, amount):
    row = paid()
    with pytest.raises(DomainError) as refusal:
        proposed(row, kind, amount)
    assert refusal.value.code == "above_held"
    assert not PaymentAct.objects.exists()


# ----------------------------------------------------------------------------------------------- a match taken back


def test_a_match_that_is_taken_back_gives_days_again_where_the_firm_read_that_it_had_paid():
    row = asked(due_at=timezone.now() + timedelta(hours=1))
    services.receive(payment=row, incoming=money(effect="line:x"))
    Payment.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=2))
    services.undo(actor=finance_officer(), payment=row, effect="line:x", words="Another firm's.")
    kept = Payment.objects.get(pk=row.pk)
    assert (kept.state, kept.paid, kept.paid_at) == ("asked", 0, None)
    assert kept.due_at > timezone.now() + timedelta(days=1)
    services.expire_payment(payment_id=row.pk)
    assert state(row) == "asked"


def test_a_part_that_is_taken_back_gives_no_more_days():
    row = asked()
    due = row.due_at
    services.receive(payment=row, incoming=money(AMOUNT // 2, effect="line:x"))
    services.undo(actor=finance_officer(), payment=row, effect="line:x", words="Another firm's.")
    assert (state(row), Payment.objects.get(pk=row.pk).due_at) == ("asked", due)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_part_of_what_has_ended_is_credit_that_two_people_send_back(purpose, end):
    row = asked(purpose=purpose)
    services.receive(payment=row, incoming=money(AMOUNT // 2))
    with pytest.raises(WrongState, match="Only a payment that is whole"):
        proposed(Payment.objects.get(pk=row.pk), amount=1)
    if end == "cancelled":
        services.cancel_payment(payment=row, actor=None, words="seat_gone")
    else:
        Payment.objects.update(due_at=timezone.now() - timedelta(days=30))
        services.expire_payment(payment_id=row.pk)
    row = Payment.objects.select_related("sme").get(pk=row.pk)
    assert (row.state, row.paid, credit(row)) == (end, 0, AMOUNT // 2)
    assert Finding.objects.get(settled_at=None).kind == "ended"
    signed(proposed(row, Kind.PAY_CREDIT, AMOUNT // 2))
    assert (credit(row), Finding.objects.filter(settled_at=None).count()) == (0, 0)
    money_now = ledger.money_of(row.sme)
    assert (money_now.held, money_now.fees) == (0, 0)
    assert is_whole()
