"""The title of an account beside the firm's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.iban import TitleCheck, compare_title

from .providers.made import JUNK_TEXTS

pytestmark = pytest.mark.unit
FIRM = "Noor Sports Works"


def told(title: str, firm: str = FIRM, owner: str = "") -> tuple[str, list[tuple[str, str]]]:
    check = compare_title(title, firm, owner=owner)
    return check.verdict, [(reason.code, reason.words) for reason in check.reasons]


@pytest.mark.parametrize(
    ("title", "verdict", "reasons"),
    [
        ("NOOR SPORTS WORKS", "same", [("same", "")]),
        ("M/S NOOR SPORTS WORKS (PVT) LTD", "same", [("same", "")]),
        ("Messrs. Noor Sports Works", "same", [("same", "")]),
        ("NOR SPORT WORKS", "same", [("same", "")]),
        ("نور سپورٹس ورکس", "same", [("same", "")]),
        ("WORKS NOOR SPORTS", "same", [("same", "")]),
        ("NOOR SPORTS WOR", "close", [("cut", "")]),
        ("NOOR SPORTS WORKS EXPORT DIVISION LAHORE", "close", [("words_added", "EXPORT DIVISION LAHORE")]),
        ("RABIA NOOR", "other", [("words_missing", "Sports Works"), ("words_added", "RABIA")]),
        ("KHAN LEATHER", "other", [("words_missing", FIRM), ("words_added", "KHAN LEATHER")]),
        ("", "missing", [("missing", "")]),
        ("   ", "missing", [("missing", "")]),
    ],
)
def test_titles_of_a_firm(title, verdict, reasons):
    assert told(title) == (verdict, reasons)


@pytest.mark.parametrize(
    ("title", "owner", "verdict", "reason"),
    [
        ("RABIA NOOR PROP NOOR SPORTS WORKS", "Rabia Noor", "same", "owner"),
        ("RABIA NOOR", "Rabia Noor", "close", "owner"),  # the owner's own account: somebody looks
        ("MST RABIA NOOR", "Rabia Noor", "close", "owner"),
        ("RABIA KHAN", "Rabia Noor", "other", "words_missing"),
        ("NOOR", "Rabia Noor", "other", "words_missing"),
    ],
)
def test_the_owner_s_name_counts_where_the_firm_is_one_person(title, owner, verdict, reason):
    found, reasons = told(title, owner=owner)
    assert (found, reasons[0][0]) == (verdict, reason)


def test_a_common_name_alone_makes_no_two_firms_alike():
    assert told("ALI TRADERS", "Ali Enterprises")[0] == "other"
    assert told("MUHAMMAD ALI", "Ali Surgical", owner="Ali Raza")[0] == "other"


def test_a_short_title_is_not_taken_for_one_that_was_cut():
    assert told("NOOR SP")[0] == "other"


def test_a_firm_without_a_name():
    assert told("NOOR", "")[0] == "missing"


@pytest.mark.parametrize("junk", JUNK_TEXTS)
def test_junk_does_not_raise(junk):
    assert isinstance(compare_title(junk[:500], FIRM, owner=junk[:500]), TitleCheck)
    assert isinstance(compare_title(FIRM, junk[:500]), TitleCheck)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_names_raise_and_likeness_is_a_share(title, firm, owner):
    check = compare_title(title, firm, owner=owner)
    assert 0 <= check.likeness <= 100
    assert len(check.reasons) >= 1


@given(st.text("abcdefghijklmnop ", min_size=3, max_size=30).filter(lambda name: len(name.strip()) > 2))
def test_a_name_is_its_own_title(name):
    assert compare_title(name.upper(), name).verdict == "same"
