"""One way to compare words that people type differently: letters, digits, invisible characters, and the two scripts.

Keys only: what is stored and shown keeps its joiners, marks and capitals. `sound` writes a word of either script in one
small alphabet, so that چاول, chawal and chawl come out alike.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters that Arabic, Persian and Urdu keyboards give for one Urdu letter, and the signs that stand for one sign.
_LETTERS: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ە": "ہ", "ٱ": "ا"}
    | dict.fromkeys("'’‘`´ʼـ", "")
    | dict.fromkeys("‐‑‒–—―−", "-")
)
# How Urdu letters sound in the one alphabet; a breathed consonant sounds like the plain one.
_URDU: Final = str.maketrans(
    {
        letter: sound
        for sound, letters in {
            "a": "اع", "b": "ب", "p": "پ", "t": "تٹط", "s": "ثسشص", "j": "جژ", "c": "چ", "h": "حہ", "k": "خقک",
            "d": "دڈ", "z": "ذزضظ", "r": "رڑ", "g": "غگ", "f": "ف", "l": "ل", "m": "م", "n": "نں", "o": "و",
            "i": "یے", "": "ھء",
        }.items()
        for letter in letters
    }
)  # fmt: skip
# What is written together in Latin letters; the first that fits is taken. C stands for the sound of چ until the end.
_LATIN: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tion", "san"),
        (r"t?ch+", "C"),
        (r"ck|q|kh", "k"),
        (r"x", "ks"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"([bptdgjsrlmn])h", r"\1"),
        (r"[wvu]", "o"),
        (r"[ey]", "i"),
    )
)
_URDU_ENDINGS: Final = (("یاں", "ی"), ("یوں", "ی"), ("ئیں", ""), ("یں", ""), ("وں", ""))


def fold(text: str) -> str:
    """The text as it is compared: one form of every letter and digit, no marks, nothing invisible, lower case.

    Words stay apart by one space and keep their order. ZWNJ and ZWJ fall away, whatever stands beside them.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in plain if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc"} or char.isspace())
    one_form = "".join(kept).translate(_LETTERS)
    return " ".join("".join(str(unicodedata.digit(char, char)) for char in one_form).split())


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """A folded word in the alphabet abcdfghijklmnoprstz, without doubled letters; vowels are a, i and o.

    Short vowels, which Urdu does not write, are in it where they were written: `bones` leaves all of them out.
    """
    if any("\u0600" <= char <= "\u06ff" for char in word):
        for ending, one in _URDU_ENDINGS:
            if len(word) > len(ending) + 2 and word.endswith(ending):
                word = word[: -len(ending)] + one
                break
        if len(word) > 2 and word.endswith("ہ"):
            word = word[:-1] + "ا"
        text = word.translate(_URDU)
    else:
        text = word
        for pattern, heard in _LATIN:
            text = pattern.sub(heard, text)
        text = text.casefold()
    text = re.sub(r"^[ai]s(?=[tpk])", "s", re.sub(r"[^a-z0-9]", "", text))
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=65_536)
def bones(heard: str) -> str:
    """The consonants of a `sound`, with those that people take for one another as one: z like s, f like p.

    A word that begins with a vowel keeps that it does. Two words with the same bones may still differ in vowels.
    """
    return (heard[:1].translate(_FIRST_VOWEL) + re.sub(r"[aioh]", "", heard[1:])).translate(_TAKEN_FOR)


def searchable(*texts: str) -> str:
    """What a column holds in which a search looks inside: the folded words, then each as it sounds between bars."""
    words = fold(" ".join(texts)).split()
    return f"{' '.join(words)} |{'|'.join(map(_sought, _WORD.findall(' '.join(words))))}|"


def patterns(query: str) -> list[tuple[str, str]]:
    """For each word of a query the two pieces of which a `searchable` text must have one: as written, and as it sounds."""
    return [(word, f"|{_sought(word)}|") for word in _WORD.findall(fold(query))]


def _sought(word: str) -> str:
    """The consonants of a word; the whole sound where they are too few to tell words apart."""
    heard = sound(word)
    frame = bones(heard)
    return frame if len(frame) > 2 else heard or word


_WORD: Final = re.compile(r"\w+")
_FIRST_VOWEL: Final = str.maketrans("io", "aa")
_TAKEN_FOR: Final = str.maketrans("zf", "sp")
