"""Which payment a line of the bank belongs to, why, and how certain that is. Pure.

Two tiers. The first, sure.py, is booked by itself: references that name payments which are open, for exactly what they ask, in one line
or in parts. All else is offered to a person, the likeliest first, and never the nearest number. Amounts are whole paisa.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Final

from payments.references import Found, Reading, found_in
from payments.states import PAYABLE, PaymentState
from tdap_portal.core.folding import fold

from .likeness import BLOCK, alike, telling, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

OPEN: Final = (
    PaymentState.ASKED,
    PaymentState.PART_PAID,
    PaymentState.AT_BANK,
    PaymentState.RETURNED,
    PaymentState.EXPIRED,
)
"""Of these money is still taken: in time it pays, too late it is kept as credit of its firm."""
MOST_OFFERS: Final = 4
MOST_JOINED, MOST_OPEN_OF_A_FIRM, MOST_PARTS = 4, 14, 3
MOST_IN_A_BLOCK: Final = 400
BORNE_OUT: Final = 65  # of a name beside a reference without its last letter
ALIKE_FROM: Final = 55
LEAD: Final = 6
CLEAR_FROM: Final = 70
CHARGES: Final = (
    "charge",
    "fed",
    "excise",
    "withholding",
    "sms alert",
    "commission",
    "service fee",
    "bank fee",
    "w.h.t",
)
WALLET: Final = ("settlement", "merchant", "jazzcash", "easypaisa", "payout", "wallet")


class Kind(StrEnum):
    """What a line is."""

    PAYMENT = "payment"  # of one payment or several
    RETURN = "return"  # the bank takes back what had paid a payment
    REFUND = "refund"  # what we sent back, seen in the bank
    CHARGE = "charge"  # of the bank
    SETTLEMENT = "settlement"  # a payment company pays out
    PAIR = "pair"  # two lines that undo each other, such as money sent back to whoever paid it


class Why(StrEnum):
    """A reason; its words stand in payments.reconciliation.wording."""

    REFERENCE = "reference"
    UNCHECKED = "unchecked"
    MISTYPED = "mistyped"
    READ_AS = "read_as"
    UNKNOWN = "unknown_reference"
    EXACT = "exact"
    SHORT = "short"
    WITHIN = "within"  # short, and not more than the tolerance
    OVER = "over"
    NAME = "name"
    NO_NAME = "no_name"
    SAME_DAY = "same_day"
    DAYS_AFTER = "days_after"
    AFTER_DUE = "after_due"
    BEFORE_ASKED = "before_asked"
    PAID_ALREADY = "paid_already"
    NOT_ASKED = "not_asked"
    JOINED = "joined"
    MISFIT = "misfit"
    REST = "rest"
    WITH_LINES = "with_lines"
    PARTS = "parts"
    RETURNED = "returned"
    REFUND_SIGNED = "refund_signed"
    CHARGE_WORDS = "charge_words"
    WALLET_WORDS = "wallet_words"
    BY_HAND = "by_hand"
    REPORT = "report"
    UNDONE = "undone"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Reason:
    why: Why
    said: Mapping[str, object] = field(default_factory=dict)

    def as_list(self) -> list[object]:
        return [self.why.value, dict(self.said)]


@dataclass(frozen=True, slots=True)
class Slip:
    """Paisa that slips of a firm showed and the bank has not shown yet. since, until: the days on which it may show them; None where
    several slips may be meant."""

    amount: int
    since: date | None = None
    until: date | None = None

    def fits(self, line: Seen) -> bool:
        return (
            self.amount == line.amount
            and self.since is not None
            and self.until is not None
            and self.since <= line.day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that is asked for, or was. left: what has not come; held: what came and is still here."""

    pk: int
    reference: str
    firm: str
    amount: int
    left: int
    state: str
    asked_on: date
    due_on: date
    held: int = 0
    paid_on: date | None = None
    sme: int = 0
    slip: Slip | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN and self.left > 0


