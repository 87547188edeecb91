"""Every code that stands in the database has its words, and its tone where it is a state."""

import pytest
from django.utils import translation

from smes.duplicates.likeness import WEIGHTS
from smes.states import FlagState, PaperState, ProfileState
from smes.vocabulary import codes, wording

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "table", ["LEGAL_FORMS", "ACTIVITIES", "QUALITY_CONTROLS", "EXPORT_ROUTES", "INTERNET", "SIZE_CLASSES"]
)
def test_a_table_of_codes_has_its_words_in_the_language_of_the_page(table):
    assert {code: str(text) for code, text in getattr(wording, table).items()} == getattr(codes, table)
    with translation.override("ur"):
        assert not {str(text) for text in getattr(wording, table).values()} & {*getattr(codes, table).values()}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("GENDERS", "female male other undisclosed"),
        ("MEMBER_ROLES", "owner preparer finance trainee"),
        ("MEMBER_DUTIES", "owner preparer finance trainee"),
    ],
)
def test_the_codes_of_a_table(table, expected):
    assert " ".join(getattr(wording, table)) == expected


def test_each_reason_for_a_likeness_has_its_words():
    assert {*wording.LIKENESS_REASONS} == {*WEIGHTS, "name"}


def test_a_state_says_by_its_tone_who_must_move():
    assert {state: tone for state, (_text, tone) in wording.PROFILE_STATES.items()} == {
        ProfileState.OPEN: "rest",
        ProfileState.VERIFIED: "done",
    }
    assert {state: tone for state, (_text, tone) in wording.PAPER_STATES.items()} == {
        PaperState.UPLOADED: "us",
        PaperState.VERIFIED: "done",
        PaperState.REFUSED: "no",
        PaperState.REPLACED: "rest",
    }
    assert {state: tone for state, (_text, tone) in wording.FLAG_STATES.items()} == {
        FlagState.OPEN: "you",
        FlagState.SAME: "no",
        FlagState.DIFFERENT: "done",
    }


def test_choices_are_codes_as_plain_text_with_their_labels():
    found = wording.choices({PaperState.UPLOADED: "With us", "other": "Another"})

    assert found == [("uploaded", "With us"), ("other", "Another")]
    assert {type(code) for code, _label in found} == {str}


def test_a_sentence_is_filled_and_an_empty_one_stays_empty():
    assert wording.say("You wrote %(found)d.", {"found": 12}) == "You wrote 12."
    assert wording.say("100% of it") == "100% of it"
    assert wording.say("", {"found": 12}) == ""


def test_names_follow_the_language_and_fall_back_to_english_where_none_is_active():
    with translation.override("ur"):
        assert wording.language() == "ur"
        assert wording.city_name("Sialkot") == "سیالکوٹ"
        assert wording.service_name("SI21") == "سافٹ ویئر"
        assert wording.channel_name("daraz") == "دراز"
    with translation.override(None):
        assert wording.language() == "en"


def test_an_unknown_code_is_never_an_error():
    assert [wording.sector_name("mining"), wording.province_name("PK-XX")] == ["", ""]


def test_the_name_of_a_paper_is_read_when_it_is_written():
    name = wording.LazyPaperName("tax_return")

    assert str(name) == wording.paper_name("tax_return") == "Last income tax return"
    with translation.override("ur"):
        assert str(name) == wording.paper_name("tax_return") != "Last income tax return"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_sectors_stand_in_the_order_of_their_names(language):
    with translation.override(language):
        pairs = wording.sectors_by_name()
        assert {code for code, _name in pairs} == {*codes.SECTORS}
        names = [name for _code, name in pairs]
        assert names == sorted(map(wording.sector_name, codes.SECTORS), key=str.casefold)
