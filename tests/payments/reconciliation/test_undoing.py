"""A match is taken back while its money is still there, and only that of its own payment; a line goes the way its sign says."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from payments.deposits import acts
from payments.deposits import selectors as deposits
from payments.models import BankMatch, MatchProposal, Payment, PaymentAct
from payments.reconciliation import matches
from tdap_portal.core.errors import DomainError
from tests.factories.payments import finance_officer
from tests.payments.deposits.made import credit, held

from .made import PLAIN, csv, fresh, is_whole, line, payment, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
Kind = PaymentAct.Kind
PAID = 750_000


@pytest.fixture
def two():
    """Two deposits of one firm, each paid by a line of the bank, and a second line for each, kept as credit."""
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        first = payment(4721, "Ravi Towels")
        second = payment(4722, "", sme=first.sme)
    with time_machine.travel("2027-04-12T10:00:00+05:00", tick=False):
        taken(
            csv(
                ("10/04/2027", "DEP 4721 RAVI TOWELS", "7500.00"),
                ("10/04/2027", "DEP 4722 RAVI TOWELS", "7500.00"),
                ("11/04/2027", "DEP 4721 AGAIN", "7500.00"),
                ("11/04/2027", "DEP 4722 ONCE MORE", "7500.00"),
            ),
            mapping=PLAIN,
        )
        for words, row in (("AGAIN", first), ("ONCE MORE", second)):
            matches.match_by_hand(actor=finance_officer(), line=line(words), shares=[(row, PAID)], words="Its own.")
        assert (held(first), credit(first)) == (2 * PAID, 2 * PAID)
        yield first, second


def goes(row, kind, amount):
    act = acts.propose(actor=finance_officer(), payment=fresh(row), kind=kind, amount=amount, words="By the rule.")
    acts.sign(actor=finance_officer(), act=act)


def undone(words):
    match = BankMatch.objects.get(line__text__contains=words, taken_back_at=None)
    return matches.take_back(actor=finance_officer(), match=match, words="Another firm's.")


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [
        (Kind.REFUND, 1, "4721 RAVI"),
        (Kind.REFUND, PAID, "4721 RAVI"),
        (Kind.FORFEIT, 200_000, "4721 RAVI"),
        (Kind.FORFEIT, PAID, "4721 RAVI"),
        (Kind.PAY_CREDIT, 1, "AGAIN"),
        (Kind.PAY_CREDIT, PAID, "AGAIN"),
    ],
)
def test_money_that_went_is_not_taken_from_the_firms_other_payment(two, kind, amount, words):
    first, second = two
    goes(first, kind, amount)
    before = list(Payment.objects.order_by("pk").values_list("state", "paid", "paid_back", "kept"))
    was = (held(first), credit(first))
    with pytest.raises(DomainError, match="What is still there is less") as refusal:
        undone(words)
    assert refusal.value.code == "not_enough"
    assert list(Payment.objects.order_by("pk").values_list("state", "paid", "paid_back", "kept")) == before
    assert (held(first), credit(first)) == was
    assert (deposits.late_money_of(fresh(second)), line(words).state) == (PAID, "matched")
    assert is_whole()


def test_the_page_says_so_and_is_no_fault(client, two):
    goes(two[0], Kind.REFUND, 200_000)
    match = BankMatch.objects.get(line__text__contains="4721 RAVI")
    client.force_login(finance_officer())
    answer = client.post(
        reverse("payments:bank_match_back", args=[match.public_id]), {"words": "Another's."}, follow=True
    )
    assert answer.status_code == 200
    assert "What is still there is less" in answer.content.decode()


@pytest.mark.parametrize(("words", "left"), [("4721 RAVI", (PAID, 2 * PAID)), ("AGAIN", (2 * PAID, PAID))])
def test_money_that_is_still_there_is_taken_out(two, words, left):
    undone(words)
    assert (held(two[0]), credit(two[0])) == left
    assert is_whole()


@pytest.mark.parametrize("is_return", [True, False])
@pytest.mark.parametrize("limit", [None, 1])
def test_a_line_that_brought_money_is_nothing_that_went_back(two, is_return, limit, monkeypatch):
    undone("AGAIN")
    if limit:
        monkeypatch.setattr("payments.reconciliation.second.is_needed", lambda _line: True)
    with pytest.raises(DomainError, match="This line brought money") as refusal:
        matches.match_gone(
            actor=finance_officer(), line=line("AGAIN"), payment=fresh(two[0]), is_return=is_return, words="As it says."
        )
    assert (refusal.value.code, line("AGAIN").state, MatchProposal.objects.count()) == ("amount", "open", 0)
    assert is_whole()


@pytest.mark.parametrize("what", ["return", "credit"])
def test_nor_on_the_page(client, two, what):
    undone("AGAIN")
    client.force_login(finance_officer())
    values = {"act": "gone", "gone-what": what, "gone-reference": two[0].reference, "gone-words": "As it says."}
    answer = client.post(reverse("payments:bank_line", args=[line("AGAIN").public_id]), values)
    assert answer.status_code == 422
    assert "This line brought money" in answer.content.decode()
