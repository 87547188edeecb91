"""What is hidden of a few firms cannot be computed back."""

from __future__ import annotations

import random
from itertools import product

import pytest

from training.board.suppress import LEAST, Cut, GroupRow, answers, cut, cut_parts, is_small


def row(*counts, groups="a"):
    return GroupRow(tuple(groups), counts)


def table_of(dice, groups=4, steps=3, most=14):
    """Counts that never rise, as nested steps are."""
    found = {}
    for group in "abcdefgh"[:groups]:
        counts = [dice.randrange(most)]
        for _step in range(steps - 1):
            counts.append(dice.randrange(counts[-1] + 1))
        found[group] = tuple(counts)
    return found


def sums(table):
    return tuple(map(sum, zip(*table.values(), strict=True)))


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({}, ()),
        ({"a": (0, 0)}, ()),
        ({"a": (4, 0)}, ()),
        ({"a": (5, 0)}, (row(5, 0),)),
        ({"a": (9, 6), "b": (7, 5)}, (row(9, 6), row(7, 5, groups="b"))),
        ({"a": (9, 6), "b": (4, 3)}, (row(13, 9, groups="ab"),)),
        ({"a": (12, 6), "b": (7, 6), "c": (3, 3), "d": (2, 2)}, (row(12, 6), row(7, 6, groups="b"), row(5, 5, groups="cd"))),
        ({"a": (20, 9), "b": (20, 3)}, (row(20, None), row(20, None, groups="b"))),
    ],
)  # fmt: skip
def test_small_groups_are_summed_and_small_steps_hidden_in_every_row(counts, rows):
    assert cut(counts).rows == rows


def test_a_step_whose_counts_the_sums_would_give_away_hides_the_step_before_or_all_groups():
    assert cut({"a": (5, 5), "b": (5, 4)}).rows == (row(5, None), row(5, None, groups="b"))  # 5 and 4, or 4 and 5
    assert cut({"a": (6, 6), "b": (5, 4)}).rows == (row(11, 10, groups="ab"),)  # 5 and 5 would be shown
    assert cut({"a": (9, 6, 6), "b": (8, 5, 4)}).rows == (row(9, None, None), row(8, None, None, groups="b"))


def test_no_shown_count_is_of_a_few_firms():
    dice = random.Random(3)
    shown = 0
    for _case in range(3_000):
        for each in cut(table_of(dice, groups=dice.randrange(1, 7), steps=dice.randrange(1, 5))).rows:
            shown += sum(count is not None for count in each.counts)
            assert not any(is_small(count) for count in each.counts if count is not None)
    assert shown > 3_000


def test_what_is_shown_adds_up_to_the_sums_which_are_known():
    dice = random.Random(4)
    for _case in range(1_000):
        table = table_of(dice)
        found = cut(table)
        if found.rows:
            assert sorted(code for each in found.rows for code in each.groups) == sorted(
                code for code, counts in table.items() if counts[0]
            )
            for column, total in zip(zip(*(each.counts for each in found.rows), strict=True), sums(table), strict=True):
                assert None in column or sum(column) == total


def possible_tables(found: Cut, totals):
    """All tables of counts in the rows shown that fit what is shown and the sums."""

    def columns(step, above):
        if step == len(totals):
            yield ()
            return
        shown = [each.counts[step] for each in found.rows]
        ranges = [
            range(most + 1) if count is None else range(count, min(count, most) + 1)
            for count, most in zip(shown, above, strict=True)
        ]
        for column in product(*ranges):
            if sum(column) == totals[step]:
                for rest in columns(step + 1, column):
                    yield (column, *rest)

    return list(columns(0, [totals[0]] * len(found.rows)))


