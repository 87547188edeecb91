"""What two officers took from a firm's slip and what the bank's file shows later is the same money."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from payments.deposits import acts, proofs
from payments.deposits import services as deposits
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import BankMatch, Finding, Proof, Receipt
from payments.reconciliation import matches
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory
from tests.markup import flat
from tests.payments.deposits.made import credit, held, money
from tests.payments.deposits.test_proofs import approved, sent

from .made import PLAIN, bank, csv, fresh, is_whole, line, payment, suspense, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip(settings, tmp_path):
    """A deposit that stands as paid by a slip of 10 April, whose line the bank shows on the 12th."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4721, "Ravi Towels", amount=500_000)
        approved(sent(row, amount=500_000, paid_on=date(2027, 4, 10)))
    with time_machine.travel("2027-04-12T10:00:00+05:00", tick=False):
        taken(csv(("10/04/2027", "DEP 4721 RAVI TOWELS", "5000.00")), mapping=PLAIN)
        yield fresh(row)


def in_transit():
    return ledger.balance(books.clearing("bank"))


def test_the_line_bears_the_slip_out_by_itself_and_is_no_second_payment(slip):
    match = BankMatch.objects.get()
    assert (match.by, match.certainty, [why for why, _said in match.reasons]) == (
        None, 100, ["unchecked", "name", "slip", "exact"],
    )  # fmt: skip
    assert (slip.state, in_transit(), suspense(), bank()) == ("paid", 0, 0, 500_000)
    assert (held(slip), credit(slip)) == (500_000, 0)
    assert Receipt.objects.count() == 1
    assert is_whole()


@pytest.mark.parametrize(
    ("line_", "is_sure"),
    [
        (
            ("12/04/2027", "DEP 4722 SOAN GEMS", "5000.00"),
            True,
        ),  # the slip is of a Saturday; this is the Monday after it
        (("10/04/2027", "DEP 4722 SOAN GEMS", "5000.00"), True),
        (("13/04/2027", "DEP 4722 SOAN GEMS", "5000.00"), False),
        (("09/04/2027", "DEP 4722 SOAN GEMS", "5000.00"), False),
        (("10/04/2027", "DEP 4722 SOAN GEMS", "4999.99"), False),
        (("10/04/2027", "DEP 4722", "5000.00"), False),
        (("10/04/2027", "DEP 47Z2 SOAN GEMS", "5000.00"), False),
        (("10/04/2027", "SOAN GEMS", "5000.00"), False),
    ],
)
def test_only_where_reference_amount_and_day_agree(settings, tmp_path, line_, is_sure):
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4722, "Soan Gems", amount=500_000)
        approved(sent(row, amount=500_000, paid_on=date(2027, 4, 10)))
    with time_machine.travel("2027-04-14T10:00:00+05:00", tick=False):
        taken(csv(line_), mapping=PLAIN)
    assert (line(line_[1]).state, in_transit()) == (("matched", 0) if is_sure else ("open", 500_000))
    assert is_whole()


