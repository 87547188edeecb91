"""The levels of evidence, their words, and the fact that a key is about."""

import pytest

from smes.states import ComparisonAnswer
from smes.vocabulary.certificates import CERTIFICATES
from smes.vocabulary.evidence import EVIDENCE_LEVELS, LEVELS, EvidenceLevel, fact_of

pytestmark = pytest.mark.unit


def test_levels_and_answers_are_kept_under_these_codes():
    """They stand in frozen copies and in the database for good."""
    assert [level.value for level in LEVELS] == ["said", "backed", "verified", "confirmed"]
    assert [answer.value for answer in ComparisonAnswer] == ["same", "differs", "unreadable"]


def test_each_level_has_its_rank_a_name_and_a_meaning():
    assert [EvidenceLevel(code).rank for code in ("said", "backed", "verified", "confirmed")] == [0, 1, 2, 3]
    assert EVIDENCE_LEVELS[EvidenceLevel.SAID] == ("Said", "the firm wrote it")
    assert [len(words) for words in EVIDENCE_LEVELS.values()] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        ("turnover_pkr", "turnover_pkr"),
        ("certifications/iso_9001", "certifications"),
        ("export_history/2026/direct", "export_history"),
    ],
)
def test_the_key_of_a_row_leads_to_its_fact(key, fact):
    assert fact_of(key) == fact


def test_a_certificate_has_a_name_in_each_language():
    kind = CERTIFICATES["iso_9001"]
    assert (kind.label("en"), kind.label("ur")) == (kind.name, kind.name_ur)
    assert kind.name != kind.name_ur
