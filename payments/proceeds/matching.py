"""Receipts beside shipments, many to many: what may be matched, and what is proposed. Amounts in whole hundredths of the
currency of the receipt; what they pay of an invoice in another currency, in that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

MOST_APART: Final = 10
"""Per cent by which the rate of a bank may lie off the rates of that day: their margins and a day's moves, not an invoice
that a tenth of its price would pay."""


class Fault(StrEnum):
    """Why an amount cannot be matched."""

    AMOUNT = "amount"  # not above 0
    FIRM = "firm"  # of two firms
    CURRENCY = "currency"  # two of them, and nothing says what was paid of the invoice
    NO_RATE = "no_rate"  # two of them, and no rates to look at that with
    RATE = "rate"  # two of them, and not as the rates of that day say
    KIND = "kind"  # money for goods beside a service, or the other way round
    BEFORE = "before_shipment"
    ABOVE_INVOICE = "above_invoice"
    ABOVE_RECEIPT = "above_receipt"


@dataclass(frozen=True, slots=True)
class Side:
    """A receipt or a shipment. day: on which the money came, or on which it was shipped. matched: of its amount, by now.
    may_precede: of a shipment, whether its money may come before it."""

    number: int
    firm: int
    amount: int
    matched: int
    currency: str
    day: date
    is_service: bool = False
    may_precede: bool = False

    @property
    def left(self) -> int:
        return self.amount - self.matched


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a part of a receipt pays of an invoice in another currency, as the bank says, and the rates of the day on which it came: rupees
    for one unit, None where none is known."""

    pays: int
    rate_paid: Decimal | None
    rate_invoice: Decimal | None

    def fault(self, amount: int) -> Fault | None:
        if not self.rate_paid or not self.rate_invoice:
            return Fault.NO_RATE
        given, taken = amount * self.rate_paid, self.pays * self.rate_invoice
        return Fault.RATE if abs(given - taken) * 100 > MOST_APART * max(given, taken) else None


def fault_of(receipt: Side, shipment: Side, amount: int, exchange: Exchange | None = None) -> Fault | None:
    """The first thing that is wrong with matching so much of a receipt to a shipment; None where it can be.

    exchange: only where the two are in different currencies.
    """
    pays = amount if exchange is None else exchange.pays
    is_exchanged = receipt.currency != shipment.currency
    off = exchange.fault(amount) if exchange is not None and is_exchanged and pays > 0 else None
    checks = (
        (amount <= 0 or pays <= 0, Fault.AMOUNT),
        (receipt.firm != shipment.firm, Fault.FIRM),
        (is_exchanged != (exchange is not None), Fault.CURRENCY),
        (receipt.is_service != shipment.is_service, Fault.KIND),
        (receipt.day < shipment.day and not shipment.may_precede, Fault.BEFORE),
        (pays > shipment.left, Fault.ABOVE_INVOICE),
        (amount > receipt.left, Fault.ABOVE_RECEIPT),
        (off == Fault.NO_RATE, Fault.NO_RATE),
        (off == Fault.RATE, Fault.RATE),
    )
    return next((fault for is_wrong, fault in checks if is_wrong), None)


def proposed(receipt: Side, shipments: Sequence[Side]) -> list[tuple[int, int]]:
    """(number of a shipment, amount): what is left of a receipt, given to shipments in the order in which they come.

    One that the money pays exactly goes before all others.
    """
    fits = [one for one in shipments if fault_of(receipt, one, min(receipt.left, one.left)) is None]
    exact = [one for one in fits if one.left == receipt.left]
    left, found = receipt.left, []
    for one in exact[:1] or fits:
        part = min(left, one.left)
        if part <= 0:
            break
        found.append((one.number, part))
        left -= part
    return found


def sums(lines: Iterable[tuple[int, int, int]]) -> tuple[dict[int, int], dict[int, int]]:
    """What is matched of each receipt and of each shipment. lines: (receipt, shipment, amount), below 0 where a match was
    taken back."""
    receipts: dict[int, int] = {}
    shipments: dict[int, int] = {}
    for receipt, shipment, amount in lines:
        receipts[receipt] = receipts.get(receipt, 0) + amount
        shipments[shipment] = shipments.get(shipment, 0) + amount
    return receipts, shipments
