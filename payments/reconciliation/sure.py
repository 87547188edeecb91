"""What is booked by itself: the first tier of matching. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from payments.references import Reading, found_in
from payments.states import PaymentState

from .likeness import alike
from .matching import (
    ALIKE_FROM,
    BORNE_OUT,
    MOST_PARTS,
    Kind,
    Offer,
    Reason,
    Share,
    Why,
    days_said,
    earliest,
    reference_reason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from payments.references import Found

    from .matching import Expected, Index, Seen


def alone(line: Seen, index: Index, brought: Mapping[int, int] | None = None) -> Offer | None:
    """What is booked by itself, None for all else. brought: by payment, what lines of this bank account brought to it."""
    if line.parts is not None:
        return None
    if line.amount < 0:
        return _sure_return(line, index, brought or {}) or _sure_refund(line, index)
    named = found_in(line.words)
    if (borne_out := _sure_slip(line, named, index)) is not None:
        return borne_out
    rows = [
        row
        for each in named
        if (row := index.by_reference.get(each.reference)) is not None and row.is_open and row.slip is None
    ]
    if (
        not named
        or len(rows) < len(named)
        or not all(is_read_well(each) for each in named)
        or sum(row.left for row in rows) != line.amount
        or any(line.day < earliest(row) for row in rows)
    ):
        return None
    reasons: list[Reason] = []
    for each, row in zip(named, rows, strict=True):
        likeness = alike(line.words, row.firm)
        if each.reading is Reading.UNCHECKED and likeness < BORNE_OUT:
            return None
        reasons.append(reference_reason(each, row))
        if likeness >= ALIKE_FROM:
            reasons.append(Reason(Why.NAME, {"likeness": likeness}))
    reasons.append(Reason(Why.JOINED, {"number": len(rows)}) if len(rows) > 1 else Reason(Why.EXACT))
    reasons += days_said(line, rows[0])
    return Offer(Kind.PAYMENT, tuple(Share(row.pk, row.left) for row in rows), 100, tuple(reasons))


def _sure_slip(line: Seen, named: Sequence[Found], index: Index) -> Offer | None:
    """The bank shows what two officers took from a slip: reference, amount and day agree, and no other slip of the payment may be meant."""
    row = index.by_reference.get(named[0].reference) if len(named) == 1 else None
    if row is None or row.slip is None or not row.slip.fits(line) or not is_read_well(named[0]):
        return None
    likeness = alike(line.words, row.firm)
    if named[0].reading is Reading.UNCHECKED and likeness < BORNE_OUT:
        return None
    name = [Reason(Why.NAME, {"likeness": likeness})] if likeness >= ALIKE_FROM else []
    reasons = (reference_reason(named[0], row), *name, Reason(Why.SLIP, {"day": row.slip.since}), Reason(Why.EXACT))
    return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), 100, reasons)


def together(lines: Iterable[Seen], index: Index) -> list[list[tuple[Seen, Offer]]]:
    """Parts that are booked by themselves: all lines that name a payment, so many or fewer, come in time and are together exactly what is
    left of it. Each group is one payment. lines: all that wait, since one more that names it leaves all of them to a person."""
    naming: defaultdict[int, list[tuple[Seen, Found | None]]] = defaultdict(list)
    for line in lines:
        named = found_in(line.words) if line.amount > 0 else ()
        for each in named:
            row = index.by_reference.get(each.reference)
            if row is not None:
                naming[row.pk].append((line, each if len(named) == 1 and line.parts is None else None))
    found = []
    for pk, some in sorted(naming.items()):
        row, parts = index.by_pk[pk], [(line, each) for line, each in some if each is not None]
        if (
            1 < len(some) == len(parts) <= MOST_PARTS
            and row.is_open
            and row.slip is None
            and sum(line.amount for line, _each in parts) == row.left
            and all(_is_sure_part(line, each, row) for line, each in parts)
        ):
            found.append([(line, _part_offer(line, each, row, parts)) for line, each in parts])
    return found


def _is_sure_part(line: Seen, each: Found, row: Expected) -> bool:
    is_borne_out = each.reading is Reading.GOOD or alike(line.words, row.firm) >= BORNE_OUT
    return is_read_well(each) and is_borne_out and earliest(row) <= line.day <= row.due_on


def _part_offer(line: Seen, each: Found, row: Expected, parts: Sequence[tuple[Seen, Found]]) -> Offer:
    likeness = alike(line.words, row.firm)
    name = [Reason(Why.NAME, {"likeness": likeness})] if likeness >= ALIKE_FROM else []
    others = [other.pk for other, _each in parts if other.pk != line.pk]
    made = Reason(Why.WITH_LINES, {"lines": others, "amount": row.left})
    return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), 100, (reference_reason(each, row), *name, made))


def is_read_well(each: Found) -> bool:
    return not each.corrections and each.reading is not Reading.MISTYPED


def _sure_return(line: Seen, index: Index, brought: Mapping[int, int]) -> Offer | None:
    """The bank says that it takes a movement back, and names a payment to which it had brought exactly that."""
    named = found_in(line.words)
    if not line.is_return or len(named) != 1 or named[0].corrections or named[0].reading is Reading.MISTYPED:
        return None
    row = index.by_reference.get(named[0].reference)
    if (
        row is None
        or row.state != PaymentState.PAID
        or row.held < -line.amount
        or brought.get(row.pk, 0) != -line.amount
    ):
        return None
    reasons = (reference_reason(named[0], row), Reason(Why.RETURNED), Reason(Why.EXACT))
    return Offer(Kind.RETURN, (Share(row.pk, -line.amount),), 100, reasons)


def _sure_refund(line: Seen, index: Index) -> Offer | None:
    if line.is_return:
        return None
    named = {each.reference for each in found_in(line.words) if not each.corrections}
    fitting = [row for row in index.refunds.values() if row.reference in named and row.amount == -line.amount]
    if len(named) != 1 or len(fitting) != 1 or line.day < fitting[0].signed_on:
        return None
    reasons = (Reason(Why.REFUND_SIGNED, {"day": fitting[0].signed_on}), Reason(Why.EXACT))
    return Offer(Kind.REFUND, (Share(fitting[0].pk, fitting[0].amount),), 100, reasons)
