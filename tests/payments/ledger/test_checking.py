"""Books that are whole, and each fault that is looked for."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from payments.ledger import books, checking, selectors, services
from payments.models import DayClose, Entry, Line, MonthBalance, Receipt
from payments.states import ReceiptKind
from tdap_portal.audit.models import Event
from tests.factories.payments import closed, deposit, finance_officer, refunded
from tests.factories.smes import SmeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = date(2027, 1, 31)


@pytest.fixture
def kept():
    """A firm with a deposit, a refund and something taken back, in a month that is closed and kept; a receipt; an
    open day after it."""
    sme = SmeFactory()
    with time_machine.travel("2027-01-31T12:00:00+05:00", tick=False):
        entry = deposit(sme, 100)
        services.issue_receipt(
            entry=entry, kind=ReceiptKind.PAYMENT, sme=sme, amount=100, reference="", purpose="x", method=""
        )
        refunded(sme, 30)
        services.reverse(actor=finance_officer(), entry=deposit(sme, 7), words="x")
    with time_machine.travel("2027-02-01T12:00:00+05:00", tick=False):
        closed(DAY)
        services.keep_balances()
        deposit(sme, 11)
    unguarded()
    return sme


def unguarded():
    """As a superuser can write: past every trigger, which are there and switched on as outside of tests."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in ("account", "entry", "line", "dayclose", "receipt", "receiptcounter", *checking.OF_PROCEEDS):
            cursor.execute(f"ALTER TABLE payments_{table} ENABLE TRIGGER payments_{table}_no_truncate")
        cursor.execute("SET LOCAL session_replication_role = replica")


def found():
    return {fault.kind for fault in checking.faults()}


def test_whole_books_have_no_fault(kept, capsys):
    assert list(checking.faults()) == []
    call_command("check_ledger")
    assert "The books are whole." in capsys.readouterr().out


def test_empty_books_are_whole():
    unguarded()
    assert list(checking.faults()) == []


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (lambda: Line.objects.filter(day__gt=DAY, amount__gt=0).update(amount=12), {"unbalanced"}),
        (lambda: Line.objects.filter(day__gt=DAY).delete(), {"unbalanced"}),
        (lambda: Line.objects.filter(day__gt=DAY).update(day=date(2027, 2, 2)), {"line"}),
        (lambda: Entry.objects.filter(booked_on__gt=DAY).update(currency="USD"), {"line"}),
        (lambda: Entry.objects.filter(kind="refund").update(booked_on=date(2027, 1, 30)), {"line", "closed_day"}),
        (lambda: Line.objects.filter(entry__kind="reversal").update(account=Line.objects.first().account),
         {"reversal", "closed_day", "month"}),
        (lambda: Entry.objects.filter(kind="reversal").update(booked_on=date(2027, 1, 30)),
         {"reversal", "line", "closed_day"}),
        (lambda: MonthBalance.objects.filter(balance__lt=0).update(balance=-69), {"month"}),
        (lambda: MonthBalance.objects.filter(balance__lt=0).delete(), {"month"}),
        (lambda: MonthBalance.objects.update(through=date(2027, 2, 28)), {"month"}),
        (lambda: DayClose.objects.update(digest="0" * 64), {"closed_day"}),
        (lambda: DayClose.objects.update(moved=1), {"closed_day"}),
        (lambda: Event.objects.filter(name="ledger.day_closed").update(data={}), {"closed_day"}),
        (lambda: Receipt.objects.update(serial=2), {"receipt"}),
        (lambda: Receipt.objects.all().delete(), {"receipt"}),
        (lambda: Receipt.objects.update(entry=Entry.objects.get(reversed_by__isnull=False)), {"receipt"}),
    ],
)  # fmt: skip
def test_every_fault_is_found(kept, act, kinds):
    assert act()
    assert found() == kinds


def test_money_that_a_firm_does_not_have_is_found(kept):
    row = Entry.objects.create(kind="refund", booked_on=date(2027, 2, 1), effect="x", parts=2)
    for key, amount in ((books.held(kept.pk), 82), (books.clearing("jazzcash"), -82)):
        Line.objects.create(entry=row, account=selectors.account_of(key), day=row.booked_on, amount=amount)
    assert found() == {"overdrawn"}


def test_many_faults_are_told_briefly_and_months_are_mended(kept, capsys):
    MonthBalance.objects.update(balance=1)
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    assert ended.value.code == 1
    assert "The books have 2 faults." in capsys.readouterr().out
    call_command("check_ledger", "--mend-months")
    assert "2 balances of months kept." in capsys.readouterr().out
    for number in range(60):
        Entry.objects.create(kind="refund", booked_on=date(2027, 2, 1), effect=f"empty {number}", parts=2)
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    assert "… and 10 more." in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("check_ledger", "--nonsense")
