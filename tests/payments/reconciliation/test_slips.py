"""What two officers took from a firm's slip and what the bank's file shows later is the same money."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import BankMatch, Receipt
from payments.reconciliation import matches
from tdap_portal.core.errors import NotAllowed
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory
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
