"""What cannot hold together: the smallest set, and the nearest change of each, against looking at every set."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selection.engine.compose import compose
from selection.engine.compose_clash import MAX_LOCKS, contradictions
from selection.engine.compose_pool import Clash, Contradiction, Pool, Rule
from tests.selection.engine.small_pools import Question, best_by_looking, medium_pool, questions, rules_of, without

pytestmark = pytest.mark.unit


def floor(code: str, attribute: str, value: str, number: int) -> Rule:
    return Rule(code, attribute, (value,), is_floor=True, number=number)


def is_possible(question: Question) -> bool:
    return best_by_looking(question) is not None


@settings(max_examples=200)
@given(questions(7), st.lists(st.sampled_from([2, 3, 4]), min_size=3, max_size=3))
def test_a_clash_cannot_hold_and_all_but_one_of_it_can(question: Question, numbers):
    forced = (
        floor("x", "province", "x", numbers[0]),
        floor("y", "province", "y", numbers[1]),
        floor("p", "partner", "p", numbers[2]),
    )
    question = replace(question, rules=(*question.rules, *forced))
    assume(not is_possible(question))
    clash = compose(question.pool, **question.asked)
    assert isinstance(clash, Clash)
    named = {(member.code, *member.firms) for member in clash.members}
    alone = question
    everything = [(rule.code,) for rule in question.rules] + [("seats",)]
    everything += [("budget",)] if question.budget is not None else []
    everything += [(code, firm) for code in ("locked_in", "locked_out") for firm in getattr(question, code)]
    for part in everything:
        if part not in named:
            alone = without(alone, *part)
    assert not is_possible(alone)
    for part in named:
        assert is_possible(without(alone, *part)), part
    for member in clash.members:
        assert member.nearest == nearest_by_looking(question, member), member


def nearest_by_looking(question: Question, member) -> int | None:
    if member.firms:
        return 0 if is_possible(without(question, member.code, *member.firms)) else None
    if member.code == "budget":
        amounts = range(question.budget + 1, 200)
        return next((n for n in amounts if is_possible(replace(question, budget=n))), None)
    if member.code == "seats":
        numbers = range(question.seats + 1, len(question.rows) + 1)
        return next((n for n in numbers if is_possible(replace(question, seats=n))), None)
    rule = next(rule for rule in question.rules if rule.code == member.code)
    meant = rule.seats_meant(question.seats)
    numbers = range(meant - 1, -1, -1) if rule.is_floor else range(meant + 1, len(question.rows) + 1)
    fixed = tuple(replace(r, number=r.seats_meant(question.seats), per_mille=None) for r in question.rules)
    for number in numbers:
        rules = tuple(replace(r, number=number) if r.code == rule.code else r for r in fixed)
        if is_possible(replace(question, rules=rules)):
            return number
    return None


def test_a_floor_above_the_pool_is_a_clash_of_its_own_with_what_the_pool_gives():
    pool = medium_pool(1, 200)
    there_is = pool.counts()["province"]["BA"]
    rules = [floor("ba", "province", "BA", there_is + 3), floor("kp", "province", "KP", 2)]
    clash = compose(pool, seats=50, rules=rules)
    assert [(m.code, m.number, m.nearest) for m in clash.members] == [("ba", there_is + 3, there_is)]


def test_a_budget_too_small_names_the_least_that_is_enough():
    pool = medium_pool(1, 200)
    rules = [floor("ba", "province", "BA", 5), floor("kp", "province", "KP", 8)]
    clash = compose(pool, seats=50, rules=rules, budget=900_000)
    assert {m.code for m in clash.members} == {"ba", "kp", "budget"}
    least = next(m.nearest for m in clash.members if m.code == "budget")
    assert compose(pool, seats=50, rules=rules, budget=least).cost == least
    assert isinstance(compose(pool, seats=50, rules=rules, budget=least - 500), Clash)


def test_a_soft_rule_never_clashes():
    pool = medium_pool(1, 200)
    rule = replace(floor("ba", "province", "BA", 100), weight=20_000)
    assert compose(pool, seats=50, rules=[rule]).penalty == 20_000 * (100 - pool.counts()["province"]["BA"])


def test_a_firm_locked_in_and_out_is_the_clash():
    clash = compose(medium_pool(1, 200), seats=50, rules=(), locked_in=[4, 5], locked_out=[5, 6])
    assert [(m.code, m.firms, m.nearest) for m in clash.members] == [("locked_in", (5,), 0), ("locked_out", (5,), 0)]


def test_many_firms_locked_in_count_as_one():
    pool = medium_pool(1, 200)
    textile = [firm for firm, code in zip(pool.ids.tolist(), pool.groups["sector"].codes, strict=True) if code == 4]
    cap = Rule("textile", "sector", ("textile",), is_floor=False, number=20)
    assert len(textile) > MAX_LOCKS
    clash = compose(pool, seats=100, rules=[cap], locked_in=textile)
    assert [(m.code, len(m.firms), m.nearest) for m in clash.members] == [
        ("textile", 0, len(textile)),
        ("locked_in", len(textile), 0),
    ]


def test_of_two_clashes_the_one_of_fewer_members_is_named():
    pool = medium_pool(1, 200)
    rules = [
        floor("pb", "province", "PB", 20),
        floor("sd", "province", "SD", 20),
        floor("kp", "province", "KP", 20),
        floor("rice", "sector", "rice", 15),
        Rule("no_rice", "sector", ("rice", "it"), is_floor=False, number=14),
    ]
    assert compose(pool, seats=50, rules=rules).rules == ("rice", "no_rice")


def test_more_seats_move_the_shares_with_them():
    rows = [{"id": n, "points": 9, "rank": n, "province": "x" if n < 3 else "y"} for n in range(40)]
    pool = Pool.from_rows(rows, ("province",))
    rules = [
        Rule("x", "province", ("x",), is_floor=True, per_mille=150),
        floor("y", "province", "y", 8),
    ]
    clash = compose(pool, seats=9, rules=rules)
    assert [(m.code, m.number, m.nearest) for m in clash.members] == [("x", 2, 1), ("y", 8, 7), ("seats", 9, 10)]


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        (
            [
                Rule("least", "women_led", ("yes",), is_floor=True, per_mille=150),
                Rule("most", "women_led", ("yes",), is_floor=False, per_mille=150),
            ],
            [Contradiction("floor_above_cap", ("least", "most"), 6, 5)],
        ),
        (
            [floor("x", "province", "x", 7), Rule("any", "province", (), is_floor=False, number=6)],
            [Contradiction("floor_above_cap", ("x", "any"), 7, 6)],
        ),
        ([floor("x", "province", "x", 21)], [Contradiction("floor_above_pool", ("x",), 21, 20)]),
        (
            [floor("x", "province", "x", 18), floor("y", "province", "y", 20)],
            [Contradiction("floors_above_seats", ("x", "y"), 38, 37)],
        ),
        ([floor("x", "province", "x", 18), floor("q", "partner", "q", 20)], []),
        ([replace(floor("x", "province", "x", 30), weight=1)], []),
    ],
)
def test_what_contradicts_is_named_while_it_is_typed(rules, named):
    counts = {"province": {"x": 20, "y": 30}, "partner": {"": 10, "q": 40}, "women_led": {"no": 20, "yes": 30}}
    assert contradictions(counts, 37, rules) == tuple(named)


def test_without_a_pool_only_the_rules_are_compared():
    assert contradictions(None, 37, [floor("x", "province", "x", 21)]) == ()
    assert len(contradictions(None, 20, [floor("x", "province", "x", 21)])) == 1


@settings(max_examples=200)
@given(
    questions(7), st.lists(st.integers(20, 29), max_size=4, unique=True).flatmap(lambda n: st.tuples(*map(rules_of, n)))
)
def test_whatever_is_named_is_a_contradiction(question: Question, more):
    question = replace(question, rules=(*question.rules, *more))
    found = contradictions(question.pool.counts(), question.seats, question.rules)
    assume(found)
    for one in found:
        named = tuple(rule for rule in question.rules if rule.code in one.rules)
        assert not is_possible(
            replace(question, rules=named, budget=None, locked_in=frozenset(), locked_out=frozenset())
        )
