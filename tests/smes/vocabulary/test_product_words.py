"""How many of the words that exporters type lead to the right heading: tests/data/product_words.csv."""

import csv
from pathlib import Path
from zlib import crc32

import pytest

from smes.vocabulary.hs_search import search, services_for
from smes.vocabulary.sectors import SERVICES_OFFERED
from smes.vocabulary.tables import read_table

pytestmark = pytest.mark.unit
LEAST_SHARE = 0.95
SCRIPTS = ("english", "urdu", "roman")
with (Path(__file__).resolve().parents[2] / "data" / "product_words.csv").open(encoding="utf-8", newline="") as table:
    WORDS = tuple(csv.DictReader(table))


def kept_aside(row):
    """Half of our own list is never looked at while the search is tuned; a hash of the word says which half."""
    return row["list"] == "own" and crc32(row["word"].encode()) % 2 == 1


def is_found(row):
    if row["expected"] == "service":
        return services_for(row["word"]) is not None
    codes = tuple(row["expected"].split(";"))
    return services_for(row["word"]) is None and any(hit.hs6.startswith(codes) for hit in search(row["word"])[:3])


def share_found(rows):
    """The share of the words found among the first three, and those that are not."""
    missed = [row["word"] for row in rows if not is_found(row)]
    return 1 - len(missed) / len(rows), missed


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_words_of_the_review_are_found(script):
    rows = [row for row in WORDS if row["list"] == "asked" and row["script"] == script]
    assert len(rows) >= {"english": 136, "urdu": 64, "roman": 77}[script]
    share, missed = share_found(rows)
    assert share >= LEAST_SHARE, missed


@pytest.mark.parametrize("script", SCRIPTS)
def test_our_own_words_are_found(script):
    rows = [row for row in WORDS if row["list"] == "own" and row["script"] == script and not kept_aside(row)]
    share, missed = share_found(rows)
    assert share >= LEAST_SHARE, missed


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_kept_aside_are_found(script):
    rows = [row for row in WORDS if row["script"] == script and kept_aside(row)]
    assert len(rows) > 40
    share, missed = share_found(rows)
    assert share >= LEAST_SHARE, missed


def test_a_word_that_leads_elsewhere_is_missed():
    wrong = {"word": "football", "expected": "570110", "list": "own", "script": "english"}
    assert share_found([wrong]) == (0, ["football"])


@pytest.mark.parametrize(
    "query", ["call centre", "Call Center", "کال سینٹر", "web design", "software house", "IT services"]
)
def test_a_service_has_no_code(query):
    assert services_for(query) is not None
    assert search(query) == ()


def test_a_service_at_goods_names_the_goods():
    assert services_for("football stitching service") == ()
    assert search("football stitching service")[0].hs6 == "950662"
    assert services_for("football") is None


def test_a_service_leads_to_a_line_that_a_firm_can_tick():
    codes = {row["code"] for row in read_table("service_words")} - {""}
    assert codes
    assert codes <= set(SERVICES_OFFERED)
    assert services_for("software") == ("SI21",)
