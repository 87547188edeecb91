"""What differs between two versions of a frozen copy: before, after, and how far a number jumped. Pure.

One comparison for every page that shows it: what an answer changed, what a firm corrected and submitted again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smes.profile.facts import FROZEN
from smes.profile.proofs import ROW_KEYS as KEYS_OF_PROOFS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROW_KEYS: Mapping[str, Callable[[Any], str]] = {
    "products": lambda row: f"products/{row['hs6']}",
    "certifications": KEYS_OF_PROOFS["certifications"],
    "export_history": KEYS_OF_PROOFS["export_history"],
}
"""Facts that are compared row by row, and the key of a row."""
NUMBER_IN_ROW = {"products": "price_pkr", "export_history": "value_usd"}
NOT_COMPARED = frozenset({"verified"})  # of a row: an officer's word on it, not what the firm says


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, or one row of a list, that differs.

    fact: its key in the frozen copy. key: the same, for a row with what it is known by: "export_history/2026/direct". before,
    after: plain values of the copy, of a row the row itself; None where nothing was told, or the row is not there.
    jump_pct: by how many per cent the number rose or (below 0) fell; None without two numbers, or from 0.
    """

    fact: str
    key: str
    before: Any
    after: Any
    jump_pct: int | None = None


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What a firm reads as changed from one frozen copy to another, in the order of the facts.

    Facts that no page names (proofs, the day of the copy) are passed over. An empty copy stands for nothing told.
    """
    found: list[Change] = []
    for fact in FROZEN:
        if not fact.label:
            continue
        before, after = old.get(fact.key), new.get(fact.key)
        if fact.key in ROW_KEYS:
            found += _row_changes(fact.key, before or [], after or [])
        elif before != after:
            found.append(Change(fact.key, fact.key, before, after, jump_pct(before, after)))
    return found


def jump_pct(before: Any, after: Any) -> int | None:
    """By how many per cent a number changed, rounded; None where one of the two is no number, or the first is 0."""
    if not (_is_number(before) and _is_number(after) and before):
        return None
    return round(100 * (after - before) / abs(before))


def _row_changes(fact: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Change]:
    key_of = ROW_KEYS[fact]
    was, is_now = {key_of(row): row for row in before}, {key_of(row): row for row in after}
    number = NUMBER_IN_ROW.get(fact, "")
    return [
        Change(
            fact,
            key,
            was.get(key),
            is_now.get(key),
            jump_pct(was.get(key, {}).get(number), is_now.get(key, {}).get(number)),
        )
        for key in dict.fromkeys([*is_now, *was])
        if _compared(was.get(key)) != _compared(is_now.get(key))
    ]


def _compared(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return row and {name: value for name, value in row.items() if name not in NOT_COMPARED}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