@pytest.fixture
def slip_of_the_last_day(settings, tmp_path):
    """Of 12 April, the last day; two find it right on the 14th."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-12T20:00:00+05:00", tick=False):
        row = payment(4724, "Swat Stone", amount=500_000)
        slip = sent(row, amount=500_000, paid_on=date(2027, 4, 12))
    return row, slip


@pytest.mark.parametrize(("day", "is_sure"), [("12/04/2027", True), ("13/04/2027", False)])
def test_a_slip_of_the_last_day_is_borne_out_by_itself_only_by_a_line_in_time(slip_of_the_last_day, day, is_sure):
    _row, slip = slip_of_the_last_day
    with time_machine.travel("2027-04-14T10:00:00+05:00", tick=False):
        approved(slip)
        taken(csv((day, "DEP 4724 SWAT STONE", "5000.00")), mapping=PLAIN)
        assert (line("SWAT").state, in_transit()) == (("matched", 0) if is_sure else ("open", 500_000))
        if not is_sure:
            offer = matches.offers_for([line("SWAT")])[line("SWAT").pk][0]
            assert [each.why for each in offer.reasons] == ["unchecked", "name", "slip", "exact", "after_due"]
            assert offer.certainty < 90
    assert is_whole()


def test_a_line_after_the_last_day_may_show_that_the_bank_was_slow_or_that_the_slip_was_wrong(slip_of_the_last_day):
    row, slip = slip_of_the_last_day
    with time_machine.travel("2027-04-14T10:00:00+05:00", tick=False):
        approved(slip)
        taken(csv(("13/04/2027", "DEP 4724 SWAT STONE", "5000.00")), mapping=PLAIN)
        proofs.refuse(actor=finance_officer(), proof=slip, words="The bank has it on the 13th.")
        assert (held(fresh(row)), in_transit()) == (0, 0)
        deposits.expire_payment(payment_id=row.pk)
        matches.match_by_hand(actor=finance_officer(), line=line("SWAT"), shares=[(row, 500_000)], words="Late.")
        assert (fresh(row).state, held(row), credit(row), suspense()) == ("expired", 0, 500_000, 0)
    assert is_whole()


def test_a_second_line_is_a_double_payment_that_a_person_decides_about(slip):
    taken(csv(("10/04/2027", "DEP 4721 RAVI AGAIN", "5000.00")), mapping=PLAIN)
    assert line("AGAIN").state == "open"
    matches.match_by_hand(actor=finance_officer(), line=line("AGAIN"), shares=[(slip, 500_000)], words="Its slip.")
    assert (held(slip), credit(slip), in_transit()) == (500_000, 500_000, 0)
    assert is_whole()


def test_taking_the_match_back_restores_what_was(slip):
    matches.take_back(actor=finance_officer(), match=BankMatch.objects.get(), words="Another firm's.")
    assert (in_transit(), suspense(), bank()) == (500_000, 500_000, 500_000)
    assert (held(slip), credit(slip)) == (500_000, 0)
    assert is_whole()


def test_an_officer_of_the_firm_does_not_bear_its_slip_out(settings, tmp_path):
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4723, "Swat Honey", amount=500_000)
        approved(sent(row, amount=500_000, paid_on=date(2027, 4, 10)))
    own = finance_officer()
    MemberFactory(sme=row.sme, user=own, role="trainee")
    with time_machine.travel("2027-04-14T10:00:00+05:00", tick=False):
        taken(csv(("14/04/2027", "CASH", "5000.00")), mapping=PLAIN)
        with pytest.raises(NotAllowed, match="your own firm"):
            matches.match_by_hand(actor=own, line=line("CASH"), shares=[(row, 500_000)], words="Its slip.")
        assert (line("CASH").state, in_transit()) == ("open", 500_000)
        matches.match_by_hand(actor=finance_officer(), line=line("CASH"), shares=[(row, 500_000)], words="Its slip.")
    assert in_transit() == 0


# ------------------------------------------------------------------------------ the bank is quicker than two officers


@pytest.fixture
def quick(settings, tmp_path):
    """The slip of a transfer that the bank's file showed, and that paid its deposit, before anybody looked at the slip."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4721, "Ravi Towels", amount=500_000)
        proof = sent(row, amount=500_000, paid_on=date(2027, 4, 10))
    with time_machine.travel("2027-04-12T10:00:00+05:00", tick=False):
        taken(csv(("10/04/2027", "DEP 4721 RAVI TOWELS", "5000.00")), mapping=PLAIN)
        assert fresh(row).state == "paid"
        yield proof


def test_a_slip_of_what_the_bank_has_shown_already_brings_no_money(quick):
    approved(quick)
    row = fresh(quick.payment)
    assert (Proof.objects.get().state, row.state) == ("approved", "paid")
    assert (held(row), credit(row), in_transit(), bank()) == (500_000, 0, 0, 500_000)
    assert not Finding.objects.filter(kind="double").exists()
    assert is_whole()


def test_the_desk_says_so_before_and_after(client, quick):
    client.force_login(finance_officer())
    assert "The bank has shown such money" in client.get(reverse("payments:desk_proofs")).content.decode()
    for _person in range(2):
        client.force_login(finance_officer())
        answer = client.post(reverse("payments:desk_proof_approve", args=[quick.public_id]), follow=True)
    assert "nothing is booked again" in answer.content.decode()


def test_a_second_slip_after_that_one_is_money_of_its_own(quick):
    """Three transfers with two slips: of the second one the bank has shown nothing yet."""
    second = sent_second(quick.payment, amount=500_000)
    approved(quick)
    approved(second)
    assert (in_transit(), credit(quick.payment)) == (500_000, 500_000)
    taken(csv(("11/04/2027", "DEP 4721 RAVI TOWELS TWO", "5000.00")), mapping=PLAIN)
    if line("TWO").state == "open":
        matches.match_by_hand(actor=finance_officer(), line=line("TWO"), shares=[(quick.payment, 500_000)], words="It.")
    assert (in_transit(), credit(quick.payment), bank()) == (0, 500_000, 1_000_000)
    assert is_whole()


def sent_second(row, *, amount):
    """As if it had come before the payment was paid."""
    first = Proof.objects.get(payment=row)
    return Proof.objects.create(
        payment=row, attempt=first.attempt, amount=amount, paid_on=date(2027, 4, 11), name="b.png", size=1,
        content_type="image/png", sha256="b" * 64, stored_as=first.stored_as, uploaded_by=first.uploaded_by,
    )  # fmt: skip


def test_a_slip_of_more_than_the_bank_has_shown_is_another_transfer(quick):
    Proof.objects.update(amount=600_000)
    approved(Proof.objects.select_related("payment__sme").get())
    assert (in_transit(), credit(quick.payment)) == (600_000, 600_000)


