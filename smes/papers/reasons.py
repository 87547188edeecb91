"""Why a paper is refused, as coded and dated data: what the firm reads, and what would do. Pure.

A code is never reused or reworded in place: a reason that is no longer given gets an `until`, and papers refused under it
keep their words.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from tdap_portal.core.marks import gettext_noop as _


class PaperReason(NamedTuple):
    """label: as an officer chooses it. words, remedy: what the firm reads, and what would do; all message ids. since, until: first
    and last day on which it may be given; until None: still in force."""

    code: str
    label: str
    words: str
    remedy: str
    since: date
    until: date | None = None


_FIRST_DAY: Final = date(2026, 7, 1)
PAPER_REASONS: Final = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            PaperReason(
                "P07",
                _("part of the paper cannot be read (stamp, fold, light)"),
                _("Part of the paper cannot be read: a stamp, a fold or the light hides it."),
                _("Take a clear picture in daylight with all four corners, or send a new copy from who issued it."),
                _FIRST_DAY,
            ),
            PaperReason(
                "P02",
                _("a different firm or person"),
                _("The paper names a different firm or person."),
                _("Send the paper that is in your firm's own name or that of its owner."),
                _FIRST_DAY,
            ),
            PaperReason(
                "P04",
                _("out of date"),
                _("The paper is out of date."),
                _("Send the one that is valid now."),
                _FIRST_DAY,
            ),
            PaperReason(
                "P11",
                _("not the paper that was asked for"),
                _("This is not the paper that was asked for."),
                _("Look at its name in your list of papers and send that one."),
                _FIRST_DAY,
            ),
            PaperReason(
                "P15",
                _("changed or put together"),
                _("The paper was changed, or put together from several."),
                _("Send the paper as it was issued, whole and unchanged. If you think this is wrong, write to us."),
                _FIRST_DAY,
            ),
        )
    }
)
"""Every reason that was ever given, by code, in the order in which it is offered."""


def reasons_in_force(on: date) -> tuple[PaperReason, ...]:
    return tuple(row for row in PAPER_REASONS.values() if row.since <= on and (row.until is None or on <= row.until))
