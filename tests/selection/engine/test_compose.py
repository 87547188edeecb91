"""The composer: case s01, s05 and s06, exactness against looking at every set and against HiGHS's own integer solver."""

import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.engine.compose import MAX_STEPS, compose
from selection.engine.compose_pool import Clash, Composition, Labelled, Pool, Rule, SearchStopped
from selection.engine.compose_prices import passed_over
from selection.engine.compose_proof import check_certificate
from tests.selection.engine.small_pools import Question, best_by_looking, medium_pool, questions

pytestmark = pytest.mark.unit

HOLDERS = [
    ("F01", 88, "Punjab", False, "surgical"),
    ("F02", 86, "Punjab", True, "textile"),
    ("F03", 84, "Sindh", False, "surgical"),
    ("F05", 80, "Sindh", False, "sports"),
    ("F06", 79, "KP", False, "gems"),
    ("F04", 71, "Balochistan", True, "carpets"),
]
WAITING = [
    ("W1", 78, "Punjab", False, "surgical"),
    ("W2", 77, "Punjab", True, "textile"),
    ("W3", 75, "Balochistan", False, "surgical"),
    ("W4", 70, "Balochistan", False, "carpets"),
    ("W5", 69, "Balochistan", True, "textile"),
    ("W6", 66, "Balochistan", True, "gems"),
]
WAITING_RULES = (
    Rule("balochistan", "province", ("Balochistan",), is_floor=True, number=1),
    Rule("women", "women_led", ("yes",), is_floor=True, number=2),
    Rule("surgical", "sector", ("surgical",), is_floor=False, number=2),
)


def waiting_list(*gone: str):
    """The pool of holders and waiting firms without those who are gone, the ids by name, and the ids of the holders."""
    firms = [firm for firm in HOLDERS + WAITING if firm[0] not in gone]
    ids = {firm[0]: place for place, firm in enumerate(firms, 1)}
    in_order = sorted(firms, key=lambda firm: -firm[1])
    rows = [
        {
            "id": ids[firm[0]],
            "points": 100 * firm[1],
            "rank": in_order.index(firm),
            "province": firm[2],
            "women_led": firm[3],
            "sector": firm[4],
        }
        for firm in firms
    ]
    pool = Pool.from_rows(rows, ("women_led", "province", "sector"))
    return pool, ids, [ids[firm[0]] for firm in HOLDERS if firm[0] in ids]


def promoted(*gone: str):
    pool, ids, holders = waiting_list(*gone)
    answer = compose(pool, seats=6, rules=WAITING_RULES, locked_in=holders)
    names = {place: name for name, place in ids.items()}
    return answer, [names[firm] for firm in answer.chosen if firm not in holders]


def test_the_seat_of_a_balochistan_firm_goes_to_the_one_who_keeps_all_rules():
    assert promoted("F04")[1] == ["W5"]


def test_two_free_seats_go_to_the_best_pair():
    answer, names = promoted("F04", "F02")
    assert names == ["W2", "W5"]
    assert answer.points == 100 * (88 + 84 + 80 + 79 + 77 + 69)


def test_each_firm_passed_over_reads_the_rule_that_did_it():
    pool, ids, holders = waiting_list("F04")
    answer = compose(pool, seats=6, rules=WAITING_RULES, locked_in=holders)
    reasons = {
        name: passed_over(pool, seats=6, rules=WAITING_RULES, composition=answer, firm_id=ids[name], locked_in=holders)
        for name in ("W1", "W2", "W3", "W4", "W5", "W6")
    }
    assert reasons == {
        "W1": ("balochistan",),
        "W2": ("balochistan",),
        "W3": ("surgical",),
        "W4": ("women",),
        "W5": (),
        "W6": (),
    }


def test_where_nobody_can_be_promoted_the_rules_that_leave_the_seat_open_are_named():
    pool, _, holders = waiting_list("F04", "W5", "W6")
    answer = compose(pool, seats=6, rules=WAITING_RULES, locked_in=holders)
    assert isinstance(answer, Clash)
    assert answer.rules == ("balochistan", "women")
    nearest = {member.code: (member.number, member.nearest) for member in answer.members if not member.firms}
    assert nearest == {"balochistan": (1, 0), "women": (2, 1), "seats": (6, 7)}


def test_holders_who_already_break_a_rule_give_a_clash_that_names_it():
    pool, _, holders = waiting_list()
    rules = [replace(WAITING_RULES[2], number=1)]
    answer = compose(pool, seats=7, rules=rules, locked_in=holders)
    assert isinstance(answer, Clash)
    assert answer.rules == ("surgical",)
    assert [member.nearest for member in answer.members] == [2, 0, 0]


