"""Raast: a code that any bank's app reads, paid to TDAP's own account and seen in the bank's file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tdap_portal.core.marks import gettext_noop as _

from . import emv
from .account import Account, account_lines
from .interface import (
    CANNOT,
    CANNOT_TELL,
    RECEIVED,
    Answer,
    Begun,
    Can,
    Instructions,
    Notice,
    Outcome,
    PaymentRequest,
    RefundRequest,
    Refused,
    Reply,
)
from .reading import KARACHI

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Raast:
    """A code for one payment, and the account for apps that cannot read it. name_on_code, city: in Latin letters;
    trade: four digits of ISO 18245. A portal without a merchant's contract shows a code between persons (`is_merchant`
    False)."""

    account: Account
    name_on_code: str
    city: str
    trade: str = "9399"
    is_merchant: bool = True
    code: str = "raast"
    name: str = _("Raast QR")
    reply: Reply = RECEIVED

    @property
    def can(self) -> frozenset[Can]:
        return frozenset({Can.QR, Can.INSTRUCTIONS, Can.SEEN_LATE})

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        problem = request.problem()
        if problem:
            return Refused(problem)
        text = self._code(request.reference, request.amount_paisa, request.expires_at)
        return Begun(Instructions(account_lines(self.account, request), qr=text), request.expires_at)

    def sample(self) -> str:
        """A code for one rupee, to see at the start that the settings make one. Raises ValueError."""
        return self._code("SAMPLE", 100, datetime(2027, 1, 1, tzinfo=KARACHI))

    def _code(self, reference: str, amount_paisa: int, expires_at: datetime) -> str:
        iban = self.account.iban
        if not self.is_merchant:
            return emv.person_code(iban, amount_paisa=amount_paisa, purpose=reference, expires_at=expires_at)
        return emv.merchant_code(
            iban,
            name=self.name_on_code,
            city=self.city,
            trade=self.trade,
            reference=reference,
            amount_paisa=amount_paisa,
        )

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        return CANNOT

    def ask(self, reference: str, *, now: datetime) -> Answer:
        return CANNOT_TELL

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        return Answer(Outcome.FAILED, CANNOT.code)
