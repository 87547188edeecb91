"""What the composer is given and what it answers: the firms as columns, the rules, a composition or a clash."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeAlias

import numpy as np

SEATS, BUDGET, LOCKED_IN, LOCKED_OUT = "seats", "budget", "locked_in", "locked_out"
"""Codes of what holds a composition beside its rules; no rule may carry one of them."""


class SearchStopped(Exception):
    """The number of steps allowed was used up before any set that keeps all rules was found, or before it was proven
    that there is none."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One attribute of all firms: codes, one a firm, that point into labels. The label "" stands for "has none"."""

    codes: np.ndarray
    labels: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        """From one word a firm; the labels stand in the order of the alphabet."""
        labels, codes = np.unique(np.asarray(values, dtype=np.str_), return_inverse=True)
        return cls(codes.astype(np.int32), tuple(str(label) for label in labels))


@dataclass(frozen=True, slots=True)
class Pool:
    """The firms a composition may choose from, as columns: one entry a firm, in any order.

    ids: int64, unique. points: int64, hundredths of a point, none below 0. ranks: int64, unique; the place by the policy's
    tie rule (points, then submitted, then number), 0 first. groups: by attribute ("province", "sector", "women_led" …), given
    as one word a firm, "" for none, or as Labelled. costs: int64 rupees a seat, none below 0; None: no budget is asked.
    """

    ids: np.ndarray
    points: np.ndarray
    ranks: np.ndarray
    groups: Mapping[str, Labelled]
    costs: np.ndarray | None = None

    def __post_init__(self) -> None:
        groups = {k: v if isinstance(v, Labelled) else Labelled.of(v) for k, v in self.groups.items()}
        object.__setattr__(self, "groups", groups)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], attributes: Sequence[str]) -> Self:
        """From one mapping a firm with "id", "points", "rank", the attributes and, where all firms have one, "cost".

        An attribute that is missing or None reads as "", True and False as "yes" and "no".
        """
        firms = list(rows)
        words = {None: "", True: "yes", False: "no"}
        column = {key: np.array([row[key] for row in firms], dtype=np.int64) for key in ("id", "points", "rank")}
        values = {name: [row.get(name) for row in firms] for name in attributes}
        has_costs = bool(firms) and all(row.get("cost") is not None for row in firms)
        return cls(
            column["id"],
            column["points"],
            column["rank"],
            {name: Labelled.of([str(words.get(value, value)) for value in values[name]]) for name in attributes},
            np.array([row["cost"] for row in firms], dtype=np.int64) if has_costs else None,
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """How many firms have each label, by attribute: what `contradictions` asks for."""
        return {
            name: dict(zip(group.labels, np.bincount(group.codes, minlength=len(group.labels)).tolist(), strict=True))
            for name, group in self.groups.items()
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """At least or at most so many of the seats for firms whose attribute has one of the values.

    code: unique among the rules of a composition. values: counted together; () means any one value of the attribute, each
    for itself (firms without one are not counted). Of number (seats) and per_mille (tenths of a per cent of the seats) one
    is given. weight: None for a hard rule, else the hundredths of a point that each missing or exceeding seat costs.
    """

    code: str
    attribute: str
    values: tuple[str, ...]
    is_floor: bool
    number: int | None = None
    per_mille: int | None = None
    weight: int | None = None

    def __post_init__(self) -> None:
        if (self.number is None) == (self.per_mille is None):
            raise ValueError(f"{self.code}: give either a number of seats or a share of them.")
        if (self.number or 0) < 0 or (self.per_mille or 0) < 0 or (self.weight or 0) < 0:
            raise ValueError(f"{self.code}: a number below zero means nothing.")
        if self.code in (SEATS, BUDGET, LOCKED_IN, LOCKED_OUT):
            raise ValueError(f"{self.code}: this code stands for something else.")

    def seats_meant(self, seats: int) -> int:
        """Whole seats: a share is rounded up for a floor and down for a cap, in whole numbers."""
        if self.number is not None:
            return self.number
        share = (self.per_mille or 0) * seats
        return -(-share // 1000) if self.is_floor else share // 1000


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How a composition stands to one rule. Of a rule for any one value, the value that comes nearest to its limit.

    value: "" unless the rule is for any one value. seats_meant, taken: seats. of: firms in the pool that count.
    off: missing or exceeding seats of a soft rule, over all values. is_binding: not one seat is left to the limit.
    """

    code: str
    value: str
    seats_meant: int
    taken: int
    of: int
    off: int
    is_binding: bool


@dataclass(frozen=True, slots=True)
class Composition:
    """The best set under the rules; of equally good ones the one whose ranks, sorted, come first, an empty seat last.

    chosen: ids in the order of the ranks. points: their sum; penalty: what soft rules cost; bound: what no set can pass in
    points less penalty; all in hundredths. seats: as asked, a cap; empty ones stay where the rules or the pool allow no
    more. cost: rupees, None without a budget. certificate: plain JSON, for `compose_proof.check_certificate`.
    equal_sets: how many sets are as good, this one counted; where `equal_sets_exact` is False there are more than that.
    is_first: the tie rule was applied to the end; False only where the steps allowed were used up before that.
    """

    chosen: tuple[int, ...]
    points: int
    penalty: int
    bound: int
    seats: int
    cost: int | None
    rules: tuple[RuleCount, ...]
    equal_sets: int
    equal_sets_exact: bool
    is_first: bool
    certificate: dict[str, Any] = field(hash=False)

    @property
    def gap(self) -> int:
        """Hundredths of a point between this set and the bound; 0: proven that no set is better."""
        return self.bound - (self.points - self.penalty)

    @property
    def is_proven(self) -> bool:
        return self.gap == 0

    @property
    def empty(self) -> int:
        return self.seats - len(self.chosen)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"chosen": list(self.chosen), "rules": [asdict(count) for count in self.rules]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        rules = tuple(RuleCount(**count) for count in kept["rules"])
        return cls(**{**kept, "chosen": tuple(kept["chosen"]), "rules": rules})


@dataclass(frozen=True, slots=True)
class ClashMember:
    """One of those that cannot hold together. code: of a rule, or "seats", "budget", "locked_in", "locked_out".

    firms: the ids of a lock, else (). number: seats meant, seats or rupees; None for a lock. nearest: the nearest number
    at which, all else kept, a set exists; for a lock 0 where taking it away helps; None: no change of it alone helps.
    """

    code: str
    firms: tuple[int, ...]
    number: int | None
    nearest: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """No set keeps all of it. members: cannot hold together, though all but any one of them can."""

    members: tuple[ClashMember, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The codes of the rules among the members."""
        return tuple(m.code for m in self.members if m.code not in (SEATS, BUDGET, LOCKED_IN, LOCKED_OUT))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What can be seen without solving. rules: the codes; needed, there_is: seats (or firms) that they ask for and get.

    kind: "floor_above_cap", "floor_above_pool" or "floors_above_seats".
    """

    kind: str
    rules: tuple[str, ...]
    needed: int
    there_is: int


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What one rule, the budget or one lock costs by itself, everything else kept.

    code, firm: as in ClashMember, firm None unless it is a lock. points: hundredths that the best set without it has more,
    penalties taken off. comes_in, goes_out: ids in the order of the ranks. None for all three: not even without it was a
    better answer found within the steps allowed.
    """

    code: str
    firm: int | None
    points: int | None
    comes_in: tuple[int, ...] | None
    goes_out: tuple[int, ...] | None


Answer: TypeAlias = Composition | Clash


def checked(
    pool: Pool,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None,
    locks: tuple[Iterable[int], Iterable[int]],
) -> None:
    """Raises ValueError where what is asked has no meaning: a column of another length, a doubled code, an unknown firm."""
    columns = [pool.points, pool.ranks, *(group.codes for group in pool.groups.values())]
    columns += [] if pool.costs is None else [pool.costs]
    if any(len(column) != len(pool.ids) for column in columns):
        raise ValueError("Every column of the pool needs one entry a firm.")
    for name, column in (("id", pool.ids), ("rank", pool.ranks)):
        in_order = np.sort(column)
        if (in_order[1:] == in_order[:-1]).any():
            raise ValueError(f"Two firms have one {name}.")
    for name, amounts in (("points", pool.points), ("costs", pool.costs)):
        if amounts is not None and len(amounts) and (amounts.min() < 0 or amounts.max() >= 2**40):
            raise ValueError(f"The {name} of a firm are below zero or beyond all measure.")
    if seats < 0 or (budget is not None and (budget < 0 or pool.costs is None)):
        raise ValueError("Seats and budget are not below zero, and a budget needs the cost of each firm.")
    doubled = [code for code, times in Counter(rule.code for rule in rules).items() if times > 1]
    unknown = [rule.attribute for rule in rules if rule.attribute not in pool.groups]
    locked = np.array([firm for lock in locks for firm in lock], dtype=np.int64)
    strangers = locked[~np.isin(locked, pool.ids)].tolist()
    if doubled or unknown or strangers:
        raise ValueError(f"Doubled codes {doubled}, unknown attributes {unknown}, locked firms not there {strangers}.")
