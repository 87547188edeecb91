"""What is shown of answers: five at a time."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from training.feedback.counting import STEP, Given, mean, next_step

pytestmark = pytest.mark.unit


def given(number, *, counted=0, useful=5, clear=3, words=""):
    return [
        Given(f"{place:04}", useful, clear, words and f"{words} {place}", is_counted=place < counted)
        for place in range(number)
    ]


@pytest.mark.parametrize("number", range(STEP))
def test_fewer_than_five_are_not_shown(number):
    assert next_step(given(number)) is None


def test_five_are_shown_together():
    shown = next_step(given(5))
    assert (shown.answers, shown.useful, shown.clear) == (5, (0, 0, 0, 0, 5), (0, 0, 5, 0, 0))


@pytest.mark.parametrize(("counted", "number", "moves"), [(5, 6, False), (5, 9, False), (5, 10, True), (7, 11, False)])
def test_it_changes_only_with_five_more(counted, number, moves):
    assert (next_step(given(number, counted=counted)) is not None) is moves


def test_no_two_looks_differ_by_fewer_than_five_people():
    """One person after the other answers, and some change what they said: what is shown moves by five new people at least."""
    random, rows, looks = Random(7), [], [()]
    for place in range(43):
        rows.append(Given(f"{place:04}", random.randint(1, 5), random.randint(1, 5)))
        if place % 3 == 0:
            chosen = random.randrange(len(rows))
            rows[chosen] = Given(rows[chosen].key, random.randint(1, 5), 3, is_counted=rows[chosen].is_counted)
        shown = next_step(rows)
        if shown is not None:
            rows = [Given(one.key, one.useful, one.clear, is_counted=True) for one in rows]
            looks.append(shown.keys)
    assert len(looks) == 9
    assert all(len(set(after) - set(before)) >= STEP for before, after in pairwise(looks))


def test_a_change_alone_moves_nothing():
    rows = [*given(5, counted=5)[:4], Given("0004", 1, 1, "All bad", is_counted=True)]
    assert next_step(rows) is None


def test_words_stand_in_no_order_of_time():
    first = next_step(given(12, words="said")).words
    assert sorted(first) != list(first) != [f"said {place}" for place in range(12)]
    assert next_step(list(reversed(given(12, words="said")))).words == first


def test_a_mean_has_two_decimals():
    assert mean((0, 0, 1, 1, 1)) == Decimal("4.00")
    assert mean((1, 0, 0, 0, 5)) == Decimal("4.33")
    with pytest.raises(ValueError, match="nothing"):
        mean((0, 0, 0, 0, 0))
