"""Rows of a sheet as they are kept, and back. Pure.

A kept row is {"n": number, "c": [cells]}, with "h": true where it was hidden and "m": {column: [kind, text]} where a cell has
a mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tdap_portal.core.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def kept(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as JSON."""
    return [
        {
            "n": row.number,
            "c": row.cells,
            **({"h": True} if row.is_hidden else {}),
            **({"m": {str(at): list(mark) for at, mark in row.marks.items()}} if row.marks else {}),
        }
        for row in rows
    ]


def rows_of(stored: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Kept rows as the checks take them."""
    return [
        Row(row["n"], list(row["c"]), row.get("h", False), {int(at): tuple(m) for at, m in row.get("m", {}).items()})
        for row in stored
    ]


def put_right(rows: Iterable[Row], mapping: Mapping[str, int], written: Mapping[int, Mapping[str, str]]) -> list[Row]:
    """The rows with these cells written anew: by number of the row and field. What was said of such a cell falls away; a cell
    that was sent back as it stood keeps it, else a formula without a result would be taken for a cell left out."""
    changed = []
    for row in rows:
        for name, text in written.get(row.number, {}).items():
            at = mapping[name]
            row.cells += [""] * (at + 1 - len(row.cells))
            if row.cells[at] != text:
                row.cells[at] = text
                row.marks.pop(at, None)
        changed.append(row)
    return changed
