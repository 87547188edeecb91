"""Receipts beside shipments, many to many: what may be matched, and what is proposed. Amounts in whole hundredths of the
currency of the invoice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


class Fault(StrEnum):
    """Why an amount cannot be matched."""

    AMOUNT = "amount"  # not above 0
    FIRM = "firm"  # of two firms
    CURRENCY = "currency"
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


def fault_of(receipt: Side, shipment: Side, amount: int) -> Fault | None:
    """The first thing that is wrong with matching so much of a receipt to a shipment; None where it can be."""
    checks = (
        (amount <= 0, Fault.AMOUNT),
        (receipt.firm != shipment.firm, Fault.FIRM),
        (receipt.currency != shipment.currency, Fault.CURRENCY),
        (receipt.is_service != shipment.is_service, Fault.KIND),
        (receipt.day < shipment.day and not shipment.may_precede, Fault.BEFORE),
        (amount > shipment.left, Fault.ABOVE_INVOICE),
        (amount > receipt.left, Fault.ABOVE_RECEIPT),
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
