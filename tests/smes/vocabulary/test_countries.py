"""Countries as exporters write them."""

import pytest

from smes.vocabulary.markets import UnknownCountry, countries, country_name, parse_country

pytestmark = pytest.mark.unit

WRITTEN = {
    "TUR": "Turkey|Turkiye|Türkiye|ترکی|ترکیہ",
    "RUS": "Russia|Russian Federation|روس",
    "CZE": "Czech Republic|Czechia",
    "NLD": "Holland|The Netherlands|netherlands|ہالینڈ",
    "GBR": "Britain|Great Britain|Scotland|U.K.|UK|England|انگلینڈ",
    "SAU": "KSA|Saudia|Saudi Arabia",
    "USA": "U.S.A.|usa|United States of America|United States|امریکا|امریکہ",
    "CIV": "Ivory Coast|Côte d’Ivoire|cote d'ivoire",
    "BRN": "Brunei",
    "MMR": "Burma",
    "PSE": "Palestine",
    "SWZ": "Swaziland",
    "CHN": "China|چین",
    "IRN": "ایران",
    "KOR": "South Korea|جنوبی کوریا",
    "ARE": "دبئی|Dubai|  united  arab emirates ",
    "ZAF": "جنوبی افریقا|جنوبی افریقہ",
    "DEU": "germany|جرمنی|DE|deu",
    "SYR": "شام|Syria",
    "KWT": "كويت",  # an Arabic keyboard
}
LARGEST_MARKETS = [
    "USA",
    "CHN",
    "GBR",
    "DEU",
    "ARE",
    "NLD",
    "ESP",
    "AFG",
    "ITA",
    "BGD",
    "BEL",
    "FRA",
    "SAU",
    "POL",
    "CAN",
    "MYS",
    "TUR",
    "LKA",
    "AUS",
    "KOR",
    "DNK",
    "PRT",
    "QAT",
    "SWE",
    "OMN",
    "JPN",
    "ZAF",
    "KEN",
    "VNM",
    "IDN",
    "THA",
    "PHL",
    "RUS",
    "TZA",
    "CZE",
    "KWT",
    "IRQ",
    "BHR",
    "HKG",
    "SGP",
    "EGY",
    "MOZ",
    "MEX",
    "BRA",
    "CHL",
    "IRL",
    "IRN",
    "IND",
    "KAZ",
    "UZB",
]


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in WRITTEN.items() for text in texts.split("|")]
)
def test_a_country_is_known_as_it_is_written(code, text):
    assert parse_country(text) == code


@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_name_that_a_page_offers_is_taken(language):
    assert {code: parse_country(name) for code, name in countries(language).items()} == {
        code: code for code in countries(language)
    }


def test_the_largest_markets_have_an_urdu_name():
    assert [code for code in LARGEST_MARKETS if country_name(code, "ur")[0] < "\u0600"] == []


@pytest.mark.parametrize("text", ["Pakistan", "PAKISTAN ", "پاکستان", "PK"])
def test_home_is_no_market_abroad(text):
    with pytest.raises(UnknownCountry) as refusal:
        parse_country(text)
    assert (refusal.value.is_home, refusal.value.nearest) == (True, None)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Germanny", "Germany"), ("Holand", "Netherlands"), ("Autralia", "Australia"), ("Swizerland", "Switzerland")]
    + [(text, None) for text in ("Wakanda", "Brittain Bay", "Sandia", "Thailay", "Bahrit", "zz", "²", "Taristan")],
)
def test_a_suggestion_differs_in_a_letter_or_two_and_is_no_other_country(text, nearest):
    with pytest.raises(UnknownCountry) as refusal:
        parse_country(text)
    assert refusal.value.nearest == nearest