@dataclass(frozen=True, slots=True)
class Refund:
    """Signed to go back by two people, and not seen in the bank yet."""

    pk: int
    reference: str
    firm: str
    amount: int
    signed_on: date


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of the bank. day: the value day."""

    pk: int
    day: date
    amount: int
    text: str
    name: str = ""
    reference: str = ""
    is_return: bool = False
    parts: int | None = None

    @property
    def words(self) -> str:
        return f"{self.reference} {self.text} {self.name}"


@dataclass(frozen=True, slots=True)
class Rules:
    """tolerance: paisa that a payment may be short and still be offered as whole; window: days after its day."""

    tolerance: int = 0
    window: int = 10


@dataclass(frozen=True, slots=True)
class Share:
    """Paisa of a line for one payment or refund, above 0."""

    of: int
    amount: int


@dataclass(frozen=True, slots=True)
class Offer:
    """certainty: 0 to 100, for sorting; 100 only for what is booked by itself."""

    kind: Kind
    shares: tuple[Share, ...]
    certainty: int
    reasons: tuple[Reason, ...]

    @property
    def sum(self) -> int:
        return sum(share.amount for share in self.shares)


class Index:
    """What is expected, found by reference and by the words of a firm's name."""

    def __init__(self, expected: Iterable[Expected], refunds: Iterable[Refund] = ()) -> None:
        self.by_reference: dict[str, Expected] = {}
        self.by_pk: dict[int, Expected] = {}
        self.of_firm: defaultdict[int, set[int]] = defaultdict(set)
        self._blocks: defaultdict[str, set[int]] = defaultdict(set)
        self.refunds = {refund.pk: refund for refund in refunds}
        for each in expected:
            self.put(each)

    def put(self, each: Expected) -> None:
        """In place of how it stood before."""
        self.by_reference[each.reference] = each
        self.by_pk[each.pk] = each
        if each.is_open:
            self.of_firm[each.sme or -each.pk].add(each.pk)
            for word, _weight in telling(each.firm):
                self._blocks[word[:BLOCK]].add(each.pk)

    def pay(self, pk: int, amount: int, day: date) -> bool:
        """Note that all that is left of a payment came on a day; False where only the books can tell what becomes of it."""
        row = self.by_pk[pk]
        if row.slip is not None or row.left != amount or day > row.due_on or row.state not in PAYABLE:
            return False
        self.put(replace(row, left=0, held=row.held + amount, state=PaymentState.PAID.value, paid_on=day))
        return True

    def take_out(self, refund: int) -> None:
        self.refunds.pop(refund, None)

    def named(self, words: str) -> list[Expected]:
        """Open payments of firms of whose name a word may stand in the words of a line."""
        found: set[int] = set()
        for word in tokens(words):
            block = self._blocks.get(word[:BLOCK], set()) if len(word) >= BLOCK - 1 else set()
            if len(block) <= MOST_IN_A_BLOCK:
                found |= block
        return [self.by_pk[pk] for pk in sorted(found) if self.by_pk[pk].is_open]


class Waiting:
    """Lines that wait too, found by the references that they name, else by the words of a name."""

    def __init__(self, lines: Iterable[Seen] = ()) -> None:
        self._named: defaultdict[str, list[Seen]] = defaultdict(list)
        self._blocks: defaultdict[str, list[Seen]] = defaultdict(list)
        for line in lines:
            named = found_in(line.words) if line.amount > 0 else ()
            for each in named:
                self._named[each.reference].append(line)
            if line.amount > 0 and not named:
                for word in tokens(line.words):
                    self._blocks[word[:BLOCK]].append(line)

    def near(self, row: Expected, *, but: int, at_most: int) -> list[Seen]:
        """Those that may be parts of a payment, none above so many paisa."""
        found = {line.pk: line for line in self._named.get(row.reference, ())}
        for word, _weight in telling(row.firm):
            some = self._blocks.get(word[:BLOCK], ())
            if len(some) <= MOST_IN_A_BLOCK:
                found |= {line.pk: line for line in some if alike(line.words, row.firm) >= BORNE_OUT}
        return [line for pk, line in sorted(found.items()) if pk != but and line.amount <= at_most]