def test_after_the_bank_took_the_money_back_a_new_slip_counts(quick):
    """The line that came and the line that went are nobody's money any more."""
    taken(csv(("12/04/2027", "RETURN DEP 4721", "-5000.00")), mapping=PLAIN)
    matches.match_gone(
        actor=finance_officer(), line=line("RETURN"), payment=fresh(quick.payment), is_return=True, words="As it says."
    )
    assert fresh(quick.payment).state == "returned"
    approved(quick)
    assert (fresh(quick.payment).state, in_transit()) == ("paid", 500_000)


# ---------------------------------------------------------------------- what only a slip shows is nobody's to give away


@pytest.fixture
def on_its_way(settings, tmp_path):
    """A deposit that stands as paid by a slip of which the bank has shown nothing."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4721, "Ravi Towels", amount=500_000)
        approved(sent(row, amount=500_000, paid_on=date(2027, 4, 10)))
    with time_machine.travel("2027-04-12T10:00:00+05:00", tick=False):
        yield fresh(row)


def test_money_goes_back_once_the_bank_has_shown_it(on_its_way):
    def propose():
        return acts.propose(
            actor=finance_officer(),
            payment=fresh(on_its_way),
            kind=acts.Kind.REFUND,
            amount=500_000,
            words="By the rule.",
        )

    with pytest.raises(DomainError, match="Only a slip shows") as refusal:
        propose()
    assert refusal.value.code == "not_shown"
    taken(csv(("10/04/2027", "DEP 4721 RAVI TOWELS", "5000.00")), mapping=PLAIN)
    acts.sign(actor=finance_officer(), act=propose())
    assert (fresh(on_its_way).state, held(on_its_way), is_whole()) == ("paid_back", 0, True)


def test_what_was_proposed_before_the_match_was_taken_back_is_not_signed_after_it(on_its_way):
    taken(csv(("10/04/2027", "DEP 4721 RAVI TOWELS", "5000.00")), mapping=PLAIN)
    act = acts.propose(
        actor=finance_officer(), payment=fresh(on_its_way), kind=acts.Kind.REFUND, amount=500_000, words="By the rule."
    )
    matches.take_back(actor=finance_officer(), match=BankMatch.objects.get(), words="Another firm's.")
    with pytest.raises(DomainError, match="Only a slip shows"):
        acts.sign(actor=finance_officer(), act=act)
    assert held(on_its_way) == 500_000


def test_credit_of_a_slip_waits_for_the_bank_and_what_it_showed_goes_back(settings, tmp_path):
    """Of 6,000 on a slip 1,000 are credit; nothing of it was shown. Then a line brings 700 more: these may go."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4721, "Ravi Towels", amount=500_000)
        approved(sent(row, amount=600_000, paid_on=date(2027, 4, 10)))

    def propose(kind, amount):
        return acts.propose(actor=finance_officer(), payment=fresh(row), kind=kind, amount=amount, words=f"{amount}")

    with time_machine.travel("2027-04-12T10:00:00+05:00", tick=False):
        with pytest.raises(DomainError, match="Only a slip shows"):
            propose(acts.Kind.PAY_CREDIT, 100_000)
        deposits.receive(payment=fresh(row), incoming=money(70_000))
        assert credit(row) == 170_000
        with pytest.raises(DomainError, match="Only a slip shows"):
            propose(acts.Kind.PAY_CREDIT, 70_001)
        acts.sign(actor=finance_officer(), act=propose(acts.Kind.PAY_CREDIT, 70_000))
    assert (credit(row), is_whole()) == (100_000, True)


def test_a_slip_that_the_bank_does_not_show_is_taken_out_of_the_books(client, on_its_way):
    client.force_login(finance_officer())
    page = reverse("payments:desk_payment", args=[on_its_way.public_id])
    said = flat(client.get(page).content.decode())
    assert "The bank does not show it" in said
    assert "Only a slip shows" in said
    assert 'value="forfeit"' in said
    assert 'value="refund"' not in said
    refuse = reverse("payments:desk_proof_refuse", args=[Proof.objects.get().public_id])
    client.post(refuse, {"words": ""})
    assert fresh(on_its_way).state == "paid"
    client.post(refuse, {"words": "The bank knows of no such transfer.", "back": page})
    row = fresh(on_its_way)
    assert (Proof.objects.get().state, row.state, row.paid) == ("refused", "asked", 0)
    assert (held(row), credit(row), in_transit(), is_whole()) == (0, 0, 0, True)
    assert "The bank does not show it" not in client.get(page).content.decode()
    deliver_all()
    told = [one.template for one in Message.objects.filter(to=row.sme.created_by)]
    assert {"payment.proof_refused", "payment.unmatched"} <= set(told)


def test_not_where_the_bank_has_shown_it(slip):
    with pytest.raises(WrongState, match="The bank has shown"):
        proofs.refuse(actor=finance_officer(), proof=Proof.objects.get(), words="Another account.")
    assert (fresh(slip).state, held(slip)) == ("paid", 500_000)


def test_not_by_somebody_of_the_firm(on_its_way):
    own = finance_officer()
    MemberFactory(sme=on_its_way.sme, user=own, role="finance")
    with pytest.raises(NotAllowed):
        proofs.refuse(actor=own, proof=Proof.objects.get(), words="No.")
