"""Why a lender refuses, by code, as dated rows. Pure. Firms read the words, the public the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from tdap_portal.core.marks import gettext_noop as _


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """code: B1 and so on, never used for something else. words: why; remedy: what the firm can do. since, until: the first and the last day
    on which it may be given; until None: it still may."""

    code: str
    words: str
    remedy: str
    since: date
    until: date | None = None


REFUSAL_REASONS: Final = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            RefusalReason(
                "B1",
                _("Papers were missing after we asked."),
                _("Send them to TDAP, and ask again: the pack shows what is missing."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "B2",
                _("What the firm earns does not carry this amount."),
                _("Ask for a smaller amount, or with orders and proceeds that carry it."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "B3",
                _("The credit history speaks against it."),
                _("Ask the credit bureau for your report, and have what is not right corrected."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "B4",
                _("We do not lend in this sector or town."),
                _("Ask another lender: the schemes name who gives what."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "B5",
                _("The firm does not fit the scheme."),
                _("The pack says which scheme fits, and why."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "B6",
                _("We want security that the firm does not have."),
                _("Ask for a scheme without collateral."),
                date(2026, 7, 1),
            ),
        )
    }
)


def reasons_on(day: date) -> tuple[RefusalReason, ...]:
    """Those that may be given on a day, in the order of their codes."""
    return tuple(
        reason
        for reason in REFUSAL_REASONS.values()
        if reason.since <= day and (reason.until is None or day <= reason.until)
    )
