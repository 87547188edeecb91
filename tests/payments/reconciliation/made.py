"""Files of a bank for tests, handed in, taken and booked by the services."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from django.db import connection

from payments.ledger import books, checking
from payments.ledger import selectors as ledger
from payments.models import BankAccount, BankFile, BankLine, Payment
from payments.reconciliation import services
from payments.reconciliation.files.table import Mapping
from payments.references import written
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory
from tests.payments.deposits.made import asked, at

DATA = Path(__file__).parent / "data"
IBAN = "PK36SCBL0000001123456702"
PLAIN = Mapping(day=0, text=1, amount=2)
WITH_BALANCE = Mapping(day=0, text=1, amount=2, balance=3)
HEAD = "Date,Narrative,Amount,Balance\n"
NOON = """05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,105000.00
05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,110000.00
05/04/2027,IBFT INDUS GLOVES DEP-4712,7500.50,117500.50
"""
EVENING = f"""{NOON}05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,122500.50
05/04/2027,BANK CHARGES,-25.00,122475.50
"""
_numbers = count(1)


def account():
    return BankAccount.objects.filter(iban=IBAN).first() or services.set_account(
        actor=finance_officer(), name="National Bank, deposits", iban=IBAN
    )


def read(content, *, mapping=WITH_BALANCE, by=None, into=None):
    """A file that was looked at, with its columns said."""
    raw = content if isinstance(content, bytes) else content.encode()
    actor = by or finance_officer()
    row = services.read_in(actor=actor, account=into or account(), file_name=f"bank-{next(_numbers)}.csv", content=raw)
    if row.format == "table" and row.layout is None:
        row = services.map_columns(actor=actor, file=row, mapping=mapping)
    return row


def booked(row):
    """What the worker does after a file was taken."""
    for _piece in range(1000):
        if not services.book_lines(file_id=row.pk):
            break
    return BankFile.objects.get(pk=row.pk)


def taken(content, *, mapping=WITH_BALANCE, by=None, into=None, **how):
    """Handed in by one person and taken by another."""
    row = read(content, mapping=mapping, into=into)
    return booked(services.take_file(actor=by or finance_officer(), file=row, **how))


def csv(*lines, head="Date,Narrative,Amount\n"):
    """(day, words, amount) each."""
    return head + "".join(f'{day},"{words}","{amount}"\n' for day, words, amount in lines)


def payment(number, firm, *, amount=750_000, due="2027-04-12 23:59:59", sme=None):
    """A deposit with this number in its reference, asked for on the day that is travelled to."""
    row = asked(sme or SmeFactory(name=firm), amount=amount, due_at=at(due))
    row.reference = written("DEP", number)
    row.save(update_fields=["reference"])
    return row


def bank():
    return ledger.balance(books.bank("bank"))


def suspense():
    return ledger.balance(books.suspense("bank"))


def line(words):
    return BankLine.objects.get(text__contains=words)


def fresh(row):
    return Payment.objects.get(pk=row.pk)


def lines():
    return list(BankLine.objects.order_by("booked_on", "amount", "nth").values_list("amount", flat=True))


def is_whole():
    faults = [fault for fault in checking.faults() if fault.kind != "guard"]
    return faults == [] and connection is not None
