"""The arithmetic: one vectorised path from measures to points, for one applicant and for a million alike.

Points are whole hundredths of a point (int16), so that sums are exact. Every step is an addition, a multiplication or a
comparison of single elements in a fixed order: no sums across applicants, no logarithm, no power. So an applicant scored
alone gets the same bits as among a million, on any machine with IEEE arithmetic, and as each of these steps keeps the order
of its inputs, more of a good can never lower a score by rounding.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from selection.engine.facts import facts_at
from selection.engine.measures import MEASURES, Case, Value
from selection.engine.policy import Condition, Criterion, Item, Layer, Policy

Floats: TypeAlias = NDArray[np.float64]

FULL = 10_000
"""100 points in hundredths."""
BLOCK = 32_768
"""Applicants worked off at a time: their buffers stay in the processor's cache."""
LOT_BITS = 56
POINTS_BITS = 14


@dataclass(frozen=True)
class Columns:
    """Applicants as columns. values: float64 (layers of the policy × applicants), NaN where nothing is known, never
    infinite. ties: uint64 an applicant, the lower comes first among equal points (see `tie_key`)."""

    values: Floats
    ties: NDArray[np.uint64]


@dataclass(frozen=True)
class Points:
    """Whole hundredths of a point. by_criterion: int16 (criteria × applicants); total: int16, 0 to 10,000."""

    by_criterion: NDArray[np.int16]
    total: NDArray[np.int16]


def is_met(condition: Condition, case: Case) -> bool:
    """Does the firm meet the condition? What is not told is not met."""
    value = MEASURES[condition.measure].read(case)
    if value is None:
        return False
    match condition.test:
        case "is":
            return value is condition.value
        case "in":
            return value in condition.value  # type: ignore[operator]
        case "at_least":
            return value >= condition.value  # type: ignore[operator]
        case _:
            return value <= condition.value  # type: ignore[operator]


