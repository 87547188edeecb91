"""What is published never tells of fewer than five firms, nor of one that holds nearly all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.statement.suppress import LEAST, LEAST_REST, MOST_SHARE, Line, Shown, cut, total

pytestmark = pytest.mark.unit


def firms(first, number, paisa=100):
    return {first + at: paisa for at in range(number)}


def test_sectors_of_five_firms_are_shown_the_largest_first():
    shown = cut({"carpets": firms(0, 5), "leather": firms(10, 6)})
    assert shown.lines == (Line(("leather",), 6, 600), Line(("carpets",), 5, 500))


def test_small_sectors_are_summed():
    shown = cut({"carpets": firms(0, 9), "leather": firms(10, 3), "rice": firms(20, 2)})
    assert shown.lines == (Line(("carpets",), 9, 900), Line(("leather", "rice"), 5, 500))


def test_one_small_sector_takes_the_smallest_other_along_since_the_sum_would_give_it_away():
    shown = cut({"carpets": firms(0, 9), "leather": firms(10, 6), "rice": firms(20, 1)})
    assert shown.lines == (Line(("carpets",), 9, 900), Line(("leather", "rice"), 7, 700))


def test_too_few_firms_hide_a_kind_and_the_total_with_it():
    goods, services = cut({"carpets": firms(0, 9)}), cut({"ict": firms(50, 4)})
    assert services == Shown(is_hidden=True)
    assert total([goods, services]) is None
    assert total([goods, cut({})]) == 900


def test_a_line_that_one_firm_nearly_fills_is_not_shown():
    shown = cut({"carpets": firms(0, 9), "leather": {**firms(10, 5), 99: 10_000}})
    assert shown == Shown(is_hidden=True)
    shown = cut({"carpets": firms(0, 9, 10_000), "leather": {**firms(10, 5), 99: 10_000}})
    assert shown.lines == (Line(("carpets", "leather"), 15, 100_500),)


@pytest.mark.parametrize(("rest", "is_shown"), [(20, True), (19, False)])
def test_the_second_firm_cannot_tell_the_part_of_the_first(rest, is_shown):
    """It knows the sum and its own part; what the others hold is how far off it is."""
    shown = cut({"leather": {1: 200, 2: 190, 3: rest - 2, 4: 1, 5: 1}})
    assert shown == (Shown((Line(("leather",), 5, 390 + rest),)) if is_shown else Shown(is_hidden=True))


def test_a_firm_with_nothing_does_not_count():
    assert cut({"leather": firms(0, 4) | {9: 0}}) == Shown(is_hidden=True)
    assert cut({"leather": {9: 0}}) == Shown()


rows = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 12), st.integers(1, 500)), max_size=30)


def table_of(found):
    table = {}
    for code, firm, paisa in found:
        table.setdefault(code, {})[firm] = paisa
    return table


@given(rows.map(table_of))
def test_every_line_stands_on_five_firms_and_the_lines_hold_everything_or_nothing(table):
    shown = cut(table)
    whole = sum(sum(found.values()) for found in table.values())
    if not shown.lines:
        assert shown.is_hidden == bool(whole)
        return
    assert shown.paisa == whole
    codes = [code for line in shown.lines for code in line.sectors]
    assert sorted(codes) == sorted(code for code, found in table.items() if found)
    for line in shown.lines:
        held = {}
        for code in line.sectors:
            for firm, paisa in table[code].items():
                held[firm] = held.get(firm, 0) + paisa
        assert line.firms == len(held) >= LEAST
        assert max(held.values()) * 100 <= MOST_SHARE * line.paisa
        *others, _second, largest = sorted(held.values())
        assert sum(others) * 100 >= LEAST_REST * largest
