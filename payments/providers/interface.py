"""What the portal asks of a way to pay, and what it gets back. Pure.

Nothing here raises for what a payer, a provider or a stranger sends: it is refused with a code. Amounts are whole
hundredths of their currency (paisa of the rupee). Moments carry their zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

RUPEES: Final = "PKR"
LARGEST_PAISA: Final = 10**13
"""Of one payment: a hundred billion rupees."""
REFERENCE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,18}[A-Za-z0-9])?")
"""Ours, one for each attempt: JazzCash takes 20 characters at the most. Letters and digits alone suit every provider.
"""


class Outcome(StrEnum):
    """Where the money is. UNKNOWN: nobody can say now, so ask again; never read it as "not paid"."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class Can(StrEnum):
    """What a way to pay is able to do."""

    HOSTED_PAGE = "hosted_page"  # the payer goes to a page of the provider
    WALLET_PUSH = "wallet_push"  # the payer's telephone asks for a yes
    QR = "qr"
    INSTRUCTIONS = "instructions"  # words and numbers to pay by
    NOTICE = "notice"  # it tells us, signed
    QUERY = "query"
    REFUND = "refund"
    SEEN_LATE = "seen_late"  # seen in the bank's file, a working day or more after it was paid


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One attempt to pay. reference: ours, see REFERENCE. description: what is paid for, shown to the payer.
    return_url: where the payer comes back to; that page proves nothing. expires_at: after that the attempt must fail;
    never later than the payment is due, since some providers tell no more of the moment of payment. mobile, cnic: of
    the payer, where the way needs them."""

    reference: str
    amount_paisa: int
    description: str
    at: datetime
    expires_at: datetime
    return_url: str = ""
    notice_url: str = ""
    mobile: str = field(default="", repr=False)  # E.164
    cnic: str = field(default="", repr=False)
    email: str = field(default="", repr=False)

    def problem(self) -> str:
        """Why nobody can be asked this: "reference", "amount", "time"; "" for nothing."""
        if not REFERENCE.fullmatch(self.reference):
            return "reference"
        if isinstance(self.amount_paisa, bool) or not 0 < self.amount_paisa <= LARGEST_PAISA:
            return "amount"
        if self.at.tzinfo is None or self.expires_at.tzinfo is None or self.expires_at <= self.at:
            return "time"
        return ""


@dataclass(frozen=True, slots=True)
class PostForm:
    """The payer's browser posts these fields to the provider's page."""

    url: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def origin(self) -> str:
        """Whose page it is, as the policy of the page that posts there must name it (form-action)."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Redirect:
    """The payer's browser goes to this address."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WaitForPhone:
    """The payer says yes on the telephone; the page waits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of instructions. label: English, marked for the translators. is_number: copied digit by digit, so from
    left to right."""

    label: str
    value: str = field(repr=False)
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the payer needs in order to pay elsewhere. qr: text of the code to be drawn, "" for none."""

    lines: tuple[Line, ...]
    qr: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that the payer can go on with. outcome: PENDING; UNKNOWN where the provider's answer was not
    understood, so that it may have been paid all the same; PAID or FAILED where a wallet said so at once (a PAID one
    is asked about like any other)."""

    step: PostForm | Redirect | WaitForPhone | Instructions
    expires_at: datetime
    provider_reference: str = ""
    outcome: Outcome = Outcome.PENDING
    code: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not begun, or a notice that is not believed. code: short and stable; never anything of what was sent."""

    code: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says, its signature checked. event_id: the same for the same notice sent again, another for
    another one. reference: ours. amount_paisa: hundredths of `currency`, as it says; None where it says none: whoever
    books it compares both with what was asked. happened_at: the provider's own moment; None where it tells none.
    fee_paisa: what it keeps; None for not told. refund_reference: ours, of a refund, where it names it; else ""."""

    event_id: str
    reference: str
    provider_reference: str
    outcome: Outcome
    amount_paisa: int | None
    currency: str
    happened_at: datetime | None
    fee_paisa: int | None = None
    refund_reference: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says when it is asked, about a payment or a refund. code: why it is UNKNOWN or FAILED, "" else.
    The amount and the moment are None where it does not tell them."""

    outcome: Outcome
    code: str = ""
    provider_reference: str = ""
    amount_paisa: int | None = None
    currency: str = ""
    happened_at: datetime | None = None
    fee_paisa: int | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to go back. reference, provider_reference: of the payment. refund_reference: ours, each time the same."""

    reference: str
    provider_reference: str
    refund_reference: str
    amount_paisa: int
    reason: str = ""

    def problem(self) -> str:
        """As of PaymentRequest."""
        if not REFERENCE.fullmatch(self.reference) or not REFERENCE.fullmatch(self.refund_reference):
            return "reference"
        return "" if not isinstance(self.amount_paisa, bool) and 0 < self.amount_paisa <= LARGEST_PAISA else "amount"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider wants to read when its notice was stored, whatever was in it."""

    body: str
    content_type: str = "text/plain"


CANNOT: Final = Refused("cannot")
CANNOT_TELL: Final = Answer(Outcome.UNKNOWN, "cannot_tell")
RECEIVED: Final = Reply("OK")


class Provider(Protocol):
    """A way to pay. code: stable, in addresses and rows. name: English, marked for the translators. can: see Can."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def can(self) -> frozenset[Can]: ...
    @property
    def reply(self) -> Reply: ...

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        """Start an attempt. May take as long as the provider's time limit; is never tried again by itself."""

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        """Believe a notice or not. body: raw, as it came; headers: names in any case. Reads nothing else and keeps
        nothing."""

    def ask(self, reference: str, *, now: datetime) -> Answer:
        """How a payment stands, by our reference of the attempt."""

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        """Send money back. REFUNDED: done; PENDING: on its way; UNKNOWN: ask a person before it is tried again."""
