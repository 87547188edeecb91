"""The code on the trainer's screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.made import at
from training.attendance.codes import LENGTH, Reading, begins_at, code_of, read_code, step_of, still_waits

pytestmark = pytest.mark.unit
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SESSION = "s0412abcdefg"
SHOWN = at("2027-03-06 10:00:00")


def code(shown=SHOWN, session=SESSION, key=KEY) -> str:
    return code_of(key, session, step_of(shown))


def read(text: str, seconds: float) -> Reading:
    return read_code(text, key=KEY, session=SESSION, at=SHOWN + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "reading"),
    [
        (0, "good"),
        (24, "good"),
        (30, "good"),
        (34.9, "good"),
        (35, "over"),
        (35.1, "over"),
        (70, "over"),
        (7000, "over"),
    ],
)
def test_a_code_is_good_while_it_is_shown_and_five_seconds_more(seconds, reading):
    assert read(code(), seconds) == reading


def test_what_is_typed_is_its_beginning_in_any_letters():
    typed = f"{code()[:4]} {code()[4:6].lower()}"
    assert (read(typed, 10), read(typed, 36)) == (Reading.GOOD, Reading.OVER)


@pytest.mark.parametrize(
    "text",
    [
        code(session="s0413abcdefg"),
        code(key=OTHER_KEY),
        code()[:-1] + ("2" if code()[-1] != "2" else "3"),
        "",
        "7",
        code()[:10],
        "۲۳۴۵۶۷",
        "x" * 5000,
    ],
)
def test_a_code_of_another_session_or_a_changed_one_is_not_known(text):
    assert read(text, 10) == Reading.UNKNOWN


def test_a_code_of_a_time_to_come_is_not_good():
    assert read(code(SHOWN + timedelta(seconds=30)), 10) == Reading.NOT_YET
    assert read(code(SHOWN + timedelta(hours=1)), 10) == Reading.UNKNOWN


def test_the_same_second_gives_the_same_code_and_the_next_step_another():
    assert code(SHOWN + timedelta(seconds=29)) == code()
    assert code(SHOWN + timedelta(seconds=30)) != code()
    assert begins_at(step_of(SHOWN)) == SHOWN
    assert len(code()) == LENGTH


@pytest.mark.parametrize(("minutes", "waits"), [(0, True), (10, True), (10.1, False), (-1, False)])
def test_a_scan_waits_ten_minutes_for_its_person(minutes, waits):
    assert still_waits(SHOWN, now=SHOWN + timedelta(minutes=minutes)) is waits


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_it(text):
    assert read(text, 10) in Reading
