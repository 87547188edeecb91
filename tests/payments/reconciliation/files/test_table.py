"""Tables of a bank: case m04, balances that must run on, and the proposal of a mapping."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from payments.reconciliation.files.statement import BadFile
from payments.reconciliation.files.table import Doubt, Mapping, head_of, mapping_of, propose, read_table, table_of

pytestmark = pytest.mark.unit
DATA = Path(__file__).parents[1] / "data"
TODAY = date(2027, 6, 1)
CASE = (DATA / "m04-bank.csv").read_bytes()
PLAIN = Mapping(day=0, text=1, amount=2)
WITH_BALANCE = Mapping(day=0, text=1, amount=2, balance=3, has_head=False)
NOON = """05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,105000.00
05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,110000.00
05/04/2027,IBFT INDUS GLOVES DEP-4712,7500.50,117500.50
"""


def read(content, mapping):
    return read_table(table_of(content if isinstance(content, bytes) else content.encode()), mapping, today=TODAY)


def test_seven_lines_of_twelve_are_read_and_five_are_named():
    found = read(CASE, PLAIN)
    assert [(row.number, row.booked_on.isoformat(), row.amount) for row in found.rows] == [
        (2, "2027-04-03", 12_500_050),
        (3, "2027-04-13", 750_000),
        (4, "2027-04-13", -250_000),
        (5, "2027-04-14", -500_000),
        (6, "2027-04-14", 750_000),
        (7, "2027-04-14", 1_234_500),
        (11, "2027-04-15", 0),
    ]
    assert found.sum == 14_484_550
    assert [(row.number, row.code, row.cell) for row in found.bad] == [
        (8, "no_month", "A8"),
        (9, "comma_after_point", "C9"),
        (10, "three_places", "C10"),
        (12, "no_such_day", "A12"),
        (13, "no_amount", "C13"),
    ]


def test_the_proposal_reads_whole_columns_and_asks():
    found = propose(table_of(CASE))
    assert found.mapping == PLAIN
    assert found.doubts == (Doubt("days", 2, 12), Doubt("amounts", 3, 12))
    assert not found.is_either


def test_days_that_fit_both_ways_are_said():
    found = propose(table_of(b"Date,Details,Amount\n03/04/2027,x,1.00\n05/04/2027,y,2.00\n"))
    assert (found.mapping.order, found.is_either, found.doubts) == ("dmy", True, ())


def test_month_before_day_and_a_comma_are_proposed_where_they_fit():
    found = propose(table_of(b"Date;Details;Amount\n04/13/2027;x;7.500,00\n04/14/2027;y;2,50\n"))
    assert (found.mapping.order, found.mapping.decimal) == ("mdy", ",")


def test_two_columns_of_amounts():
    said = b"Txn Date,Value Date,Particulars,Debit,Credit,Balance\n01/04/2027,02/04/2027,in,,500.00,1500.00\n02/04/2027,,out,25.00,,1475.00\n03/04/2027,,none,0.00,0.00,1475.00\n"
    found = propose(table_of(said)).mapping
    assert found == Mapping(day=0, value_day=1, text=2, paid_out=3, paid_in=4, balance=5)
    lines = read(said, found)
    assert [(row.amount, row.value_on.day) for row in lines.rows] == [(50_000, 2), (-2_500, 2), (0, 3)]
    assert (lines.opening, lines.closing) == (100_000, 147_500)


@pytest.mark.parametrize(
    ("cells", "code"), [(("5.00", "6.00"), "both_sides"), (("", ""), "no_amount"), (("x", ""), "not_an_amount")]
)
def test_two_columns_that_do_not_tell(cells, code):
    found = read(
        f"Date,Text,Debit,Credit\n01/04/2027,a,{cells[0]},{cells[1]}\n", Mapping(day=0, text=1, paid_out=2, paid_in=3)
    )
    assert [row.code for row in found.bad] == [code]


def test_a_column_tells_the_side():
    found = read(
        "Date,Text,Amount,Dr/Cr\n01/04/2027,a,5.00,DR\n01/04/2027,a,6.00,CR\n", Mapping(day=0, text=1, amount=2, side=3)
    )
    assert [row.amount for row in found.rows] == [-500, 600]


def test_a_file_without_headings_is_noticed():
    found = propose(table_of(NOON.encode()))
    assert found.mapping == WITH_BALANCE
    lines = read(NOON, found.mapping)
    assert (len(lines.rows), lines.sum, lines.opening, lines.closing) == (3, 1_750_050, 10_000_000, 11_750_050)


def test_balances_that_do_not_run_on_are_refused():
    """Case m01: a line that somebody edited."""
    with pytest.raises(BadFile) as fault:
        read(NOON.replace("7500.50,", "7500.05,"), WITH_BALANCE)
    assert (fault.value.code, fault.value.data) == ("balance", {"line": 3, "expected": 11_750_005, "found": 11_750_050})


def test_the_newest_line_may_stand_first():
    turned = "".join(reversed(NOON.splitlines(keepends=True)))
    lines = read(turned, WITH_BALANCE)
    assert [row.balance for row in lines.rows] == [10_500_000, 11_000_000, 11_750_050]
    assert (lines.opening, lines.closing) == (10_000_000, 11_750_050)


def test_a_line_that_cannot_be_read_stops_no_balance():
    said = NOON.replace("05/04/2027,RAAST IN 0300XXX4501 DEPOSIT,5000.00,110000.00", "05/04/2027,RAAST,,110000.00")
    lines = read(said, WITH_BALANCE)
    assert (len(lines.rows), len(lines.bad)) == (2, 1)


def test_days_that_cannot_be_are_bad_lines():
    found = read("Date,Text,Amount\n01/04/2072,a,5.00\n01/04/1972,a,5.00\n", PLAIN)
    assert [row.code for row in found.bad] == ["to_come", "long_ago"]


def test_figures_of_a_workbook_are_exact_and_its_days_are_days():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    page.write_row(0, 0, ["Date", "Narrative", "Amount"])
    page.write_datetime(1, 0, date(2027, 4, 3), book.add_format({"num_format": "dd/mm/yyyy"}))
    page.write_row(1, 1, ["a", 19.99])
    page.write_row(2, 0, ["04/04/2027", "b"])
    page.write_formula(2, 2, "=1/0", value="#DIV/0!")
    book.close()
    found = read(target.getvalue(), PLAIN)
    assert [(row.booked_on, row.amount) for row in found.rows] == [(date(2027, 4, 3), 1_999)]
    assert [(row.code, row.cell) for row in found.bad] == [("error_cell", "C3")]


def test_the_same_headings_are_the_same_layout():
    one, two = table_of(b"Date, Amount \n1,2\n"), table_of(b"date,AMOUNT\n1,2\n")
    assert head_of(one) == head_of(two) != head_of(table_of(b"Date,Sum\n1,2\n"))
    assert mapping_of({**PLAIN.as_dict(), "more": 1}) == PLAIN


@pytest.mark.parametrize(
    ("mapping", "lacks"),
    [(Mapping(), "day"), (Mapping(day=0, paid_in=1), "amount"), (Mapping(day=0, amount=1), "text"), (PLAIN, "")],
)
def test_what_a_mapping_lacks(mapping, lacks):
    assert mapping.lacks == lacks


def test_what_is_no_table():
    for content, code in (
        (b"%PDF-1.7", "sheet_not_a_table"),
        (b"Date,Amount\n", "sheet_empty"),
        (b"PK\x03\x04", "sheet_broken"),
    ):
        with pytest.raises(BadFile) as fault:
            table_of(content)
        assert fault.value.code == code
