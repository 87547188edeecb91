"""Figures by group without telling of a few firms: what may be shown of a table of counts. Pure.

A table has a row a group and a column a step; every count is one of the column before it or fewer, and the sum of each column is known
to the reader. Hidden is what tells of one to four firms, and whatever it could be computed back from:

- groups with fewer than LEAST firms are summed as one row of others, with larger ones until that row has as many;
- a step is shown by group only where it holds no firm or at least LEAST in every row;
- a hidden count must leave at least two answers to somebody who knows all that is shown, the sums and these rules; where it does not,
  the step before it is hidden as well, at last the whole table.

A table is cut once, over all rounds. A part of it is shown only where every part and all others together hold no small count, so that
no difference between tables tells one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LEAST = 5


@dataclass(frozen=True, slots=True)
class GroupRow:
    """groups: codes that are summed here, one for a row of its own. counts: a step each, None for what is hidden."""

    groups: tuple[str, ...]
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """What may be shown of a table. rows: the largest first, summed ones last; empty where nothing may be shown."""

    rows: tuple[GroupRow, ...]

    @property
    def is_whole(self) -> bool:
        return bool(self.rows) and all(count is not None for row in self.rows for count in row.counts)

    @property
    def partition(self) -> tuple[tuple[str, ...], ...]:
        return tuple(row.groups for row in self.rows)


Groups = list[tuple[tuple[str, ...], tuple[int, ...]]]
NOTHING = Cut(())


def is_small(count: int) -> bool:
    return 0 < count < LEAST


def cut(counts: Mapping[str, Sequence[int]]) -> Cut:
    """What may be shown of a table of groups. counts: by group, a count a step, never rising, all of one length.

    Of the ways to sum small groups the one is taken that shows most figures, those of the last step counted twice since it is what the
    table is for; of equals the one with most steps. One row alone says no more
    than the sums and is the last choice.
    """
    groups: Groups = [((code,), tuple(row)) for code, row in sorted(counts.items()) if row and row[0]]
    groups.sort(key=lambda group: (tuple(-count for count in reversed(group[1])), group[0]))
    best: tuple[tuple[int, int], Cut] | None = None
    for keep in range(len(groups), -1, -1):
        summed = _summed(groups[:keep], groups[keep:])
        found = _shown(summed) if summed is not None else NOTHING
        steps = _worth(found.rows[0].counts) if found.rows else 0
        worth = (len(found.rows) * steps if len(found.rows) > 1 else 0, steps)
        if found.rows and (best is None or worth > best[0]):
            best = (worth, found)
    return best[1] if best else NOTHING


def _worth(counts: Sequence[int | None]) -> int:
    return sum(count is not None for count in counts) + (counts[-1] is not None)


def _summed(own: Groups, others: Groups) -> Groups | None:
    """The groups with a row of their own, then the others as one; None where a row would be too small."""
    rows = sorted(own, key=lambda group: (-group[1][0], group[0]))
    if others:
        codes = tuple(sorted(code for group, _row in others for code in group))
        rows.append((codes, tuple(map(sum, zip(*(row for _group, row in others), strict=True)))))
    return None if any(row[0] < LEAST for _group, row in rows) else rows


def _shown(rows: Groups) -> Cut:
    columns = list(zip(*(row for _group, row in rows), strict=True))
    clean = [not any(map(is_small, column)) for column in columns]
    shown = list(clean)
    while (narrow := _narrow(columns, shown, clean)) is not None:
        before = [step for step in range(narrow) if shown[step]]
        if before == [0]:
            return NOTHING
        shown[before[-1]] = False
    return Cut(
        tuple(
            GroupRow(group, tuple(count if shown[step] else None for step, count in enumerate(row)))
            for group, row in rows
        )
    )


def _narrow(columns: Sequence[Sequence[int]], shown: Sequence[bool], clean: Sequence[bool]) -> int | None:
    """A hidden step of which some count could be computed back; None where there is none."""
    for step, column in enumerate(columns):
        if shown[step]:
            continue
        above = columns[max(before for before in range(step) if shown[before])]
        below = next((columns[after] for after in range(step + 1, len(columns)) if shown[after]), [0] * len(column))
        bounds = list(zip(below, above, strict=True))
        for row in range(len(column)):
            least, most = answers(bounds, sum(column), row, holds_small=not clean[step])
            if least == most:
                return step
    return None


def answers(bounds: Sequence[tuple[int, int]], total: int, row: int, *, holds_small: bool) -> tuple[int, int]:
    """The least and the most that a hidden count can be. bounds: of every row of its step, by the steps shown beside it. total: of the
    step. holds_small: whether it is known that some row of the step is small, the reason for which it is hidden."""
    low, high = bounds[row]
    rest = [bound for at, bound in enumerate(bounds) if at != row]
    rest_low, rest_high = sum(bound[0] for bound in rest), sum(bound[1] for bound in rest)
    ranges = [(max(low, total - rest_high), min(high, total - rest_low))]
    if holds_small:
        first, last = ranges[0]
        ranges = [(max(first, 1), min(last, LEAST - 1))]  # this row is the small one
        for other_low, other_high in rest:  # or another is
            small_low, small_high = max(other_low, 1), min(other_high, LEAST - 1)
            if small_low <= small_high:
                most = total - (rest_low - other_low + small_low)
                least = total - (rest_high - other_high + small_high)
                ranges.append((max(low, least), min(high, most)))
    possible = [(least, most) for least, most in ranges if least <= most]
    return min(least for least, _most in possible), max(most for _least, most in possible)


def cut_parts(parts: Mapping[str, Mapping[str, Sequence[int]]], whole: Cut) -> dict[str, Cut]:
    """The parts of a table, such as its rounds, that may be shown beside the whole. parts: by part and group, a count a step.

    An only part is the whole. None where the whole hides a count. Otherwise as many as leave no small count in any part shown, nor in the sum of those not
    shown; the smallest are left out first. Each is shown in the rows of the whole.
    """
    if len(parts) == 1:
        return dict.fromkeys(parts, whole)
    if not whole.is_whole:
        return {}
    tables = {name: _in_rows(part, whole) for name, part in parts.items()}
    shown = sorted((name for name in tables if _is_clean(tables[name])), key=lambda name: (_size(tables[name]), name))
    while shown:
        rest = _added(tables[name] for name in tables if name not in shown)
        if _is_clean(rest):
            break
        shown.pop(0)
    return {
        name: Cut(tuple(GroupRow(group, row) for group, row in zip(whole.partition, tables[name], strict=True)))
        for name in shown
    }


Rows = list[tuple[int, ...]]


def _in_rows(part: Mapping[str, Sequence[int]], whole: Cut) -> Rows:
    width = len(whole.rows[0].counts)
    return [
        tuple(sum(part[code][step] for code in group if code in part) for step in range(width))
        for group in whole.partition
    ]


def _added(tables: Iterable[Rows]) -> Rows:
    return [tuple(map(sum, zip(*rows, strict=True))) for rows in zip(*tables, strict=True)]


def _is_clean(rows: Rows) -> bool:
    return not any(is_small(count) for row in rows for count in row)


def _size(rows: Rows) -> int:
    return sum(row[0] for row in rows)