@pytest.mark.parametrize(
    ("is_floor", "per_mille", "seats", "meant"),
    [
        (True, 150, 20, 3),
        (True, 150, 37, 6),
        (True, 150, 3, 1),
        (True, 70, 100, 7),
        (True, 140, 50, 7),
        (False, 290, 100, 29),
        (False, 100, 37, 3),
        (True, 125, 40, 5),
        (False, 125, 40, 5),
        (True, 150, 40, 6),
    ],
)
def test_a_share_of_the_seats_is_whole_seats(is_floor, per_mille, seats, meant):
    rule = Rule("share", "province", ("x",), is_floor=is_floor, per_mille=per_mille)
    assert rule.seats_meant(seats) == meant


def test_a_kept_composition_keeps_the_seats_that_its_rules_meant():
    pool = medium_pool(1, 100)
    rule = Rule("women", "women_led", ("yes",), is_floor=True, per_mille=150)
    kept = json.loads(json.dumps(compose(pool, seats=37, rules=[rule]).to_json()))
    later = compose(pool, seats=40, rules=[rule])
    again = Composition.from_json(kept)
    assert (again.seats, again.rules[0].seats_meant) == (37, 6)
    assert (later.seats, later.rules[0].seats_meant) == (40, 6)
    assert check_certificate(pool, 37, [rule], None, ((), ()), again) == []


TIES = """A-101,82,2027-01-04T09:12,Punjab,yes
A-102,79,2027-01-05T10:00,Sindh,no
A-103,76,2027-01-06T08:30,Punjab,no
A-104,76,2027-01-03T17:45,KP,no
A-105,76,2027-01-06T08:30,Sindh,yes
A-106,76,2027-01-02T11:20,Punjab,no
A-107,74,2027-01-01T10:05,Balochistan,no
A-108,74,2027-01-01T10:05,Balochistan,yes
A-109,70,2027-01-07T12:00,Sindh,yes"""
TIE_RULES = (
    Rule("balochistan", "province", ("Balochistan",), is_floor=True, number=1),
    Rule("women", "women_led", ("yes",), is_floor=True, number=2),
    Rule("punjab", "province", ("Punjab",), is_floor=False, number=2),
)


def tied_firms() -> list[dict]:
    lines = [line.split(",") for line in TIES.splitlines()]
    in_order = sorted(lines, key=lambda line: (-int(line[1]), line[2], line[0]))
    return [
        {
            "id": int(line[0][2:]),
            "points": 100 * int(line[1]),
            "rank": in_order.index(line),
            "province": line[3],
            "women_led": line[4],
        }
        for line in lines
    ]


def compose_tied(rows: list[dict]) -> Composition:
    return compose(Pool.from_rows(rows, ("province", "women_led")), seats=5, rules=TIE_RULES)


def test_of_eight_equal_sets_the_tie_rule_takes_one_and_says_so():
    answer = compose_tied(tied_firms())
    assert answer.chosen == (101, 102, 106, 104, 108)
    assert (answer.points, answer.bound, answer.gap) == (38_700, 38_700, 0)
    assert (answer.equal_sets, answer.equal_sets_exact, answer.is_first) == (8, True, True)


def test_the_order_of_the_rows_and_the_number_of_threads_change_nothing():
    rows = tied_firms()
    orders = [np.random.default_rng(seed).permutation(len(rows)) for seed in range(200)]
    shuffled = [[rows[place] for place in order] for order in orders]
    answers = {json.dumps(compose_tied(order).to_json()) for order in shuffled[:100]}
    with ThreadPoolExecutor(4) as threads:
        answers |= {json.dumps(answer.to_json()) for answer in threads.map(compose_tied, shuffled)}
    assert len(answers) == 1


@pytest.mark.slow
def test_neither_the_hash_seed_nor_the_threads_of_the_machine_change_the_answer():
    script = (
        "from tests.selection.engine.test_compose import compose_tied, tied_firms, hard_budget\n"
        "print(compose_tied(tied_firms()).chosen, hard_budget())"
    )
    answers = set()
    for seed in range(10):
        threads = {"OMP_NUM_THREADS": str(1 + 3 * (seed % 2))}
        environment = os.environ | {"PYTHONHASHSEED": str(seed)} | threads
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        answers.add(run.stdout)
    assert len(answers) == 1
    assert answers.pop().startswith("(101, 102, 106, 104, 108)")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "is_there"), [("pass", False), ("compose(Pool.from_rows([], ()), seats=1, rules=())", True)]
)
def test_the_solver_is_loaded_by_the_first_composition_and_not_by_an_import(work, is_there):
    script = (
        "import sys, selection.engine.compose_prices; at_first = 'highspy' in sys.modules\n"
        f"from selection.engine.compose import Pool, compose; {work}\n"
        "print(at_first, 'highspy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", str(is_there)]


