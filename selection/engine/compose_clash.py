"""What cannot hold together, as the smallest set, and the nearest change of each that helps."""

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from selection.engine.compose_cells import problem_of
from selection.engine.compose_pool import (
    BUDGET,
    LOCKED_IN,
    LOCKED_OUT,
    SEATS,
    Clash,
    ClashMember,
    Contradiction,
    Pool,
    Rule,
)
from selection.engine.compose_search import solve

MAX_TRIED, FIRMS_TRIED = 500, 2_000_000
"""Combinations that are tried to find a smaller clash than the one met first, and the firms that they may look at in all."""
MAX_LOCKS = 40
"""With more firms locked in (or out) than this, all of them count as one member."""
MAX_SEATS_TRIED = 50
"""How far above the least number of seats a number is looked for that fits the shares, which move with it."""


@dataclass(frozen=True, slots=True)
class _Member:
    """One part of what is asked. code: as in ClashMember; firms: of a lock."""

    code: str
    firms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a set. seats: None where no number of them is too many; the rules then are numbers, not shares."""

    pool: Pool
    seats: int | None
    rules: tuple[Rule, ...]
    budget: int | None
    locked_in: frozenset[int]
    locked_out: frozenset[int]
    max_steps: int

    def is_possible(self) -> bool:
        return self._least(self.pool.points * 0) is not None

    def least_cost(self) -> int | None:
        """Rupees of the cheapest set that keeps all but the budget; None where there is none."""
        return None if self.pool.costs is None else replace(self, budget=None)._least(self.pool.costs)  # noqa: SLF001

    def _least(self, burden: np.ndarray) -> int | None:
        if self.locked_in & self.locked_out:
            return None
        problem = problem_of(
            self.pool,
            seats=len(self.pool.ids) if self.seats is None else self.seats,
            rules=self.rules,
            budget=self.budget,
            locked_in=self.locked_in,
            locked_out=self.locked_out,
            worth=-burden,
        )
        solved = solve(problem, self.max_steps)
        return None if solved is None else int(burden[problem.kept].sum()) - solved.value

    def without(self, *members: _Member) -> Self:
        """The same with some parts taken away."""
        gone = {member.code for member in members}
        freed = {code: {f for m in members if m.code == code for f in m.firms} for code in (LOCKED_IN, LOCKED_OUT)}
        return replace(
            self,
            seats=None if SEATS in gone else self.seats,
            budget=None if BUDGET in gone else self.budget,
            rules=tuple(rule for rule in self.rules if rule.code not in gone),
            locked_in=self.locked_in - freed[LOCKED_IN],
            locked_out=self.locked_out - freed[LOCKED_OUT],
        )

    def with_number(self, code: str, number: int) -> Self:
        """The same with another number in one rule."""
        return replace(
            self, rules=tuple(replace(rule, number=number) if rule.code == code else rule for rule in self.rules)
        )


def clash_of(
    pool: Pool,
    *,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None,
    locked_in: Collection[int],
    locked_out: Collection[int],
    max_steps: int,
) -> Clash:
    """The clash in what no set can keep: first as few as can be of rules, seats and budget, then of the locks.

    Raises SearchStopped where `max_steps` are used up by one question.
    """
    hard = tuple(rule for rule in rules if rule.weight is None)
    whole = tuple(replace(rule, number=rule.seats_meant(seats), per_mille=None) for rule in hard)
    asked = _Asked(pool, seats, whole, budget, frozenset(locked_in), frozenset(locked_out), max_steps)
    limits = [_Member(rule.code) for rule in whole] + [_Member(SEATS)] + ([] if budget is None else [_Member(BUDGET)])
    locks = [*_locks(LOCKED_IN, locked_in), *_locks(LOCKED_OUT, locked_out)]
    kept = _smaller(asked, limits, _needed(asked, limits))
    asked_of_kept = asked.without(*(member for member in limits if member not in kept))
    members = [*kept, *_needed(asked_of_kept, locks)]
    shares = {rule.code: rule for rule in hard}
    return Clash(tuple(_nearest(asked, member, shares) for member in members))


def _locks(code: str, firms: Collection[int]) -> list[_Member]:
    if len(firms) > MAX_LOCKS:
        return [_Member(code, tuple(sorted(firms)))]
    return [_Member(code, (firm,)) for firm in sorted(firms)]


def _needed(asked: _Asked, members: Sequence[_Member]) -> list[_Member]:
    """Of these, some without which what is asked is possible, and none of which can be left out; the first ones stay."""
    gone: list[_Member] = []
    for member in reversed(members):
        if not asked.without(*gone, member).is_possible():
            gone.append(member)
    return [member for member in members if member not in gone]


def _smaller(asked: _Asked, members: Sequence[_Member], met: list[_Member]) -> list[_Member]:
    """The clash of the fewest members, where the combinations to try are not too many; else the one met."""
    tried = 0
    for number in range(len(met)):
        tried += math.comb(len(members), number)
        if tried > min(MAX_TRIED, FIRMS_TRIED // max(1, len(asked.pool.ids))):
            break
        for few in itertools.combinations(members, number):
            if not asked.without(*(member for member in members if member not in few)).is_possible():
                return list(few)
    return met


def _nearest(asked: _Asked, member: _Member, shares: Mapping[str, Rule]) -> ClashMember:
    """The member with the nearest number of it at which a set exists, all else kept."""
    everyone = len(asked.pool.ids)
    without = asked.without(member)
    if member.code == BUDGET:
        return ClashMember(BUDGET, (), asked.budget, asked.least_cost())
    if member.code in (LOCKED_IN, LOCKED_OUT):
        return ClashMember(member.code, member.firms, None, 0 if without.is_possible() else None)
    if member.code == SEATS:
        number = asked.seats or 0
        least = _first(range(number + 1, everyone + 1), lambda n: replace(asked, seats=n).is_possible())
        if least is not None and any(rule.per_mille is not None for rule in shares.values()):
            real = replace(asked, rules=tuple(shares.values()))
            further = range(number + 1, min(everyone, least + MAX_SEATS_TRIED) + 1)
            least = next((n for n in further if replace(real, seats=n).is_possible()), None)
        return ClashMember(SEATS, (), number, least)
    rule = next(rule for rule in asked.rules if rule.code == member.code)
    meant = rule.number or 0
    numbers = range(meant - 1, -1, -1) if rule.is_floor else range(meant + 1, everyone + 1)
    nearest = _first(numbers, lambda n: asked.with_number(rule.code, n).is_possible())
    return ClashMember(rule.code, (), meant, nearest)


def _first(numbers: range, is_possible: Callable[[int], bool]) -> int | None:
    """The first number that is possible, where every one after a possible one is possible too; None: none is."""
    if not numbers or not is_possible(numbers[-1]):
        return None
    low, high = 0, len(numbers) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_possible(numbers[middle]) else (middle + 1, high)
    return numbers[low]


def contradictions(
    pool_counts: Mapping[str, Mapping[str, int]] | None, seats: int, rules: Sequence[Rule]
) -> tuple[Contradiction, ...]:
    """What the hard rules contradict without any solving, for a form that is being saved.

    pool_counts: firms by attribute and value (`Pool.counts`); None: not known yet. What is named is always a contradiction;
    what is not named may still be one, which `compose` finds.
    """
    hard = [(rule, rule.seats_meant(seats)) for rule in rules if rule.weight is None]
    floors = [(rule, number) for rule, number in hard if rule.is_floor and number]
    caps = [(rule, number) for rule, number in hard if not rule.is_floor]
    found = [
        Contradiction("floor_above_cap", (floor.code, cap.code), least, most)
        for (floor, least), (cap, most) in itertools.product(floors, caps)
        if floor.attribute == cap.attribute and least > most and _is_within(floor, cap)
        if floor.values
        or any(value for value in (pool_counts or {}).get(floor.attribute, {}))  # else it asks of nobody
    ]
    if pool_counts is not None:
        for floor, least in floors:
            firms = pool_counts.get(floor.attribute, {})
            each = [firms.get(value, 0) for value in floor.values]
            there_is = sum(each) if floor.values else min((n for value, n in firms.items() if value), default=least)
            if there_is < least:
                found.append(Contradiction("floor_above_pool", (floor.code,), least, there_is))
    for together in _apart(floors):
        needed = sum(number for _, number in together)
        if needed > seats:
            found.append(Contradiction("floors_above_seats", tuple(rule.code for rule, _ in together), needed, seats))
    return tuple(found)


def _is_within(floor: Rule, cap: Rule) -> bool:
    """Whether whoever counts for the floor counts for the cap, value by value where it is for any one."""
    if not cap.values:
        return not floor.values or len(floor.values) == 1
    return bool(floor.values) and set(floor.values) <= set(cap.values)


def _apart(floors: Sequence[tuple[Rule, int]]) -> Iterator[list[tuple[Rule, int]]]:
    """By attribute, floors of which no firm counts for two: the smallest groups of values first."""
    of_attribute: dict[str, list[tuple[Rule, int]]] = {}
    for rule, number in sorted(floors, key=lambda pair: len(pair[0].values)):
        if rule.values:
            of_attribute.setdefault(rule.attribute, []).append((rule, number))
    for pairs in of_attribute.values():
        together: list[tuple[Rule, int]] = []
        seen: set[str] = set()
        for rule, number in pairs:
            if not seen & set(rule.values):
                together.append((rule, number))
                seen |= set(rule.values)
        yield together