NOBODY: Final = Waiting()


# --------------------------------------------------------------------------------------------------------- second tier


def offers(line: Seen, index: Index, rules: Rules, others: Waiting = NOBODY) -> list[Offer]:
    """For a person, the likeliest first, at most MOST_OFFERS. others: lines that wait too, some of which may be further
    parts of the same payment."""
    if line.amount == 0:
        return []
    found = _of_money_gone(line, index) if line.amount < 0 else _of_money_come(line, index, rules, others)
    found.sort(key=lambda offer: (-offer.certainty, [share.of for share in offer.shares]))
    return found[:MOST_OFFERS]


def notes(line: Seen, index: Index) -> list[Reason]:
    """What a line says that leads to no offer: references that name no payment, parts that do not add up."""
    said = [
        Reason(Why.UNKNOWN, {"reference": each.reference})
        for each in found_in(line.words)
        if each.reference not in index.by_reference
    ]
    return [Reason(Why.PARTS, {"parts": line.parts, "whole": abs(line.amount)}), *said] if line.parts else said


def _of_money_come(line: Seen, index: Index, rules: Rules, others: Waiting) -> list[Offer]:
    named = [(each, index.by_reference.get(each.reference)) for each in found_in(line.words)]
    payments = [(each, row) for each, row in named if row is not None]
    found: list[Offer] = []
    if len(payments) > 1:
        found += _joined_by_reference(line, payments)
    found += [_by_reference(line, each, row, rules, others) for each, row in payments]
    taken = {row.pk for _each, row in payments}
    if not any(row is None for _each, row in named):  # a number that is not ours is never given to a neighbour
        found += [
            offer
            for row in index.named(line.words)
            if row.pk not in taken and (offer := _by_name(line, row, rules, others)) is not None
        ]
        found += _joined_by_name(line, index)
    if any(word in fold(line.words) for word in WALLET) and not payments:
        found.append(Offer(Kind.SETTLEMENT, (), 50, (Reason(Why.WALLET_WORDS),)))
    return found


def _by_reference(line: Seen, each: Found, row: Expected, rules: Rules, others: Waiting) -> Offer:
    likeness = alike(line.words, row.firm)
    score = {Reading.GOOD: 62, Reading.UNCHECKED: 52, Reading.MISTYPED: 38}.get(each.reading, 30)
    score -= 4 * len(each.corrections)
    reasons = [reference_reason(each, row)]
    if likeness >= ALIKE_FROM:
        reasons.append(Reason(Why.NAME, {"likeness": likeness}))
    score += likeness // 8
    if row.slip is not None and row.slip.amount >= line.amount:
        slip_on = {"day": row.slip.since} if row.slip.since is not None else {}
        is_exact, is_late = row.slip.amount == line.amount, _is_late_for_slip(line, row)
        reasons += [Reason(Why.SLIP, slip_on), *([Reason(Why.EXACT)] if is_exact else [])]
        reasons += days_said(line, row) if is_late else []
        more = 30 if is_exact and not is_late else 5
        return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), min(98, score + more), tuple(reasons))
    if not row.is_open:
        why = Why.PAID_ALREADY if row.paid_on is not None else Why.NOT_ASKED
        reasons.append(Reason(why, {"day": row.paid_on} if row.paid_on is not None else {}))
        return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), max(20, score - 15), tuple(reasons))
    more, said = _amount(line, row, rules, others)
    score += more
    reasons += [*said, *days_said(line, row)]
    return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), min(98, score), tuple(reasons))


def _is_late_for_slip(line: Seen, row: Expected) -> bool:
    """Whether the bank has the money after the last day, and the slip does not say so."""
    is_in_time = row.slip is not None and (row.slip.since is None or row.slip.since <= row.due_on)
    return is_in_time and line.day > row.due_on


