"""What may be shown of counts: nothing small, nothing that is a difference, and no step that one firm makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.finance.counting import Published, Tally, in_steps, publish, tally, told

pytestmark = pytest.mark.unit
SMALL = 5


def of(*numbers):
    """Groups a, b, … with so many cases, each case of its own firm; a pair: so many cases of so many firms."""
    firm, groups = 0, {}
    for name, number in zip("abcdefgh", numbers, strict=False):
        cases, firms = number if isinstance(number, tuple) else (number, number)
        groups[name] = Tally(cases, frozenset(range(firm, firm + firms)))
        firm += firms
    return groups


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((), Published((), None)),
        ((5, 0), Published((("a", 5),), None)),
        ((4,), Published((), None)),
        ((9, 4), Published((), 10)),  # else b is the difference from the total
        ((9, 3, 2), Published((("a", 5),), 5)),
        ((9, 7, 1, 1), Published((("a", 5),), 5)),
        ((12, 7), Published((("a", 10), ("b", 5)), None)),
        (((20, 4), 8), Published((), 25)),  # twenty cases of four firms are four firms
        (((9, 1),), Published((), None)),
    ],
)
def test_small_groups_are_summed_and_never_one_alone(counts, expected):
    assert publish(of(*counts), small=SMALL) == expected


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(2, 6))
def test_nothing_small_is_shown_nor_left_as_the_only_rest(counts, small):
    groups = of(*counts)
    cut = publish(groups, small=small)
    assert all(number >= small for _group, number in cut.rows)
    shown = {group for group, _number in cut.rows}
    rest = [counted.cases for group, counted in groups.items() if group not in shown and counted.cases]
    if cut.others is not None:
        assert sum(rest) >= cut.others >= small
    assert len(rest) != 1 or not cut.rows


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8), st.integers(2, 6), st.data())
def test_one_firm_more_changes_what_is_told_by_a_whole_step_or_not_at_all(counts, small, data):
    before = of(*counts)
    group = data.draw(st.sampled_from(sorted(before)))
    after = before | {group: before[group] + tally([999])}
    for name in before:
        was, now = told(before[name], small=small), told(after[name], small=small)
        assert (now or 0) - (was or 0) in (0, small)


@pytest.mark.parametrize(
    ("cases", "firms", "shown"),
    [(0, 0, 0), (1, 1, None), (4, 4, None), (5, 5, 5), (9, 9, 5), (10, 6, 10), (9, 4, None)],
)
def test_a_single_count(cases, firms, shown):
    assert told(Tally(cases, frozenset(range(firms))), small=SMALL) == shown


def test_steps_are_rounded_down():
    assert [in_steps(number, small=5) for number in (0, 4, 5, 14)] == [0, 0, 5, 10]
