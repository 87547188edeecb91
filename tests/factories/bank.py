"""The bank for tests of all pages: files in each state, a match, lines that wait, a report, a prepared day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from payments.ledger import services as ledger
from payments.models import BankLine
from payments.reconciliation import matches, services, settling, signing
from payments.reconciliation.files.table import Mapping
from tests.factories.accounts import director

IBAN = "PK36SCBL0000001123456702"
UNBROKEN = "Muhammadabdulrehmanbrotherssurgicalinstruments.com.pk"


def bank_rows(officer):
    """What stands in addresses of the bank, by a word; two days ago is the day."""
    day = timezone.localdate() - timedelta(days=2)
    account = services.set_account(actor=officer, name="National Bank, deposits", iban=IBAN)
    lines = [f"{day:%d/%m/%Y},{words},{amount}" for words, amount in (
        (UNBROKEN, "5000.00"), ("BANK CHARGES", "-25.00"), ("RETURNED", "-5000.00"), ("LARGE CHARGE", "-500000.00"),
    )]  # fmt: skip

    def read(name, *rows, head="Date,Narrative,Amount"):
        content = "\n".join((head, *rows)).encode()
        return services.read_in(actor=officer, account=account, file_name=name, content=content)

    taken = services.map_columns(actor=officer, file=read("1.csv", *lines), mapping=Mapping(day=0, text=1, amount=2))
    services.take_file(actor=director(), file=taken)
    while services.book_lines(file_id=taken.pk):
        pass
    by_words = {row.text: row for row in BankLine.objects.filter(file=taken)}
    match = matches.match_charge(actor=officer, line=by_words["BANK CHARGES"])
    services.set_rule(
        actor=director(), since=timezone.localdate(), tolerance=0, window=10, source="A note.", second_from=50_000_000
    )
    proposal = matches.match_charge(actor=officer, line=by_words["LARGE CHARGE"])
    signing.ask_bank(actor=officer, line=by_words["RETURNED"], words="Whose was it?")
    report = f"Type,Reference,Gross,Time\npayment,DEP-1,6000.00,{day:%d/%m/%Y}\nfee,,10.00,\n".encode()
    wallet = settling.read_in(actor=officer, provider="sandbox", day=day, file_name="r.csv", content=report)
    ledger.prepare_close(actor=officer, day=day)
    return {
        "bank_account": account.public_id,
        "bank_file": taken.public_id,
        "bank_looked": read("2.csv", *lines, f"{day:%d/%m/%Y},BROKEN,1.250", lines[1]).public_id,
        "bank_unread": read("3.csv", *lines, head="Tag,Details,Sum").public_id,
        "bank_line": by_words[UNBROKEN].public_id,
        "bank_gone": by_words["RETURNED"].public_id,
        "bank_charge": by_words["BANK CHARGES"].public_id,
        "bank_large": by_words["LARGE CHARGE"].public_id,
        "bank_proposal": proposal.public_id,
        "bank_match": match.public_id,
        "bank_report": wallet.public_id,
        "bank_year": day.year,
        "bank_month": day.month,
        "bank_day": day.day,
    }
