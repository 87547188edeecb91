"""What two officers took from a firm's slip and what the bank's file shows later is the same money."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import BankMatch, Receipt
from payments.reconciliation import matches
from tests.factories.payments import finance_officer
from tests.payments.deposits.made import credit, held
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


def test_the_line_bears_the_slip_out_and_is_no_second_payment(slip):
    assert (slip.state, in_transit()) == ("paid", 500_000)
    if line("RAVI").state == "open":  # a person says so; by itself or by a person it is the same
        matches.match_by_hand(actor=finance_officer(), line=line("RAVI"), shares=[(slip, 500_000)], words="Its slip.")
    assert (in_transit(), suspense(), bank()) == (0, 0, 500_000)
    assert (held(slip), credit(slip)) == (500_000, 0)
    assert Receipt.objects.count() == 1
    assert is_whole()


def test_a_second_line_is_a_double_payment_all_the_same(slip):
    for words in ("RAVI", "AGAIN"):
        if words == "AGAIN":
            taken(csv(("11/04/2027", "DEP 4721 AGAIN", "5000.00")), mapping=PLAIN)
        if line(words).state == "open":
            matches.match_by_hand(
                actor=finance_officer(), line=line(words), shares=[(slip, 500_000)], words="Its slip."
            )
    assert (held(slip), credit(slip), in_transit()) == (500_000, 500_000, 0)
    assert is_whole()


def test_taking_the_match_back_restores_what_was(slip):
    if line("RAVI").state == "open":
        matches.match_by_hand(actor=finance_officer(), line=line("RAVI"), shares=[(slip, 500_000)], words="Its slip.")
    matches.take_back(actor=finance_officer(), match=BankMatch.objects.get(), words="Another firm's.")
    assert (in_transit(), suspense(), bank()) == (500_000, 500_000, 500_000)
    assert (held(slip), credit(slip)) == (500_000, 0)
    assert is_whole()
