"""Files as they come on a bad day: each is refused or asked about in a sentence of the reader's language, and nothing is lost."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from payments.models import BankFile, BankLine, Entry
from payments.reconciliation import matches
from payments.reconciliation.files.table import Mapping, propose, read_table, table_of
from payments.reconciliation.preview import Status, preview_of
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tests.factories.payments import closed, finance_officer

from .made import DATA, EVENING, HEAD, NOON, PLAIN, account, bank, csv, is_whole, line, payment, read, suspense, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db]
URDU = range(0x0600, 0x0700)
NOON_DAY = date(2027, 4, 5)


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel("2027-04-20T10:00:00+05:00", tick=False):
        yield


@pytest.fixture(params=["en", "ur"])
def reader(request, client):
    officer = finance_officer()
    officer.language = request.param
    officer.save(update_fields=["language"])
    client.force_login(officer)
    client.cookies["django_language"] = request.param
    client.reads = request.param
    return client


def put_in(client, content, name="bank.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("payments:bank_upload"), {"account": account().public_id, "file": file})


def workbook(*rows, formulas=()):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    for cell, formula, value in formulas:
        page.write_formula(cell, formula, value=value)
    book.close()
    return target.getvalue()


def bomb():
    """A workbook of 60 MB of nothing in 60 KB."""
    target = io.BytesIO(workbook(["Date", "Narrative", "Amount"], ["05/04/2027", "a", 1]))
    made = io.BytesIO()
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            more = b" " * 60_000_000 if name.endswith("sheet1.xml") else b""
            new.writestr(name, old.read(name) + more)
    return made.getvalue()


STATEMENT, CAMT = (DATA / "m02-year-end.sta").read_bytes(), (DATA / "m03-batch-reversal.xml").read_bytes()
REFUSED = {
    "empty": (b" \n", "There is nothing in this file."),
    "a zip bomb": (bomb(), "far larger inside"),
    "a workbook that is cut off": (workbook(["Date", "a", "b"], ["1", "2", "3"])[:900], "cut off or broken"),
    "too large": (b"x" * 5_000_001, "5 MB"),
    "the account of another bank": (
        STATEMENT.replace(b"PK36SCBL0000001123456702", b"PK24HABB0000061036540195"),
        "…0195",
    ),
    "dollars": (STATEMENT.replace(b"PKR", b"USD"), "USD"),
    "an entity": (b'<!DOCTYPE a [<!ENTITY b "c">]>' + CAMT, "entities"),
    "a day within": (CAMT.replace(b"camt.053", b"camt.052"), "CAMT.052"),
    "single notices": (CAMT.replace(b"camt.053", b"camt.054"), "This is a notice of single bookings (CAMT.054)."),
    "a reversal that the balance turns": (
        CAMT.replace(b"107500.00", b"117500.00"),
        "Entry 2 takes an earlier one back. Read as −\xa05,000.00 the entries give 107,500.00, read as 5,000.00 they give",
    ),
    "29 February in a year without": (
        STATEMENT.replace(b"2701020102D", b"2702280229D"),
        "Line 9: no such day in that month",
    ),
    "cut off": (CAMT[:900], "cut off or broken"),
    "lines that do not add up": (
        STATEMENT.replace(b"PKR107500,50", b"PKR107500,51"),
        "The lines give 107,500.50, the bank says 107,500.51.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_a_sentence_and_nothing_is_kept(reader, what):
    content, said = REFUSED[what]
    page = put_in(reader, content)
    shown = page.content.decode().replace("\u2068", "").replace("\u2069", "")
    assert page.status_code == 422
    if reader.reads == "en":
        assert said in shown
    else:
        (wrong,) = page.context["form"].errors["file"]
        assert any(ord(letter) in URDU for letter in wrong)
        assert "Nothing is taken" not in wrong
    assert (BankFile.objects.count(), BankLine.objects.count(), Entry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-8"])
def test_the_same_lines_in_another_encoding_are_the_same_lines(encoding):
    taken(HEAD + NOON)
    other = read((HEAD + NOON + "05/04/2027,CAFÉ,1.00,117501.50\n").encode(encoding))
    assert [row.status for row in preview_of(other).lines] == [Status.THERE] * 3 + [Status.NEW]


def test_the_same_file_under_another_name_is_the_same_file(reader):
    row = taken(HEAD + NOON)
    page = put_in(reader, (HEAD + NOON).encode(), name="copy of it.csv")
    assert page.url == reverse("payments:bank_file", args=[row.public_id])
    assert (BankFile.objects.count(), BankLine.objects.count()) == (1, 3)


def test_three_broken_lines_are_named_and_the_others_may_be_taken_with_a_reason():
    content = csv(("05/04/2027", "GOOD", "5.00"), ("31/04/2027", "NO DAY", "5.00"), ("05/04/2027", "LETTERS", "75OO.00"),
                  ("05/04/2027", "URDU", "۷۵۰۰"), ("05/04/2027", "GOOD TOO", "(6.00)"))  # fmt: skip
    row = read(content, mapping=PLAIN)
    assert [(bad.number, bad.code) for bad in preview_of(row).bad] == [
        (3, "no_such_day"), (4, "not_an_amount"), (5, "not_an_amount"),
    ]  # fmt: skip
    with pytest.raises(DomainError):
        taken(content, mapping=PLAIN)
    assert (bank(), BankLine.objects.count()) == (0, 0)
    done = taken(content, mapping=PLAIN, without_bad=True, words="The bank is asked.")
    assert (done.fresh, done.left_out, bank(), suspense()) == (2, 3, -100, -100)
    assert is_whole()


def test_negative_and_bracketed_amounts_leave_the_account():
    taken(
        csv(*(("05/04/2027", str(at), said) for at, said in enumerate(("-5.00", "(5.00)", "5.00-", "5.00 DR")))),
        mapping=PLAIN,
    )
    assert (list(BankLine.objects.values_list("amount", flat=True)), bank()) == ([-500] * 4, -2_000)
    assert is_whole()


def test_a_formula_counts_by_what_the_bank_had_worked_out_and_without_that_not_at_all():
    rows = (
        ["Date", "Narrative", "Amount"],
        ["05/04/2027", "sum", ""],
        ["05/04/2027", "error", ""],
        ["05/04/2027", "call", ""],
    )
    content = workbook(
        *rows, formulas=[("C2", "=2+3", 5), ("C3", "=1/0", "#DIV/0!"), ("C4", '=WEBSERVICE("http://x")', "")]
    )
    found = read_table(table_of(content), PLAIN, today=today())
    assert [(row.text, row.amount) for row in found.rows] == [("sum", 500)]
    assert [row.cell for row in found.bad] == ["C3", "C4"]


@pytest.mark.parametrize(
    ("head", "line_", "code"),
    [
        ("Date,Narrative,Currency,Amount", "05/04/2027,a,USD,5.00", "not_rupees"),
        ("Date,Narrative,CCY,Amount", "05/04/2027,a,eur,5.00", "not_rupees"),
    ],
)
def test_a_line_in_another_currency_is_no_line_in_rupees(head, line_, code):
    columns = Mapping(day=0, text=1, amount=3)
    row = read(f"{head}\n05/04/2027,b,PKR,6.00\n{line_}\n", mapping=columns)
    found = preview_of(row)
    assert [(bad.number, bad.code) for bad in found.bad] == [(3, code)]
    assert [each.row.amount for each in found.lines] == [600]


def test_a_column_of_dollars_is_refused():
    with pytest.raises(DomainError) as refusal:
        read("Date,Narrative,Amount (USD)\n05/04/2027,a,5.00\n", mapping=PLAIN)
    assert refusal.value.code == "other_currency"
    assert read("Date,Narrative,Amount (PKR)\n05/04/2027,a,5.00\n", mapping=PLAIN).layout  # rupees may


def test_days_that_fit_both_ways_are_asked_about_and_never_read_one_by_one():
    either = propose(table_of(b"Date,Narrative,Amount\n03/04/2027,a,1.00\n05/04/2027,b,1.00\n"))
    assert (either.is_either, either.mapping.order) == (True, "dmy")
    mixed = propose(table_of(b"Date,Narrative,Amount\n03/04/2027,a,1.00\n04/15/2027,b,1.00\n13/04/2027,b,1.00\n"))
    assert [(doubt.what, doubt.misfits) for doubt in mixed.doubts] == [("days", 1)]


def test_another_month_says_what_is_missing_before_it():
    taken(HEAD + NOON)
    row = read("Date,Narrative,Amount,Balance\n15/04/2027,x,1.00,200001.00\n")
    gap = preview_of(row).gap
    assert (gap.closing, gap.opening) == (11_750_050, 20_000_000)


def test_a_line_of_a_closed_day_comes_into_the_books_later_and_the_closed_day_stays():
    taken(HEAD + NOON)
    closed(NOON_DAY)
    before = Entry.objects.filter(booked_on=NOON_DAY).count()
    row = taken(HEAD + EVENING)
    assert (row.fresh, Entry.objects.filter(booked_on=NOON_DAY).count()) == (2, before)
    assert {entry.booked_on for entry in Entry.objects.exclude(booked_on=NOON_DAY)} == {today()}
    assert is_whole()


def test_more_than_a_line_has_is_never_given_away():
    with time_machine.travel("2027-04-01T10:00:00+05:00", tick=False):
        row = payment(4714, "Ravi Towels")
    taken(csv(("05/04/2027", "CASH", "7000.00")), mapping=PLAIN)
    for amount in (750_000, 699_999):
        with pytest.raises(DomainError) as refusal:
            matches.match_by_hand(actor=finance_officer(), line=line("CASH"), shares=[(row, amount)], words="x")
        assert refusal.value.code == "sum"
    assert (suspense(), line("CASH").state) == (700_000, "open")
    assert is_whole()


def test_a_file_of_many_lines_is_looked_at_page_by_page_and_keeps_what_was_chosen(client):
    client.force_login(finance_officer())
    taken(
        csv(*(("05/04/2027", f"OTHER {at}", f"{at + 1}.00") for at in range(250)), head="Day,Words,Sum\n"),
        mapping=PLAIN,
    )
    row = read(
        "Day,Details,Sum,Name\n" + "".join(f"05/04/2027,SAME {at},{at + 1}.00,n\n" for at in range(250)),
        mapping=Mapping(day=0, text=1, amount=2, name=3),
    )
    url = reverse("payments:bank_file", args=[row.public_id])
    page = client.get(url).content.decode()
    assert "Lines 1 to 100 of 250" in page
    assert 'name="page" value="2"' in page
    assert client.post(url, {"page": "3", "at-0": "leave", "at-1": "take"}).url == f"{url}?page=3#lines"
    assert "Lines 201 to 250 of 250" in client.get(f"{url}?page=3").content.decode()
    assert client.post(url, {"page": "1", "at-1": ""}).status_code == 302
    assert BankFile.objects.get(pk=row.pk).choices == {"0": "leave"}
    assert client.post(url, {"take": "1"}).status_code == 422
    assert client.post(url, {"take": "1", "others": "leave", "at-249": "take"}).url == url
    assert list(BankLine.objects.filter(file=row).values_list("text", flat=True)) == ["SAME 249"]