@settings(max_examples=300)
@given(questions())
def test_no_set_is_better_and_the_tie_rule_is_kept(question: Question):
    answer = compose(question.pool, **question.asked)
    right = best_by_looking(question)
    if right is None:
        assert isinstance(answer, Clash)
        return
    assert isinstance(answer, Composition)
    assert (set(answer.chosen), answer.points - answer.penalty, answer.penalty) == (
        right.ids,
        right.value,
        right.penalty,
    )
    assert (answer.bound, answer.gap, answer.is_first) == (right.value, 0, True)
    assert (answer.equal_sets, answer.equal_sets_exact) == ((right.equal, True) if right.equal <= 100 else (100, False))
    again = Composition.from_json(json.loads(json.dumps(answer.to_json())))
    assert again == answer
    locks = (question.locked_in, question.locked_out)
    assert check_certificate(question.pool, question.seats, question.rules, question.budget, locks, again) == []


MEDIUM_RULES = (
    Rule("women", "women_led", ("yes",), is_floor=True, per_mille=340),
    Rule("balochistan", "province", ("BA",), is_floor=True, number=4),
    Rule("punjab", "province", ("PB",), is_floor=False, per_mille=400),
    Rule("seafood", "sector", ("seafood",), is_floor=True, number=3),
    Rule("textile", "sector", ("textile", "rice"), is_floor=False, per_mille=450),
    Rule("partner", "partner", (), is_floor=False, number=4),
    Rule("kp", "province", ("KP",), is_floor=True, number=9, weight=120),
    Rule("it", "sector", ("it",), is_floor=False, number=3, weight=70),
)


def hard_budget() -> tuple[int, ...]:
    return compose(medium_pool(3, 300), seats=40, rules=MEDIUM_RULES, budget=7_000_000).chosen


def value_by_integer_solver(pool: Pool, seats: int, rules, budget: int | None) -> int | None:
    """Points less penalties by HiGHS as a general integer solver, told nothing of cells, ranks or multipliers."""
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.0)
    firms = [model.addVariable(0, 1, -float(points), type=highspy.HighsVarType.kInteger) for points in pool.points]
    model.addConstr(sum(firms) <= seats)
    if budget is not None:
        model.addConstr(
            sum(float(cost) / 500 * firm for cost, firm in zip(pool.costs, firms, strict=True)) <= budget / 500
        )
    for rule in rules:
        group, limit = pool.groups[rule.attribute], rule.seats_meant(seats)
        for values in [rule.values] if rule.values else [(label,) for label in group.labels if label]:
            counts = [firm for firm, code in zip(firms, group.codes, strict=True) if group.labels[code] in values]
            off = model.addVariable(0, 0 if rule.weight is None else 1000, float(rule.weight or 0))
            model.addConstr(sum(counts) + off >= limit if rule.is_floor else sum(counts) - off <= limit)
    model.run()
    if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -round(model.getObjectiveValue())


@pytest.mark.parametrize(("seed", "budget"), [*itertools.product(range(3), (None, 7_000_000)), (7, 5_000_000)])
def test_a_general_integer_solver_finds_nothing_better_for_some_hundred_firms(seed, budget):
    pool = medium_pool(seed, 300)
    answer = compose(pool, seats=40, rules=MEDIUM_RULES, budget=budget)
    assert answer.is_proven
    assert answer.points - answer.penalty == value_by_integer_solver(pool, 40, MEDIUM_RULES, budget)
    assert check_certificate(pool, 40, MEDIUM_RULES, budget, ((), ()), answer) == []


def test_what_general_integer_solver_calls_impossible_is_a_clash():
    pool = medium_pool(7, 300)
    rules = [*MEDIUM_RULES, Rule("all", "province", ("BA", "KP"), is_floor=True, number=60)]
    assert value_by_integer_solver(pool, 40, rules, None) is None
    assert isinstance(compose(pool, seats=40, rules=rules), Clash)


def test_out_of_steps_it_shows_the_gap_and_claims_nothing():
    pool = medium_pool(3, 300)
    cut = compose(pool, seats=40, rules=MEDIUM_RULES, budget=7_000_000, max_steps=20)
    whole = compose(pool, seats=40, rules=MEDIUM_RULES, budget=7_000_000)
    assert whole.is_proven
    assert not cut.is_proven
    assert not cut.is_first
    assert (cut.equal_sets, cut.equal_sets_exact) == (0, False)
    assert cut.points - cut.penalty <= whole.points - whole.penalty <= cut.bound
    assert check_certificate(pool, 40, MEDIUM_RULES, 7_000_000, ((), ()), cut) == []


