"""The time is up: what counts is what was saved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.made import at
from training.assessment.attempts import Answer, Clock, Key, Sent, best_of, changed_since, grade, merge, order_of

pytestmark = pytest.mark.unit
BEGUN = at("2027-04-08 10:00:00")
CLOCK = Clock(BEGUN, minutes=30)
RIGHT, WRONG = frozenset({1}), frozenset({0})
KEYS = {f"q{number}": Key(RIGHT) for number in range(1, 11)}
SAVED = {f"q{number}": Answer(RIGHT if number <= 6 else WRONG, at("2027-04-08 10:28:40")) for number in range(1, 8)}


def moment(text: str):
    return at(f"2027-04-08 {text}")


@pytest.mark.parametrize(
    ("time", "takes"),
    [
        ("10:00:00", True),
        ("10:30:09", True),
        ("10:30:14", True),
        ("10:30:15", False),
        ("10:30:16", False),
        ("11:10:00", False),
        ("09:59:59", False),
    ],
)
def test_what_was_under_way_is_taken_and_nothing_later(time, takes):
    assert CLOCK.takes_at(moment(time)) is takes


def test_more_time_is_one_person_s():
    assert (CLOCK.ends_at, Clock(BEGUN, 30, extra=10).ends_at) == (moment("10:30:00"), moment("10:40:00"))
    assert Clock(BEGUN, 30, extra=10).takes_at(moment("10:40:10"))


def test_handed_in_within_the_grace_counts_the_eighth_answer():
    answers = merge(SAVED, {"q8": Sent(RIGHT)}, now=moment("10:30:09"))
    result = grade(KEYS, answers)
    assert (result.points, result.passes(60), result.left_open) == (7, True, ("q9", "q10"))


def test_what_was_saved_counts_where_nothing_else_came():
    result = grade(KEYS, SAVED)
    assert (result.points, result.percent, result.passes(60), result.wrong) == (6, 60, True, ("q7",))


def test_a_form_that_lost_its_fields_takes_nothing_away():
    empty = {question: Sent(frozenset()) for question in KEYS}
    assert merge(SAVED, empty, now=moment("10:30:05")) == SAVED


def test_a_person_can_clear_an_answer():
    answers = merge(SAVED, {"q1": Sent(frozenset(), cleared=True)}, now=moment("10:20:00"))
    assert (answers["q1"].chosen, grade(KEYS, answers).left_open) == (frozenset(), ("q1", "q8", "q9", "q10"))


def test_an_old_tab_changes_only_what_it_touched():
    opened_with = {"q1": RIGHT}
    second_tab = merge({"q1": Answer(RIGHT, BEGUN)}, {"q3": Sent(RIGHT)}, now=moment("10:20:00"))
    first_tab = changed_since(opened_with, {"q1": RIGHT, "q2": WRONG, "q3": frozenset()})
    assert first_tab == {"q2": Sent(WRONG)}
    answers = merge(second_tab, first_tab, now=moment("10:25:00"))
    assert {question: answer.chosen for question, answer in answers.items()} == {"q1": RIGHT, "q2": WRONG, "q3": RIGHT}


def test_clearing_on_a_page_is_told_from_a_field_that_was_empty():
    assert changed_since({"q1": RIGHT}, {"q1": frozenset(), "q2": frozenset()}) == {
        "q1": Sent(frozenset(), cleared=True)
    }


def test_the_same_answer_again_keeps_its_time():
    assert merge(SAVED, {"q1": Sent(RIGHT)}, now=moment("10:29:00")) == SAVED


def test_the_order_is_the_attempt_s_own_and_stays():
    assert order_of(10, seed=7) == order_of(10, seed=7)
    assert sorted(order_of(10, seed=7)) == list(range(10))
    assert len({tuple(order_of(10, seed=seed)) for seed in range(20)}) > 15
    assert len({tuple(order_of(4, seed=7, question=question)) for question in KEYS}) > 1


@pytest.mark.parametrize(
    ("points", "of", "mark", "passes"), [(59, 99, 60, False), (6, 10, 60, True), (0, 0, 0, False), (2, 3, 67, False)]
)
def test_nobody_passes_by_rounding(points, of, mark, passes):
    keys = {str(number): Key(RIGHT) for number in range(of)}
    answers = {str(number): Answer(RIGHT if number < points else WRONG, BEGUN) for number in range(of)}
    assert grade(keys, answers).passes(mark) is passes


def test_several_right_answers_count_only_together():
    keys = {"q": Key(frozenset({0, 2}), points=3)}
    for chosen, points in (({0, 2}, 3), ({0}, 0), ({0, 1, 2}, 0)):
        assert grade(keys, {"q": Answer(frozenset(chosen), BEGUN)}).points == points


def test_the_better_of_two_tries_counts():
    low, high = grade(KEYS, {}), grade(KEYS, SAVED)
    assert (best_of([low, high]), best_of([high, low]), best_of([])) == (high, high, None)


CHOICES = st.frozensets(st.integers(0, 3), max_size=2)


@given(
    st.dictionaries(st.sampled_from(list(KEYS)), CHOICES),
    st.dictionaries(st.sampled_from(list(KEYS)), CHOICES),
    st.integers(0, 1800),
)
def test_saving_never_loses_an_answer(had, sent, seconds):
    saved = {question: Answer(chosen, BEGUN) for question, chosen in had.items()}
    now = BEGUN + timedelta(seconds=seconds)
    answers = merge(saved, {question: Sent(chosen) for question, chosen in sent.items()}, now=now)
    for question, chosen in had.items():
        assert answers[question].chosen == (sent.get(question) or chosen)
    assert merge(answers, {question: Sent(chosen) for question, chosen in sent.items()}, now=now) == answers
