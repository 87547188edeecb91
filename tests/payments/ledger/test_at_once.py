"""Twenty clients at the same moment on a real PostgreSQL: each guard once more without it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from threading import Event as Signal

import pytest
from django.db import IntegrityError, connection, transaction

from payments.ledger import books, checking, selectors, services
from payments.models import Entry, Line, MonthBalance, Receipt, ReceiptCounter
from payments.states import ReceiptKind
from tdap_portal.core.calendar import today
from tests.factories.payments import BANK, PROVIDER, booked, deposit, finance_officer, refunded
from tests.factories.smes import SmeFactory
from tests.selection.seats.offers.test_at_once import all_meet_after
from tests.selection.test_at_once import at_once, until_somebody_waits_for_us

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 20


@pytest.fixture
def sme():
    return SmeFactory()


def whole():
    return [fault for fault in checking.faults() if fault.kind != "guard"] == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_same_effect_is_booked_once_by_twenty_clients(sme, guarded):
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE payments_entry DROP CONSTRAINT effect_booked_once")
    try:
        said = at_once(*[lambda: deposit(sme, 100, effect="payment:1").pk] * CLIENTS)
        if not guarded:
            assert Entry.objects.count() > 1
            return
        assert len(set(said)) == 1
        assert (Entry.objects.count(), selectors.balance(books.held(sme.pk))) == (1, 100)
    finally:
        if not guarded:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE payments_entry, payments_line, payments_receipt CASCADE")
                cursor.execute("ALTER TABLE payments_entry ADD CONSTRAINT effect_booked_once UNIQUE (effect)")


def test_lists_that_overlap_are_booked_once_each(sme):
    def books_from(first):
        wanted = [
            services.Wanted(books.deposit_paid(sme.pk, 100, into=books.bank(BANK)), f"line:{number}")
            for number in range(first, first + 5)
        ]
        return lambda: len(services.post_many(wanted=wanted, actor=None))

    said = at_once(*[books_from(first) for first in range(10)])

    assert said == [5] * 10
    assert (Entry.objects.count(), selectors.balance(books.held(sme.pk))) == (14, 1400)
    assert whole()


@pytest.mark.parametrize("guarded", [True, False])
def test_no_more_is_paid_back_than_is_there(monkeypatch, sme, guarded):
    """Twenty refunds of 30 out of 100."""
    deposit(sme, 100)
    all_meet_after(monkeypatch, 5, (services, "_accounts"), timeout=3)
    if not guarded:
        monkeypatch.setattr(services, "_lock_what_is_taken_from", lambda *_given: None)
        all_meet_after(monkeypatch, 5, (services, "_write"), timeout=30)

    said = at_once(*[lambda: refunded(sme, 30).pk] * CLIENTS)

    left = selectors.balance(books.held(sme.pk))
    if not guarded:
        assert left < 0
        return
    assert left == 10
    assert Counter(one for one in said if isinstance(one, str)) == {"not_enough": CLIENTS - 3}
    assert whole()


def test_a_deposit_is_not_kept_from_coming_by_a_refund_that_holds_the_account(sme):
    """Whoever books on an account asks of its row only that it stays; a full lock would make one queue of both."""
    deposit(sme, 100)
    with transaction.atomic():
        refunded(sme, 30)
        assert at_once(lambda: deposit(sme, 7).kind) == ["deposit_paid"]
    assert selectors.balance(books.held(sme.pk)) == 77


def test_an_entry_is_taken_back_once(sme):
    entry, person = deposit(sme, 100), finance_officer()
    said = at_once(*[lambda: services.reverse(actor=person, entry=entry, words="x").pk] * CLIENTS)
    assert len(set(said)) == 1
    assert selectors.balance(books.held(sme.pk)) == 0
    assert whole()


# ------------------------------------------------------------------------------------------------------------- receipts


def numbered(sme, number):
    """One act that ends with a receipt; every third one fails after it and leaves nothing."""

    def act():
        try:
            with transaction.atomic():
                entry = deposit(sme, 100 + number)
                paper = services.issue_receipt(
                    entry=entry, kind=ReceiptKind.PAYMENT, sme=sme, amount=100, reference="", purpose="x", method=""
                )
                transaction.set_rollback(number % 3 == 0)
                return "failed" if number % 3 == 0 else paper.serial
        except IntegrityError:
            return "twice"

    return act


@pytest.mark.parametrize("guarded", [True, False])
def test_numbers_have_no_gaps_though_acts_fail(monkeypatch, sme, guarded):
    if not guarded:
        monkeypatch.setattr(services, "_next_serial", highest_and_one)
        all_meet_after(monkeypatch, 5, (services, "_next_serial"), timeout=10)

    said = at_once(*[numbered(sme, number) for number in range(CLIENTS)])

    numbers = sorted(one for one in said if isinstance(one, int))
    if not guarded:
        assert "twice" in said  # two had the same number; without the unique constraint both would keep it
        return
    assert said.count("failed") == 7
    assert numbers == list(range(1, 14))
    assert ReceiptCounter.objects.get().last == Receipt.objects.count() == 13
    assert whole()


def highest_and_one(year, _many=1):
    serials = Receipt.objects.filter(year=year).order_by("-serial").values_list("serial", flat=True)
    return (serials.first() or 0) + 1


def test_one_receipt_an_entry(sme):
    entry = deposit(sme, 100)
    said = at_once(
        *[
            lambda: (
                services.issue_receipt(
                    entry=entry, kind=ReceiptKind.PAYMENT, sme=sme, amount=100, reference="", purpose="x", method=""
                ).serial
            )
        ]
        * CLIENTS
    )
    assert set(said) == {1}
    assert ReceiptCounter.objects.get().last == 1


# ----------------------------------------------------------------------------------------------------------------- days


@pytest.mark.parametrize("guarded", [True, False])
def test_who_closes_a_day_waits_for_whoever_is_booking_into_it(monkeypatch, sme, guarded):
    """Else the day is closed without a line that is committed a moment later."""
    day = today() - timedelta(days=1)
    deposit(sme, 100, on=day)
    services.prepare_close(actor=finance_officer(), day=day)
    second, is_booked, may_commit = finance_officer(), Signal(), Signal()
    if not guarded:
        monkeypatch.setattr(services, "_wait_for_postings", lambda: None)

    def books_late():
        with transaction.atomic():
            deposit(sme, 50, on=day)
            is_booked.set()
            if guarded:
                until_somebody_waits_for_us()
            else:
                may_commit.wait(20)

    def closes():
        is_booked.wait(20)
        try:
            return services.close_day(actor=second, day=day)
        finally:
            may_commit.set()

    said = at_once(books_late, closes)

    if not guarded:
        assert [fault.kind for fault in checking.changed_days()] == ["closed_day"]
        return
    assert said[1] == "changed_since"
    assert selectors.last_closed_day() is None
    assert Line.objects.filter(day=day).count() == 4


def test_no_line_is_lost_between_closing_posting_and_keeping(sme):
    """Clients book into a day and the next while it is closed and its month is kept: all of it is counted once."""
    day = date(2026, 10, 31)
    deposit(sme, 1, on=day)
    first, second = finance_officer(), finance_officer()

    def books_some(number):
        def act():
            for at in range(6):
                try:
                    deposit(sme, 1, on=day, effect=f"early:{number}:{at}")
                except Exception as fault:
                    if getattr(fault, "code", "") != "day_closed":
                        raise
                    deposit(sme, 1, on=day + timedelta(days=1), effect=f"late:{number}:{at}")

        return act

    def closes():
        while selectors.last_closed_day() is None:
            services.prepare_close(actor=first, day=day)
            try:
                services.close_day(actor=second, day=day)
            except Exception as fault:
                if getattr(fault, "code", "") != "changed_since":
                    raise
        services.keep_balances()

    at_once(*[books_some(number) for number in range(8)], closes)
    services.keep_balances()

    key = books.held(sme.pk)
    account = selectors.account_of(key)
    kept = MonthBalance.objects.get(account=account)
    lines = Line.objects.filter(account=account)
    assert -kept.balance == lines.filter(day=day).count() == selectors.balance(key, day)
    assert selectors.balance(key) == lines.count() == 49
    assert whole()


def test_two_finance_officers_close_a_day_once(sme):
    day = today() - timedelta(days=1)
    deposit(sme, 100, on=day)
    services.prepare_close(actor=finance_officer(), day=day)
    people = [finance_officer() for _ in range(6)]
    said = at_once(*[lambda person=person: services.close_day(actor=person, day=day).closed_by_id for person in people])
    assert len(set(said)) == 1


def test_the_wallet_and_the_bank_book_on_the_same_account_without_waiting_for_each_other_for_ever(sme):
    """Crosswise takings from two firms: accounts are locked in the order of their ids."""
    other = SmeFactory()
    for one in (sme, other):
        deposit(one, 1000)

    def crosswise(*firms):
        postings = [books.refund(firm.pk, 1, out_of=books.clearing(PROVIDER)) for firm in firms]

        def act():
            wanted = [services.Wanted(posting, f"{id(act)}:{at}") for at, posting in enumerate(postings)]
            return len(services.post_many(wanted=wanted, actor=None))

        return act

    said = at_once(*[crosswise(sme, other) for _ in range(10)], *[crosswise(other, sme) for _ in range(10)])

    assert said == [2] * 20
    assert selectors.balance(books.held(sme.pk)) == selectors.balance(books.held(other.pk)) == 980
    assert booked(books.forfeit(sme.pk, 980)).kind == "forfeit"
