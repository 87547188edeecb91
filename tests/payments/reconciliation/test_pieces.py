"""Lines are booked in pieces: how large a piece is changes nothing but the time it takes."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from payments.ledger import selectors as ledger
from payments.models import BankLine, BankMatch, BankShare, Entry, Finding, Receipt
from payments.reconciliation import services
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import held_back
from tests.factories.payments import finance_officer
from tests.payments.deposits.made import credit, held

from .made import PLAIN, bank, booked, csv, fresh, is_whole, payment, read, suspense, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db]
RETURN = """:20:X
:25:PK36SCBL0000001123456702
:28C:1/1
:60F:C270411PKR0,00
:61:2704120412C7500,00NTRFDEP-4711//B1
:86:DEP 4711 KARAKORAM TEXTILES
:61:2704120412RC7500,00NTRFDEP-4711//B2
:86:DEP 4711 KARAKORAM TEXTILES
:61:2704120412C7500,00NTRFDEP-4711//B3
:86:DEP 4711 KARAKORAM TEXTILES
:62F:C270412PKR7500,00
-
"""


@pytest.fixture(params=[1, 3, 100], ids=lambda size: f"by {size}")
def piece(request, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", request.param)
    with time_machine.travel("2027-04-13T10:00:00+05:00", tick=False):
        yield request.param


def asked(*numbers, firm="Ravi Towels", **how):
    with time_machine.travel("2027-04-01T09:00:00+05:00", tick=False):
        first = payment(numbers[0], firm, **how)
        return [first, *(payment(number, "", sme=first.sme, **how) for number in numbers[1:])]


def test_one_line_after_another_or_all_at_once_comes_to_the_same(piece):
    (whole,) = asked(4711, firm="Karakoram Textiles")
    one, two = asked(4712, 4713, firm="Indus Gloves")
    (late,) = asked(4714, firm="Chenab Caps", due="2027-04-05 23:59:59")
    (part,) = asked(4715, firm="Jhelum Knives")
    (unclear,) = asked(4716, firm="Kurram Fans")
    taken(
        csv(
            ("12/04/2027", "DEP 4711 KARAKORAM TEXTILES", "7500.00"),
            ("12/04/2027", "DEP 4711 KARAKORAM TEXTILES AGAIN", "7500.00"),
            ("12/04/2027", "DEP 4714 CHENAB CAPS", "7500.00"),
            ("12/04/2027", "DEP 4714 CHENAB CAPS AGAIN", "7500.00"),
            ("12/04/2027", "dep4712/dep4713 INDUS GLOVES", "15000.00"),
            ("12/04/2027", "DEP 4712 INDUS GLOVES", "7500.00"),
            ("12/04/2027", "DEP 4715 JHELUM KNIVES PART", "4000.00"),
            ("12/04/2027", "DEP 4715 JHELUM KNIVES REST", "3500.00"),
            ("12/04/2027", "DEP 4716 KURRAM FANS PART", "4000.00"),
            ("12/04/2027", "DEP 4716 KURRAM FANS REST", "3500.00"),
            ("12/04/2027", "DEP 4716 KURRAM FANS AND MORE", "3500.00"),
        ),
        mapping=PLAIN,
    )
    states = list(BankLine.objects.order_by("number").values_list("state", flat=True))
    assert states == ["matched", "open", "matched", "matched", "matched", "open", "matched", "matched", *["open"] * 3]
    assert [fresh(row).state for row in (whole, one, two, late, part)] == ["paid", "paid", "paid", "asked", "paid"]
    assert fresh(unclear).state == "asked"  # a third line names it, in whichever piece
    assert [held(row) for row in (whole, one, late, part)] == [750_000, 1_500_000, 0, 750_000]
    assert [credit(row) for row in (whole, one, late)] == [0, 0, 1_500_000]
    assert list(BankShare.objects.order_by("match__line__number", "pk").values_list("amount", "applied")) == [
        (750_000, 750_000), (750_000, 0), (750_000, 0), (750_000, 750_000), (750_000, 750_000), (400_000, 400_000), (350_000, 350_000),
    ]  # fmt: skip
    assert list(Receipt.objects.order_by("serial").values_list("serial", flat=True)) == list(range(1, 8))
    assert list(Finding.objects.values_list("kind", flat=True)) == ["late", "late"]
    assert Event.objects.filter(name="payment.settled").count() == 4
    assert (bank(), suspense()) == (7_100_000, 2_600_000)
    assert is_whole()


def test_what_the_bank_takes_back_in_the_same_file_is_seen_in_its_place(piece):
    (row,) = asked(4711, firm="Karakoram Textiles")
    taken(RETURN)
    assert list(BankMatch.objects.order_by("pk").values_list("kind", flat=True)) == ["payment", "return", "payment"]
    assert (fresh(row).state, held(row), bank()) == ("paid", 750_000, 750_000)
    assert list(BankLine.objects.order_by("number").values_list("bank_reference", flat=True)) == ["B1", "B2", "B3"]
    assert is_whole()


def test_a_piece_costs_hardly_more_than_its_receipts(django_assert_max_num_queries):
    """Each number of a receipt is counted by itself; all else is asked once a piece."""
    number = 40
    with time_machine.travel("2027-04-13T10:00:00+05:00", tick=False):
        rows = [asked(5000 + at, firm=f"Karakoram Textiles {at}")[0] for at in range(number)]
        lines = csv(*(("12/04/2027", f"{row.reference} X", "7500.00") for row in rows))
        with held_back():
            file = services.take_file(actor=finance_officer(), file=read(lines, mapping=PLAIN))
            with django_assert_max_num_queries(number + 110):
                services.book_lines(file_id=file.pk)
            booked(file)
    assert BankMatch.objects.count() == number
    assert Entry.objects.filter(kind="deposit_paid").count() == number
    assert ledger.trial_balance()
    assert is_whole()


def test_a_piece_that_is_killed_while_it_matches_leaves_nothing_and_is_booked_again(monkeypatch):
    with time_machine.travel("2027-04-13T10:00:00+05:00", tick=False):
        rows = [asked(5000 + at, firm=f"Karakoram Textiles {at}")[0] for at in range(3)]
        with held_back():
            lines = csv(*(("12/04/2027", f"{row.reference} X", "7500.00") for row in rows))
            file = services.take_file(actor=finance_officer(), file=read(lines, mapping=PLAIN))
            receipts = services.deposits.ledger.issue_receipts
            monkeypatch.setattr(services.deposits.ledger, "issue_receipts", lambda _papers: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                services.book_lines(file_id=file.pk)
            assert (
                Entry.objects.count(),
                BankMatch.objects.count(),
                Event.objects.filter(name="payment.settled").count(),
            ) == (0, 0, 0)
            assert set(BankLine.objects.values_list("state", flat=True)) == {"new"}
            monkeypatch.setattr(services.deposits.ledger, "issue_receipts", receipts)
            booked(file)
    assert [fresh(row).state for row in rows] == ["paid"] * 3
    assert date(2027, 4, 12) in set(Entry.objects.values_list("booked_on", flat=True))
    assert is_whole()
