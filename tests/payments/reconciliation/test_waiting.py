"""Lines that wait for a person: whose seat they hold, who hears of them, and what is said of them. Cases m03, m04 and m05."""

from __future__ import annotations

import pytest

from payments.deposits import services as deposits
from payments.deposits import tasks
from payments.models import BankLine, Payment
from payments.reconciliation import matches, matching, selectors, signing
from tdap_portal.audit import outbox
from tdap_portal.notifications.models import Message
from tests.factories.payments import finance_officer
from tests.payments.deposits.made import begun, credit, held

from .made import DATA, PLAIN, bank, csv, fresh, is_whole, line, payment, suspense, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]


def ring():
    return {
        pk: deposits.expire_payment(payment_id=pk) for pk in Payment.objects.order_by("pk").values_list("pk", flat=True)
    }


def states(rows):
    return {number: fresh(row).state for number, row in rows.items()}


def by_first_offer(words):
    row = line(words)
    offer = matches.offers_for([row])[row.pk][0]
    return matches.take_offer(actor=finance_officer(), line=row, offer=offer)


# ------------------------------------------------------------------------------------------------ the seat of who paid


def test_whoever_is_named_by_a_line_that_waits_loses_nothing_by_the_clock(case, clock):
    """Of the eight lines of 12 April six wait on the 13th; those of the two firms that they name do not end before a person looked."""
    for day in ("2027-04-13T10:05:00+05:00", "2027-04-30T10:00:00+05:00"):
        clock.move_to(day)
        ring()
        assert states(case) == {
            4711: "paid",
            4712: "paid",
            4713: "paid",
            4714: "at_bank",
            4715: "paid",
            4716: "at_bank",
        }
    by_first_offer("OOO4716")
    by_first_offer("0004714 RAVI")
    assert states(case)[4716] == "paid"
    assert (fresh(case[4714]).state, fresh(case[4714]).left) == ("at_bank", 10_000)


def test_between_two_parts_the_clock_ends_nothing(clock):
    """The first part names its payment, the rest names nobody but is exactly what is left."""
    row = payment(4714, "Ravi Towels")
    clock.move_to("2027-04-13T10:00:00+05:00")
    taken(csv(("12/04/2027", "DEP-0004714 RAVI TOWELS", "7400"), ("12/04/2027", "RAVI TOWELS", "100")), mapping=PLAIN)
    ring()
    by_first_offer("0004714")
    ring()
    assert (fresh(row).state, held(row)) == ("at_bank", 740_000)
    rest = BankLine.objects.get(amount=10_000)
    matches.take_offer(actor=finance_officer(), line=rest, offer=matches.offers_for([rest])[rest.pk][0])
    ring()
    assert (fresh(row).state, held(row), credit(row)) == ("paid", 750_000, 0)


def test_what_is_only_of_the_right_amount_holds_no_longer_than_the_bank_has_days(clock):
    row = payment(4714, "Ravi Towels")
    begun(row, way="bank")
    clock.move_to("2027-04-13T00:05:00+05:00")
    assert ring() == {row.pk: "at_bank"}
    taken(csv(("12/04/2027", "RAAST IN 0300XXX4501", "7500")), mapping=PLAIN)
    clock.move_to("2027-04-15T23:59:00+05:00")
    assert ring() == {row.pk: ""}
    clock.move_to("2027-04-16T00:05:00+05:00")
    assert ring() == {row.pk: "expired"}


@pytest.mark.parametrize(
    ("line_", "end"),
    [
        (("12/04/2027", "DEP 4714 SOMEBODY ELSE", "7500"), "at_bank"),
        (("12/04/2027", "DEP-OO47I4 RAVI", "1"), "at_bank"),
        (("13/04/2027", "DEP 4714 RAVI TOWELS PART", "7000"), "expired"),  # after its day
        (("30/03/2027", "DEP 4714 SOMEBODY ELSE", "7500"), "expired"),  # before it was asked for
        (("12/04/2027", "DEP 4715 SOMEBODY ELSE", "7500"), "expired"),
        (("12/04/2027", "RETURN DEP 4714", "-7500"), "expired"),
        (("12/04/2027", "SOMEBODY", "7500"), "expired"),  # nothing is under way
    ],
)
def test_which_lines_hold_a_payment(clock, line_, end):
    row = payment(4714, "Ravi Towels")
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(csv(line_), mapping=PLAIN)
    ring()
    assert fresh(row).state == end


