"""What an SMS says in answer to the questions on a session: "5 4 good pictures". Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tdap_portal.core.cleaning import clean

MAX_WORDS = 500
LEAST, MOST = 1, 5
HIDDEN = "•••"
_MARKS = re.compile("[\u20e3\ufe0f]")  # of digits that telephones draw as keys
_BETWEEN = r"[\s.:;,،()/\\|&+_*٫-]*"
_ANSWER = re.compile(
    rf"{_BETWEEN}(?P<useful>[0-9])(?P<between>{_BETWEEN}(?:(?:and|اور)\s+)?)(?P<clear>[0-9])(?![0-9]){_BETWEEN}(?P<words>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?:\+|00)?[0-9](?:[\s().\-_/٫٬]{0,3}[0-9]){6,}")


@dataclass(frozen=True, slots=True)
class Reply:
    """useful, clear: 1 to 5. words: "" where there are none."""

    useful: int
    clear: int
    words: str


def read_reply(text: str) -> Reply | None:
    """The two numbers with which an SMS begins and the words after them; None where it does not begin with two numbers from 1 to 5.

    Digits of every script count, with or without anything between; a number out of bounds is not guessed at.
    """
    found = _ANSWER.match(plain_digits(_MARKS.sub("", clean(text[: MAX_WORDS * 4]))).strip())
    if found is None:
        return None
    useful, clear, words = int(found["useful"]), int(found["clear"]), found["words"]
    if not (LEAST <= useful <= MOST and LEAST <= clear <= MOST):
        return None
    if found["between"] in (".", ",", "٫") and words[:1].isdecimal():
        return None  # "4.5 5": a fraction
    return Reply(useful, clear, kept_words(words))


def plain_digits(text: str) -> str:
    """Digits of every script (Urdu, Arabic-Indic, full width) as 0 to 9; all else stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def kept_words(text: str) -> str:
    """Words as they are kept: telephone numbers and other long numbers masked, in whatever digits they are written; at most MAX_WORDS."""
    words = " ".join(clean(text).split())
    plain = plain_digits(words)  # as long as the words: a digit stands for a digit
    parts, end = [], 0
    for found in _NUMBER.finditer(plain):
        parts += [words[end : found.start()], HIDDEN]
        end = found.end()
    return "".join([*parts, words[end:]])[:MAX_WORDS].strip()
