"""Statements in MT940 and CAMT.053: cases m02 and m03."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest

from payments.reconciliation.files import camt
from payments.reconciliation.files.reading import format_of, read_file
from payments.reconciliation.files.statement import BadFile, Format

pytestmark = pytest.mark.unit
DATA = Path(__file__).parents[1] / "data"
LOCK = Path(__file__).parents[4] / "requirements" / "runtime.txt"
TODAY = date(2027, 6, 1)


def text(name):
    return (DATA / name).read_text("utf-8")


def read(said, encoding="utf-8"):
    return read_file(said.encode(encoding), None, today=TODAY)


def refused(content, code, **data):
    with pytest.raises(BadFile) as fault:
        read(content)
    assert fault.value.code == code
    assert {name: fault.value.data[name] for name in data} == data


def test_the_year_of_a_booking_around_new_year():
    """The library is pinned; an update of it that goes back to another year is seen here."""
    found = read(text("m02-year-end.sta"))
    assert [(row.value_on, row.booked_on, row.amount) for row in found.rows] == [
        (date(2026, 12, 31), date(2027, 1, 4), 500_000),
        (date(2027, 1, 1), date(2026, 12, 30), 750_050),
        (date(2027, 1, 2), date(2027, 1, 2), -500_000),
    ]
    assert (found.format, found.account, found.currency) == (Format.MT940, "PK36SCBL0000001123456702", "PKR")
    assert (found.opening, found.closing, found.sum) == (10_000_000, 10_750_050, 750_050)
    assert (found.first_on, found.last_on) == (date(2026, 12, 30), date(2027, 1, 4))
    assert (found.rows[0].text, found.rows[0].reference) == ("DEPOSIT DEP-4711 KARAKORAM TEXTILES", "DEP-4711")


@pytest.mark.parametrize("library", ["bankfile", "mt-940"])
def test_what_reads_it_is_pinned_and_is_what_runs_here(library):
    assert f"\n{library}=={version(library)} " in LOCK.read_text("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1256"])
def test_the_encoding_changes_nothing(encoding):
    assert read(text("m02-year-end.sta"), encoding).rows == read(text("m02-year-end.sta")).rows


def test_windows_line_ends_change_nothing():
    assert read(text("m02-year-end.sta").replace("\n", "\r\n")).rows == read(text("m02-year-end.sta")).rows


def test_lines_that_do_not_give_the_closing_balance():
    refused(text("m02-year-end.sta").replace("107500,50", "107500,51"), "closing", given=10_750_050, said=10_750_051)


@pytest.mark.parametrize(
    ("was", "put", "why"),
    [
        (":61:2701020102D5000,00", ":61:2702280229D5000,00", "no_such_day"),
        (":61:2701020102D5000,00", ":61:2702300102D5000,00", "no_such_day"),
        (":61:2701020102D5000,00", ":61:2701020102D50OO,00", "not_read"),
        (":61:2701020102D5000,00", ":61:2701020102D5.000,00", "not_read"),
        (":61:2701020102D5000,00", ":61:2701020102D5000,005", "not_read"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(was, put, why):
    refused(text("m02-year-end.sta").replace(was, put), "line", line=9, why=why)


def test_a_leap_day_is_read():
    said = text("m02-year-end.sta").replace("2701020102D", "2802290229D").replace("270104PKR", "280301PKR")
    assert read_file(said.encode(), None, today=date(2028, 3, 2)).rows[2].booked_on == date(2028, 2, 29)


def test_a_booking_is_at_most_a_day_after_the_closing_day():
    refused(text("m02-year-end.sta").replace("C270104PKR", "C270102PKR"), "after_closing", line=5)
    assert len(read(text("m02-year-end.sta").replace("C270104PKR", "C270103PKR")).rows) == 3


def test_a_payment_that_is_taken_back_leaves_the_account():
    said = text("m02-year-end.sta").replace("0102D5000,00", "0102RC5000,00")
    assert [(row.amount, row.is_return) for row in read(said).rows][2] == (-500_000, True)


def test_several_statements_in_one_file_must_follow_each_other():
    one = text("m02-year-end.sta")
    two = one.replace("C261230PKR100000,00", "C270105PKR107500,50").replace(
        "C270104PKR107500,50", "C270105PKR115001,00"
    )
    assert (len(read(one + two).rows), read(one + two).closing) == (6, 11_500_100)
    refused(one + one, "gap", closing=10_750_050, opening=10_000_000)


def test_other_files_say_so():
    for said, code in (
        (":20:X\n:60F:C270101PKR1,00\n:62F:C270101PKR1,00\n-", "no_lines"),
        (":20:X\n:61:2701020102D5000,00NTRFX\n", "no_balances"),
    ):
        refused(said, code)


# --------------------------------------------------------------------------------------------------------------- CAMT


def test_an_entry_of_three_payers_is_three_lines_and_one_takes_another_back():
    found = read(text("m03-batch-reversal.xml"))
    assert [(row.amount, row.reference, row.name, row.is_return) for row in found.rows] == [
        (500_000, "DEP-4721", "Ravi Towels", False),
        (500_000, "DEP-4722", "Chenab Caps", False),
        (250_000, "", "Jhelum Knives", False),
        (-500_000, "DEP-4721", "", True),
    ]
    assert (found.opening, found.closing) == (10_000_000, 10_750_000)
    assert [row.text for row in found.rows] == ["", "", "", ""]


def test_the_balance_decides_about_a_reversal_and_the_entry_is_named():
    said = text("m03-batch-reversal.xml").replace("107500.00", "117500.00")
    refused(said, "reversal", entry=2, as_said=-500_000, turned=500_000)


def test_another_closing_balance_is_not_taken():
    refused(text("m03-batch-reversal.xml").replace("107500.00", "107500.01"), "closing", given=10_750_000)


def test_parts_that_do_not_add_up_wait_whole():
    said = text("m03-batch-reversal.xml").replace(">2500.00<", ">2400.00<")
    assert [(row.amount, row.parts, row.reference) for row in read(said).rows] == [
        (1_250_000, 1_240_000, ""),
        (-500_000, None, "DEP-4721"),
    ]
    assert [row.text for row in read(said).rows] == ["3 INCOMING RAAST TRANSFERS", ""]  # it stays with the entry


def test_what_an_entry_says_goes_to_its_only_part():
    said = text("m03-batch-reversal.xml").replace(
        "</NtryDtls></Ntry>", "</NtryDtls><AddtlNtryInf>RETURN</AddtlNtryInf></Ntry>"
    )
    assert [row.text for row in read(said).rows][-1] == "RETURN"


def test_what_an_entry_without_parts_says_is_its_own():
    said = text("m03-batch-reversal.xml")
    at = said.index("<NtryDtls><TxDtls><Refs><EndToEndId>DEP-4721", said.index("RvslInd"))
    whole = f"{said[:at]}<AddtlNtryInf>RETURN DEP-4721</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>"
    assert [(row.amount, row.text) for row in read(whole).rows][-1] == (-500_000, "RETURN DEP-4721")


@pytest.mark.parametrize("head", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<!doctype x>", '<! ENTITY a "b">'])
def test_entities_are_refused_before_anything_is_parsed(head, monkeypatch):
    monkeypatch.setattr(camt.etree, "fromstring", lambda *_args: pytest.fail("It was parsed."))
    refused(text("m03-batch-reversal.xml").replace("<Document", f"{head}<Document"), "entities")


@pytest.mark.parametrize(("number", "code"), [("052", "camt_052"), ("054", "camt_054"), ("029", "not_camt")])
def test_other_messages_say_what_they_are(number, code):
    refused(text("m03-batch-reversal.xml").replace("camt.053", f"camt.{number}"), code)


def test_nothing_is_never_a_success():
    said = text("m03-batch-reversal.xml")
    nothing = said[: said.index("<Ntry>")].replace("107500.00", "100000.00") + "</Stmt></BkToCstmrStmt></Document>"
    refused(nothing, "no_lines")
    refused(said.replace("<Sts>BOOK", "<Sts>PDNG").replace("107500.00", "100000.00"), "no_lines")


@pytest.mark.parametrize(
    ("was", "put", "code"),
    [
        (">12500.00<", ">12,500.00<", "line"),
        (">12500.00<", ">12500.001<", "line"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>", "<RvslInd>", "line"),
        ("<BookgDt><Dt>2027-04-05", "<BookgDt><Dt>2027-04-31", "line"),
        ('<Amt Ccy="PKR">12500.00', '<Amt Ccy="USD">12500.00', "two_currencies"),
        ("</Document>", "", "xml"),
    ],
)
def test_what_cannot_be_read_is_refused(was, put, code):
    refused(text("m03-batch-reversal.xml").replace(was, put), code)


def test_what_the_bank_has_not_booked_is_left_out_and_counted():
    said = text("m03-batch-reversal.xml").replace(
        "<RvslInd>true</RvslInd><Sts>BOOK", "<RvslInd>true</RvslInd><Sts>PDNG"
    )
    found = read(said.replace("107500.00", "112500.00"))
    assert (len(found.rows), found.pending) == (3, 1)


def test_a_file_is_told_by_what_it_is():
    assert format_of(text("m02-year-end.sta").encode()) == Format.MT940
    assert format_of(text("m03-batch-reversal.xml").encode("utf-16")) == Format.CAMT
    assert format_of(b"Date,Amount\n1,2\n") == Format.TABLE
    for content in (b"", b"  \n"):
        with pytest.raises(BadFile):
            format_of(content)