def test_a_line_that_goes_to_somebody_else_holds_nobody(clock):
    row, other = payment(4714, "Ravi Towels"), payment(4716, "Jhelum Knives")
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(csv(("12/04/2027", "DEP 4714 JHELUM KNIVES", "7000")), mapping=PLAIN)
    ring()
    assert states({1: row, 2: other}) == {1: "at_bank", 2: "expired"}
    signing.ask_bank(actor=finance_officer(), line=line("4714"), words="Whose is it?")
    assert ring()[row.pk] == ""
    matches.match_by_hand(actor=finance_officer(), line=line("4714"), shares=[(other, 700_000)], words="It wrote so.")
    ring()
    assert states({1: row, 2: other}) == {1: "expired", 2: "expired"}
    assert is_whole()


# ------------------------------------------------------------------------------------------------------ who hears of it


def test_nobody_is_written_to_about_a_line_that_waits(case):
    """Case m05: a letter about what is missing goes out only by a person."""
    outbox.deliver_all()
    waiting = [case[number].sme.created_by for number in (4714, 4716)]
    assert set(Message.objects.filter(to__in=waiting).values_list("template", flat=True)) == {"payment.asked"}


@pytest.mark.parametrize(
    ("words", "is_reminded"), [("DEP 4714 SOMEBODY ELSE", False), ("SOMEBODY ELSE", True), ("DEP 4715 RAVI", True)]
)
def test_whose_money_waits_in_the_queue_is_not_asked_for_it_again(clock, words, is_reminded):
    row = payment(4714, "Ravi Towels")
    clock.move_to("2027-04-11T10:00:00+05:00")
    taken(csv(("10/04/2027", words, "7400")), mapping=PLAIN)
    tasks.remind_of_payments()
    outbox.deliver_all()
    assert Message.objects.filter(template="payment.due_soon").exists() == is_reminded
    (waiting,) = BankLine.objects.all()
    matches.match_by_hand(actor=finance_officer(), line=waiting, shares=[(row, 740_000)], words="It wrote so.")
    tasks.remind_of_payments()
    tasks.remind_of_payments()
    outbox.deliver_all()
    (told,) = Message.objects.filter(template="payment.due_soon")
    assert ("PKR\N{NO-BREAK SPACE}100 of Ravi Towels" in told.body) is not is_reminded


BAD = """Date,Narrative,Amount
15/04/2027,DEP 4721 BALANCE INQUIRY,0.00
15/04/2027,DEP 4722 KURRAM GEMS,"7.500,00"
15/04/2027,DEP 4723 JHELUM KNIVES,1.250
31/04/2027,DEP 4724 HUNZA HONEY,10.00
15/04/2027,DEP 4725 SWAT SHAWLS,
04/15/2027,DEP 4726 SOAN GEMS,100.00
"""


def test_no_message_comes_of_a_line_of_nothing_or_one_that_cannot_be_read(clock):
    """Case m04: each of them names a deposit that is asked for."""
    firms = ("Balance", "Kurram Gems", "Jhelum Knives", "Hunza Honey", "Swat Shawls", "Soan Gems")
    rows = [payment(4721 + at, firm, due="2027-05-12 23:59:59") for at, firm in enumerate(firms)]
    outbox.deliver_all()
    before = Message.objects.count()
    clock.move_to("2027-05-01T10:00:00+05:00")
    done = taken(BAD, mapping=PLAIN, without_bad=True, words="The bank is asked.")
    outbox.deliver_all()
    assert (done.fresh, done.left_out, bank()) == (1, 5, 0)
    nothing = line("BALANCE")
    assert (nothing.state, matches.offers_for([nothing])[nothing.pk]) == ("nothing", [])
    assert {fresh(row).state for row in rows} == {"asked"}
    assert Message.objects.count() == before >= len(rows)


# ------------------------------------------------------------------------------------------------------ parts of an entry


def test_an_entry_whose_parts_do_not_add_up_waits_whole_and_the_next_one_is_taken(clock):
    """Case m03 with a part of 2,400: 12,400 against 12,500."""
    first, second = payment(4721, "Ravi Towels", amount=500_000), payment(4722, "Chenab Caps", amount=500_000)
    clock.move_to("2027-04-06T10:00:00+05:00")
    taken((DATA / "m03-batch-reversal.xml").read_bytes().replace(b">2500.00<", b">2400.00<"))
    assert list(BankLine.objects.order_by("number").values_list("amount", "state")) == [
        (1_250_000, "open"), (-500_000, "open"),
    ]  # fmt: skip
    whole = BankLine.objects.get(amount=1_250_000)
    assert (whole.parts, whole.text) == (1_240_000, "3 INCOMING RAAST TRANSFERS")
    (said,) = matching.notes(selectors.seen(whole), selectors.index_of_named([whole]))
    assert (said.why, said.said) == ("parts", {"parts": 1_240_000, "whole": 1_250_000})
    assert {fresh(row).state for row in (first, second)} == {"asked"}
    assert (bank(), suspense()) == (750_000, 750_000)
    assert is_whole()
