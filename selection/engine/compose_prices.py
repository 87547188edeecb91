"""What the rules do to a composition: the price of each, the frontier as one moves, and why a firm was passed over."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from selection.engine.compose import MAX_STEPS, best_value, compose, counted
from selection.engine.compose_pool import (
    BUDGET,
    LOCKED_IN,
    LOCKED_OUT,
    Clash,
    Composition,
    Pool,
    Rule,
    RulePrice,
    SearchStopped,
)


def prices(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    composition: Composition,
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
    max_steps: int = MAX_STEPS,
) -> list[RulePrice]:
    """The price of each rule, of the budget and of each lock, in this order: the best set without it against this one.

    The shares of the other rules stay what they were. Of a free rule all is 0 and empty, unless the tie rule alone decides
    otherwise without it.
    """
    everything = {code: set(locks) for code, locks in ((LOCKED_IN, locked_in), (LOCKED_OUT, locked_out))}
    asked: list[tuple[str, int | None]] = [(rule.code, None) for rule in rules]
    asked += [(BUDGET, None)] if budget is not None else []
    asked += [(code, firm) for code, firms in everything.items() for firm in sorted(firms)]
    found = []
    for code, firm in asked:
        try:
            without = compose(
                pool,
                seats=seats,
                rules=[rule for rule in rules if rule.code != code],
                budget=None if code == BUDGET else budget,
                locked_in=everything[LOCKED_IN] - ({firm} if code == LOCKED_IN else set()),
                locked_out=everything[LOCKED_OUT] - ({firm} if code == LOCKED_OUT else set()),
                max_steps=max_steps,
                counts_equals=False,
            )
        except SearchStopped:
            found.append(RulePrice(code, firm, None, None, None))
            continue
        found.append(_price(code, firm, composition, without))
    return found


def _price(code: str, firm: int | None, composition: Composition, without: Composition | Clash) -> RulePrice:
    if isinstance(without, Clash) or not without.is_proven:
        return RulePrice(code, firm, None, None, None)
    lost = without.points - without.penalty - (composition.points - composition.penalty)
    here, there = set(composition.chosen), set(without.chosen)
    comes_in = tuple(one for one in composition.chosen if one not in there)
    return RulePrice(code, firm, lost, comes_in, tuple(one for one in without.chosen if one not in here))


def frontier(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    rule_code: str,
    numbers: Sequence[int],
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
    max_steps: int = MAX_STEPS,
) -> list[tuple[int, int | None]]:
    """The best points less penalties, in hundredths, for each number of seats of one rule, all else kept.

    None: no set keeps the rules at that number, or none was proven the best within the steps allowed.
    """
    asked: dict[str, Any] = {"seats": seats, "budget": budget, "locked_in": locked_in, "locked_out": locked_out}
    found: list[tuple[int, int | None]] = []
    for number in numbers:
        moved = [replace(r, number=number, per_mille=None) if r.code == rule_code else r for r in rules]
        try:
            best = best_value(pool, rules=moved, max_steps=max_steps, **asked)
        except SearchStopped:
            best = None
        found.append((number, best))
    return found


def passed_over(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    composition: Composition,
    firm_id: int,
    budget: int | None = None,
    locked_in: Collection[int] = (),
    locked_out: Collection[int] = (),
) -> tuple[str, ...]:
    """Why a firm that ranks before the last one chosen is not in: the code of a rule, "budget" or a lock; () where it is in,
    or ranks behind the last one chosen while no seat is empty.

    Put the firm in the place of the last chosen one that is not locked in (with a seat empty, in that seat). What the set
    then breaks is the reason; of several the narrowest, that is the rule of the fewest seats, then caps before floors, then
    the order of the rules; the budget after all rules. A soft rule is broken where the set misses it by more seats than
    before. Where all that rank behind the firm are locked in, the reason is "locked_in".
    """
    chosen = np.flatnonzero(np.isin(pool.ids, composition.chosen))
    chosen = chosen[np.argsort(pool.ranks[chosen])]
    firm = int(np.flatnonzero(pool.ids == firm_id)[0])
    if firm in chosen:
        return ()
    if firm_id in locked_out:
        return (LOCKED_OUT,)
    before = chosen
    if composition.empty == 0:
        behind = chosen[pool.ranks[chosen] > pool.ranks[firm]]
        moves = behind[~np.isin(pool.ids[behind], list(locked_in))]
        if not len(moves):
            return (LOCKED_IN,) if len(behind) else ()
        before = chosen[chosen != moves[-1]]
    after = np.append(before, firm)
    for rule in sorted(rules, key=lambda rule: (rule.seats_meant(seats), rule.is_floor)):
        allowed = 0 if rule.weight is None else counted(pool, rule, seats, chosen).off
        if counted(pool, rule, seats, after).off > allowed:
            return (rule.code,)
    if budget is not None and pool.costs is not None and int(pool.costs[after].sum()) > budget:
        return (BUDGET,)
    return ()
