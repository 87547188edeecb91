"""What may be shown of counts: nothing small, and nothing that is a difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.finance.counting import Published, publish, shown_or_none

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Published((), None)),
        ({"a": 5, "b": 0}, Published((("a", 5),), None)),
        ({"a": 4}, Published((), None)),
        ({"a": 9, "b": 4}, Published((), 13)),  # else b is the difference from the total
        ({"a": 9, "b": 3, "c": 2}, Published((("a", 9),), 5)),
        ({"a": 9, "b": 7, "c": 1, "d": 1}, Published((("a", 9),), 9)),
    ],
)
def test_small_groups_are_summed_and_never_one_alone(counts, expected):
    assert publish(counts, small=5) == expected


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 20), max_size=8), st.integers(2, 6))
def test_nothing_small_is_shown_nor_left_as_the_only_rest(counts, small):
    cut = publish(counts, small=small)
    assert all(number >= small for _group, number in cut.rows)
    shown = {group for group, _number in cut.rows}
    rest = [number for group, number in counts.items() if group not in shown and number]
    if cut.others is not None:
        assert cut.others == sum(rest) >= small
    assert len(rest) != 1 or not cut.rows


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_single_count(number, shown):
    assert shown_or_none(number, small=5) == shown
