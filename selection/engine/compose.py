"""The composer: fills the seats with the proven best set under all rules, the same on every run and on every machine.

    answer = compose(pool, seats=50, rules=rules, budget=29_000_000, locked_in=[117], locked_out=[204])

Beside it: `compose_pool` (what goes in and comes out), `compose_prices` (what each rule costs, the frontier, why a firm was
passed over), `compose_clash` (what cannot hold together), `compose_proof` (the check of the certificate, on its own).
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from selection.engine.compose_cells import Problem, problem_of
from selection.engine.compose_clash import clash_of
from selection.engine.compose_pool import Clash, Composition, Labelled, Pool, Rule, RuleCount, SearchStopped, checked
from selection.engine.compose_search import Solved, solve
from selection.engine.compose_ties import Ties, ties_of

__all__ = ["Clash", "Composition", "Labelled", "Pool", "Rule", "RuleCount", "SearchStopped", "best_value", "compose"]

MAX_STEPS = 30_000
"""Relaxations that each stage (search, tie rule, count) may ask before it gives up and says so."""


def compose(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
    max_steps: int = MAX_STEPS,
    counts_equals: bool = True,
) -> Composition | Clash:
    """The best set of at most `seats` firms, or what cannot hold together.

    seats: a cap; no rule asks that all are filled, and as points are never below zero they stay empty only where rules,
    budget or pool allow no more. budget: rupees, None: none. locked_in, locked_out: ids. counts_equals: False leaves equally good sets
    uncounted, where only the set is wanted. Raises ValueError where what is
    asked has no meaning, SearchStopped where `max_steps` were used up before any set was found.
    """
    checked(pool, seats, rules, budget, (locked_in, locked_out))
    asked: dict[str, Any] = {"seats": seats, "rules": rules, "budget": budget}
    asked |= {"locked_in": locked_in, "locked_out": locked_out}
    problem = problem_of(pool, **asked)
    solved = None if set(locked_in) & set(locked_out) else solve(problem, max_steps)
    if solved is None:
        return clash_of(pool, max_steps=max_steps, **asked)
    ties = Ties(solved.taken, is_first=False)
    if solved.bound == solved.value:
        ties = ties_of(problem, solved, pool.ranks, max_steps, counts=counts_equals)
    chosen = places_of(pool, problem, ties.taken)
    points = int(pool.points[chosen].sum())
    locked = int(pool.points[problem.kept].sum())
    return Composition(
        tuple(pool.ids[chosen].tolist()),
        points,
        points - locked - solved.value,
        solved.bound + locked,
        seats,
        None if budget is None or pool.costs is None else int(pool.costs[chosen].sum()),
        tuple(counted(pool, rule, seats, chosen) for rule in rules),
        ties.number,
        ties.is_exact,
        ties.is_first,
        _certificate(pool, problem, solved),
    )


def best_value(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
    max_steps: int = MAX_STEPS,
) -> int | None:
    """Points less penalties of the best set, in hundredths; None where no set keeps the rules or none is proven best."""
    checked(pool, seats, rules, budget, (locked_in, locked_out))
    if set(locked_in) & set(locked_out):
        return None
    problem = problem_of(pool, seats=seats, rules=rules, budget=budget, locked_in=locked_in, locked_out=locked_out)
    solved = solve(problem, max_steps)
    if solved is None or solved.value < solved.bound:
        return None
    return solved.value + int(pool.points[problem.kept].sum())


def places_of(pool: Pool, problem: Problem, taken: np.ndarray) -> np.ndarray:
    """Places in the pool of all who are in, the locked ones too, in the order of the ranks."""
    chosen = np.concatenate((problem.kept, problem.firms[problem.is_taken(taken)]))
    return chosen[np.argsort(pool.ranks[chosen])]


def counted(pool: Pool, rule: Rule, seats: int, chosen: np.ndarray) -> RuleCount:
    """How the firms at these places in the pool stand to a rule."""
    group, limit = pool.groups[rule.attribute], rule.seats_meant(seats)
    taken = np.bincount(group.codes[chosen], minlength=len(group.labels))
    there = np.bincount(group.codes, minlength=len(group.labels))
    counts = np.isin(np.array(group.labels, dtype=np.str_), rule.values or [x for x in group.labels if x])
    if rule.values:
        pairs = [("", int(taken[counts].sum()), int(there[counts].sum()))]
    else:
        places = np.flatnonzero(counts).tolist()
        pairs = [(group.labels[place], int(taken[place]), int(there[place])) for place in places]
    if not pairs:  # a limit for each value, and no firm of the pool has one
        return RuleCount(rule.code, "", limit, 0, 0, 0, is_binding=False)
    sign = -1 if rule.is_floor else 1
    value, number, of = max(pairs, key=lambda pair: sign * pair[1])
    off = sum(max(0, sign * (pair[1] - limit)) for pair in pairs)
    return RuleCount(rule.code, value, limit, number, of, off, is_binding=sign * (number - limit) >= 0)


def _certificate(pool: Pool, problem: Problem, solved: Solved) -> dict[str, Any]:
    """Plain JSON: the multipliers of the whole, and the steps of the proof where they do not suffice."""
    proof = [{**step, "firm": int(pool.ids[step["firm"]])} if "firm" in step else step for step in solved.proof]
    root, aim = problem.named(solved.root.multipliers), solved.core.aim + int(pool.points[problem.kept].sum())
    return {"scale": problem.scale, "unit": problem.unit, "aim": aim, "root": root, "proof": proof}
