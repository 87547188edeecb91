"""Why a firm does not take a seat, or gives it back, as dated data. Pure.

A code is never reused or reworded in place: a reason that is no longer given gets an `until`, and offers that ended under it
still show its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tdap_portal.core.marks import gettext_noop as _


@dataclass(frozen=True, slots=True)
class LeavingReason:
    """words: a message id. since, until: first and last day on which it may be given."""

    code: str
    words: str
    since: date = date(2026, 7, 1)
    until: date | None = None
    source: str = "Working list of TDAP, first round"

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


_TABLE = (
    LeavingReason("no_time", _("No time for the training now")),
    LeavingReason("deposit_too_high", _("The deposit is too high")),
    LeavingReason("too_far", _("Too far to travel")),
    LeavingReason("nobody_to_send", _("Nobody in the firm can come")),
    LeavingReason("found_a_buyer", _("Found a buyer already")),
    LeavingReason("other_programme", _("In another programme")),
    LeavingReason("not_said", _("Rather not say")),
)
UNPAID = LeavingReason("deposit_unpaid", _("The deposit was not paid in time"), source="Rule of the deposit")
"""Given by the clock, chosen by nobody."""
REASONS: dict[str, LeavingReason] = {row.code: row for row in (*_TABLE, UNPAID)}
"""Every reason that was ever given, by code."""


def reasons_on(day: date) -> tuple[LeavingReason, ...]:
    return tuple(row for row in _TABLE if row.in_force(day))
