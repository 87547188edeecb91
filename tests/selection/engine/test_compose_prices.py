"""Prices, the frontier and the reasons, against looking at every set."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selection.engine.compose import compose
from selection.engine.compose_pool import Composition, Pool, Rule
from selection.engine.compose_prices import frontier, passed_over, prices
from tests.selection.engine.small_pools import Question, best_by_looking, medium_pool, off_limits, questions, without
from tests.selection.engine.test_compose import MEDIUM_RULES

pytestmark = pytest.mark.unit


@settings(max_examples=120)
@given(questions(8))
def test_a_price_is_what_the_best_set_without_the_rule_has_more(question: Question):
    answer = compose(question.pool, **question.asked)
    assume(isinstance(answer, Composition))
    found = prices(question.pool, composition=answer, **question.asked)
    expected = [(rule.code, None) for rule in question.rules]
    expected += [("budget", None)] if question.budget is not None else []
    expected += [(code, firm) for code in ("locked_in", "locked_out") for firm in sorted(getattr(question, code))]
    assert [(price.code, price.firm) for price in found] == expected
    rank = {row["id"]: row["rank"] for row in question.rows}
    for price in found:
        right = best_by_looking(without(question, price.code, price.firm))
        assert price.points == right.value - (answer.points - answer.penalty)
        assert price.comes_in == tuple(sorted(set(answer.chosen) - right.ids, key=rank.get))
        assert price.goes_out == tuple(sorted(right.ids - set(answer.chosen), key=rank.get))


@settings(max_examples=80)
@given(questions(8), st.data())
def test_each_point_of_the_frontier_is_the_best_at_that_number(question: Question, data):
    assume(question.rules)
    moved = data.draw(st.sampled_from(question.rules))
    found = frontier(question.pool, rule_code=moved.code, numbers=range(6), **question.asked)
    for number, points in found:
        rules = tuple(replace(r, number=number, per_mille=None) if r is moved else r for r in question.rules)
        right = best_by_looking(replace(question, rules=rules))
        assert points == (None if right is None else right.value)
    assert [number for number, _ in found] == list(range(6))


@settings(max_examples=200)
@given(questions(8))
def test_whoever_is_passed_over_before_the_line_reads_a_reason_that_holds(question: Question):
    pool = question.pool
    answer = compose(pool, **question.asked)
    assume(isinstance(answer, Composition))
    assume(
        [row["id"] for row in sorted(question.rows, key=lambda row: (-row["points"], row["rank"]))]
        == rank_order(question)
    )
    by_id = {row["id"]: row for row in question.rows}
    line = max((by_id[firm]["rank"] for firm in answer.chosen), default=-1)
    for row in question.rows:
        reasons = passed_over(pool, composition=answer, firm_id=row["id"], **question.asked)
        if row["id"] in answer.chosen or (row["rank"] > line and not answer.empty):
            assert reasons == () or row["id"] in question.locked_out
            continue
        assert len(reasons) == 1
        if reasons[0] in ("budget", "locked_in", "locked_out"):
            assert reasons[0] != "locked_out" or row["id"] in question.locked_out
            continue
        firms = [by_id[firm] for firm in answer.chosen]
        free = [firm for firm in firms if firm["id"] not in question.locked_in]
        if not answer.empty:
            firms.remove(max(free, key=lambda firm: firm["rank"]))
        assert reasons[0] in {rule.code for rule, _ in off_limits(question, [*firms, row])}


def test_a_floor_for_each_value_breaks_nothing_where_no_firm_has_one():
    row = {"id": 100, "points": 0, "province": "x", "partner": "", "women_led": False, "cost": 3, "rank": 0}
    rule = Rule("each", "partner", (), is_floor=True, number=1)
    question = Question(rows=(row,), seats=1, rules=(rule,), budget=0)
    answer = compose(question.pool, **question.asked)
    assert (answer.chosen, answer.rules[0].off, answer.rules[0].is_binding) == ((), 0, False)
    assert passed_over(question.pool, composition=answer, firm_id=100, **question.asked) == ("budget",)


def rank_order(question: Question) -> list[int]:
    return [row["id"] for row in sorted(question.rows, key=lambda row: row["rank"])]


def test_a_free_rule_costs_nothing_and_moves_nobody():
    pool = medium_pool(5, 200)
    free = Rule("free", "women_led", ("yes",), is_floor=True, number=1)
    binding = Rule("binding", "province", ("BA",), is_floor=True, number=6)
    answer = compose(pool, seats=30, rules=[free, binding])
    found = {price.code: price for price in prices(pool, seats=30, rules=[free, binding], composition=answer)}
    assert (found["free"].points, found["free"].comes_in, found["free"].goes_out) == (0, (), ())
    assert found["binding"].points > 0
    assert len(found["binding"].comes_in) == len(found["binding"].goes_out) > 0


def test_a_price_that_the_steps_do_not_reach_is_not_named():
    pool = medium_pool(3, 300)
    asked = {"seats": 40, "rules": MEDIUM_RULES, "budget": 7_000_000}
    answer = compose(pool, **asked)
    assert {price.points for price in prices(pool, composition=answer, max_steps=0, **asked)} == {None}
    assert frontier(pool, rule_code="women", numbers=[12], max_steps=0, **asked) == [(12, None)]


def test_a_lock_is_a_reason_and_so_is_the_budget():
    rows = [{"id": n, "points": 90 - n, "rank": n, "cost": cost} for n, cost in enumerate([10, 10, 90, 10, 10])]
    pool = Pool.from_rows(rows, ())
    asked = {"seats": 3, "rules": (), "budget": 40, "locked_in": [4], "locked_out": [1]}
    answer = compose(pool, **asked)
    assert answer.chosen == (0, 3, 4)
    reasons = [passed_over(pool, composition=answer, firm_id=firm, **asked) for firm in range(5)]
    assert reasons == [(), ("locked_out",), ("budget",), (), ()]
    full = compose(pool, seats=1, rules=(), locked_in=[4])
    assert passed_over(pool, seats=1, rules=(), composition=full, firm_id=0, locked_in=[4]) == ("locked_in",)
