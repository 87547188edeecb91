"""An SMS in answer to the questions on a session."""

from __future__ import annotations

import pytest

from training.feedback.replies import MAX_WORDS, Reply, kept_words, plain_digits, read_reply

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("5 4 good pictures", Reply(5, 4, "good pictures")),
        ("5,4", Reply(5, 4, "")),
        ("5/4. Very good!", Reply(5, 4, "Very good!")),
        ("54 good", Reply(5, 4, "good")),
        ("  (5) (4) good", Reply(5, 4, "good")),
        ("5 and 4 nice", Reply(5, 4, "nice")),
        ("۵ ۴ اچھی تصویریں", Reply(5, 4, "اچھی تصویریں")),
        ("٥، ٤ شکریہ", Reply(5, 4, "شکریہ")),
        ("\u200f۵\u200f اور ۴", Reply(5, 4, "")),
        ("5\u20e3 4\ufe0f\u20e3 ok", Reply(5, 4, "ok")),
        ("５　４ wide", Reply(5, 4, "wide")),
        ("5\n4\nthe second line", Reply(5, 4, "the second line")),
        ("1 1 call 0300-1234567", Reply(1, 1, "call •••")),
        ("5 4 10/10 great", Reply(5, 4, "10/10 great")),
    ],
)
def test_an_answer_is_read(text, reply):
    assert read_reply(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "good", "5", "5 good", "good 5 4", "6 4", "5 0", "0 5", "5 6 good", "555", "5 45", "10 4", "12345", "I missed 2 of 3",
        "five four", "4.5 5", "4,5 3", "-", "\x00", "½ ½", "² ³", "5" * 5000,
    ],
)  # fmt: skip
def test_what_does_not_begin_with_two_marks_is_not_guessed(text):
    assert read_reply(text) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call me on 0300 1234567 please", "call me on ••• please"),
        ("+92-300-123 4567", "•••"),
        ("فون ۰۳۰۰۱۲۳۴۵۶۷ پر", "فون ••• پر"),
        ("(042) 99.21.36.45", "(•••"),
        ("in 2027 we sold 12 500 pieces", "in 2027 we sold 12 500 pieces"),
        ("0 3 0 0 1 2 3 4 5 6 7", "•••"),
        ("a\n  b", "a b"),
    ],
)
def test_words_are_kept_without_long_numbers(text, kept):
    assert kept_words(text) == kept


def test_words_have_an_end():
    assert len(kept_words("ا" * 5000)) == MAX_WORDS


def test_a_digit_stands_for_a_digit():
    assert plain_digits("۱۲٣ x ½") == "123 x ½"
