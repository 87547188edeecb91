"""Why a certificate is taken back, as dated data. Pure. A code is never reused or reworded in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tdap_portal.core.marks import gettext_noop as _


@dataclass(frozen=True, slots=True)
class RevokingReason:
    """words: a message id, as everybody reads it who checks the number. since, until: first and last day on which it may be given.
    for_good: nothing that can be counted makes up for it, so that the portal issues no other one for the same file by itself."""

    code: str
    words: str
    since: date = date(2026, 7, 1)
    until: date | None = None
    source: str = "Working list of TDAP, first round"
    for_good: bool = False

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


_TABLE = (
    RevokingReason("false_paper", _("The place in the programme rested on a paper that was not true"), for_good=True),
    RevokingReason("other_person", _("Somebody else took part in place of the person named"), for_good=True),
    RevokingReason("attendance", _("The attendance was corrected and no longer reaches what is asked for")),
    RevokingReason("assessment", _("The assessment was annulled"), for_good=True),
    RevokingReason("issued_in_error", _("It was issued by mistake")),
)
REASONS: dict[str, RevokingReason] = {row.code: row for row in _TABLE}
"""Every reason that was ever given, by code."""
FOR_GOOD = frozenset(code for code, row in REASONS.items() if row.for_good)
