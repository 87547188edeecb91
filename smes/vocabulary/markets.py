"""Markets (countries by ISO 3166) and the online channels a firm can sell on."""

import gettext
import unicodedata
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import pycountry
from rapidfuzz import fuzz, process

from .tables import listed, read_table


@dataclass(frozen=True, slots=True)
class SalesChannel:
    """An online channel; `model` is B2B, B2C or C2C."""

    code: str
    name: str
    name_ur: str
    model: str
    cross_border: bool

    def label(self, language: str) -> str:
        """The name in Urdu for "ur", else in English."""
        return self.name_ur if language.startswith("ur") else self.name


CHANNELS: Final = MappingProxyType(
    {
        row["code"]: SalesChannel(row["code"], row["name"], row["name_ur"], row["model"], row["cross_border"] == "1")
        for row in read_table("channels")
    }
)


NEAR_FROM: Final = 85  # of 100: a letter or two; Holland is not almost Poland
_HOME: Final = frozenset({"pakistan", "pk", "pak", "پاکستان"})
_ARABIC_LETTERS: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ"})


@cache
def countries(language: str = "en") -> MappingProxyType[str, str]:
    """ISO 3166 alpha-3 code → plain name, Pakistan left out, in the order of the names.

    Urdu names come from our own table (smes/vocabulary/reference/country_names.csv) where it has one, else from pycountry.
    """
    translate = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=["ur" if language.startswith("ur") else "en"], fallback=True
    ).gettext
    ours = {row["iso3"]: row["name_ur"] for row in read_table("country_names")} if language.startswith("ur") else {}
    names = {
        country.alpha_3: ours.get(country.alpha_3) or translate(getattr(country, "common_name", country.name))
        for country in pycountry.countries
        if country.alpha_3 != "PAK"
    }
    return MappingProxyType(dict(sorted(names.items(), key=lambda item: item[1])))


def country_name(iso3: str, language: str = "en") -> str:
    """The plain name of a country; the code itself where it is not known."""
    return countries(language).get(iso3, iso3)


def parse_country(text: str) -> str:
    """The ISO 3166 alpha-3 code of a country as people write it: its name in English or Urdu, or a code.

    Raises UnknownCountry: with the nearest name where one differs in a letter or two, or with is_home for Pakistan.
    """
    wanted = _key(text)
    known = _known_names()
    if wanted in known:
        return known[wanted]
    if wanted in _HOME:
        raise UnknownCountry(None, is_home=True)
    names = [name for name in known if len(name) > 3]  # every other word is near to a code
    near = process.extractOne(wanted, names, scorer=fuzz.ratio, score_cutoff=NEAR_FROM) if len(wanted) > 3 else None
    raise UnknownCountry(country_name(known[near[0]], "en") if near else None)


class UnknownCountry(ValueError):
    """No country abroad of that name. nearest: the English name of one that is written almost so, or None. is_home: it is
    Pakistan."""

    def __init__(self, nearest: str | None, *, is_home: bool = False) -> None:
        super().__init__(f"unknown country; nearest: {nearest}")
        self.nearest, self.is_home = nearest, is_home


def _key(text: str) -> str:
    """What names are compared by: U.S.A. and usa, Türkiye and turkiye, ي and ی are the same."""
    plain = unicodedata.normalize("NFKD", text.translate(_ARABIC_LETTERS)).casefold()
    kept = "".join(char for char in plain if not unicodedata.combining(char) and char not in ".'’\u200c")
    return " ".join(kept.split())


@cache
def _known_names() -> dict[str, str]:
    known = {_key(alias): row["iso3"] for row in read_table("country_names") for alias in listed(row["aliases"])}
    translate = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["ur"], fallback=True).gettext
    for country in pycountry.countries:
        code = country.alpha_3
        if code == "PAK":
            continue
        name = country_name(code)
        spellings = (country.alpha_2, code, country.name, name, country_name(code, "ur"), translate(name))
        for spelling in spellings:
            known.setdefault(_key(spelling), code)
    return known
