"""The platform's file: every alphabet people use, every mistake people make, each explained by line and column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.trade.sources import platform_csv
from selection.trade.sources.baci import BadFile
from selection.trade.sources.platform_csv import MAX_BYTES, MAX_ROWS, DemandRow, read_platform_file

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 23)
HEADER = "hs6,market,month,searches,rfqs,inquiries,active_suppliers,price_low_usd,price_high_usd"
GOOD = "950662,DEU,2026-09,5200,31,96,140,4.20,7.90"
ROW = DemandRow(2, "950662", "DEU", date(2026, 9, 1), 5200, 31, 96, 140, Decimal("4.20"), Decimal("7.90"))


def read(*lines, header=HEADER, encoding="utf-8", newline="\n"):
    return read_platform_file(newline.join([header, *lines]).encode(encoding), today=TODAY)


def why(content: bytes) -> tuple[str, dict]:
    with pytest.raises(BadFile) as told:
        read_platform_file(content, today=TODAY)
    return told.value.code, told.value.data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1256"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_good_row_is_read_in_every_alphabet_and_with_every_line_end(encoding, newline):
    assert read(GOOD, encoding=encoding, newline=newline).rows == (ROW,)


def test_mixed_line_ends_blank_lines_and_semicolons_are_understood():
    content = (HEADER + "\r\n\r\n" + GOOD + "\n\r" + GOOD.replace("DEU", "USA")).replace(",", ";").encode()
    assert [row.market for row in read_platform_file(content, today=TODAY).rows] == ["DEU", "USA"]


def test_a_windows_1256_note_in_urdu_does_not_spoil_the_row():
    told = read(f"{GOOD},فٹ بال".replace("ٹ", "ت"), header=f"{HEADER},note", encoding="windows-1256")
    assert (told.rows, told.unknown_columns, told.encoding) == ((ROW,), ("note",), "windows-1256")


def test_the_platforms_own_column_names_in_any_order_are_understood():
    told = read("31,96,DEU,2026-09,950662,5200", header="RFQ Count,fb,Country,stat-date,HS Code,Search Count")
    assert told.rows == (DemandRow(2, "950662", "DEU", date(2026, 9, 1), 5200, 31, 96, None, None, None),)


def test_an_index_of_searches_is_no_count_of_searches_and_is_not_read():
    told = read("950662,DEU,2026-09,31,87.5", header="hs6,market,month,rfqs,search_index")
    assert ([(row.rfqs, row.searches) for row in told.rows], told.unknown_columns) == ([(31, None)], ("search_index",))


def test_the_first_day_of_a_month_stands_for_the_month():
    assert read(GOOD.replace("2026-09", "2026-09-01")).rows == (ROW,)


def test_a_file_of_days_gives_no_month_not_even_by_its_first_days():
    days = [GOOD.replace("2026-09", f"2026-09-{day:02d}") for day in range(1, 31)]
    told = read(*days, GOOD.replace("2026-09", "2026-08"))
    assert [(row.line, row.column, row.code) for row in told.refused] == [(n, "month", "a_day") for n in range(2, 32)]
    assert [(row.line, row.month) for row in told.rows] == [(32, date(2026, 8, 1))]


@pytest.mark.parametrize("written", ["Sep-26", "sep 2026", "Sept-26", "September 2026", "SEP-۲۶", "2026-09"])
def test_a_month_is_read_as_a_spreadsheet_writes_it_back(written):
    assert read(GOOD.replace("2026-09", written)).rows == (ROW,)


@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize("first", ["sep={}", '"SEP={}"', "\ufeffsep={}"])
def test_the_line_that_tells_excel_what_separates_the_cells_is_no_header(first, separator):
    lines = "\r\n".join([first.format(separator), HEADER, GOOD]).replace(",", separator)
    told = read_platform_file(lines.replace(separator * 2, separator).encode(), today=TODAY)
    assert [(row.line, row.month, row.price_low_usd) for row in told.rows] == [(3, ROW.month, ROW.price_low_usd)]


@pytest.mark.parametrize("written", ["-", "–", "N/A", "n/a", "#N/A", "\u200b"])
def test_a_sign_for_no_figure_means_not_told(written):
    row = read(f"950662,DEU,2026-09,{written},0,{written},,{written},").rows[0]
    assert (row.searches, row.rfqs, row.inquiries, row.price_low_usd) == (None, 0, None, None)


def test_what_is_not_seen_in_a_cell_or_the_first_line_does_not_count():
    told = read(GOOD.replace("950662", "\u200b950662").replace("DEU", "DEU\u00a0"), header=f"\u200b{HEADER}")
    assert told.rows == (ROW,)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_comma_in_a_number_is_refused_where_it_may_be_the_decimal_point(separator):
    header = "hs6,market,month,searches,price low".replace(",", separator)
    rows = ("950662,DEU,2026-09,1234,12#500", "950662,USA,2026-09,1,12.500")
    told = read(*(row.replace(",", separator).replace("#", ",") for row in rows), header=header)
    assert [(row.line, row.column, row.code) for row in told.refused] == [(2, "price_low_usd", "comma_in_number")]
    assert [(row.market, row.price_low_usd) for row in told.rows] == [("USA", Decimal("12.50"))]


def test_numbers_that_a_spreadsheet_kept_as_text_are_numbers():
    told = read("'9506.62,deu,202609,\"5,200\",'31,۹۶,140,4.2,7.90")
    assert told.rows == (ROW,)


def test_blank_cells_mean_not_told_and_zero_means_zero():
    row = read("950662,DEU,2026-09,,0,,,,").rows[0]
    assert (row.searches, row.rfqs, row.inquiries, row.price_low_usd) == (None, 0, None, None)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("30613,DEU,2026-09,1,1,1,1,,", "hs6", "lost_zero"),
        ("9506,DEU,2026-09,1,1,1,1,,", "hs6", "not_hs6"),
        (",DEU,2026-09,1,1,1,1,,", "hs6", "not_hs6"),
        ("770000,DEU,2026-09,1,1,1,1,,", "hs6", "no_such_chapter"),
        ("990000,DEU,2026-09,1,1,1,1,,", "hs6", "no_such_chapter"),
        ("950600,DEU,2026-09,1,1,1,1,,", "hs6", "no_such_code"),
        ("019999,DEU,2026-09,1,1,1,1,,", "hs6", "no_such_code"),
        ("950662,PAK,2026-09,1,1,1,1,,", "market", "own_country"),
        ("950662,Germany,2026-09,1,1,1,1,,", "market", "not_a_market"),
        ("950662,W00,2026-09,1,1,1,1,,", "market", "not_a_market"),
        ("950662,DEU,September,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,2026-13,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,2026-09-39,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,2026-09-00,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,2026-02-30,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,01/08/2026,1,1,1,1,,", "month", "spreadsheet_date"),
        ("950662,DEU,1.8.26,1,1,1,1,,", "month", "spreadsheet_date"),
        ("950662,DEU,26-Aug,1,1,1,1,,", "month", "spreadsheet_date"),
        ("950662,DEU,01-Aug-2026,1,1,1,1,,", "month", "spreadsheet_date"),
        ("950662,DEU,Sup-26,1,1,1,1,,", "month", "not_a_month"),
        ("950662,DEU,-,1,1,1,1,,", "month", "formula"),
        ("95066²,DEU,2026-09,1,1,1,1,,", "hs6", "not_hs6"),
        ("950662,DEU,2026-09,1²,1,1,1,,", "searches", "not_a_number"),
        ("950662,DEU,2026-09-15,1,1,1,1,,", "month", "a_day"),
        ("950662,DEU,2026-11,1,1,1,1,,", "month", "month_not_over"),
        ("950662,DEU,2026-09,NaN,1,1,1,,", "searches", "not_a_number"),
        ("950662,DEU,2026-09,1E400,1,1,1,,", "searches", "not_a_number"),
        ("950662,DEU,2026-09,inf,1,1,1,,", "searches", "not_a_number"),
        ("950662,DEU,2026-09,1_000,1,1,1,,", "searches", "not_a_number"),
        ('950662,DEU,2026-09,"1,2,3",1,1,1,,', "searches", "not_a_number"),
        ("950662,DEU,2026-09,1.5,1,1,1,,", "searches", "not_whole"),
        ("950662,DEU,2026-09,-5,1,1,1,,", "searches", "negative"),
        ("950662,DEU,2026-09,9999999999999,1,1,1,,", "searches", "too_big"),
        ("950662,DEU,2026-09,1,1,1,1,99999999,", "price_low_usd", "too_big"),
        ("950662,DEU,2026-09,1,1,1,1,9,3", "price_low_usd", "prices_crossed"),
        ("950662,DEU,2026-09,,,,,,", "searches", "row_says_nothing"),
        ("=cmd|' /C calc'!A0,DEU,2026-09,1,1,1,1,,", "hs6", "formula"),
        ("950662,@SUM(A1),2026-09,1,1,1,1,,", "market", "formula"),
        ("950662,DEU,-2+3,1,1,1,1,,", "month", "formula"),
        ("950662,DEU,2026-09,+5,1,1,1,,", "searches", "formula"),
        ("950662,DEU,2026-09,1,1", "", "cells_differ"),
    ],
)
def test_a_bad_row_is_named_with_its_line_column_and_reason_and_spoils_no_other(cells, column, code):
    told = read(cells, GOOD)
    assert [(row.line, row.column, row.code) for row in told.refused] == [(2, column, code)]
    assert [row.line for row in told.rows] == [3]


def test_the_same_product_market_and_month_twice_points_to_the_first():
    told = read(GOOD, GOOD)
    assert [(row.line, row.code, row.data) for row in told.refused] == [(3, "row_twice", {"first": 2})]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04 a workbook", "a_workbook"),
        (b"%PDF-1.7", "a_workbook"),
        (HEADER.encode() + b"\n9506\x0062,DEU", "has_nul"),
        (b"\xff\xfe\x00\xd8\x00", "not_text"),
        (b"hs6,market,month\n950662,DEU,2026-09", "columns_missing"),
        (b"market,month,searches\nDEU,2026-09,1", "columns_missing"),
        (b"hs6,market,month,rfqs,RFQ\n", "columns_twice"),
        (HEADER.encode() + b'\n"950662,DEU', "bad_quotes"),
        (HEADER.encode() + b"\n" + b"9" * 3000, "line_too_long"),
        (b"a" * (MAX_BYTES + 1), "too_large"),
        (HEADER.encode() + b"\n1,2,3" * (MAX_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_why(content, code):
    assert why(content)[0] == code


def test_too_many_rows_are_refused_before_one_is_looked_at(monkeypatch):
    looked_at = []
    monkeypatch.setattr(platform_csv, "_by_name", lambda _names, cells: looked_at.append(cells))
    assert why(HEADER.encode() + b"\n1,2,3" * (MAX_ROWS + 1))[0] == "too_many_rows"
    assert looked_at == []


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_the_answer_is_rows_or_a_reason(content):
    try:
        told = read_platform_file(HEADER.encode() + b"\n" + content, today=TODAY)
    except BadFile:
        return
    assert told.read == len(told.rows) + len(told.refused)


@given(st.text(max_size=60))
def test_whatever_stands_in_a_cell_is_read_or_refused_with_a_reason(cell):
    plain = cell.replace('"', "").replace("\x00", "")
    told = read(f'950662,DEU,2026-09,"{plain}",1,1,1,,', GOOD)
    assert told.read == len(told.rows) + len(told.refused)
