"""References of payments: a wrong letter is noticed, what people type is read, and nothing is guessed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import references
from payments.references import LETTERS, MAX_NUMBER, Found, Reading, found_in, read, written

pytestmark = pytest.mark.unit
EVERY_CHARACTER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compact(reference):
    return reference.replace("-", "")


def a_thousand():
    dice = random.Random(5)
    numbers = [
        *range(1, 400),
        *(dice.randrange(1, 10**7) for _ in range(500)),
        *(dice.randrange(1, 10**9) for _ in range(101)),
    ]
    return [written(dice.choice(references.PREFIXES), number) for number in numbers]


def taken_for_another(reference, typed):
    found = read(typed)
    return found.reading is Reading.GOOD and found.reference != reference


def test_no_wrong_character_and_no_swap_gives_another_valid_reference():
    thousand = a_thousand()
    assert len(thousand) == 1000
    tried = 0
    for reference in thousand:
        plain = compact(reference)
        for at, right in enumerate(plain):
            for wrong in EVERY_CHARACTER.replace(right, ""):
                assert not taken_for_another(reference, plain[:at] + wrong + plain[at + 1 :])
                tried += 1
            if at + 1 < len(plain):
                assert not taken_for_another(reference, plain[:at] + plain[at + 1] + right + plain[at + 2 :])
    assert tried > 300_000


def test_without_the_letter_a_wrong_figure_would_be_another_payment():
    """The control of the test before: the same tries, read without what checks them."""
    reference = written("DEP", 4711)
    assert read(compact(reference)[:-2] + "2").reference == written("DEP", 4712)


def test_no_letter_is_used_that_is_misread():
    used = set("".join(compact(reference) for reference in a_thousand()))
    assert used.isdisjoint("ILOSBUZ")
    assert len(LETTERS) == len(set(LETTERS)) == 19


@pytest.mark.parametrize(
    "typed",
    [
        "DEP-0004711-{}", "dep-0004711-{}", "DEP 4711 {}", "dep4711{}", " Dep - 4711 - {} ", "DEP–0004711–{}",
        "DEP۰۰۰۴۷۱۱{}",
        "DEP-٤٧١١-{}", "ＤＥＰ４７１１{}", "dep\u200e4711\u200f{}", "DEP/4711/{}", "dep.000004711.{}",
    ],
)  # fmt: skip
def test_what_people_type_is_read(typed):
    letter = references.check_letter("DEP", 4711)
    for case in (letter, letter.lower()):
        found = read(typed.format(case))
        assert found == Found(Reading.GOOD, f"DEP-0004711-{letter}")
        assert found.is_sure


def test_letters_read_as_figures_are_told():
    letter = references.check_letter("DEP", 4716)
    found = read(f"DEP-OOO4716-{letter}")
    assert found == Found(Reading.GOOD, f"DEP-0004716-{letter}", (("O", "0"),) * 3)
    assert not found.is_sure
    letter = references.check_letter("DEP", 1158)
    assert read(f"dep-il5b{letter}").corrections == (("I", "1"), ("L", "1"), ("B", "8"))


def test_what_lacks_its_letter_is_unchecked_and_a_wrong_one_is_mistyped():
    right = written("DEP", 4711)
    assert read("DEP 4711") == Found(Reading.UNCHECKED, right)
    assert not read("DEP 4711").is_sure
    wrong = next(letter for letter in LETTERS if not right.endswith(letter))
    assert read(f"DEP-4711-{wrong}") == Found(Reading.MISTYPED, right)


@pytest.mark.parametrize(
    "typed",
    [
        "", "DEP", "DEP-", "4711", "XYZ-4711-A", "DEP-0", "DEP-0000000", "DEP-1234567890123", "DEPOSIT",
        "DEP IS LATE", "\x00",
        "9" * 5000, "DEP-" + "1" * 5000, "DEP-4711-A-A", "DEP4711😀A😀A", "NaN",
    ],
)  # fmt: skip
def test_everything_else_is_not_ours(typed):
    assert read(typed) == Found(Reading.NOT_OURS)


def test_references_are_found_in_the_narrative_of_a_bank():
    ours = {number: written("DEP", number) for number in (4711, 4712, 4713, 4716)}
    assert [one.reference for one in found_in("IBFT DEP 4711 KARAKORAM TEX")] == [ours[4711]]
    assert [one.reference for one in found_in("dep4712/dep4713 INDUS GLOVES")] == [ours[4712], ours[4713]]
    assert found_in("DEP-OOO4716 JHELUM KNIVES") == (Found(Reading.UNCHECKED, ours[4716], (("O", "0"),) * 3),)
    assert found_in(f"PAY {ours[4711]} AND {ours[4711].lower()}") == (Found(Reading.GOOD, ours[4711]),)
    assert found_in("RAVI TOWELS") == found_in("DEPOSIT 4711") == found_in("SUPERDEP4711") == found_in("") == ()
    right = ours[4711][-1]
    wrong = next(letter for letter in LETTERS if letter != right)
    assert found_in(f"DEP-0004711 {wrong} KHAN")[0].reading is Reading.UNCHECKED
    assert found_in(f"DEP-0004711-{wrong}")[0].reading is Reading.MISTYPED


@pytest.mark.parametrize(
    ("prefix", "number"), [("DEP", 0), ("DEP", -1), ("DEP", MAX_NUMBER + 1), ("ABC", 1), ("DEP", 1.0), ("DEP", True)]
)
def test_only_numbers_from_one_on_get_a_reference(prefix, number):
    with pytest.raises(ValueError, match="reference"):
        written(prefix, number)


@given(st.sampled_from(references.PREFIXES), st.integers(1, MAX_NUMBER))
def test_what_is_written_is_read_again(prefix, number):
    reference = written(prefix, number)
    assert read(reference) == Found(Reading.GOOD, reference)
    assert references.number_of(reference) == number
    with pytest.raises(ValueError, match="as we write it"):
        references.number_of(reference.lower())


@given(st.text(max_size=80))
def test_any_text_is_read_without_a_fault(text):
    assert read(text).reading in Reading
    found_in(text)
