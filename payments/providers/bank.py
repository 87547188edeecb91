"""Bank transfer and challan: paid to TDAP's own account, seen in the bank's file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tdap_portal.core.marks import gettext_noop as _

from .account import Account, account_lines
from .interface import (
    CANNOT,
    CANNOT_TELL,
    RECEIVED,
    Answer,
    Begun,
    Can,
    Instructions,
    Line,
    Notice,
    Outcome,
    PaymentRequest,
    RefundRequest,
    Refused,
    Reply,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

COPIES: Final = (_("Copy of the bank"), _("Copy for TDAP"), _("Copy of the payer"))


@dataclass(frozen=True, slots=True)
class Challan:
    """What stands on a paying-in slip, once for each of `copies`. Labels are English, marked for the translators.
    until: the last moment to pay; whoever draws the slip writes its day for people."""

    copies: tuple[str, ...]
    lines: tuple[Line, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class BankTransfer:
    account: Account
    code: str = "bank"
    name: str = _("Bank transfer or challan")
    reply: Reply = RECEIVED

    @property
    def can(self) -> frozenset[Can]:
        return frozenset({Can.INSTRUCTIONS, Can.SEEN_LATE})

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        problem = request.problem()
        return (
            Refused(problem)
            if problem
            else Begun(Instructions(account_lines(self.account, request)), request.expires_at)
        )

    def challan(self, request: PaymentRequest) -> Challan | Refused:
        """The text of the slip: who is paid, how much, by which reference, until when, and what for."""
        problem = request.problem()
        if problem:
            return Refused(problem)
        lines = (*account_lines(self.account, request), Line(_("What it is for"), request.description))
        return Challan(COPIES, lines, request.expires_at)

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        return CANNOT

    def ask(self, reference: str, *, now: datetime) -> Answer:
        return CANNOT_TELL

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        return Answer(Outcome.FAILED, CANNOT.code)
