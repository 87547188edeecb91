"""Posting, taking back, receipts, days and balances, as other rooms and the finance officer use them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.utils.translation import gettext_lazy

from payments.ledger import books, checking, selectors, services
from payments.ledger.books import AccountKind, Key
from payments.models import Account, DayClose, Entry, Line, MonthBalance, ReceiptCounter
from payments.states import EntryKind, ReceiptKind
from smes.models import Sme
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tests.factories.accounts import UserFactory, administrator, director, officer
from tests.factories.payments import BANK, PROVIDER, booked, closed, deposit, finance_officer, refunded
from tests.factories.smes import SmeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]
RUPEES = 100


@pytest.fixture
def sme():
    return SmeFactory()


def refused(code, call, *args, **kwargs):
    with pytest.raises(DomainError) as refusal:
        call(*args, **kwargs)
    assert refusal.value.code == code
    return refusal.value


def on(*day, hour=12):
    """A moment in Karachi."""
    return time_machine.travel(f"{date(*day)}T{hour:02d}:00:00+05:00", tick=False)


# -------------------------------------------------------------------------------------------------------------- posting


def test_a_deposit_stands_with_the_firm_and_with_whoever_has_the_money(sme):
    entry = deposit(sme, 25_000 * RUPEES, subject="DEP-0000412-K")

    assert entry.booked_on == today()
    assert selectors.balance(books.held(sme.pk)) == selectors.balance(books.clearing(PROVIDER)) == 2_500_000
    assert [(line.day, line.amount) for line in selectors.lines_of(entry)] == [
        (today(), 2_500_000),
        (today(), -2_500_000),
    ]
    assert list(selectors.entries_about("DEP-0000412-K")) == [entry]
    assert list(selectors.entries_about("")) == []
    assert selectors.money_of(sme) == selectors.FirmMoney(held=2_500_000)


def test_the_same_effect_is_booked_once(sme):
    first = deposit(sme, effect="payment:1")
    assert deposit(sme, effect="payment:1") == first
    assert (Entry.objects.count(), Line.objects.count()) == (1, 2)


def test_the_same_effect_with_other_lines_is_refused(sme):
    deposit(sme, 100, effect="payment:1")
    for other in (
        lambda: deposit(sme, 101, effect="payment:1"),
        lambda: deposit(SmeFactory(), 100, effect="payment:1"),
        lambda: booked(books.kept_as_credit(sme.pk, 100, into=books.clearing(PROVIDER)), effect="payment:1"),
    ):
        refused("booked_otherwise", other)
    assert Entry.objects.count() == 1


def test_many_are_booked_in_their_order_and_those_that_are_there_are_given_back(sme):
    there = deposit(sme, 100, effect="b")
    postings = {name: books.deposit_paid(sme.pk, 100, into=books.clearing(PROVIDER)) for name in "abc"}
    rows = services.post_many(wanted=[services.Wanted(one, name) for name, one in postings.items()], actor=None)
    assert [row.effect for row in rows] == ["a", "b", "c"]
    assert rows[1] == there
    assert selectors.balance(books.held(sme.pk)) == 300
    with pytest.raises(ValueError, match="twice"):
        services.post_many(wanted=[services.Wanted(postings["a"], "z")] * 2, actor=None)


def test_of_many_all_or_none_are_booked(sme):
    good = books.deposit_paid(sme.pk, 100, into=books.bank(BANK))
    bad = books.refund(sme.pk, 101, out_of=books.bank(BANK))
    wanted = [services.Wanted(good, "good"), services.Wanted(bad, "bad")]
    refused("not_enough", services.post_many, wanted=wanted, actor=None)
    assert Entry.objects.count() == 0


def test_no_more_is_taken_from_a_firm_than_is_there(sme):
    deposit(sme, 100)
    other = SmeFactory()
    deposit(other, 1_000)
    refused("not_enough", refunded, sme, 101)
    refunded(sme, 60)
    refused("not_enough", refunded, sme, 41)
    refused("not_enough", booked, books.forfeit(sme.pk, 41))
    refused("not_enough", booked, books.refund(sme.pk, 1, out_of=books.bank(BANK), source=AccountKind.CREDIT))
    booked(books.forfeit(sme.pk, 40))
    assert selectors.money_of(sme) == selectors.FirmMoney(kept=40, paid_back=60)
    assert selectors.balance(books.held(other.pk)) == 1_000


def test_nothing_is_booked_on_a_day_to_come(sme):
    refused("future_day", deposit, sme, on=today() + timedelta(days=1))
    assert Entry.objects.count() == 0


def test_the_day_is_that_of_karachi(sme):
    with time_machine.travel("2027-04-12T18:59:30+00:00", tick=False):
        assert deposit(sme).booked_on == date(2027, 4, 12)
    with time_machine.travel("2027-04-12T19:00:10+00:00", tick=False):
        assert deposit(sme).booked_on == date(2027, 4, 13)


def test_a_fault_of_the_database_is_not_taken_for_a_second_booking(sme):
    with pytest.raises(DatabaseError):
        services.post(posting=books.forfeit(sme.pk, 1), effect="", actor=None)
    assert not Entry.objects.exists()


def test_two_currencies_are_two_accounts(sme):
    dollars = books.Posting(
        EntryKind.DEPOSIT_PAID,
        (
            books.Part(Key(AccountKind.BANK, code=BANK, currency="USD"), 500),
            books.Part(Key(AccountKind.HELD, sme.pk, currency="USD"), -500),
        ),
    )
    booked(dollars)
    deposit(sme, 100)
    assert selectors.balance(books.held(sme.pk)) == 100
    assert selectors.balance(Key(AccountKind.HELD, sme.pk, currency="USD")) == 500


# ---------------------------------------------------------------------------------------------------------- taking back


def test_what_is_taken_back_leaves_nothing_and_both_stay(sme):
    entry = deposit(sme, 100, subject="DEP-1")
    actor = finance_officer()
    back = services.reverse(actor=actor, entry=entry, words="The bank line was another firm's.")

    assert (back.kind, back.reverses, back.subject, back.actor) == ("reversal", entry, "DEP-1", actor)
    assert selectors.balance(books.held(sme.pk)) == selectors.balance(books.clearing(PROVIDER)) == 0
    assert Entry.objects.count() == 2
    assert Event.objects.get(name="ledger.reversed").data["by"] == back.pk
    assert services.reverse(actor=actor, entry=entry, words="Again") == back
    assert Event.objects.filter(name="ledger.reversed").count() == 1
    refused("is_reversal", services.reverse, actor=actor, entry=back, words="No")


def test_what_was_taken_back_is_booked_anew_under_another_effect(sme):
    entry = deposit(sme, 100, effect="line:1")
    services.reverse(actor=finance_officer(), entry=entry, words="x")
    refused("taken_back", deposit, sme, 100, effect="line:1")
    deposit(sme, 100, effect="line:1:again")
    assert selectors.balance(books.held(sme.pk)) == 100


def test_the_lines_of_a_bank_are_on_one_account_after_each_step():
    """Eight lines of one day, of which some are matched, one in part, and one match is taken back."""
    firms = {name: SmeFactory().pk for name in ("karakoram", "indus", "ravi", "chenab", "jhelum")}
    lines = [750_000, 1_500_000, 740_000, 750_000, 750_000, 750_000, 10_000, 1_490_000]
    for number, amount in enumerate(lines, 1):
        booked(books.suspense_in(amount, bank_code=BANK), effect=f"bank:{number}")

    def where():
        sums = {line.kind: line.credit - line.debit for line in selectors.trial_balance()}
        assert sums["bank"] == -sum(lines)
        return sums.get("suspense", 0), sums.get("held", 0), sums.get("credit", 0)

    assert where() == (6_740_000, 0, 0)
    steps = [
        [(books.held(firms["karakoram"]), 750_000, "DEP-0004711")],
        [(books.held(firms["indus"]), 750_000, "DEP-0004712"), (books.held(firms["indus"]), 750_000, "DEP-0004713")],
        [(books.held(firms["ravi"]), 740_000, "DEP-0004714")],
        [(books.credit(firms["chenab"]), 750_000, "DEP-0004715")],
        [(books.held(firms["ravi"]), 10_000, "DEP-0004714")],
    ]
    matched = []
    for shares in steps:
        matched.append(booked(books.suspense_out(shares, bank_code=BANK)))
        assert sum(where()) == 6_740_000
    assert where() == (2_990_000, 3_000_000, 750_000)
    assert selectors.money_of(Sme.objects.get(pk=firms["ravi"])).held == 750_000
    before = where()
    services.reverse(actor=finance_officer(), entry=matched[1], words="Another firm's")
    assert where() == (before[0] + 1_500_000, before[1] - 1_500_000, before[2])
    booked(books.suspense_out(steps[1], bank_code=BANK))
    assert where() == before


def test_what_was_paid_back_meanwhile_cannot_be_taken_back(sme):
    entry = deposit(sme, 100)
    refunded(sme, 30)
    refused("not_enough", services.reverse, actor=finance_officer(), entry=entry, words="No")
    assert selectors.balance(books.held(sme.pk)) == 70


@pytest.mark.parametrize("person", [officer, director, administrator, UserFactory])
def test_only_a_finance_officer_takes_back(sme, person):
    with pytest.raises(NotAllowed):
        services.reverse(actor=person(), entry=deposit(sme), words="x")


def test_a_reason_is_asked_for(sme):
    refused("no_words", services.reverse, actor=finance_officer(), entry=deposit(sme), words="  ")


# ------------------------------------------------------------------------------------------------------------- receipts


def receipt(entry, sme, kind=ReceiptKind.PAYMENT, **kwargs):
    return services.issue_receipt(
        entry=entry,
        kind=kind,
        sme=sme,
        amount=kwargs.pop("amount", 2_500_000),
        reference="DEP-0000412-K",
        purpose=gettext_lazy("Deposit"),
        method="Raast",
        **kwargs,
    )


def test_receipts_are_numbered_without_gaps_from_one_each_year(sme):
    with on(2026, 12, 31):
        papers = [receipt(deposit(sme), sme) for _ in range(3)]
    with on(2027, 1, 1, hour=0):
        papers.append(receipt(deposit(sme), sme))
    assert [paper.number for paper in papers] == ["R-2026-00001", "R-2026-00002", "R-2026-00003", "R-2027-00001"]


def test_a_receipt_is_given_once_and_its_facts_stay(sme):
    entry = deposit(sme)
    paper = receipt(entry, sme)
    sme.name = "Another name"
    sme.save()
    assert receipt(entry, sme) == paper
    assert ReceiptCounter.objects.get().last == 1
    assert paper.facts["firm"] != "Another name"
    assert paper.facts["purpose"] == {"en": "Deposit", "ur": "زرِ\u00a0ضمانت"}
    assert receipt(entry, sme, ReceiptKind.REFUND).serial == 2
    with pytest.raises(ValueError, match="of that firm"):
        receipt(deposit(SmeFactory()), sme)
    for amount in (0, -1, 2.0, True):
        with pytest.raises(ValueError, match="above 0"):
            receipt(deposit(sme), sme, amount=amount)


def test_a_receipt_of_an_entry_that_is_taken_back_is_cancelled_and_stays(sme):
    entry = deposit(sme)
    paper = receipt(entry, sme)
    actor = finance_officer()
    services.reverse(actor=actor, entry=entry, words="Paid by mistake")
    paper.refresh_from_db()
    assert (paper.cancelled_by, paper.cancel_words) == (actor, "Paid by mistake")
    assert Event.objects.get(name="ledger.reversed").data["receipts"] == [paper.number]
    assert list(checking.missing_receipts()) == []
    other = deposit(sme)
    services.reverse(actor=actor, entry=other, words="x")
    with pytest.raises(WrongState):
        receipt(other, sme)
    assert ReceiptCounter.objects.get().last == 1


def test_who_sees_a_receipt(sme):
    from tests.factories.smes import MemberFactory

    paper = receipt(deposit(sme), sme)
    for person in (sme.created_by, finance_officer(), director()):
        assert selectors.receipt_for(person, paper.public_id) == paper
    for role, sees in (("finance", True), ("preparer", True), ("trainee", False)):
        member = MemberFactory(sme=sme, role=role).user
        if sees:
            assert selectors.receipt_for(member, paper.public_id) == paper
        else:
            with pytest.raises(NotFound):
                selectors.receipt_for(member, paper.public_id)
    for person in (SmeFactory().created_by, officer(), administrator(), UserFactory()):
        with pytest.raises(NotFound):
            selectors.receipt_for(person, paper.public_id)
    with pytest.raises(NotFound):
        selectors.receipt_for(finance_officer(), "nothing")


def test_who_reads_entries(sme):
    entry = deposit(sme)
    for person in (finance_officer(), director()):
        assert selectors.entry_for(person, entry.pk) == entry
    for person in (sme.created_by, officer(), administrator()):
        assert not selectors.entries_visible_to(person)
        with pytest.raises(NotFound):
            selectors.entry_for(person, entry.pk)


# ----------------------------------------------------------------------------------------------------------------- days


def test_a_day_is_closed_by_a_second_person_and_nothing_is_booked_into_it_any_more(sme):
    with on(2027, 4, 12):
        deposit(sme, 100)
    first, second = finance_officer(), finance_officer()
    with on(2027, 4, 13):
        row = services.prepare_close(actor=first, day=date(2027, 4, 12), words="All lines matched")
        assert (row.entries, row.moved, len(row.digest)) == (1, 100, 64)
        with pytest.raises(NotAllowed):
            services.close_day(actor=first, day=date(2027, 4, 12))
        deposit(SmeFactory(), 50, on=date(2027, 4, 11), effect="early")  # still open
        services.reverse(actor=first, entry=Entry.objects.get(effect="early"), words="x", on=date(2027, 4, 11))
        services.prepare_close(actor=first, day=date(2027, 4, 11))
        services.close_day(actor=second, day=date(2027, 4, 11))
        row = services.close_day(actor=second, day=date(2027, 4, 12))
        assert services.close_day(actor=second, day=date(2027, 4, 12)) == row

        for day in (date(2027, 4, 12), date(2027, 4, 11), date(2020, 1, 1)):
            refusal = refused("day_closed", deposit, sme, 1, on=day)
            assert "12 April 2027" in str(refusal).replace("\N{NO-BREAK SPACE}", " ")
        assert deposit(sme, 1).booked_on == date(2027, 4, 13)
        with pytest.raises(WrongState):
            services.prepare_close(actor=first, day=date(2027, 4, 12))
    assert selectors.last_closed_day() == date(2027, 4, 12)
    said = Event.objects.filter(name="ledger.day_closed").last().data
    assert said == {"day": "2027-04-12", "entries": 1, "moved": 100, "digest": row.digest}


def test_a_day_is_prepared_anew_after_something_was_booked_into_it(sme):
    with on(2027, 4, 12):
        deposit(sme, 100)
    with on(2027, 4, 13):
        services.prepare_close(actor=finance_officer(), day=date(2027, 4, 12))
        deposit(sme, 100, on=date(2027, 4, 12))
        refused("changed_since", services.close_day, actor=finance_officer(), day=date(2027, 4, 12))
        closed(date(2027, 4, 12))
    assert DayClose.objects.get().entries == 2


def test_days_are_closed_in_their_order_once_they_are_over(sme):
    for day in (12, 14):
        with on(2027, 4, day):
            deposit(sme, 100)
    with on(2027, 4, 14):
        person = finance_officer()
        refused("day_not_over", services.prepare_close, actor=person, day=date(2027, 4, 14))
        refused("earlier_open", services.prepare_close, actor=person, day=date(2027, 4, 13))
        refused("not_prepared", services.close_day, actor=person, day=date(2027, 4, 12))
        assert selectors.open_days() == [(date(2027, 4, 12), 1), (date(2027, 4, 14), 1)]
        closed(date(2027, 4, 12))
        closed(date(2027, 4, 13))  # without an entry
        assert selectors.open_days() == [(date(2027, 4, 14), 1)]


@pytest.mark.parametrize("person", [officer, director, administrator, UserFactory])
def test_who_prepares_and_closes_a_day(sme, person):
    with on(2027, 4, 12):
        deposit(sme)
    with on(2027, 4, 13):
        with pytest.raises(NotAllowed):
            services.prepare_close(actor=person(), day=date(2027, 4, 12))
        services.prepare_close(actor=finance_officer(), day=date(2027, 4, 12))
        if person is director:
            services.close_day(actor=person(), day=date(2027, 4, 12))
        else:
            with pytest.raises(NotAllowed):
                services.close_day(actor=person(), day=date(2027, 4, 12))


# ------------------------------------------------------------------------------------------------------------- balances


@pytest.fixture
def quarter(sme):
    """Deposits on days of three months, of which two are closed; February has nothing."""
    other = SmeFactory()
    for month, day in ((1, 5), (1, 31), (3, 1), (3, 31), (4, 2)):
        with on(2027, month, day):
            deposit(sme, month * 100 + day)
            deposit(other, 7)
            if day == 31:
                refunded(sme, 50)
    with on(2027, 4, 3):
        for day, _number in selectors.open_days(date(2027, 3, 31)):
            closed(day)
    return sme, other


def plain_balance(key, day):
    account = selectors.account_of(key)
    lines = Line.objects.filter(account=account, day__lte=day).values_list("amount", flat=True)
    return books.natural(key.kind, sum(lines))


def test_the_balance_of_any_day_is_the_same_with_kept_months_and_without(quarter):
    keys = [books.held(one.pk) for one in quarter] + [books.clearing(PROVIDER)]
    days = [date(2027, 1, 1) + timedelta(days=offset) for offset in range(100)]
    wanted = {(key, day): plain_balance(key, day) for key in keys for day in days}
    assert {(key, day): selectors.balance(key, day) for key in keys for day in days} == wanted
    assert services.keep_balances() == 6
    assert {(key, day): selectors.balance(key, day) for key in keys for day in days} == wanted
    assert selectors.balance(keys[0]) == wanted[keys[0], days[-1]]
    assert MonthBalance.objects.values("through").distinct().count() == 2
    assert (services.keep_balances(), list(checking.wrong_months())) == (0, [])


def test_a_month_is_kept_once_it_is_closed_and_in_its_order(quarter):
    with pytest.raises(WrongState):
        services.snapshot_month(through=date(2027, 4, 30))
    with pytest.raises(WrongState):
        services.snapshot_month(through=date(2027, 3, 31))
    assert services.snapshot_month(through=date(2027, 1, 15)) == 3
    assert services.snapshot_month(through=date(2027, 1, 31)) == 0
    assert services.snapshot_month(through=date(2027, 2, 28)) == 0
    assert services.snapshot_month(through=date(2027, 3, 31)) == 3


def test_closing_the_last_day_of_a_month_keeps_its_balances(sme, django_capture_on_commit_callbacks):
    from tdap_portal.audit import outbox

    with on(2027, 1, 31):
        deposit(sme, 100)
    with on(2027, 2, 2):
        closed(date(2027, 1, 31))
        outbox.deliver_all()
    assert set(MonthBalance.objects.values_list("through", "balance")) == {
        (date(2027, 1, 31), 100),
        (date(2027, 1, 31), -100),
    }


def test_an_account_on_which_nothing_was_booked_has_nothing(sme):
    assert selectors.balance(books.held(sme.pk)) == 0
    assert Account.objects.count() == 0
    assert selectors.trial_balance() == []
    assert selectors.statement_page(sme)[0] == []


def test_the_trial_balance_sums_to_the_same_on_both_sides(quarter):
    for day in (date(2027, 1, 10), date(2027, 3, 31), None):
        lines = selectors.trial_balance(day)
        assert sum(line.debit for line in lines) == sum(line.credit for line in lines) > 0
    assert [(line.kind, line.code, line.debit, line.credit) for line in selectors.trial_balance(date(2027, 1, 10))] == [
        ("held", "", 0, 112),
        ("clearing", PROVIDER, 112, 0),
    ]


def test_the_number_of_statements_does_not_grow_with_the_books(quarter, django_assert_num_queries):
    sme, other = quarter
    with django_assert_num_queries(3):
        selectors.balance(books.held(sme.pk))
    with django_assert_num_queries(3):
        selectors.statement_page(sme)
    with django_assert_num_queries(3):
        selectors.statement_page(other)
    with django_assert_num_queries(1):
        selectors.trial_balance()


# ----------------------------------------------------------------------------------------------------------- statements


def test_a_statement_tells_what_came_and_went(sme):
    with on(2027, 4, 1):
        entry = deposit(sme, 500, subject="DEP-1")
        receipt(entry, sme)
        booked(books.fee_paid(sme.pk, 200, into=books.bank(BANK)))
    with on(2027, 4, 2):
        refunded(sme, 100)
        booked(books.forfeit(sme.pk, 150))
        services.reverse(
            actor=finance_officer(), entry=booked(books.kept_as_credit(sme.pk, 9, into=books.bank(BANK))), words="x"
        )
    rows, page = selectors.statement_page(sme)
    assert [(row.paid, row.held, row.credit, row.fees, row.kept) for row in rows] == [
        (-9, 0, -9, 0, 0),
        (9, 0, 9, 0, 0),
        (0, -150, 0, 0, 150),
        (-100, -100, 0, 0, 0),
        (200, 0, 0, 200, 0),
        (500, 500, 0, 0, 0),
    ]
    assert [paper.number for paper in rows[-1].receipts] == ["R-2027-00001"]
    assert page.next is None
    whole = selectors.statement(sme, date(2027, 4, 2), date(2027, 4, 30))
    assert whole.before == selectors.FirmMoney(held=500, fees=200)
    assert whole.after == selectors.FirmMoney(held=250, fees=200, kept=150, paid_back=100)
    assert [row.paid for row in whole.rows] == [-100, 0, 9, -9]
    assert whole.after.ours_to_give_back == 250


def test_a_statement_is_read_in_pages_and_holds_no_other_firm(sme):
    for amount in range(1, 8):
        deposit(sme, amount)
        deposit(SmeFactory(), 1000)
    first, page = selectors.statement_page(sme, size=3)
    second, page = selectors.statement_page(sme, cursor=page.next, size=3)
    third, page = selectors.statement_page(sme, cursor=page.next, size=3)
    assert [row.paid for row in (*first, *second, *third)] == [7, 6, 5, 4, 3, 2, 1]
    assert page.next is None
    for cursor in ("nonsense", "\x00", "9" * 5000):
        assert len(selectors.statement_page(sme, cursor=cursor)[0]) == 7
