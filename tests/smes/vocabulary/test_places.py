"""Provinces and towns as people write them."""

import pytest

from smes.vocabulary.places import CITIES, PROVINCES, parse_city

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Sialkot", "Sialkot"),
        ("  SIALKOT ", "Sialkot"),
        ("سیالکوٹ", "Sialkot"),
        ("Chak  127   GB", "Chak 127 GB"),
        ("", ""),
    ],
)
def test_a_town_has_one_spelling_and_one_that_is_not_listed_stays_as_written(text, city):
    assert parse_city(text) == city


def test_a_town_knows_its_province_and_what_it_is_known_for():
    assert (CITIES["Sialkot"].province, CITIES["Sialkot"].clusters) == (
        "PK-PB",
        ("sports_goods", "surgical_goods", "leather"),
    )


def test_a_province_knows_its_capital_and_the_cards_registered_there():
    province = PROVINCES["PK-KP"]

    assert (province.code, province.name, province.capital) == ("PK-KP", "Khyber Pakhtunkhwa", "Peshawar")
    assert province.cnic_first_digits == ("1", "2")
    assert " ".join(PROVINCES) == "PK-BA PK-GB PK-IS PK-JK PK-KP PK-PB PK-SD"