def _by_name(line: Seen, row: Expected, rules: Rules, others: Waiting) -> Offer | None:
    likeness = alike(line.words, row.firm)
    if likeness < ALIKE_FROM:
        return None
    more, said = _amount(line, row, rules, others)
    if more <= 0:
        return None
    reasons = [Reason(Why.NAME, {"likeness": likeness}), *said, *days_said(line, row)]
    score = likeness * 55 // 100 + more + (5 if _is_in_window(line, row, rules) else -15)
    return Offer(Kind.PAYMENT, (Share(row.pk, line.amount),), max(1, min(92, score)), tuple(reasons))


def _amount(line: Seen, row: Expected, rules: Rules, others: Waiting) -> tuple[int, list[Reason]]:
    """What the amount adds to the certainty, and why; 0 for an amount that speaks against it."""
    missing = row.left - line.amount
    if missing == 0:
        if row.left < row.amount:
            return 32, [Reason(Why.REST, {"amount": row.amount})]
        return 30, [Reason(Why.EXACT)]
    if missing < 0:
        return -8, [Reason(Why.OVER, {"paisa": -missing})]
    if parts := _with_others(line, row, others):
        with_lines = Reason(Why.WITH_LINES, {"lines": parts, "amount": row.left})
        return 24, [Reason(Why.SHORT, {"paisa": missing}), with_lines]
    if missing <= rules.tolerance:
        return 22, [Reason(Why.WITHIN, {"paisa": missing})]
    return (8 if missing * 10 <= row.left else 1), [Reason(Why.SHORT, {"paisa": missing})]


def _with_others(line: Seen, row: Expected, others: Waiting) -> list[int]:
    """Other lines that wait, name the same payment or firm, and make it whole with this one, where there is one way alone."""
    missing = row.left - line.amount
    near = others.near(row, but=line.pk, at_most=missing)
    ways = [
        [each.pk for each in some]
        for size in range(1, MOST_PARTS)
        for some in combinations(near[:MOST_OPEN_OF_A_FIRM], size)
        if sum(each.amount for each in some) == missing
    ]
    return ways[0] if len(ways) == 1 else []


def _joined_by_reference(line: Seen, payments: Sequence[tuple[Found, Expected]]) -> list[Offer]:
    """Several payments are named: all of them together, where the sum is theirs; else both sums are said."""
    open_ = [row for _each, row in payments if row.is_open]
    asked = sum(row.left for row in open_)
    said = [reference_reason(each, row) for each, row in payments]
    if len(open_) == len(payments) and asked == line.amount:
        reasons = (*said, Reason(Why.JOINED, {"number": len(payments)}))
        return [Offer(Kind.PAYMENT, tuple(Share(row.pk, row.left) for row in open_), 90, reasons)]
    misfit = Reason(Why.MISFIT, {"all": sum(row.amount for _each, row in payments), "open": asked})
    shares = _filled(line.amount, open_)
    return [Offer(Kind.PAYMENT, shares, 50, (*said, misfit))] if shares else []


def _filled(amount: int, rows: Sequence[Expected]) -> tuple[Share, ...]:
    """The amount given to payments in their order, the last one what is left of it."""
    shares: list[Share] = []
    for row in rows:
        part = min(row.left, amount)
        if part > 0:
            shares.append(Share(row.pk, part))
            amount -= part
    if amount and shares:
        shares[-1] = Share(shares[-1].of, shares[-1].amount + amount)
    return tuple(shares)


