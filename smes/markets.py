"""Markets (countries by ISO 3166) and the online channels a firm can sell on."""

import gettext
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import pycountry

from smes.tables import read_table


@dataclass(frozen=True, slots=True)
class Channel:
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
        row["code"]: Channel(row["code"], row["name"], row["name_ur"], row["model"], row["cross_border"] == "1")
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
