"""How much of a firm's name stands in the words of a line, where a bank may have cut words off. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from smes.duplicates.names import words_of
from tdap_portal.core.folding import fold

BLOCK: Final = 4  # letters of a word by which names are looked for
SAME_WORD: Final = 85
GENERIC: Final = frozenset({"pvt", "ltd", "private", "limited", "co", "company", "ms", "smc", "and", "llp", "the"})


@lru_cache(maxsize=262_144)
def alike(words: str, firm: str) -> int:
    """0 to 100: how much of what a firm is known by stands in the words of a line, where a bank may have cut words off."""
    said, known = tokens(words), telling(firm)
    whole = sum(weight for _word, weight in known)
    if not said or not whole:
        return 0
    return round(100 * sum(weight * _best(word, said) for word, weight in known) / whole)


@lru_cache(maxsize=262_144)
def _best(word: str, said: tuple[str, ...]) -> float:
    best = 0.0
    for each in said:
        if each == word:
            return 1.0
        if min(len(each), len(word)) >= 3 and (word.startswith(each) or each.startswith(word)):
            best = max(best, 0.95)
        elif min(len(each), len(word)) >= BLOCK and (ratio := fuzz.ratio(each, word)) >= SAME_WORD:
            best = max(best, ratio / 100)
    return best


@lru_cache(maxsize=65_536)
def telling(firm: str) -> tuple[tuple[str, float], ...]:
    """The words of a firm's name with what each of them tells, without its legal form."""
    found = []
    for word in tokens(firm):
        kinds = words_of(word)
        if word not in GENERIC and kinds:
            found.append((word, kinds[0].weight))
    return tuple(found)


@lru_cache(maxsize=65_536)
def tokens(words: str) -> tuple[str, ...]:
    plain = "".join(char if char.isalnum() else " " for char in fold(words))
    return tuple(dict.fromkeys(word for word in plain.split() if len(word) > 1))