def test_every_hidden_count_has_two_answers_for_whoever_knows_what_is_shown_the_sums_and_the_rule():
    """By trying all tables: one that fits counts only where the rule would have hidden the same steps of it."""
    dice = random.Random(5)
    hidden = 0
    for _case in range(400):
        table = table_of(dice, groups=dice.randrange(2, 4), steps=dice.randrange(2, 4), most=10)
        found = cut(table)
        if not found.rows or found.is_whole:
            continue
        fitting = []
        for columns in possible_tables(found, sums(table)):
            rows = list(zip(*columns, strict=True))
            first_hidden = next(step for step in range(len(columns)) if found.rows[0].counts[step] is None)
            steps_hidden = [step for step in range(len(columns)) if found.rows[0].counts[step] is None]
            if any(is_small(count) for step in steps_hidden for count in columns[step]):
                fitting.append(rows)
            assert first_hidden > 0
        for at, each in enumerate(found.rows):
            for step, count in enumerate(each.counts):
                if count is None:
                    hidden += 1
                    assert len({rows[at][step] for rows in fitting}) > 1
    assert hidden > 100


def test_a_rule_that_only_hides_what_is_small_is_caught_by_the_same_trial():
    """The control: one hidden count beside its sum has one answer."""
    naive = Cut((row(9, 6), row(8, None, groups="b")))
    assert {rows[1][1] for rows in possible_tables(naive, (17, 9))} == {3}


@pytest.mark.parametrize(
    ("bounds", "total", "least", "most"),
    [
        ([(0, 6), (0, 7)], 7, 1, 6),  # with 0 here the other one would be 7, and nothing small
        ([(0, 5), (0, 5)], 9, 4, 5),
        ([(0, 6), (0, 5)], 10, 6, 6),
        ([(0, 20), (0, 20)], 1, 0, 1),
    ],
)
def test_the_answers_of_a_hidden_count_are_counted_with_the_rule_in_mind(bounds, total, least, most):
    assert answers(bounds, total, 0, holds_small=True) == (least, most)


def rounds_of(dice, number):
    return {f"R{at}": table_of(dice, groups=3, steps=2, most=22) for at in range(1, number + 1)}


def whole_of(parts):
    groups = {group for part in parts.values() for group in part}
    return {group: tuple(map(sum, zip(*(part[group] for part in parts.values()), strict=True))) for group in groups}


def test_no_difference_between_the_rounds_shown_and_all_rounds_tells_of_a_few_firms():
    """Every sum and difference that a reader can make of the tables is one of rounds shown and of the rest together."""
    dice = random.Random(6)
    shown = 0
    for _case in range(2_000):
        parts = rounds_of(dice, dice.randrange(2, 5))
        whole = cut(whole_of(parts))
        found = cut_parts(parts, whole)
        if not found:
            continue
        shown += 1
        for at, each in enumerate(whole.rows):
            for step, count in enumerate(each.counts):
                cells = [part.rows[at].counts[step] for part in found.values()]
                rest = count - sum(cells)
                for chosen in product([0, 1], repeat=len(cells) + 1):
                    assert not is_small(sum(cell for cell, take in zip([*cells, rest], chosen, strict=True) if take))
    assert shown > 20


def test_rounds_are_shown_in_the_rows_of_the_whole_and_not_where_it_hides_anything():
    parts = {"R1": {"a": (9, 6), "b": (8, 5)}, "R2": {"a": (7, 7), "b": (6, 0)}}
    assert cut_parts(parts, cut(whole_of(parts))) == {
        "R1": Cut((row(9, 6), row(8, 5, groups="b"))),
        "R2": Cut((row(7, 7), row(6, 0, groups="b"))),
    }
    hiding = {"R1": {"a": (20, 9), "b": (20, 3)}, "R2": {"a": (9, 9), "b": (9, 0)}}
    assert not cut(whole_of(hiding)).is_whole
    assert cut_parts(hiding, cut(whole_of(hiding))) == {}


def test_the_last_round_that_a_difference_would_give_is_not_shown_nor_is_the_one_beside_it():
    parts = {"R1": {"a": (9, 9), "b": (9, 9)}, "R2": {"a": (9, 9), "b": (3, 3)}}
    assert cut_parts(parts, cut(whole_of(parts))) == {}


def test_an_only_round_is_the_whole():
    parts = {"R1": {"a": (20, 9), "b": (20, 3)}}
    assert cut_parts(parts, cut(parts["R1"])) == {"R1": cut(parts["R1"])}


def test_five_is_the_least():
    assert (LEAST, is_small(0), is_small(1), is_small(4), is_small(5)) == (5, False, True, True, False)