def tie_key(case: Case, policy: Policy) -> int:
    """The place among applicants with equal points, the lower the better; below 2**64.

    First the tie-break conditions of the policy, in order (a firm that meets one comes before one that does not); then a
    lot drawn from the firm's public id and the policy's version, which nobody can choose and anybody can draw again.
    """
    key = 0
    for condition in policy.tie_break:
        key = key * 2 + (not is_met(condition, case))
    lot = hashlib.sha256(f"{policy.version}:{case.facts.sme}".encode()).digest()
    return (key << LOT_BITS) | int.from_bytes(lot[: LOT_BITS // 8])


def columns_of(cases: Iterable[Case], policy: Policy) -> Columns:
    """Read the policy's measures off each applicant, at each level of evidence that counts; a table of codes is looked up here,
    flags become 0 and 1."""
    layers = policy.layers
    levels = {layer.level for layer in layers}
    rows: list[list[float]] = []
    ties: list[int] = []
    for case in cases:
        at = {level: replace(case, facts=facts_at(case.facts, level, case.on)) for level in levels}
        rows.append([as_number(layer.item, layer.item.of.read(at[layer.level])) for layer in layers])
        ties.append(tie_key(case, policy))
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(layers))
    return Columns(np.ascontiguousarray(values.T), np.array(ties, dtype=np.uint64))


def as_number(item: Item, value: Value) -> float:
    """A measure's value as the number that the item's normaliser takes; NaN for None."""
    if value is None:
        return math.nan
    if isinstance(value, str):
        return dict(item.table).get(value, item.otherwise)
    return float(value)


def score_many(columns: Columns, policy: Policy) -> Points:
    """Points of all applicants under the policy. Raises ValueError where the columns are not those of the policy."""
    rows, applicants = columns.values.shape
    if rows != len(policy.layers):
        raise ValueError(f"The policy has {len(policy.layers)} layers, the columns have {rows}.")
    if columns.ties.shape != (applicants,):
        raise ValueError("There must be one tie key an applicant.")
    plans = [_Plan(criterion) for criterion in policy.criteria]
    by_criterion = np.empty((len(plans), applicants), dtype=np.int16)
    total = np.empty(applicants, dtype=np.int16)
    work = _Work(min(BLOCK, applicants))
    for start in range(0, applicants, BLOCK):
        block = columns.values[:, start : start + BLOCK]
        here = slice(start, start + block.shape[1])
        buffers = work.cut(block.shape[1])
        buffers.total.fill(0)
        first = 0
        for row, plan in enumerate(plans):
            plan.add_up(block[first : first + len(plan.layers)], buffers)
            np.rint(buffers.sum, out=buffers.sum)
            np.copyto(by_criterion[row, here], buffers.sum, casting="unsafe")
            buffers.total += buffers.sum
            first += len(plan.layers)
        np.copyto(total[here], buffers.total, casting="unsafe")
    return Points(by_criterion, total)


def rank(total: NDArray[np.int16], ties: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The applicants' positions, best first: by points, then by tie key; the order they come in does not matter.

    Raises ValueError where two applicants have equal points and equal tie keys: they are the same applicant twice.
    """
    # One integer an applicant: 14 bits for the points behind the best, as many upper bits of the tie key as there is room
    # for, and the position itself. Sorting plain integers takes half the time of an argsort.
    position_bits = np.uint64(max(len(total), 1).bit_length())
    tie_bits = np.uint64(64 - POINTS_BITS) - position_bits
    behind = (FULL - total).astype(np.uint64)
    keys = behind << tie_bits
    keys |= ties >> (np.uint64(64) - tie_bits)
    keys <<= position_bits
    keys |= np.arange(len(total), dtype=np.uint64)
    keys.sort()
    order = (keys & ((np.uint64(1) << position_bits) - np.uint64(1))).astype(np.intp)
    keys >>= position_bits
    clash = keys[1:] == keys[:-1]
    if clash.any():
        _settle(order, clash, behind, ties)
    return order


def _settle(
    order: NDArray[np.intp], clash: NDArray[np.bool_], behind: NDArray[np.uint64], ties: NDArray[np.uint64]
) -> None:
    """Put those whose shortened keys are equal to their neighbour's in order by their whole keys, in place."""
    among = np.zeros(len(order), dtype=np.bool_)
    among[1:] |= clash
    among[:-1] |= clash
    some = order[among]
    some = some[np.lexsort((ties[some], behind[some]))]
    if np.any((ties[some][1:] == ties[some][:-1]) & (behind[some][1:] == behind[some][:-1])):
        raise ValueError("An applicant stands in the list twice.")
    order[among] = some


class _Work:
    """The buffers of one block."""

    def __init__(self, size: int) -> None:
        self.sum, self.term, self.segment, self.present, self.total = (np.empty(size) for _ in range(5))
        self.mask = np.empty(size, dtype=np.bool_)

    def cut(self, size: int) -> "_Work":
        if size == len(self.sum):
            return self
        short = object.__new__(_Work)
        for name, buffer in vars(self).items():
            setattr(short, name, buffer[:size])
        return short


class _Plan:
    """A criterion made ready: for each layer its base, its pieces and what it gives when nothing is known."""

    def __init__(self, criterion: Criterion) -> None:
        self.full = float(criterion.weight * 100)
        self.reweights = criterion.missing == "rest"
        self.neutral = self.full * criterion.neutral
        self.layers = [self._layer(layer, criterion) for item in criterion.items for layer in item.layers]

    def _layer(self, layer: Layer, criterion: Criterion) -> "_LayerPlan":
        # In a reweighted criterion an item counts in shares, in the others at once in hundredths of a point.
        item = layer.item
        scale = (float(item.share) if self.reweights else item.share * self.full / 100) * layer.part
        return _LayerPlan(item, scale, absent=0.0 if self.reweights else criterion.neutral * scale)

    def add_up(self, values: Floats, work: _Work) -> None:
        """Leave the criterion's hundredths, not yet rounded, in work.sum."""
        self.layers[0].into(work.sum, values[0], work)
        for layer, column in zip(self.layers[1:], values[1:], strict=True):
            layer.into(work.term, column, work)
            work.sum += work.term
        if self.reweights:
            self._reweight(values, work)

    def _reweight(self, values: Floats, work: _Work) -> None:
        work.present.fill(0)
        for layer, column in zip(self.layers, values, strict=True):
            np.equal(column, column, out=work.mask)  # NaN is not equal to itself
            np.multiply(work.mask, layer.share, out=work.term)
            work.present += work.term
        np.equal(work.present, 0, out=work.mask)
        np.maximum(work.present, 1, out=work.present)
        work.sum *= self.full
        work.sum /= work.present
        np.copyto(work.sum, self.neutral, where=work.mask)


class _LayerPlan:
    """One normaliser. A line is a base plus one clipped piece a segment; steps are a gain a step."""

    def __init__(self, item: Item, scale: float, *, absent: float) -> None:
        self.share = float(item.share)
        self.absent = absent
        self.steps: list[tuple[float, float]] = []
        self.pieces: list[tuple[float, float, float]] = []
        if item.kind == "steps":
            self.base = 0.0
            won = 0.0
            for value, share in item.points:
                self.steps.append((value, (share - won) * scale))
                won = share
        else:
            # A flag and a looked-up share are lines from 0 to 1 already.
            points: Sequence[tuple[float, float]] = item.points if item.kind == "line" else ((0.0, 0.0), (1.0, 1.0))
            self.base = points[0][1] * scale
            self.pieces = list(_pieces(points, scale))

    def into(self, out: Floats, column: Floats, work: _Work) -> None:
        """Write what the item gives for each applicant of the column."""
        target = out
        for low, high, slope in self.pieces:
            # fmax and fmin pass over NaN, so that what is not known gives 0 here.
            np.fmax(column, low, out=target)
            np.fmin(target, high, out=target)
            if low:
                target -= low
            target *= slope
            if target is not out:
                out += target
            target = work.segment
        for value, gain in self.steps:
            np.greater_equal(column, value, out=work.mask)
            np.multiply(work.mask, gain, out=target)
            if target is not out:
                out += target
            target = work.segment
        if self.base:
            out += self.base
        if self.base or self.absent:
            np.isnan(column, out=work.mask)
            np.copyto(out, self.absent, where=work.mask)


def _pieces(points: Sequence[tuple[float, float]], scale: float) -> Iterator[tuple[float, float, float]]:
    for (low, share), (high, next_share) in pairwise(points):
        if share != next_share:
            yield low, high, (next_share - share) * scale / (high - low)
