"""The check of a composition's certificate, apart from everything that made it: only sums and comparisons of whole numbers.

Give each limit a price. A set then is worth at most what the limits cost together, and for each firm what its points exceed
the prices it pays: no set has more, whoever looked for it. Where that is not enough, the proof divides the sets in two by
one firm, again and again, and prices each part anew. Firms of equal standing (every rule counts them alike, they cost the
same) are divided in their order: with one of them, those before it are in; without it, those after it are out.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from selection.engine.compose_pool import Composition, Pool, Rule


def check_certificate(  # noqa: PLR0917 - what was asked, in the order in which it is kept, and what came out
    pool: Pool,
    seats: int,
    rules: Sequence[Rule],
    budget: int | None,
    locks: tuple[Collection[int], Collection[int]],
    composition: Composition,
) -> list[str]:
    """What is wrong with a composition, in words for a log; [] where the set keeps all rules, its sums are right and its
    bound is proven. locks: the ids locked in, and those locked out."""
    rows = _rows(pool, seats, rules, budget, composition.certificate)
    chosen = np.isin(pool.ids, composition.chosen)
    wrong = [] if chosen.sum() == len(composition.chosen) else ["The set names a firm twice, or one that is not there."]
    if not set(locks[0]) <= set(composition.chosen) or set(locks[1]) & set(composition.chosen):
        wrong.append("The set does not keep the locks.")
    penalty = 0
    for key, (sign, limit, weight, _, _) in rows.items():
        off = max(0, sign * (_used(pool, rows[key], chosen) - limit))
        penalty += off * (weight or 0)
        if off and weight is None:
            wrong.append(f"{key[0]} {key[1]}: {off} off the limit.")
    if (composition.points, composition.penalty) != (int(pool.points[chosen].sum()), penalty):
        wrong.append("Points or penalty are not the sums.")
    if composition.gap < 0:
        wrong.append("The set passes its own bound.")
    try:
        return wrong + _bound(pool, rows, locks, composition)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return [*wrong, f"The certificate cannot be read: {error!r}."]


_Row = tuple[int, int, int | None, str | None, np.ndarray]
_Rows = dict[tuple[str, str], _Row]


def _rows(pool: Pool, seats: int, rules: Sequence[Rule], budget: int | None, certificate: dict[str, Any]) -> _Rows:
    """By code and value: +1 for a cap or -1 for a floor, the limit, the weight, the attribute and what each of its labels
    counts; without an attribute, what each firm counts."""
    rows: _Rows = {("seats", ""): (1, seats, None, None, np.ones(len(pool.ids), dtype=np.int64))}
    for rule in rules:
        labels = pool.groups[rule.attribute].labels
        share = (rule.per_mille or 0) * seats
        limit = rule.number if rule.number is not None else -(-share // 1000) if rule.is_floor else share // 1000
        for value in [""] if rule.values else [label for label in labels if label]:
            counts = np.array([label in (rule.values or (value,)) for label in labels], dtype=np.int64)
            rows[rule.code, value] = (-1 if rule.is_floor else 1, limit, rule.weight, rule.attribute, counts)
    if budget is not None and pool.costs is not None:
        unit = int(certificate.get("unit", 1))
        unit = unit if unit > 0 and not (pool.costs % unit).any() else 1
        rows["budget", ""] = (1, budget // unit, None, None, pool.costs // unit)
    return rows


def _used(pool: Pool, row: _Row, firms: np.ndarray) -> int:
    return int((row[4][firms] if row[3] is None else row[4][pool.groups[row[3]].codes[firms]]).sum())


def _bound(
    pool: Pool, rows: _Rows, locks: tuple[Collection[int], Collection[int]], composition: Composition
) -> list[str]:
    certificate, steps = composition.certificate, list(reversed(composition.certificate["proof"]))
    scale = int(certificate["scale"])
    grain = math.gcd(*np.unique(pool.points).tolist(), *(row[2] or 0 for row in rows.values())) or 1
    # Every sum less penalties is a multiple of the grain: the next one above the bound may be reached by no set.
    aim = scale * (composition.bound // grain + 1) * grain
    inside, outside = np.isin(pool.ids, list(locks[0])), np.isin(pool.ids, list(locks[1]))
    total, gain = _priced(pool, rows, scale, certificate["root"], 1, np.arange(len(pool.ids)))
    total += int(gain[inside | (~outside & (gain > 0))].sum())
    if total < aim:
        return []
    # Whoever is worth leaving in (or out) by more than the bound exceeds the aim is so in every set that reaches the aim.
    lower = min(aim, scale * int(certificate["aim"]))
    inside, outside = inside | (~outside & (total - gain < lower)), outside | (~inside & (total + gain < lower))
    open_ones = np.flatnonzero(~inside & ~outside)
    kept = {key: row[0] * _used(pool, row, inside) for key, row in rows.items()}
    kept_points = int(pool.points[inside].sum())
    standing = [
        row[4][open_ones] if row[3] is None else row[4][pool.groups[row[3]].codes[open_ones]] for row in rows.values()
    ]
    parts = [(np.zeros(len(open_ones), dtype=bool), np.zeros(len(open_ones), dtype=bool))]
    while parts:
        is_in, is_out = parts.pop()
        if not steps:
            return ["A part of the proof is missing."]
        step = steps.pop()
        if "firm" in step:
            firm = int(np.flatnonzero(pool.ids[open_ones] == step["firm"])[0])
            alike = np.all([column == column[firm] for column in standing], axis=0)
            points, ranks = pool.points[open_ones], pool.ranks[open_ones]
            before = (points > points[firm]) | ((points == points[firm]) & (ranks < ranks[firm]))
            after, before = alike & ~before, alike & before
            before[firm] = True
            sides = [(is_in, is_out | after), (is_in | before, is_out)]
            parts += sides if step["first"] == "in" else reversed(sides)
            continue
        with_worth = int(step["points"] == 1)
        total, gain = _priced(pool, rows, scale, step["multipliers"], with_worth, open_ones)
        total += int(gain[is_in | (~is_out & (gain > 0))].sum())
        total += with_worth * scale * kept_points
        total -= sum(number * kept[code, value] for code, value, number in step["multipliers"])
        if not (is_in & is_out).any() and total >= (aim if with_worth else 0):
            return ["The prices of a part of the proof do not show the bound."]
    return ["The proof goes on behind its end."] if steps else []


def _priced(  # noqa: PLR0917 - a sum that takes what it takes
    pool: Pool, rows: _Rows, scale: int, multipliers: list[list[Any]], with_worth: int, firms: np.ndarray
) -> tuple[int, np.ndarray]:
    """What the limits cost together, and what the points of each of the firms exceed the prices; in parts of 1/scale."""
    total, gain, size = 0, pool.points[firms] * (scale * with_worth), 2.0 * scale * float(pool.points.max(initial=0))
    for code, value, number in multipliers:
        sign, limit, weight, attribute, counts = rows[code, value]
        if type(number) is not int or number < 0 or (weight is not None and number > weight * scale * with_worth):
            raise ValueError(f"{code} {value}: no price may be {number}")
        size += 2.0 * number * float(counts.max(initial=1))
        total += sign * number * limit
        if size * (len(pool.ids) + 1) < 2.0**62:
            gain -= (
                sign * number * (counts[firms] if attribute is None else counts[pool.groups[attribute].codes[firms]])
            )
    if size * (len(pool.ids) + 1) >= 2.0**62 or scale < 1:
        raise ValueError("numbers too large to add up")
    return total, gain
