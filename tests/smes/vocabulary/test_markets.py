"""Markets and channels: a country as people write it, a channel as it is sold on."""

import pytest

from smes.vocabulary.markets import CHANNELS, SalesChannel, UnknownCountry, countries, country_name, parse_country

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DEU"),
        ("  united   kingdom ", "GBR"),
        ("DE", "DEU"),
        ("deu", "DEU"),
        ("جرمنی", "DEU"),
        ("Bolivia, Plurinational State of", "BOL"),
        ("Bolivia", "BOL"),
        ("UK", "GBR"),
        ("England", "GBR"),
        ("usa", "USA"),
        ("America", "USA"),
        ("امریکہ", "USA"),
        ("UAE", "ARE"),
        ("Dubai", "ARE"),
    ],
)
def test_a_country_is_read_as_people_write_it(text, code):
    assert parse_country(text) == code


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Germny", "Germany"), ("Swedn", "Sweden"), ("Atlantis of the deep", None), ("Xzq", None), ("", None)],
)
def test_an_unknown_country_names_the_nearest_where_one_is_near(text, nearest):
    with pytest.raises(UnknownCountry) as refusal:
        parse_country(text)
    assert refusal.value.nearest == nearest


@pytest.mark.parametrize("text", ["Pakistan", "PAK", "PK", "pak", "پاکستان"])
def test_pakistan_is_no_market(text):
    with pytest.raises(UnknownCountry):
        parse_country(text)


def test_a_country_has_its_plain_name():
    assert country_name("BOL") == "Bolivia"
    assert countries("ur-pk")["DEU"] == countries("ur")["DEU"] == "جرمنی"


def test_a_channel_says_who_buys_and_whether_abroad():
    assert CHANNELS["alibaba_com"] == SalesChannel(
        "alibaba_com", "Alibaba.com", "علی بابا ڈاٹ کام", "B2B", cross_border=True
    )
    assert " ".join(code for code, channel in CHANNELS.items() if not channel.cross_border) == "1688 taobao daraz"
