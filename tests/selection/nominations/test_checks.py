"""Cells, row by row."""

from __future__ import annotations

import pytest

from selection.nominations import checks
from selection.nominations.checks import Known, Status, guess_mapping, is_usable
from smes.vocabulary import identifiers
from smes.vocabulary.identifiers import IdentifierError

from .tables import KNOWN_SECTORS, checked, csv_of, said

pytestmark = pytest.mark.unit


def one(line: str, **kwargs) -> checks.Checked:
    return checked(csv_of(line), **kwargs)[2]


@pytest.mark.parametrize(
    ("head", "mapping"),
    [
        (["Firm name", "NTN no.", "Cell", "City", "Line of business"],
         {"firm": 0, "ntn": 1, "mobile": 2, "city": 3, "sector": 4}),
        (["FIRM\u200b ", "m o", "Mobile_No"], {"firm": 0, "mobile": 2}),
        (["Firm", "NTN", "NTN", "Mobile"], {"firm": 0, "mobile": 3}),  # two claim it: asked
        (["Firm", "ΝΤΝ", "Mobile"], {"firm": 0, "mobile": 2}),  # Greek letters look alike and are not the same
        (["=cmd", "", "Mobile"], {"mobile": 2}),
    ],
)  # fmt: skip
def test_columns_are_told_by_their_headings(head, mapping):
    assert guess_mapping(head) == mapping


def test_what_a_partner_said_of_a_heading_the_last_time_goes_before_what_is_usual():
    assert guess_mapping(["Unit", "Contact"], {"unit": "firm", "contact": "email"}) == {"firm": 0, "email": 1}


def test_a_table_can_be_read_that_names_the_firm_and_where_to_ask_it():
    assert [is_usable(m) for m in ({"firm": 0}, {"mobile": 0}, {"firm": 0, "email": 1}, {"firm": 0, "mobile": 1})] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("line", "findings"),
    [
        ("Ugoki Ball House,42198,0300-1234567,Sialkot,Sports goods", [("B2", "ntn_short")]),
        ("Daska Cutlery,3318042-1,0324-99,Daska,Kitchen", [("C2", "phone_form"), ("E2", "sector_unknown")]),
        ("Pasrur,2907715-4,0333-1239876,Gujra,Leather goods", [("D2", "city_which")]),
        ("=HYPERLINK(1),1180243-7,0345-1122334,Sialkot,Surgical goods", [("A2", "formula")]),
        ("@SUM(1),1180243-7,0345-1122334,+Sialkot,-1", [("A2", "formula"), ("D2", "formula"), ("E2", "formula")]),
        ("＝1+1,,0345-1122334,,", [("A2", "formula")]),
        ('"\t=1+1",,0345-1122334,,', [("A2", "formula")]),
        (",,0345-1122334,,", [("A2", "no_name")]),
        ("12345,,0345-1122334,,", [("A2", "name_form")]),
        ("Noor,,,,", [("C2", "no_contact")]),
        ("Noor,N/A,-,,", [("C2", "no_contact")]),
        ("Noor,#REF!,03451122334,,", [("B2", "error_cell")]),
        ("Noor,NaN,03451122334,,", [("B2", "ntn_form")]),
        ("Noor,1E400,03451122334,,", [("B2", "shortened")]),
        ("Noor,0000000,03451122334,,", [("B2", "ntn_zeros")]),
        ("Noor,,0423 5761234,,", [("C2", "mobile_fixed")]),
        ("Noor,,03451122334,,goods", [("E2", "sector_which")]),
        ("N" * 201 + ",,03451122334,,", [("A2", "too_long")]),
        ("Noor,,03451122334,Lahore,Leather,and more", [("F2", "row_longer")]),
    ],
)
def test_a_bad_cell_is_named_with_its_reason(line, findings):
    row = one(line)

    assert (said(row), row.status) == (findings, Status.WRONG)


def test_what_may_be_meant_is_offered():
    assert one("Noor,,03451122334,Gujra,Leather").by_field["city"].options == ("Gujranwala", "Gujrat")
    assert "light_engineering" in one("Noor,,03451122334,,Light machines").by_field["sector"].options


@pytest.mark.parametrize(
    ("written", "stored"),
    [("Sialkot, Punjab", "Sialkot"), ("لاہور", "Lahore"), ("  GUJRAT ", "Gujrat"), ("Daska", "Daska"), ("", "")],
)
def test_towns_of_the_list_are_known_and_others_stay_as_written(written, stored):
    assert one(f'Noor,,03451122334,"{written}",').values["city"] == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [("Leather goods", "leather"), ("sports", "sports_goods"), ("Surgical goods", "surgical_goods"), ("", "")],
)
def test_sectors_are_known_by_their_words(written, code):
    assert one(f"Noor,,03451122334,,{written}").values["sector"] == code


def test_a_firm_that_stands_twice_in_the_file_is_taken_once():
    rows = checked(
        csv_of(
            "Noor,1234567-8,03001234567,,",
            "Noor again,1234567,03009876543,,",  # the check digit does not make another number
            "Noor third,,03001234567,,",
            "Sister firm,7654321,03001234567,,",  # another firm with the owner's mobile
        )
    )

    assert [rows[n].status.value for n in (2, 3, 4, 5)] == ["good", "twice", "twice", "good"]
    assert [(found.name, found.data) for n in (3, 4) for found in rows[n].findings] == [
        ("ntn", {"row": 2}),
        ("mobile", {"row": 2}),
    ]


def test_what_this_partner_has_nominated_already_needs_nothing():
    own = {"ntn:1234567": ("agreed", "1234567"), "mobile:+923001234567": ("agreed", "1234567")}
    known = Known(own=own, sectors=KNOWN_SECTORS)

    for again in ("Noor,1234567-8,03331234567,,", "Noor,,03001234567,,"):
        row = one(again, known=known)
        assert (row.status, row.standing, row.findings) == (Status.REST, "agreed", [])
    assert one("Sister firm,7654321,03001234567,,", known=known).status == Status.GOOD


@pytest.mark.parametrize(
    "known",
    [Known(itself=frozenset({"mobile:+923001234567"})), Known(organisations=frozenset({"sialkot chamber"}))],
)
def test_a_partner_nominates_neither_itself_nor_another_partner(known):
    row = one("Sialkot  Chamber,,03001234567,,", known=known)

    assert (row.status, row.standing) == (Status.REST, "itself")


def test_rows_that_were_taken_stay_taken_and_keep_others_out():
    rows = checked(csv_of("Noor,1234567,03001234567,,", "Noor,1234567,03001234568,,"), taken=[2])

    assert [rows[n].status.value for n in (2, 3)] == ["taken", "twice"]


def test_mobile_numbers_are_read_in_the_short_way_as_in_the_long_one():
    def long_way(text):
        try:
            return identifiers.parse_mobile(text)
        except IdentifierError:
            return None

    def short_way(text):
        try:
            return checks._mobile(text)
        except IdentifierError:
            return None

    numbers = [f"{before}{code}1234567" for code in range(300, 400) for before in ("0", "", "+92", "0092")]
    found = [short_way(number) for number in numbers]

    assert found == [long_way(number) for number in numbers]
    assert 100 < sum(each is not None for each in found) < 400
