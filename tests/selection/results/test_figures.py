"""Open results that tell about groups and never about a firm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.results.figures import MIN_IN_LINE, OTHERS, fold_small
from selection.rounds.counts import FileCounts

pytestmark = pytest.mark.unit


def lines(**submitted):
    return {code: FileCounts(submitted=number) for code, number in submitted.items()}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (lines(a=5, b=9), {"a": 5, "b": 9}),
        (lines(a=4, b=3, c=9), {"c": 9, OTHERS: 7}),
        (lines(a=1, b=6, c=9), {"c": 9, OTHERS: 7}),  # one alone would be the rest of the sum
        (lines(a=2, b=2), {OTHERS: 4}),
        ({OTHERS: FileCounts(submitted=2)} | lines(a=5, c=8), {"c": 8, OTHERS: 7}),
        ({}, {}),
    ],
)
def test_small_lines_are_folded_until_the_rest_is_large_enough(given, shown):
    assert {code: tally.submitted for code, tally in fold_small(given).items()} == shown


@given(st.lists(st.integers(1, 30), max_size=20))
def test_nothing_is_lost_and_no_small_line_is_left(numbers):
    folded = fold_small(lines(**{f"x{place}": number for place, number in enumerate(numbers)}))
    assert sum(tally.submitted for tally in folded.values()) == sum(numbers)
    assert len(folded) <= 1 or min(tally.submitted for tally in folded.values()) >= MIN_IN_LINE
