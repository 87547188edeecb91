import pytest

from smes.check.eligibility import QUESTIONS, kept_answers, next_question, profile_beginnings

pytestmark = pytest.mark.unit

GOOD_FIRM = {
    "makes": "yes",
    "sector": "sports_goods",
    "registered": "ntn",
    "turnover": "small",
    "age": "old",
    "exports": "direct",
    "house": "no",
    "bank": "yes",
    "order": "yes",
    "online": "yes",
    "time": "yes",
}


def test_a_firm_answers_each_question_once():
    assert [question.code for question in QUESTIONS] == list(GOOD_FIRM)
    assert all(question.accepts(GOOD_FIRM[question.code]) for question in QUESTIONS)


def test_questions_come_one_by_one_and_nonsense_is_dropped():
    assert next_question({}).code == "makes"
    assert next_question({"makes": "perhaps"}).code == "makes"
    assert next_question({"makes": "yes"}).code == "sector"
    assert next_question(GOOD_FIRM) is None
    assert kept_answers({"time": "yes", "makes": "yes", "evil": "1", "bank": "maybe"}) == {
        "makes": "yes",
        "time": "yes",
    }


@pytest.mark.parametrize(
    ("answers", "begun"),
    [
        (GOOD_FIRM, {"sector": "sports_goods", "export_route": "direct"}),
        ({"exports": "no", "house": "no", "sector": "other"}, {"export_route": "none"}),
        ({"exports": "no", "house": "named"}, {"export_route": "export_house"}),
        ({"exports": "no", "house": "unnamed"}, {"export_route": "export_house"}),
        ({"exports": "no"}, {}),
        ({"house": "no"}, {}),
        ({}, {}),
    ],
)
def test_answers_begin_the_profile(answers, begun):
    assert profile_beginnings(answers) == begun
