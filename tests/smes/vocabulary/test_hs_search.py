import pytest

from smes.vocabulary import hs_search
from smes.vocabulary.hs_search import (
    NomenclatureLine,
    below,
    chapters,
    description_of,
    dotted,
    everyday_label,
    own_words,
    parse_hs6,
    search,
)
from smes.vocabulary.tables import read_table

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("query", "hs6"),
    [
        ("football", "950662"),
        ("Footballs", "950662"),
        ("basmati", "100630"),
        ("surgical scissors", "901890"),
        ("bed sheet", "630221"),
        ("bedsheets", "630221"),
        ("T-Shirt", "610910"),
        ("towels", "630260"),
        ("leather jacket", "420310"),
        ("ceiling fans", "841451"),
        ("kinoo", "080521"),
        ("فٹ بال", "950662"),
        ("باسمتی", "100630"),
        ("چادر", "630221"),
        ("قالین", "570110"),
        ("جراحی قینچی", "901890"),
        ("تازه جھينگا", "030636"),
        ("گول کیپر کے دستانے", "420321"),
    ],
)
def test_plain_words_find_the_product(query, hs6):
    assert search(query)[0].hs6 == hs6


@pytest.mark.parametrize(
    ("misspelt", "hs6"),
    [("footbal", "950662"), ("basmti", "100630"), ("surgical scisors", "901890"), ("towells", "630260")],
)
def test_misspelt_words_find_it_too(misspelt, hs6):
    assert hs6 in [hit.hs6 for hit in search(misspelt)[:3]]


@pytest.mark.parametrize("query", ["950662", "9506.62", "9506 62", "۹۵۰۶۶۲", "95066210", "9506.62.10.00"])
def test_a_code_is_found_however_it_is_written(query):
    assert [hit.hs6 for hit in search(query)] == ["950662"]


def test_part_of_a_code_gives_all_below_it():
    assert [hit.hs6 for hit in search("5701")] == ["570110", "570190"]


def test_the_firm_s_own_sector_comes_first_among_equals():
    without = [hit.sector for hit in search("cricket gloves leather")]
    hits = search("gloves", sector="sports_goods")
    assert hits[0].hs6 == "420321"
    assert search("gloves", sector="textile")[0].sector == "textile"
    assert without[0] == "sports_goods"


def test_own_sector_never_lifts_a_poor_match_over_a_good_one():
    assert search("basmati", sector="textile")[0].hs6 == "100630"


@pytest.mark.parametrize("query", ["", "   ", "b", "xyzzyqq", "!!!", "the", "99999", "software"])
def test_what_is_not_found_gives_nothing(query):
    assert search(query) == ()


def test_a_very_long_query_is_cut():
    assert search("football " * 1_000)[0].hs6 == "950662"


def test_a_hit_says_what_it_is_and_where_it_stands():
    hit = search("football")[0]
    assert (hit.label, hit.dotted, hit.sector) == ("Balls; inflatable", "9506.62", "sports_goods")
    assert hit.words[0] == "football"
    assert hit.heading.startswith("Gymnastics")
    assert hit.chapter.startswith("Toys")
    assert search("فٹ بال")[0].words[0] == "فٹ بال"


def test_no_more_hits_than_asked_for():
    assert len(search("cotton", limit=7)) == 7


def test_the_nomenclature_is_walked_from_chapters_down():
    assert len(chapters()) == 96
    assert chapters()[0] == NomenclatureLine("01", "Animals; live")
    assert [line.code for line in below("57")] == ["5701", "5702", "5703", "5704", "5705"]
    assert [line.dotted for line in below("5701")] == ["5701.10", "5701.90"]
    assert below("570110") == ()
    assert below("zz") == ()


def test_the_edition_is_what_we_say_it_is():
    assert hs_search.EDITION == "HS 2022"
    assert description_of("854140") is None, "left the list with HS 2022"
    assert description_of("854142") is not None, "came with HS 2022"


def test_headings_of_carpets_are_told_apart_by_their_own_words():
    firsts = [own_words(line.code).split(" – ")[0] for line in below("57")]
    assert firsts[0] == "Knotted"
    assert firsts[2] == "Tufted"
    assert len(set(firsts)) == 5
    assert own_words("5705") == "Others in chapter 57 – carpets and other textile floor coverings"
    assert own_words("9506").startswith("Gymnastics"), "no neighbour shares its words"
    assert own_words("999999") == ""
    assert search("carpet")[0].heading == own_words("5701")


def test_codes_are_checked_against_the_nomenclature():
    assert parse_hs6(" 9506.62 ") == "950662"
    assert dotted("9506") == "9506"
    for wrong in ("9506", "999999", "abcdef", "9506621", ""):
        with pytest.raises(ValueError, match="HS 2022"):
            parse_hs6(wrong)


def test_a_product_has_a_short_name_in_both_languages():
    assert everyday_label("950662") == "Football"
    assert everyday_label("950662", "ur") == "فٹ بال"
    assert everyday_label("950611") == description_of("950611")
    assert everyday_label("950611", "ur") == description_of("950611")
    assert everyday_label("999999") == ""


def test_every_everyday_word_has_a_code_that_exists_and_none_is_listed_twice():
    rows = read_table("everyday_words")
    assert [row["hs6"] for row in rows if description_of(row["hs6"]) is None] == []
    words = [word for row in rows for cell in (row["en"], row["ur"]) for word in cell.split(";") if word]
    assert len(words) == len(set(words))
    assert len(words) > 900


def test_of_words_that_sound_alike_the_nearest_counts_as_itself_and_the_rest_less():
    found = dict(hs_search._alike({"kameez"}, {"kameez": 1, "kameezen": 1, "kamoz": 1}, {}))
    assert found["kameez"] == 1
    assert all(0.5 <= value < 1 for sound, value in found.items() if sound != "kameez")
