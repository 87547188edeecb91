"""Two finance officers at the same file and the same line at the same moment, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date

import pytest
import time_machine

from payments.deposits import proofs, selectors
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import BankFile, BankLine, BankMatch, Entry, Payment
from payments.reconciliation import matches, services, signing
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.payments.deposits.made import credit, held
from tests.payments.deposits.test_proofs import sent
from tests.selection.test_at_once import at_once

from .made import EVENING, HEAD, NOON, PLAIN, account, booked, csv, fresh, is_whole, line, lines, payment, read, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 20


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel("2027-04-06T10:00:00+05:00"):
        yield


def test_twenty_that_hand_in_and_take_the_same_file_book_it_once():
    account().layouts = {}
    read(HEAD + "01/04/2027,x,1.00,100001.00\n")  # so that the columns are known
    people = [finance_officer() for _client in range(CLIENTS)]
    into = account()

    def act(person):
        row = services.read_in(actor=person, account=into, file_name="a.csv", content=(HEAD + NOON).encode())
        services.take_file(actor=person, file=row)
        while services.book_lines(file_id=row.pk):
            pass
        return row.pk

    said = at_once(*[lambda person=person: act(person) for person in people])
    assert len(set(said)) == 1
    assert (lines(), Entry.objects.filter(kind="suspense_in").count()) == ([500_000, 500_000, 750_050], 3)
    assert ledger.balance(books.bank("bank")) == 1_750_050
    assert is_whole()


def test_files_that_overlap_taken_at_once_bring_each_line_once():
    noon, evening = read(HEAD + NOON), read(HEAD + EVENING)
    officer = finance_officer()

    def act(row):
        services.take_file(actor=officer, file=row)
        while services.book_lines(file_id=row.pk):
            pass

    at_once(*[lambda row=row: act(row) for row in (noon, evening) for _time in range(5)])
    for row in (noon, evening):
        booked(row)
    assert lines() == [-2_500, 500_000, 500_000, 500_000, 750_050]
    assert sum(BankFile.objects.values_list("fresh", flat=True)) == 5
    assert ledger.balance(books.bank("bank")) == 2_247_550
    assert is_whole()


def test_one_line_matched_by_twenty_in_two_ways_goes_one_way():
    with time_machine.travel("2027-04-01T10:00:00+05:00"):
        rows = [payment(4714, "Ravi Towels"), payment(4716, "Jhelum Knives")]
    taken(csv(("05/04/2027", "UNKNOWN", "7500.00")), mapping=PLAIN)
    seen = line("UNKNOWN")
    people = [finance_officer() for _client in range(CLIENTS)]
    said = at_once(
        *[
            lambda number=number: (
                matches.match_by_hand(
                    actor=people[number], line=seen, shares=[(rows[number % 2], 750_000)], words="x"
                ).pk
            )
            for number in range(CLIENTS)
        ],
    )
    assert BankMatch.objects.count() == 1
    assert Counter(fresh(row).state for row in rows) == {"paid": 1, "asked": 1}
    assert len({each for each in said if isinstance(each, int)}) == 1
    assert is_whole()


def test_a_match_that_is_taken_back_by_twenty_is_taken_back_once():
    with time_machine.travel("2027-04-01T10:00:00+05:00"):
        row = payment(4714, "Ravi Towels")
    taken(csv(("05/04/2027", "DEP 4714 RAVI TOWELS", "7500.00")), mapping=PLAIN)
    assert fresh(row).state == "paid"
    match = BankMatch.objects.get()
    at_once(
        *[
            lambda: matches.take_back(actor=finance_officer(), match=match, words="Another's.").pk
            for _client in range(CLIENTS)
        ]
    )
    assert (fresh(row).state, fresh(row).paid, BankLine.objects.get().state) == ("asked", 0, "open")
    assert Entry.objects.filter(kind="reversal").count() == 1
    assert is_whole()


def rivals():
    """Two payments of one firm and two lines that name it: what one of them gets changes what the other is offered."""
    with time_machine.travel("2027-04-01T10:00:00+05:00"):
        first = payment(4714, "Ravi Towels")
        rows = [first, payment(4716, "", sme=first.sme)]
    taken(
        csv(("05/04/2027", "RAVI TOWELS ONE", "7500.00"), ("05/04/2027", "RAVI TOWELS TWO", "7500.00")), mapping=PLAIN
    )
    return rows


def test_two_officers_at_two_lines_of_one_firm_do_not_wait_for_each_other_crosswise():
    rows, people = rivals(), [finance_officer(), finance_officer()]
    for _round in range(5):
        said = at_once(
            *[
                lambda at=at, words=words: (
                    matches.match_by_hand(
                        actor=people[at], line=line(words), shares=[(rows[at], 750_000)], words="x"
                    ).pk
                )
                for at, words in enumerate(("ONE", "TWO"))
            ]
        )
        assert all(isinstance(each, int) for each in said), said
        for match in BankMatch.objects.filter(taken_back_at=None):
            matches.take_back(actor=people[0], match=match, words="Again.")
    assert is_whole()


def test_one_proposal_signed_and_given_back_by_twenty_ends_one_way():
    services.set_rule(
        actor=director(), since=date(2027, 4, 6), tolerance=0, window=10, source="A note.", second_from=100
    )
    with time_machine.travel("2027-04-01T10:00:00+05:00"):
        row = payment(4714, "Ravi Towels")
    taken(csv(("05/04/2027", "UNKNOWN", "7500.00")), mapping=PLAIN)
    proposal = matches.match_by_hand(
        actor=finance_officer(), line=line("UNKNOWN"), shares=[(row, 750_000)], words="As it wrote."
    )
    people = [finance_officer() for _client in range(CLIENTS)]
    at_once(
        *[
            (lambda person=person: signing.sign(actor=person, proposal=proposal).pk)
            if number % 2
            else (lambda person=person: signing.give_back(actor=person, proposal=proposal, words="No.").pk)
            for number, person in enumerate(people)
        ]
    )
    proposal.refresh_from_db()
    booked_ = proposal.match_id is not None
    assert (BankMatch.objects.count(), fresh(row).state) == ((1, "paid") if booked_ else (0, "asked"))
    assert is_whole()


@pytest.mark.parametrize("guarded", [True, False])
def test_a_slip_found_right_while_the_bank_shows_its_money_is_the_same_money(settings, tmp_path, monkeypatch, guarded):
    """Whoever finds the slip right has looked at what the bank showed, and books when its file is booked: the lock of the payment lies
    around both."""
    settings.VAULT_ROOT = tmp_path
    with time_machine.travel("2027-04-05T10:00:00+05:00"):
        row = payment(4721, "Ravi Towels", amount=500_000)
        slip = sent(row, amount=500_000, paid_on=date(2027, 4, 5))
        proofs.approve(actor=finance_officer(), proof=slip)
    file, officer, second = read(csv(("05/04/2027", "DEP 4721 RAVI TOWELS", "5000.00")), mapping=PLAIN), *two_officers()
    looked, is_booked, real = threading.Event(), threading.Event(), selectors.shown_before
    if not guarded:
        monkeypatch.setattr(proofs, "locked_payment", lambda pk: Payment.objects.select_related("sme").get(pk=pk))

    def look(payments):
        found = real(payments)
        looked.set()
        is_booked.wait(2 if guarded else 30)
        return found

    def bank():
        looked.wait(10)
        services.take_file(actor=officer, file=file)
        while services.book_lines(file_id=file.pk):
            pass
        is_booked.set()

    monkeypatch.setattr(selectors, "shown_before", look)
    at_once(lambda: proofs.approve(actor=second, proof=slip).pk, bank)
    taken_twice = (held(row), credit(row), ledger.balance(books.clearing("bank")))
    assert taken_twice == ((500_000, 0, 0) if guarded else (500_000, 500_000, 500_000))
    assert is_whole()


def two_officers():
    return finance_officer(), finance_officer()
