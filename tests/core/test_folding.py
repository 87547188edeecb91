"""What people type differently and mean alike."""

import pytest

from tdap_portal.core.folding import bones, fold, patterns, searchable, sound

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Noor   SPORTS ", "noor sports"),
        ("كريم", "کریم"),
        ("قھوة", "قھوہ"),
        ("ہوۓ آم", "ہوے ام"),
        ("R۳–۰۰۳٥", "r3-0035"),
        ("\uff34\uff24\uff21\uff30", "tdap"),
        ("خوب\u200cصورت", "خوبصورت"),
        ("\u2068Noor\u2069\u00ad", "noor"),
        ("Café D’Or", "cafe dor"),
        ("a\tb\nc", "a b c"),
        ("", ""),
    ],
)
def test_one_form_of_letters_digits_and_signs(typed, folded):
    assert fold(typed) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("sheikh", "sik"),
        ("chaudhry", "caodri"),
        ("quick", "koik"),
        ("ceiling", "siling"),
        ("box", "boks"),
        ("nation", "nasan"),
        ("istri", "stri"),
        ("چوڑیاں", "cori"),
        ("کتابیں", "ktab"),
        ("پردہ", "prda"),
        ("بھٹی", "bti"),
    ],
)
def test_a_word_in_the_one_alphabet(word, heard):
    assert sound(fold(word)) == heard


@pytest.mark.parametrize(
    ("urdu", "roman"),
    [
        ("چاول", "chawal"), ("قینچی", "qainchi"), ("دستانے", "dastane"), ("تولیہ", "tauliya"), ("زیور", "zewar"),
        ("محمد", "muhammad"), ("عطر", "itar"), ("پھل", "phal"), ("فیصل", "phaisal"), ("خواجہ", "khwaja"),
    ],
)  # fmt: skip
def test_both_scripts_have_the_same_consonants(urdu, roman):
    assert bones(sound(fold(urdu))) == bones(sound(fold(roman)))


def test_words_of_other_consonants_stay_apart():
    assert len({bones(sound(word)) for word in ("chawal", "chaval", "kapra", "karahi", "kamra")}) == 4


def test_a_searchable_text_has_one_piece_of_each_word_of_its_query():
    text = searchable("Kirthar Towels", "Sialkot")
    assert text.startswith("kirthar towels sialkot |")
    for query in ("kirthar", "Kirtar Towls", "سیالکوٹ", "towel"):
        assert all(word in text or heard in text for word, heard in patterns(query))
    assert not all(word in text or heard in text for word, heard in patterns("Kirthar Lahore"))
    assert patterns(" !? ") == []
