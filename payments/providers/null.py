"""No way to pay: for a portal that takes no money. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tdap_portal.core.marks import gettext_noop as _

from .interface import (
    CANNOT,
    CANNOT_TELL,
    RECEIVED,
    Answer,
    Begun,
    Can,
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


@dataclass(frozen=True, slots=True)
class Null:
    code: str = "null"
    name: str = _("No payment")
    reply: Reply = RECEIVED

    @property
    def can(self) -> frozenset[Can]:
        return frozenset()

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        return CANNOT

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        return CANNOT

    def ask(self, reference: str, *, now: datetime) -> Answer:
        return CANNOT_TELL

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        return Answer(Outcome.FAILED, CANNOT.code)
