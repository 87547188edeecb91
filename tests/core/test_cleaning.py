"""What is stored is what the eye sees."""

import sys
import unicodedata

import pytest

from tdap_portal.core.cleaning import clean
from tdap_portal.core.folding import fold

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("rabia.a@example.com\u200b", "rabia.a@example.com"),
        ("rabia.a@exam\u200bple.com", "rabia.a@example.com"),
        ("\u202a35202-1234567-1\u202c", "35202-1234567-1"),
        ("\u20671234567-8\u2069", "1234567-8"),
        ("\ufeffRabia\u00ad An\u2060war\u061c", "Rabia Anwar"),
        ("\u200b\u200b", ""),
        ("\u3164", ""),
        ("\u2800\uffa0\ufe0f\U000e0041", ""),
        ("a\x07b\x7f\x9fc", "abc"),
        ("Noor\u00a0Rugs\u202f\u3000\tLahore", "Noor Rugs   Lahore"),
        ("one\r\ntwo\rthree\u2028four\x85five\n\nsix", "one\ntwo\nthree\nfour\nfive\n\nsix"),
        ("خوب\u200cصورت", "خوب\u200cصورت"),
        ("خوب\u200c\u200b\u200d\u200cصورت", "خوب\u200cصورت"),
        ("\u200cخوب\u200c صورت\u200c", "خوب صورت"),
        ("No\u200cor \u200d", "Noor "),
        ("\ufe8e\ufedf\ufef4\ufee2", "اليم"),
        ("Cafe\u0301, ا\u0653م", "Café, آم"),
        ("ﷺ", "ﷺ"),
        ("كريم ڪراچي ۱۲", "كريم ڪراچي ۱۲"),
        (" Noor  Sports ", " Noor  Sports "),
        ("", ""),
    ],
)
def test_what_is_not_seen_is_not_kept(sent, kept):
    assert clean(sent) == kept


def test_an_arabic_keyboards_letters_are_kept_and_compare_as_the_urdu_ones():
    assert fold(clean("كريم")) == fold("کریم") != clean("كريم")


def test_no_character_without_a_shape_is_left_and_every_letter_is():
    """Over all of Unicode: control and format characters go, all letters and digits that Unicode draws stay."""
    every = {chr(code): clean(chr(code)) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF}
    left = {char for char, kept in every.items() if kept == char and unicodedata.category(char) in {"Cc", "Cf"}}
    lost = {char for char, kept in every.items() if not kept and unicodedata.category(char)[0] in "LN"}
    drawn = {char for char in left if unicodedata.name(char, "").split()[:1] in ([s] for s in DRAWN)}
    assert left - drawn == {"\n"}
    assert lost == {"\u115f", "\u1160", "\u3164", "\uffa0"}  # fillers of Korean, which are blank
    assert {char for char, kept in every.items() if kept != char and clean(kept) != kept} == set()


DRAWN = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN")
"""Scripts with format characters that are drawn: the sign of a year, the end of a verse."""
