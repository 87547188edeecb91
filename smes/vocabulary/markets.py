"""Markets (countries by ISO 3166) and the online channels a firm can sell on."""

import gettext
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import pycountry
from rapidfuzz import fuzz, process

from .tables import read_table


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


@cache
def countries(language: str = "en") -> MappingProxyType[str, str]:
    """ISO 3166 alpha-3 code → plain name, Pakistan left out, in the order of the names.

    Urdu names come from pycountry, which has most of them; the English name stands in for the others.
    """
    translate = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=["ur" if language.startswith("ur") else "en"], fallback=True
    ).gettext
    names = {
        country.alpha_3: translate(getattr(country, "common_name", country.name))
        for country in pycountry.countries
        if country.alpha_3 != "PAK"
    }
    return MappingProxyType(dict(sorted(names.items(), key=lambda item: item[1])))


def country_name(iso3: str, language: str = "en") -> str:
    """The plain name of a country; the code itself where it is not known."""
    return countries(language).get(iso3, iso3)


def parse_country(text: str) -> str:
    """The ISO 3166 alpha-3 code of a country as people write it: its name in English or Urdu, or a code.

    Raises UnknownCountry with the nearest name where one is near.
    """
    wanted = " ".join(text.split()).casefold()
    known = _known_names()
    if wanted in known:
        return known[wanted]
    near = process.extractOne(wanted, known.keys(), scorer=fuzz.ratio, score_cutoff=70) if len(wanted) > 3 else None
    raise UnknownCountry(country_name(known[near[0]], "en") if near else None)


class UnknownCountry(ValueError):
    """No country of that name. `nearest` is the English name of one that is written alike, or None."""

    def __init__(self, nearest: str | None) -> None:
        super().__init__(f"unknown country; nearest: {nearest}")
        self.nearest = nearest


@cache
def _known_names() -> dict[str, str]:
    known = {
        "uk": "GBR",
        "england": "GBR",
        "usa": "USA",
        "america": "USA",
        "uae": "ARE",
        "dubai": "ARE",
        "امریکہ": "USA",
    }
    for country in pycountry.countries:
        code = country.alpha_3
        if code == "PAK":
            continue
        spellings = (country.alpha_2, code, country.name, getattr(country, "common_name", ""))
        for spelling in (*spellings, country_name(code), country_name(code, "ur")):
            if spelling:
                known.setdefault(spelling.casefold(), code)
    return known
