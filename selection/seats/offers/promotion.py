"""Who of the waiting list gets the seats that are free: computed within the rules of the round, never first come. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from selection.engine.compose import compose
from selection.engine.compose_pool import Clash, ClashMember
from selection.engine.compose_prices import passed_over

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from selection.engine.compose_pool import Pool, Rule

WHY_ORDER = ("province", "city", "sector", "track", "partner", "women_led", "new_exporter")
"""Of several rules that pass a firm over the first is named; attributes that are not here come after these."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """promoted: ids, in the order of the list. passed_over: by the id of a firm that ranks before the last promoted one, or that
    no seat may go to, the code of the rule that stands in its way. clash: where no set keeps all rules: what cannot hold
    together, a lock on those who have a seat among it."""

    promoted: tuple[int, ...] = ()
    passed_over: dict[int, str] = field(default_factory=dict)
    clash: tuple[ClashMember, ...] = ()


def promotion(
    pool: Pool,
    *,
    holders: Collection[int],
    free: int,
    rules: Sequence[Rule] = (),
    seats: int | None = None,
    budget: int | None = None,
    locked_out: Collection[int] = (),
) -> Promotion:
    """pool: those who have a seat and those who wait. holders: ids of the former, who stay. free: seats to give. seats: of which
    shares are reckoned, those of the composition; None: all seats here. locked_out: ids that no seat goes to by itself.

    Raises ValueError where what is asked has no meaning.
    """
    waiting = pool.ids[~np.isin(pool.ids, list(holders))]
    if free < 1 or not len(waiting):
        return Promotion()
    number = len(holders) + free
    meant = tuple(replace(rule, number=rule.seats_meant(seats or number), per_mille=None) for rule in rules)
    asked: dict[str, Any] = {"seats": number, "rules": meant, "budget": budget}
    asked |= {"locked_in": list(holders), "locked_out": list(locked_out)}
    answer = compose(pool, counts_equals=False, **asked)
    if isinstance(answer, Clash):
        return Promotion(clash=answer.members, passed_over=_in_the_way(pool, waiting, meant, holders, number))
    held = set(holders)
    ordered = _by_reason(pool)
    why = {
        int(firm): codes[0]
        for firm in waiting
        if (codes := passed_over(ordered, composition=answer, firm_id=int(firm), **asked))
    }
    return Promotion(tuple(firm for firm in answer.chosen if firm not in held), why)


def _by_reason(pool: Pool) -> Pool:
    order = sorted(pool.groups, key=lambda name: WHY_ORDER.index(name) if name in WHY_ORDER else len(WHY_ORDER))
    return replace(pool, groups={name: pool.groups[name] for name in order})


def _in_the_way(
    pool: Pool, waiting: np.ndarray, rules: Sequence[Rule], holders: Collection[int], number: int
) -> dict[int, str]:
    """By firm the first rule that would be broken if it took a seat now, in the order of the reasons."""
    has_seat = np.isin(pool.ids, list(holders))
    order = list(_by_reason(pool).groups)
    found: dict[int, str] = {}
    for rule in sorted(rules, key=lambda rule: (order.index(rule.attribute), rule.is_floor)):
        group = pool.groups[rule.attribute]
        counts = np.isin(np.array(group.labels, dtype=np.str_), rule.values or [x for x in group.labels if x])
        if rule.weight is not None or not rule.values:
            continue
        taken = int(counts[group.codes[has_seat]].sum())
        limit = rule.seats_meant(number)
        for firm in waiting:
            mine = int(counts[group.codes[pool.ids == firm]].sum())
            missed = taken + mine < limit if rule.is_floor else taken + mine > limit
            if missed:
                found.setdefault(int(firm), rule.code)
    return found