def _joined_by_name(line: Seen, index: Index) -> list[Offer]:
    """One transfer for several payments of one firm, where one way alone gives the sum."""
    found = []
    firms = {row.sme or -row.pk for row in index.named(line.words) if alike(line.words, row.firm) >= BORNE_OUT}
    for firm in sorted(firms):
        rows = [index.by_pk[pk] for pk in sorted(index.of_firm[firm]) if index.by_pk[pk].is_open]
        if not 1 < len(rows) <= MOST_OPEN_OF_A_FIRM:
            continue
        ways = [
            some
            for size in range(2, MOST_JOINED + 1)
            for some in combinations(rows, size)
            if sum(row.left for row in some) == line.amount
        ]
        if len(ways) == 1:
            likeness = alike(line.words, ways[0][0].firm)
            reasons = (Reason(Why.NAME, {"likeness": likeness}), Reason(Why.JOINED, {"number": len(ways[0])}))
            shares = tuple(Share(row.pk, row.left) for row in ways[0])
            found.append(Offer(Kind.PAYMENT, shares, likeness * 55 // 100 + 28, reasons))
    return found


def _of_money_gone(line: Seen, index: Index) -> list[Offer]:
    found = []
    gone, named = -line.amount, {each.reference for each in found_in(line.words)}
    for refund in index.refunds.values():
        likeness = alike(line.words, refund.firm)
        if refund.amount == gone and (refund.reference in named or likeness >= ALIKE_FROM):
            score = 85 if refund.reference in named else 45 + likeness // 3
            reasons = (Reason(Why.REFUND_SIGNED, {"day": refund.signed_on}), Reason(Why.EXACT))
            found.append(Offer(Kind.REFUND, (Share(refund.pk, gone),), score, reasons))
    for reference in sorted(named):
        row = index.by_reference.get(reference)
        if row is not None and row.held >= gone and row.state == PaymentState.PAID:
            said = (Reason(Why.REFERENCE, {"reference": reference}), Reason(Why.RETURNED))
            found.append(Offer(Kind.RETURN, (Share(row.pk, gone),), 75 if line.is_return else 35, said))
    if any(word in fold(line.words) for word in CHARGES) and not named:
        found.append(Offer(Kind.CHARGE, (), 80, (Reason(Why.CHARGE_WORDS),)))
    return found


# ------------------------------------------------------------------------------------------------------------- reasons


def reference_reason(each: Found, row: Expected) -> Reason:
    if each.corrections:
        read = ", ".join(f"{typed}→{meant}" for typed, meant in dict.fromkeys(each.corrections))
        return Reason(Why.READ_AS, {"reference": row.reference, "read": read})
    why = {Reading.GOOD: Why.REFERENCE, Reading.UNCHECKED: Why.UNCHECKED}.get(each.reading, Why.MISTYPED)
    return Reason(why, {"reference": row.reference})


def days_said(line: Seen, row: Expected) -> list[Reason]:
    if line.day > row.due_on:
        return [Reason(Why.AFTER_DUE, {"days": (line.day - row.due_on).days, "day": row.due_on})]
    if line.day < row.asked_on:
        return [Reason(Why.BEFORE_ASKED, {"day": row.asked_on})]
    return [Reason(Why.SAME_DAY)] if line.day == row.asked_on else []


def _is_in_window(line: Seen, row: Expected, rules: Rules) -> bool:
    return earliest(row) <= line.day <= row.due_on + timedelta(days=rules.window)


def clear_ones(offered: Mapping[int, Sequence[Offer]]) -> set[int]:
    """Lines whose first offer leads by LEAD over the next, and whose payment no other line is offered as surely."""
    best: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, some in offered.items():
        for offer in some:
            for share in offer.shares:
                best[share.of].append((offer.certainty, line))
    found = set()
    for line, some in offered.items():
        if not some or some[0].certainty < CLEAR_FROM:
            continue
        first = some[0]
        rivals = [score for share in first.shares for score, other in best[share.of] if other != line]
        if (len(some) == 1 or first.certainty - some[1].certainty >= LEAD) and all(
            first.certainty - rival >= LEAD for rival in rivals
        ):
            found.add(line)
    return found


def earliest(row: Expected) -> date:
    return row.asked_on - timedelta(days=1)