def test_where_all_points_are_whole_the_bound_is_whole_too():
    pool = medium_pool(6, 300, spread=100)
    coarse = replace(pool, points=pool.points * 100)
    rules = [*MEDIUM_RULES[:6], Rule("it", "sector", ("it",), is_floor=False, number=3, weight=300)]
    answer = compose(coarse, seats=40, rules=rules, budget=7_000_000)
    assert answer.is_proven
    assert answer.points - answer.penalty == value_by_integer_solver(coarse, 40, rules, 7_000_000)
    assert check_certificate(coarse, 40, rules, 7_000_000, ((), ()), answer) == []


def test_without_a_step_there_is_no_answer():
    with pytest.raises(SearchStopped):
        compose(medium_pool(3, 300), seats=40, rules=MEDIUM_RULES, budget=7_000_000, max_steps=0)


def test_more_equal_sets_than_are_counted_are_more_than_so_many():
    rows = [{"id": place, "points": 50, "rank": place} for place in range(30)]
    answer = compose(Pool.from_rows(rows, ()), seats=4, rules=())
    assert answer.chosen == (0, 1, 2, 3)
    assert (answer.equal_sets, answer.equal_sets_exact) == (100, False)


def test_seats_stay_empty_where_a_cap_or_the_pool_allows_no_more():
    rows = [{"id": place, "points": 50 - place, "rank": place, "province": "x"} for place in range(4)]
    pool = Pool.from_rows(rows, ("province",))
    assert compose(pool, seats=9, rules=()).empty == 5
    capped = compose(pool, seats=3, rules=[Rule("cap", "province", ("x",), is_floor=False, number=2)])
    assert (capped.chosen, capped.empty) == ((0, 1), 1)


def test_a_firm_without_points_fills_a_seat_that_would_stay_empty():
    rows = [{"id": 7, "points": 10, "rank": 0}, {"id": 8, "points": 0, "rank": 1}]
    assert compose(Pool.from_rows(rows, ()), seats=2, rules=()).chosen == (7, 8)


def test_an_empty_pool_gives_an_empty_set():
    answer = compose(Pool.from_rows([], ("province",)), seats=3, rules=())
    assert (answer.chosen, answer.points, answer.bound, answer.empty) == ((), 0, 0, 3)


def test_words_and_codes_with_labels_are_the_same_attribute():
    words = Pool(np.arange(3), np.arange(3), np.arange(3), {"sector": np.array(["b", "a", "b"])})
    assert words.groups["sector"].labels == ("a", "b")
    assert words.groups["sector"].codes.tolist() == [1, 0, 1]
    assert words.counts() == {"sector": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ids": np.array([1, 1])}, "Two firms have one id"),
        ({"ranks": np.array([1, 1])}, "Two firms have one rank"),
        ({"points": np.array([-1, 2])}, "points of a firm"),
        ({"points": np.array([1, 2, 3])}, "one entry a firm"),
        ({"costs": np.array([1, -2])}, "costs of a firm"),
    ],
)
def test_a_pool_without_meaning_is_refused(change, words):
    pool = Pool(np.array([1, 2]), np.array([5, 4]), np.array([0, 1]), {"sector": Labelled.of(["a", "b"])})
    with pytest.raises(ValueError, match=words):
        compose(replace(pool, **change), seats=1, rules=())


@pytest.mark.parametrize(
    "asked",
    [
        {"seats": -1},
        {"budget": 5},
        {"locked_in": [3]},
        {"locked_out": [3]},
        {"rules": [Rule("r", "town", ("a",), is_floor=True, number=1)]},
        {"rules": [Rule("r", "sector", ("a",), is_floor=True, number=1)] * 2},
    ],
)
def test_a_question_without_meaning_is_refused(asked):
    pool = Pool(np.array([1, 2]), np.array([5, 4]), np.array([0, 1]), {"sector": Labelled.of(["a", "b"])})
    with pytest.raises(ValueError):
        compose(pool, **{"seats": 1, "rules": (), **asked})


@pytest.mark.parametrize(
    "change",
    [{"number": None}, {"per_mille": 5}, {"number": -1}, {"weight": -1}, {"code": "seats"}, {"code": "budget"}],
)
def test_a_rule_without_meaning_is_refused(change):
    with pytest.raises(ValueError):
        replace(Rule("r", "sector", ("a",), is_floor=True, number=1), **change)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_the_answer_for_many_ties_is_the_same_in_every_order(seed):
    pool = medium_pool(seed, 120, spread=40)
    order = np.random.default_rng(seed).permutation(120)
    groups = {name: Labelled(group.codes[order], group.labels) for name, group in pool.groups.items()}
    turned = Pool(pool.ids[order], pool.points[order], pool.ranks[order], groups, pool.costs[order])
    asked = {"seats": 25, "rules": MEDIUM_RULES[:1] + MEDIUM_RULES[2:3] + MEDIUM_RULES[6:], "max_steps": MAX_STEPS}
    first, second = compose(pool, **asked), compose(turned, **asked)
    assert first == second
    assert first.is_first
