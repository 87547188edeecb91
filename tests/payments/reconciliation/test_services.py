"""Case m01: equal lines are several payments, the same file twice is once. Cases m02 to m04 from the file to the books."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from payments.models import BankAccount, BankFile, BankLine, Entry, Line, MatchRule
from payments.reconciliation import services
from payments.reconciliation.files.table import Mapping
from payments.reconciliation.preview import Status, preview_of
from payments.states import BankFileState
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory, director
from tests.factories.payments import closed, finance_officer

from .made import (
    DATA,
    EVENING,
    HEAD,
    NOON,
    PLAIN,
    WITH_BALANCE,
    account,
    bank,
    booked,
    csv,
    is_whole,
    lines,
    read,
    suspense,
    taken,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
A, B = HEAD + NOON, HEAD + EVENING
C = "Date,Narrative,Amount\n" + "".join(f"{row.rpartition(',')[0]}\n" for row in EVENING.splitlines())
D = HEAD + "".join(reversed(EVENING.splitlines(keepends=True)))
FIVE = [-2_500, 500_000, 500_000, 500_000, 750_050]


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel("2027-04-06T10:00:00+05:00", tick=False):
        yield


def refused(code, call, *args, **kwargs):
    with pytest.raises(DomainError) as refusal:
        call(*args, **kwargs)
    assert refusal.value.code == code
    return str(refusal.value)


def test_two_equal_lines_are_two_payments_and_an_overlapping_file_brings_what_is_new():
    assert (taken(A).fresh, bank()) == (3, 1_750_050)
    assert taken(A).pk == BankFile.objects.get().pk
    assert (taken(A.replace("\n", "\r\n")).fresh, lines()) == (0, [500_000, 500_000, 750_050])
    second = taken(B)
    assert (second.fresh, second.state) == (2, BankFileState.TAKEN)
    assert (lines(), bank(), suspense()) == (FIVE, 2_247_550, 2_247_550)
    assert is_whole()


def test_the_longer_file_first_comes_to_the_same():
    taken(B)
    assert taken(A).fresh == 0
    assert (lines(), bank()) == (FIVE, 2_247_550)


@pytest.mark.parametrize("other", [C, D], ids=["without balances", "newest first"])
def test_another_form_of_the_same_file_brings_what_is_new(other):
    taken(A)
    assert taken(other, mapping=PLAIN if other is C else WITH_BALANCE).fresh == 2
    assert (lines(), bank()) == (FIVE, 2_247_550)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_line_that_was_edited_is_refused_whole(is_there):
    if is_there:
        taken(A)
    number = 3 if is_there else 0
    words = refused("balance", read, A.replace("7500.50,", "7500.05,"))
    plain = words.replace("\u2068", "").replace("\u2069", "")
    assert "The balance does not run on at line 4: 117,500.05 expected, 117,500.50 in the file" in plain
    assert (BankLine.objects.count(), Entry.objects.count()) == (number, number)


def test_the_preview_says_of_each_line_what_it_is():
    taken(A)
    found = preview_of(read(B))
    assert [line.status for line in found.lines] == [Status.THERE] * 3 + [Status.EQUAL, Status.NEW]
    assert [bool(line.line) for line in found.lines] == [True] * 3 + [False] * 2
    assert (len(found.fresh), found.sum) == (2, 497_500)


def test_the_officer_may_overrule_with_a_reason():
    taken(A)
    row, officer = read(B), finance_officer()
    choices = {"0": "take", "4": "leave"}
    refused("no_words", services.take_file, actor=officer, file=row, choices=choices)
    services.take_file(actor=officer, file=row, choices=choices, words="The bank says that the first came twice.")
    booked(row)
    assert lines() == [500_000, 500_000, 500_000, 500_000, 750_050]
    assert sorted(BankLine.objects.filter(amount=500_000).values_list("nth", flat=True)) == [1, 2, 3, 4]


def test_the_same_days_in_another_kind_of_file_are_asked_about_and_never_added_silently():
    taken(A)
    other = read(csv(("05/04/2027", "INDUS GLOVES (PVT)", "7500.50"), head="Day,Details,Sum\n"), mapping=PLAIN)
    other.layout = {**other.layout, "name": 5}
    other.save()
    assert [line.status for line in preview_of(other).lines] == [Status.ALIKE]
    refused("undecided", services.take_file, actor=finance_officer(), file=other)
    done = services.take_file(actor=finance_officer(), file=other, choices={"0": "leave"})
    assert (booked(done).fresh, bank()) == (0, 1_750_050)


INVENTED = csv(("05/04/2027", "IBFT DEP-4712 INDUS GLOVES", "7500.00"))


def test_nobody_alone_hands_in_and_takes_a_file_that_no_balance_bears_out():
    """Whoever hands a file in could have written it, and a line with a reference pays."""
    officer = finance_officer()
    row = read(INVENTED, mapping=PLAIN, by=officer)
    refused("second_person", services.take_file, actor=officer, file=row)
    assert (BankFile.objects.get().state, BankLine.objects.count(), bank()) == (BankFileState.READ, 0, 0)
    assert booked(services.take_file(actor=director(), file=row)).fresh == 1


def test_control_a_file_with_balances_is_taken_by_whoever_hands_it_in():
    officer = finance_officer()
    assert booked(services.take_file(actor=officer, file=read(A, by=officer))).fresh == 3


def test_nobody_alone_takes_a_file_whose_balances_do_not_run_on_from_the_one_before():
    taken(A)
    officer = finance_officer()
    later = HEAD + "06/04/2027,IBFT DEP-4712 INDUS GLOVES,7500.00,925000.00\n"
    with time_machine.travel("2027-04-07T10:00:00+05:00", tick=False):
        row = read(later, by=officer)
        assert preview_of(row).gap is not None
        refused("second_person", services.take_file, actor=officer, file=row)
        services.take_file(actor=finance_officer(), file=row)


@pytest.mark.parametrize("how", [{"choices": {"0": "take"}}, {"choices": {"1": "take", "4": "leave"}}])
def test_nobody_alone_takes_again_what_is_there_already(how):
    taken(A)
    officer = finance_officer()
    row = read(B, by=officer)
    refused("second_person", services.take_file, actor=officer, file=row, words="It came twice.", **how)
    assert lines() == [500_000, 500_000, 750_050]
    services.take_file(actor=finance_officer(), file=row, words="It came twice.", **how)


def test_what_the_bank_booked_under_another_kind_of_file_nobody_takes_alone_either():
    taken(A)
    officer = finance_officer()
    content = "Day,Left,Sum,Details\n05/04/2027,117500.50,7500.50,INDUS GLOVES (PVT)\n"
    other = read(content, mapping=Mapping(day=0, text=3, amount=2, balance=1), by=officer)
    assert [line.status for line in preview_of(other).lines] == [Status.ALIKE]
    refused("second_person", services.take_file, actor=officer, file=other, others="take")
    assert services.take_file(actor=officer, file=other, others="leave").fresh == 0


def test_what_cannot_be_read_nobody_leaves_out_alone():
    officer = finance_officer()
    row = read(f"{HEAD}05/04/2027,A,5.00,105.00\n05/04/2027,B,x,105.00\n", by=officer)
    refused("second_person", services.take_file, actor=officer, file=row, without_bad=True, words="The bank is asked.")
    services.take_file(actor=finance_officer(), file=row, without_bad=True, words="The bank is asked.")


def test_a_file_that_was_killed_half_way_comes_to_the_same(monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    officer = finance_officer()
    row = services.take_file(actor=officer, file=read(A), words="")
    services.book_lines(file_id=row.pk)
    whole = services._matched

    def killed(_lines):
        raise RuntimeError("killed")

    monkeypatch.setattr(services, "_matched", killed)
    with pytest.raises(RuntimeError):
        services.book_lines(file_id=row.pk)
    assert (BankLine.objects.filter(state="new").count(), BankFile.objects.get().posted) == (1, 2)
    monkeypatch.setattr(services, "_matched", whole)
    assert booked(row).posted == 3
    assert (services.take_file(actor=officer, file=row).state, bank()) == (BankFileState.TAKEN, 1_750_050)
    assert lines() == [500_000, 500_000, 750_050]
    assert is_whole()


def test_the_worker_books_what_was_taken():
    services.take_file(actor=finance_officer(), file=read(A))
    deliver_all()
    row = BankFile.objects.get()
    assert (row.state, row.posted, bank()) == (BankFileState.TAKEN, 3, 1_750_050)
    event = Event.objects.get(name="bank.statement_read")
    assert event.data["covers_to"] == "2027-04-05"


def test_each_line_is_in_the_books_on_its_day_or_after_the_closed_ones():
    closed(date(2027, 4, 4))
    taken(csv(("03/04/2027", "a", "1.00"), ("05/04/2027", "b", "2.00"), ("06/04/2027", "c", "4.00")), mapping=PLAIN)
    found = dict(Line.objects.filter(account__kind="bank").values_list("amount", "day"))
    assert found == {100: date(2027, 4, 6), 200: date(2027, 4, 5), 400: date(2027, 4, 6)}


def test_the_days_of_new_year_are_those_of_the_bank():
    with time_machine.travel("2027-01-05T10:00:00+05:00", tick=False):
        row = taken((DATA / "m02-year-end.sta").read_bytes())
    found = dict(Line.objects.filter(account__kind="bank").values_list("day", "amount"))
    assert found == {date(2027, 1, 4): 500_000, date(2026, 12, 30): 750_050, date(2027, 1, 2): -500_000}
    assert (row.covers_from, row.covers_to) == (date(2026, 12, 30), date(2027, 1, 4))
    assert BankAccount.objects.get().opening == 10_000_000


def test_seven_lines_of_twelve_are_taken_only_by_a_person_with_a_reason():
    with time_machine.travel("2027-05-01T10:00:00+05:00", tick=False):
        row, officer = read((DATA / "m04-bank.csv").read_bytes(), mapping=PLAIN), finance_officer()
        refused("bad_lines", services.take_file, actor=officer, file=row)
        refused("no_words", services.take_file, actor=officer, file=row, without_bad=True)
        done = booked(services.take_file(actor=officer, file=row, without_bad=True, words="The bank is asked."))
    assert (done.lines, done.fresh, done.left_out, done.posted) == (7, 7, 5, 7)
    assert (bank(), suspense()) == (14_484_550, 14_484_550)
    assert BankLine.objects.get(amount=0).state == "nothing"
    assert not Event.objects.filter(name__startswith="payment.").exists()
    assert is_whole()


def test_the_columns_are_asked_once_a_layout_and_remembered():
    row = services.read_in(actor=finance_officer(), account=account(), file_name="a.csv", content=A.encode())
    assert row.layout is None
    refused("no_mapping", services.take_file, actor=finance_officer(), file=row)
    services.map_columns(actor=finance_officer(), file=row, mapping=WITH_BALANCE)
    second = services.read_in(actor=finance_officer(), account=account(), file_name="b.csv", content=B.encode())
    assert second.layout == WITH_BALANCE.as_dict()
    other = csv(("05/04/2027", "x", "1.00"), head="Tag,Text,Betrag\n").encode()
    assert services.read_in(actor=finance_officer(), account=account(), file_name="c.csv", content=other).layout is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b"%PDF-1.7 x", "sheet_not_a_table"),
        ((DATA / "m03-batch-reversal.xml").read_bytes().replace(b"107500.00", b"117500.00"), "reversal"),
        ((DATA / "m02-year-end.sta").read_bytes().replace(b"123456702", b"123456709"), "other_account"),
        ((DATA / "m02-year-end.sta").read_bytes().replace(b"PKR", b"USD"), "other_currency"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content, code):
    words = refused(code, services.read_in, actor=finance_officer(), account=account(), file_name="x", content=content)
    assert words.endswith(".")
    assert "%(" not in words
    assert (BankFile.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_month_that_does_not_follow_is_said():
    taken(A)
    later = read(HEAD + "06/04/2027,x,1.00,200001.00\n")
    found = preview_of(later).gap
    assert (found.closing, found.opening, found.day) == (11_750_050, 20_000_000, date(2027, 4, 5))
    assert preview_of(read(HEAD + "06/04/2027,x,1.00,117501.50\n")).gap is None


def test_a_file_is_put_away_and_may_come_again():
    row, officer = read(A), finance_officer()
    services.drop_file(actor=officer, file=row)
    services.drop_file(actor=officer, file=row)
    with pytest.raises(WrongState):
        services.take_file(actor=officer, file=row)
    assert taken(A).fresh == 3
    with pytest.raises(WrongState):
        services.drop_file(actor=officer, file=BankFile.objects.get(state="taken"))


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.APPROVER], [Role.ADMINISTRATOR]])
def test_who_may_not(roles):
    person, row = UserFactory(roles=roles), read(A)
    with pytest.raises(NotAllowed):
        services.read_in(actor=person, account=account(), file_name="x", content=B.encode())
    with pytest.raises(NotAllowed):
        services.drop_file(actor=person, file=row)
    if Role.APPROVER not in roles:
        with pytest.raises(NotAllowed):
            services.take_file(actor=person, file=row)
    with pytest.raises(NotAllowed):
        services.map_columns(actor=person, file=row, mapping=PLAIN)
    with pytest.raises(NotAllowed):
        services.set_account(actor=person, name="x", iban="PK36SCBL0000001123456702")


def test_the_account_to_which_firms_pay_is_the_one_of_their_deposits():
    assert account().code == "bank"
    other = services.set_account(actor=finance_officer(), name="Other", iban="PK13HABB0000001123456702")
    assert other.code == "habb-6702"
    assert services.set_account(actor=finance_officer(), name="Named anew", iban=other.iban).pk == other.pk
    refused("iban", services.set_account, actor=finance_officer(), name="x", iban="PK00HABB0000001123456702")


def test_a_rule_has_its_first_day_and_its_decision():
    first = MatchRule.objects.get()
    assert (first.tolerance, first.window) == (5_000, 10)
    officer = finance_officer()
    refused("past", services.set_rule, actor=officer, since=date(2027, 4, 5), tolerance=0, window=5, source="x")
    refused("no_words", services.set_rule, actor=officer, since=date(2027, 4, 6), tolerance=0, window=5, source=" ")
    row = services.set_rule(actor=officer, since=date(2027, 4, 6), tolerance=0, window=5, source="Finance wing, 12")
    assert (MatchRule.objects.count(), row.window) == (2, 5)
