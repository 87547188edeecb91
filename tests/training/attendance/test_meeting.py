"""Two devices are not two people, and a second report is not the truth."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.made import KARACHI, at
from training.attendance.meeting import (
    BadReport,
    Known,
    check_overlap,
    credited,
    guess_columns,
    match,
    read_lines,
)

pytestmark = pytest.mark.unit
FOLDER = Path(__file__).parent
SESSION = (at("2027-03-06 10:00"), at("2027-03-06 12:00"))
NOOR, SANA, BILAL, ASAD = 1, 2, 3, 4
PEOPLE = [
    Known(NOOR, "Noor Fatima", frozenset({"noor.fatima@example.com"})),
    Known(SANA, "Sana Iqbal", frozenset({"sana.iqbal@example.com"})),
    Known(BILAL, "Bilal Khan", frozenset({"bilal.khan@example.com"})),
    Known(ASAD, "Asad Raza", frozenset()),
]


def rows_of(name: str) -> tuple[list[str], list[list[str]]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def lines_of(name: str):
    head, rows = rows_of(name)
    return read_lines(rows, guess_columns(head), session=SESSION, zone=KARACHI)


FIRST, SECOND = lines_of("report-1.csv"), lines_of("report-2.csv")


def minutes(lines, **options) -> dict[int, Fraction]:
    return {key: credited(spans, session=SESSION) for key, spans in match(lines, PEOPLE, **options).people.items()}


RIGHT = {NOOR: Fraction("95.5"), SANA: Fraction("114.5"), BILAL: Fraction(0)}


def test_each_minute_inside_the_session_counts_once():
    assert minutes(FIRST) == {NOOR: RIGHT[NOOR], SANA: RIGHT[SANA]}
    assert minutes([*FIRST, *SECOND]) == RIGHT


@pytest.mark.parametrize("lines", list(permutations([*FIRST, *SECOND]))[::997])
def test_the_order_of_rows_and_files_changes_nothing(lines):
    assert minutes(lines) == RIGHT


def test_the_same_file_again_changes_nothing():
    assert minutes([*FIRST, *SECOND, *FIRST, *SECOND]) == RIGHT


def test_who_is_not_known_waits_for_somebody_to_say_who_it_is_and_can_be_taken_back():
    found = match(FIRST, PEOPLE)
    assert (list(found.unknown), found.offered) == (["iPhone"], {"iPhone": []})
    assert minutes(FIRST, given={"iPhone": ASAD})[ASAD] == 118
    assert ASAD not in minutes(FIRST, given={})


def test_two_people_of_one_name_are_never_told_apart_by_it():
    twins = [Known(1, "Ali Khan", frozenset()), Known(2, "Ali Khan", frozenset())]
    line = FIRST[0].__class__("Ali Khan", "", *SESSION)
    found = match([line], twins)
    assert (found.people, found.offered) == ({}, {"Ali Khan": [1, 2]})


def test_a_report_of_another_day_is_refused_with_both_days():
    head, rows = rows_of("report-1.csv")
    with pytest.raises(BadReport) as refusal:
        read_lines(rows, guess_columns(head), session=(at("2027-03-07 10:00"), at("2027-03-07 12:00")), zone=KARACHI)
    assert (refusal.value.code, refusal.value.data) == (
        "other_day", {"found": date(2027, 3, 6), "session": date(2027, 3, 7)}
    )  # fmt: skip


def test_a_report_in_which_nobody_was_there_in_time_is_refused():
    check_overlap([*FIRST, *SECOND], session=SESSION)
    with pytest.raises(BadReport) as refusal:
        check_overlap(SECOND, session=SESSION)
    assert refusal.value.code == "outside"


@pytest.mark.parametrize(
    "written", ["06/03/2027 10:00:00", "03/06/2027 10:00:00 AM", "2027-03-06T10:00:00", "3/6/27, 10:00:00 AM"]
)
def test_days_are_read_as_the_day_of_the_session_tells(written):
    (line,) = read_lines(
        [["Noor", written, written.replace("10:00", "11:30")]],
        {"name": 0, "joined": 1, "left": 2},
        session=SESSION,
        zone=KARACHI,
    )
    assert (line.joined, line.left) == (SESSION[0], at("2027-03-06 11:30"))


def test_a_report_without_its_columns_or_with_other_times_is_refused_by_its_cell():
    with pytest.raises(BadReport) as refusal:
        read_lines([["Noor"]], guess_columns(["Name", "Anything"]), session=SESSION, zone=KARACHI)
    assert (refusal.value.code, refusal.value.data) == ("columns", {"missing": ["joined", "left"]})
    with pytest.raises(BadReport) as refusal:
        read_lines([["Noor", "soon", "later"]], {"name": 0, "joined": 1, "left": 2}, session=SESSION, zone=KARACHI)
    assert (refusal.value.code, refusal.value.data) == ("times", {"row": 1, "text": "soon"})


def test_eighty_nine_point_nine_minutes_are_not_ninety():
    spans = [(SESSION[0], SESSION[0] + timedelta(minutes=89, seconds=54))]
    assert credited(spans, session=SESSION) == Fraction("89.9")


SPANS = st.lists(
    st.tuples(st.integers(-60, 180), st.integers(0, 120)).map(
        lambda pair: (SESSION[0] + timedelta(minutes=pair[0]), SESSION[0] + timedelta(minutes=pair[0] + pair[1]))
    ),
    max_size=8,
)


@given(SPANS)
def test_minutes_are_those_of_the_minutes_counted_one_by_one(spans):
    whole = sum(any(start <= SESSION[0] + timedelta(minutes=at) < stop for start, stop in spans) for at in range(120))
    assert credited(spans, session=SESSION) == whole
    assert credited([*reversed(spans), *spans], session=SESSION) == whole
