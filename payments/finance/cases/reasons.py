"""Why a lender refuses, or writes a loan off, by code, as dated rows. Pure. Firms read the words, the public the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Mapping


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


LOSS_REASONS: Final = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            RefusalReason(
                "L1",
                _("The firm has stopped trading."),
                _("Ask the lender for a paper on what is still owed, and by whom."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "L2",
                _("The buyer did not pay the firm."),
                _("Tell the lender when the buyer pays: what comes back later is noted here."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "L3",
                _("Goods or machines were lost, by fire, water or on the way."),
                _("Look whether an insurance pays, and tell the lender."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "L4",
                _("The owner has died or is too ill to go on."),
                _("Family and guarantors ask the lender what they owe, and what they do not."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "L5",
                _("The firm can no longer be reached."),
                _("Write to the lender: a plan for the rest helps more than silence."),
                date(2026, 7, 1),
            ),
            RefusalReason(
                "L6",
                _("The firm does not pay, for another reason."),
                _("Write to the lender: a plan for the rest helps more than silence."),
                date(2026, 7, 1),
            ),
        )
    }
)
"""Why the rest of a loan is not expected any more. Codes as above."""


def reasons_on(day: date) -> tuple[RefusalReason, ...]:
    """Of a refusal, those that may be given on a day, in the order of their codes."""
    return _in_force(REFUSAL_REASONS, day)


def loss_reasons_on(day: date) -> tuple[RefusalReason, ...]:
    """The same of a loss."""
    return _in_force(LOSS_REASONS, day)


def _in_force(reasons: Mapping[str, RefusalReason], day: date) -> tuple[RefusalReason, ...]:
    return tuple(
        reason for reason in reasons.values() if reason.since <= day and (reason.until is None or day <= reason.until)
    )
