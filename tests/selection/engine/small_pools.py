"""Small pools with rules of every kind, and the answer to each by looking at all sets: what the composer has to give."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from selection.engine.compose_pool import Pool, Rule

ATTRIBUTES = ("province", "partner", "women_led")
VALUES = {"province": "xyz", "partner": "pq", "women_led": ("yes", "no")}


@dataclass(frozen=True)
class Question:
    """What the composer is asked. rows: one mapping a firm."""

    rows: tuple[dict, ...]
    seats: int
    rules: tuple[Rule, ...]
    budget: int | None = None
    locked_in: frozenset[int] = frozenset()
    locked_out: frozenset[int] = frozenset()

    @property
    def pool(self) -> Pool:
        return Pool.from_rows(self.rows, ATTRIBUTES)

    @property
    def asked(self) -> dict:
        """As keywords of `compose`, `prices` and the others."""
        names = ("seats", "rules", "budget", "locked_in", "locked_out")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Best:
    """ids of the set that the tie rule takes; value: points less penalty; equal: how many sets have that value."""

    ids: frozenset[int]
    value: int
    penalty: int
    equal: int


def word(value) -> str:
    return {True: "yes", False: "no"}.get(value, value)


def off_limits(question: Question, firms: Sequence[dict]) -> Iterator[tuple[Rule, int]]:
    """Each rule that the firms break, with the seats by which they do, a value at a time."""
    for rule in question.rules:
        limit = rule.seats_meant(question.seats)
        every = sorted({word(row[rule.attribute]) for row in question.rows} - {""})
        for values in [rule.values] if rule.values else [(value,) for value in every]:
            taken = sum(word(row[rule.attribute]) in values for row in firms)
            off = limit - taken if rule.is_floor else taken - limit
            if off > 0:
                yield rule, off


def allowed(question: Question) -> Iterator[tuple[tuple[dict, ...], int]]:
    """Every set that keeps all that is hard, with its penalty."""
    for number in range(min(question.seats, len(question.rows)) + 1):
        for firms in itertools.combinations(question.rows, number):
            ids = {row["id"] for row in firms}
            if not question.locked_in <= ids or ids & question.locked_out:
                continue
            if question.budget is not None and sum(row["cost"] for row in firms) > question.budget:
                continue
            off = list(off_limits(question, firms))
            if all(rule.weight is not None for rule, _ in off):
                yield firms, sum(rule.weight * seats for rule, seats in off)


def best_by_looking(question: Question) -> Best | None:
    """The right answer, None where no set keeps the rules. An empty seat stands behind every rank."""
    found = []
    for firms, penalty in allowed(question):
        ranks = sorted(row["rank"] for row in firms)
        ranks += [len(question.rows)] * (question.seats - len(firms))
        found.append((penalty - sum(row["points"] for row in firms), ranks, penalty, frozenset(r["id"] for r in firms)))
    if not found:
        return None
    value, _, penalty, ids = min(found, key=lambda entry: entry[:2])
    return Best(ids, -value, penalty, sum(entry[0] == value for entry in found))


def without(question: Question, code: str, firm: int | None = None) -> Question:
    """The question with one rule, the budget, the limit of seats or one lock taken away; the other shares stay."""
    fixed = tuple(replace(r, number=r.seats_meant(question.seats), per_mille=None) for r in question.rules)
    if code == "seats":
        return replace(question, rules=fixed, seats=len(question.rows))
    if code == "budget":
        return replace(question, budget=None)
    if code in ("locked_in", "locked_out"):
        return replace(question, **{code: getattr(question, code) - {firm}})
    return replace(question, rules=tuple(rule for rule in question.rules if rule.code != code))


@st.composite
def rules_of(draw: st.DrawFn, number: int) -> Rule:
    attribute = draw(st.sampled_from(ATTRIBUTES))
    values = draw(
        st.just(()) | st.lists(st.sampled_from(VALUES[attribute]), min_size=1, max_size=2, unique=True).map(tuple)
    )
    amount = draw(
        st.fixed_dictionaries({"number": st.integers(0, 4)})
        | st.fixed_dictionaries({"per_mille": st.sampled_from([125, 150, 333, 500])})
    )
    weight = draw(st.none() | st.sampled_from([0, 1, 5, 200]))
    return Rule(f"rule{number}", attribute, values, draw(st.booleans()), weight=weight, **amount)


@st.composite
def questions(draw: st.DrawFn, most_firms: int = 9) -> Question:
    """Any small question: few or many equal points, ranks that follow the points or do not."""
    number = draw(st.integers(1, most_firms))
    most = draw(st.sampled_from([3, 20, 1000]))
    rows = [
        {
            "id": 100 + place,
            "points": draw(st.integers(0, most)),
            "province": draw(st.sampled_from("xyz")),
            "partner": draw(st.sampled_from(["", "p", "q"])),
            "women_led": draw(st.booleans()),
            "cost": draw(st.sampled_from([0, 3, 6, 10, 15])),
        }
        for place in range(number)
    ]
    order = draw(st.permutations(range(number)))
    if draw(st.booleans()):
        order = sorted(order, key=lambda place: -rows[place]["points"])
    for rank, place in enumerate(order):
        rows[place]["rank"] = rank
    few = st.sets(st.sampled_from([row["id"] for row in rows]), max_size=1).map(frozenset)
    return Question(
        tuple(rows),
        draw(st.integers(0, 6)),
        tuple(draw(rules_of(place)) for place in range(draw(st.integers(0, 4)))),
        draw(st.none() | st.integers(0, 50)),
        draw(st.just(frozenset()) | few),
        draw(st.just(frozenset()) | few),
    )


def medium_pool(seed: int, firms: int, *, spread: int = 10_000) -> Pool:
    """Some hundred made firms: few provinces and sectors, every third one from a partner, each with its own cost."""
    random = np.random.default_rng(seed)
    points = np.sort(random.integers(0, spread, firms))[::-1]
    groups = {
        "province": random.choice(["PB", "SD", "KP", "BA"], firms, p=[0.5, 0.3, 0.15, 0.05]),
        "sector": random.choice(["textile", "surgical", "rice", "seafood", "it"], firms, p=[0.4, 0.25, 0.2, 0.05, 0.1]),
        "women_led": random.choice(["no", "yes"], firms, p=[0.8, 0.2]),
        "partner": random.choice(["", "K1", "K2", "K3"], firms, p=[0.66, 0.14, 0.1, 0.1]),
    }
    costs = random.integers(100, 900, firms) * 500
    return Pool(np.arange(firms) + 1, points.copy(), np.arange(firms), groups, costs)
