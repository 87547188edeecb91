"""Codes that people meet in spreadsheets: of the portal's own making, and what our exports make of identifiers."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain, repeat

import pytest

from tdap_portal.core import models
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.models import new_public_id

pytestmark = pytest.mark.unit
MONTHS = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(tember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)
AS_A_NUMBER = re.compile(r"[0-9]+[eE][0-9]+")
AS_A_DATE = re.compile(rf"(?i)([0-9]{{1,2}}[-/ ]?)?({MONTHS})[-/ ]?[0-9]{{1,4}}")


def file_number(number: int) -> str:
    return f"R{1 + number % 40}-{number % 10_000:04d}"


@pytest.mark.parametrize("make", [lambda _number: new_public_id(), file_number])
def test_of_100_000_codes_no_spreadsheet_takes_one_for_a_number_or_a_date(make):
    codes = [make(number) for number in range(100_000)]

    assert [code for code in codes if AS_A_NUMBER.fullmatch(code) or AS_A_DATE.fullmatch(code)] == []
    assert [code for code in codes if code.isdecimal()] == []


@pytest.mark.parametrize("unlucky", ["219e26777777", "234567892345"])
def test_a_code_that_reads_as_a_number_is_drawn_again(monkeypatch, unlucky):
    letters = chain(unlucky, repeat("x"))
    monkeypatch.setattr(models.secrets, "choice", lambda _alphabet: next(letters))

    assert new_public_id() == "x" * 12


def test_identifiers_come_back_from_our_own_csv_as_they_went_out():
    identifiers = ["0123456", "3520212345671", "PK36SCBL0000001123456702", "R4-0412", "12345678"]

    text = as_csv(["id"], [[each] for each in identifiers])

    assert [row[0] for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")))][1:] == identifiers
