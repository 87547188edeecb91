import pytest

from smes.check.eligibility import (
    BARRED,
    GOOD,
    MISSING,
    QUESTIONS,
    Verdict,
    judge,
    kept_answers,
    next_question,
    profile_beginnings,
    track_for,
)

pytestmark = pytest.mark.unit

GOOD_FIRM = {
    "makes": "yes",
    "sector": "sports_goods",
    "registered": "ntn",
    "turnover": "small",
    "age": "old",
    "exports": "direct",
    "bank": "yes",
    "order": "yes",
    "online": "yes",
    "time": "yes",
}


def test_there_are_ten_questions_and_every_answer_has_a_sentence():
    assert len(QUESTIONS) == 10
    said = set(GOOD) | set(MISSING) | set(BARRED)
    silent = {(q.code, o.code) for q in QUESTIONS for o in q.options if q.code not in {"sector", "age"}} - said
    assert silent == set()
    assert said <= {(q.code, o.code) for q in QUESTIONS for o in q.options}


def test_a_good_firm_hears_likely_with_reasons_and_nothing_missing():
    result = judge(GOOD_FIRM)
    assert result.verdict is Verdict.LIKELY
    assert len(result.good) == 9
    assert (result.missing, result.barred) == ((), ())


@pytest.mark.parametrize(
    ("change", "verdict", "missing"),
    [
        ({"registered": "cnic"}, Verdict.LIKELY, []),
        ({"registered": "no"}, Verdict.NOT_YET, ["registered"]),
        ({"exports": "no"}, Verdict.NOT_YET, ["exports"]),
        ({"exports": "no", "age": "young"}, Verdict.LIKELY, []),
        ({"exports": "no", "makes": "service"}, Verdict.LIKELY, []),
        ({"exports": "no", "sector": "ict"}, Verdict.LIKELY, []),
        ({"bank": "no"}, Verdict.NOT_YET, ["bank"]),
        ({"time": "no"}, Verdict.NOT_YET, ["time"]),
        ({"order": "no"}, Verdict.LIKELY, ["order"]),
        ({"online": "no"}, Verdict.LIKELY, ["online"]),
        ({"sector": "other"}, Verdict.LIKELY, []),
        ({"makes": "no"}, Verdict.ANOTHER_PROGRAMME, []),
        ({"turnover": "large", "registered": "no"}, Verdict.ANOTHER_PROGRAMME, ["registered"]),
        ({"turnover": "none", "age": "young"}, Verdict.LIKELY, []),
    ],
)
def test_what_each_answer_changes(change, verdict, missing):
    result = judge({**GOOD_FIRM, **change})
    assert result.verdict is verdict
    assert [finding.question for finding in result.missing] == missing
    assert all(finding.where for finding in result.missing + result.barred)


def test_the_sentence_on_exports_says_why_none_is_needed():
    young = judge({**GOOD_FIRM, "exports": "no", "age": "young"})
    service = judge({**GOOD_FIRM, "exports": "no", "makes": "service"})
    texts = [next(f.text for f in result.good if f.question == "exports") for result in (young, service)]
    assert texts == ["A start-up need not have exported yet.", "A seller of services need not have exported yet."]


@pytest.mark.parametrize(
    ("answers", "track"),
    [
        ({"sector": "carpets", "age": "young"}, "carpet_revival"),
        ({"sector": "ict"}, "services"),
        ({"makes": "service"}, "services"),
        ({"age": "young"}, "startup"),
        ({}, "general"),
    ],
)
def test_the_track_that_fits(answers, track):
    assert track_for(answers) == track


def test_questions_come_one_by_one_and_nonsense_is_dropped():
    assert next_question({}).code == "makes"
    assert next_question({"makes": "perhaps"}).code == "makes"
    assert next_question({"makes": "yes"}).code == "sector"
    assert next_question(GOOD_FIRM) is None
    assert kept_answers({"time": "yes", "makes": "yes", "evil": "1", "bank": "maybe"}) == {
        "makes": "yes",
        "time": "yes",
    }


def test_an_unfinished_check_has_no_result():
    with pytest.raises(ValueError, match="not finished"):
        judge({"makes": "yes"})


def test_answers_begin_the_profile():
    assert profile_beginnings(GOOD_FIRM) == {"sector": "sports_goods", "export_route": "direct"}
    assert profile_beginnings({"exports": "no", "sector": "other"}) == {"export_route": "none"}
    assert profile_beginnings({"exports": "house"}) == {"export_route": "export_house"}
    assert profile_beginnings({}) == {}
