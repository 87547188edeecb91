import csv
from pathlib import Path

import pytest

from smes.vocabulary import codes
from smes.vocabulary.markets import CHANNELS, countries, country_name
from smes.vocabulary.places import CITIES, PROVINCES
from smes.vocabulary.sectors import (
    SECTOR_BY_PREFIX,
    SECTORS,
    SERVICES,
    SectorGroup,
    group_of,
    sector_of,
    sells_services,
)
from smes.vocabulary.tables import listed, read_table

pytestmark = pytest.mark.unit

ORACLE = Path(__file__).parents[2] / "data" / "sector_classification_oracle.csv"


def test_every_product_of_the_oracle_falls_in_its_sector():
    with ORACLE.open(encoding="utf-8", newline="") as table:
        expected = {row["hs6"]: row["sector_code"] or None for row in csv.DictReader(table)}
    assert {hs6: sector_of(hs6) for hs6 in expected} == expected


@pytest.mark.parametrize("wrong", ["9506", "9506.62", "95066x", "", "９５０６６２", "9506621"])
def test_only_six_digits_are_classified(wrong):
    with pytest.raises(ValueError, match="six digits"):
        sector_of(wrong)


def test_thirteen_sectors_in_four_groups():
    assert len(SECTORS) == 13
    assert list(SECTORS) == list(codes.SECTORS)
    assert list(PROVINCES) == list(codes.PROVINCES)
    assert [s.code for s in SECTORS.values() if s.group is SectorGroup.REVIVAL] == ["carpets"]
    assert [s.code for s in SECTORS.values() if s.group is SectorGroup.SERVICES] == ["ict"]
    assert group_of("rice") == "traditional"
    assert group_of("fintech") == "non_traditional"
    assert group_of(None) is None
    assert group_of("mining") is None


def test_no_prefix_is_in_two_sectors_and_all_lead_to_a_known_sector():
    assert len(SECTOR_BY_PREFIX) == len(read_table("sector_hs"))
    assert set(SECTOR_BY_PREFIX.values()) <= set(SECTORS)


def test_services_sectors_have_services_and_no_products():
    assert {code for code in SECTORS if sells_services(code)} == {"ict", "fintech"}
    assert not sells_services(None)
    assert not sells_services("unknown")
    assert {code for sector in SECTORS.values() for code in sector.services} <= set(SERVICES)
    assert SERVICES["SI2"].parent == "SI"
    assert SERVICES["SI"].parent is None


def test_names_come_in_both_languages():
    assert CITIES["Sialkot"].label("ur") == "سیالکوٹ"
    assert CITIES["Sialkot"].label("en") == "Sialkot"
    assert CHANNELS["daraz"].label("ur") == "دراز"
    assert CHANNELS["daraz"].label("en") == "Daraz"
    assert SERVICES["SI21"].label("ur") == "سافٹ ویئر"
    assert SERVICES["SI21"].label("en") == "Computer software"


def test_towns_lie_in_known_provinces_and_cluster_in_known_sectors():
    assert {city.province for city in CITIES.values()} <= set(PROVINCES)
    assert {code for city in CITIES.values() for code in city.clusters} <= set(SECTORS)


def test_countries_are_named_in_both_languages_without_pakistan():
    assert country_name("DEU") == "Germany"
    assert country_name("DEU", "ur") == "جرمنی"
    assert country_name("XXX") == "XXX"
    assert "PAK" not in countries()
    assert list(countries()) == sorted(countries(), key=countries().__getitem__)


def test_a_cell_with_several_values_is_split():
    assert listed("a; b;") == ("a", "b")
    assert listed("") == ()
