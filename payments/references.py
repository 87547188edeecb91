"""Our own payment references, DEP-0004711-K: written so that a wrong letter is noticed, read as people type them.
Pure.

The last letter checks the others: with 19 letters, a prime number of them, and another weight at each place, no
single wrong character and no swap of two neighbours gives another valid reference. None of I, L, O, S, B is used,
which are misread as figures; nor U and Z.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LETTERS = "ACDEFGHJKMNPQRTVWXY"  # 19, so that sums are taken modulo a prime
DEPOSIT, FEE = "DEP", "FEE"
PREFIXES = (DEPOSIT, FEE)
DIGITS = 7
MAX_NUMBER = 10**9 - 1
MAX_TYPED = 60
MISREAD = {"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}
"""Letters that stand for a figure where only figures can be; none of them checks a reference."""
_FIGURES = f"0-9{''.join(MISREAD)}"
_SOME_FIGURE = rf"(?=[{_FIGURES}]*[0-9])"  # "DEP IS LATE" names no payment
_PREFIX = "|".join(PREFIXES)
_GAP = r"[\s./_#:\u2010-\u2015\u2212-]{0,3}"
_IN_TEXT = re.compile(
    rf"(?<![A-Z0-9])(?P<prefix>{_PREFIX}){_GAP}(?P<figures>{_SOME_FIGURE}[{_FIGURES}]{{1,9}})"
    rf"(?:(?P<gap>{_GAP})(?P<check>[{LETTERS}]))?(?![A-Z0-9])"
)
_TYPED = re.compile(rf"(?P<prefix>{_PREFIX})(?P<figures>{_SOME_FIGURE}[{_FIGURES}]{{1,9}})(?P<check>[{LETTERS}])?")


class Reading(StrEnum):
    GOOD = "good"  # with the letter that checks it
    UNCHECKED = "unchecked"  # without that letter: a person, or amount and name, must bear it out
    MISTYPED = "mistyped"  # the letter does not fit the number
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. reference: as we write it, "" where it is NOT_OURS; of one MISTYPED the number as it was typed,
    with the letter that would fit, to be offered to a person, never taken. corrections: (typed, read) for each letter
    that was read as a figure, in order."""

    reading: Reading
    reference: str = ""
    corrections: tuple[tuple[str, str], ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it may be taken without a look: checked, and nothing was read as something else."""
        return self.reading is Reading.GOOD and not self.corrections


def written(prefix: str, number: int) -> str:
    """ "DEP-0004711-K". Raises ValueError for an unknown prefix and a number outside of 1 to MAX_NUMBER."""
    if prefix not in PREFIXES:
        raise ValueError(f"{prefix!r:.20} begins no reference of ours.")
    if type(number) is not int or not 1 <= number <= MAX_NUMBER:
        raise ValueError("The number of a reference is a whole one from 1 on.")
    figures = f"{number:0{DIGITS}d}"
    return f"{prefix}-{figures}-{check_letter(prefix, number)}"


def check_letter(prefix: str, number: int) -> str:
    """The letter behind the number. Places are counted from the right, so that zeros in front change nothing."""
    values = [*(LETTERS.index(letter) for letter in prefix), *(int(figure) for figure in f"{number:09d}")]
    found = sum(weight * value for weight, value in enumerate(reversed(values), 2))
    return LETTERS[-found % len(LETTERS)]


def number_of(reference: str) -> int:
    """The number of one as we write it. Raises ValueError for any other text."""
    found = read(reference)
    if found.reading is not Reading.GOOD or found.reference != reference:
        raise ValueError("This is no reference as we write it.")
    return int(reference.split("-")[1])


def read(text: str) -> Found:
    """One reference that somebody typed: any case, dashes, spaces, zeros in front or not, figures of any script."""
    if len(text) > MAX_TYPED:
        return Found(Reading.NOT_OURS)
    match = _TYPED.fullmatch("".join(letter for letter in _folded(text) if letter.isalnum()))
    return _found(match["prefix"], match["figures"], match["check"]) if match else Found(Reading.NOT_OURS)


def found_in(text: str) -> tuple[Found, ...]:
    """Those that stand in a narrative of a bank, in their order, each once: "dep4712/dep4713 INDUS GLOVES".

    A single letter behind a gap that does not fit counts as the beginning of the next word, not as a wrong check.
    """
    found: dict[str, Found] = {}
    for match in _IN_TEXT.finditer(_folded(text[:1000])):
        one = _found(match["prefix"], match["figures"], match["check"])
        if one.reading is Reading.MISTYPED and " " in (match["gap"] or ""):
            one = _found(match["prefix"], match["figures"], None)
        if one.reading is not Reading.NOT_OURS:
            found.setdefault(one.reference, one)
    return tuple(found.values())


def _folded(text: str) -> str:
    """Large Latin letters and figures 0 to 9; marks that nobody sees are left out."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in plain
        if unicodedata.category(letter) != "Cf"
    )


def _found(prefix: str, figures: str, check: str | None) -> Found:
    corrections = tuple((letter, MISREAD[letter]) for letter in figures if letter in MISREAD)
    number = int("".join(MISREAD.get(letter, letter) for letter in figures))
    if number == 0:
        return Found(Reading.NOT_OURS)
    reference = written(prefix, number)
    if check is None:
        return Found(Reading.UNCHECKED, reference, corrections)
    reading = Reading.GOOD if reference.endswith(check) else Reading.MISTYPED
    return Found(reading, reference, corrections)
