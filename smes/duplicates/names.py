"""How alike the names of two firms are, in either script, and the keys by which a name is looked for.

Every word of a name weighs by what it tells: a legal form nothing, "Traders" little, a trade more, a common given name
more again, and a word that few firms bear most. So Ali Enterprises and Ali Traders are not alike by what they share.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from smes.vocabulary.tables import read_table
from tdap_portal.core.folding import bones, fold, sound

# How much a word of a kind counts. "first": Muhammad and its short forms, which stand before most names of men.
WEIGHTS: Final = {"legal": 0.0, "first": 0.3, "business": 0.35, "trade": 0.6, "common": 0.7, "own": 1.0}
# Vowels must agree so far where the consonants do; Urdu letters leave out the short ones.
SAME_VOWELS, SAME_VOWELS_ACROSS = 75, 60
MISSPELT: Final = 84
# Words in common that tell together so much are a name of its own; a given name alone is not.
ENOUGH: Final = 1.0
MAX_WORDS: Final = 8


class Word(NamedTuple):
    """A word of a name: how it sounds, its consonants, what kind it is, and whether it stands in Urdu letters."""

    heard: str
    frame: str
    kind: str
    is_urdu: bool

    @property
    def weight(self) -> float:
        return WEIGHTS[self.kind]


@lru_cache(maxsize=65_536)
def words_of(name: str) -> tuple[Word, ...]:
    """The words of a firm's name without its legal form; a name of nothing else keeps it."""
    plain = re.sub(r"\bm/s\b|\bmessrs\b", " ", fold(name).replace(".", " ").replace("&", " and "))
    found = [_word(word) for word in re.findall(r"\w+", plain)][:MAX_WORDS]
    return tuple(word for word in found if word.kind != "legal") or tuple(
        word._replace(kind="business") for word in found
    )


def name_likeness(one: str, other: str) -> int:
    """0 to 100 for two firm names; the order of words and where they are cut count nothing."""
    a, b = words_of(one), words_of(other)
    if not a or not b:
        return 0
    if len(a) != len(b) and _is_same(_joined(a), _joined(b)):
        return 100
    left, alone, told, shared = list(b), [], 0.0, 0.0
    for word in sorted(a, key=lambda word: -word.weight):
        best = max(left, key=lambda each: _word_likeness(word, each), default=None)
        if best is not None and (likeness := _word_likeness(word, best)):
            left.remove(best)
            shared += likeness * (word.weight + best.weight)
            told += word.weight
        else:
            alone.append(word)
    total = sum(word.weight for word in a + b)
    if told >= ENOUGH and not (alone and left):
        # Only one name says more than the other: a trade left out of a name that is known by more is no contradiction.
        total -= sum(word.weight for word in alone + left if word.kind != "own") / 2
    return round(100 * shared / total)


def name_keys(name: str, city: str) -> Iterator[str]:
    """Keys of a name: the whole of it; two words each; with the town, a short name's word, or a trade with an initial.

    So neither another cut, order or spelling nor one misspelt word hides a firm, and none of them makes a wide block.
    """
    words = words_of(name)
    telling = sorted({word.frame for word in words if word.kind != "business"})
    town = fold(city)
    if words:
        yield f"name:={_joined(words).frame}"
        yield f"name:{'+'.join(sorted({word.frame for word in words}))}"
    for one, other in combinations(telling, 2):
        yield f"name:{one}+{other}"
    for word in words:
        if word.frame in telling and (len(telling) == 1 or (len(telling) == 2 and word.kind in {"own", "common"})):
            yield f"name:{word.frame}@{town}"
    initials = {word.frame[:1] for word in words if word.kind in {"own", "common"}}
    for trade in (word.frame for word in words if word.kind == "trade"):
        for initial in initials:
            yield f"name:{trade}~{initial}@{town}"


def _word(word: str) -> Word:
    heard = sound(word)
    same, kind = _KINDS.get(heard) or _KINDS.get(heard.removesuffix("s")) or ("", "own")
    heard = same or heard
    return Word(heard, _frame(heard), kind, any("\u0600" <= char <= "\u06ff" for char in word) and not same)


def _frame(heard: str) -> str:
    """The consonants of a word, one number for both: Leathers is Leather."""
    frame = bones(heard)
    return frame[:-1] if len(frame) > 2 and frame.endswith("s") else frame


def _joined(words: tuple[Word, ...]) -> Word:
    heard = "".join(word.heard for word in words)
    return Word(heard, _frame(heard), "own", any(word.is_urdu for word in words))


def _is_same(one: Word, other: Word) -> bool:
    if one.frame != other.frame:
        return False
    if one.is_urdu != other.is_urdu:
        return fuzz.ratio(one.heard, other.heard) >= SAME_VOWELS_ACROSS
    first = {one.heard[:1], other.heard[:1]}
    # Akram and Ikram are two persons; Phaisal is Faisal.
    return not (len(first) == 2 and first <= set("aio")) and fuzz.ratio(one.heard, other.heard) >= SAME_VOWELS


def _word_likeness(one: Word, other: Word) -> float:
    if _is_same(one, other):
        return 1.0
    if one.kind == other.kind == "common":
        return 0.0  # two known names, not one misspelt: Naeem and Nadeem
    ratio = fuzz.ratio(one.heard, other.heard)
    return float(ratio / 100) ** 2 if ratio >= MISSPELT else 0.0


def _kinds() -> dict[str, tuple[str, str]]:
    """Sound of a known word → (sound of the word that it stands for, or "", and its kind)."""
    rows = [*read_table("name_words"), *read_table("company_words")]
    return {
        sound(fold(row["word"])): (sound(row["same_as"]) if row.get("same_as") else "", row["kind"])
        for row in reversed(rows)
    }


_KINDS: Final = _kinds()
