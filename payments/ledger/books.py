"""What each act posts: lines that sum to zero. Pure: no rows, no clock; services write what is decided here.

Above 0 is a debit, below 0 a credit. What belongs to a firm is a credit, so a firm's accounts never stand above 0.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from payments.money import MAX_PAISA, PKR, MoneyError, checked_paisa, split_by_largest_remainder
from payments.states import DEBIT_KINDS, FIRM_KINDS, AccountKind, EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

MAX_LINES = 1000
MAX_CODE = 24  # letters, of a provider or a bank and of what a line is about


class BookingError(ValueError):
    """What cannot be booked: code "not_balanced", "amount", "account", "overdrawn", "above_paid", "difference" or
    "nothing"."""

    def __init__(self, text: str, *, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names an account. sme: the id of its firm, 0 for accounts of TDAP; code: of a provider or a bank, else ""."""

    kind: AccountKind
    sme: int = 0
    code: str = ""
    currency: str = PKR

    def __post_init__(self) -> None:
        if (self.kind in FIRM_KINDS) != bool(self.sme) or (self.sme and self.code) or len(self.code) > MAX_CODE:
            raise BookingError(f"{self.kind} {self.sme} {self.code!r:.30} is no account.", code="account")

    @property
    def is_firms(self) -> bool:
        return self.kind in FIRM_KINDS


@dataclass(frozen=True, slots=True)
class Part:
    """One line: above 0 a debit, below 0 a credit. about: which of several payments it is for."""

    account: Key
    amount: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """What one entry books. Raises BookingError "not_balanced" for lines that do not sum to zero, are fewer than two,
    more than MAX_LINES, or in several currencies; "amount" for a line of nothing or too much."""

    kind: EntryKind
    parts: tuple[Part, ...]
    currency: str = field(init=False)

    def __post_init__(self) -> None:
        currencies = {part.account.currency for part in self.parts}
        for part in self.parts:
            checked_paisa(part.amount)
            if part.amount == 0:
                raise BookingError("A line of nothing is not booked.", code="amount")
            if len(part.about) > MAX_CODE:
                raise BookingError("What a line is about is told too long.", code="account")
        if (
            not 2 <= len(self.parts) <= MAX_LINES
            or sum(part.amount for part in self.parts) != 0
            or len(currencies) != 1
            or self.kind not in EntryKind
        ):
            raise BookingError("The lines of an entry sum to zero, in one currency.", code="not_balanced")
        object.__setattr__(self, "currency", currencies.pop())


# ----------------------------------------------------------------------------------------------------- accounts by name


def held(sme: int) -> Key:
    return Key(AccountKind.HELD, sme)


def credit(sme: int) -> Key:
    return Key(AccountKind.CREDIT, sme)


def fees(sme: int) -> Key:
    return Key(AccountKind.FEES, sme)


def kept(sme: int) -> Key:
    return Key(AccountKind.KEPT, sme)


def clearing(provider: str) -> Key:
    return Key(AccountKind.CLEARING, code=provider)


def bank(code: str) -> Key:
    return Key(AccountKind.BANK, code=code)


def suspense(code: str) -> Key:
    """Money on the bank account, or with the payment company, of this code of which nobody knows whose it is."""
    return Key(AccountKind.SUSPENSE, code=code)


def charges(code: str) -> Key:
    return Key(AccountKind.CHARGES, code=code)


# ------------------------------------------------------------------------------------------------------- what is posted


def _moved(kind: EntryKind, amount: int, *, to: Key, out_of: Key, about: str = "") -> Posting:
    """The amount, above 0, as a debit of one account and a credit of the other."""
    if checked_paisa(amount) <= 0:
        raise BookingError("What is booked is an amount above 0.", code="amount")
    return Posting(kind, (Part(to, amount, about), Part(out_of, -amount, about)))


def deposit_paid(sme: int, amount: int, *, into: Key, about: str = "") -> Posting:
    """The firm paid a deposit. into: clearing(provider) or bank(code), where the money is now. amount: what the firm
    paid, before anything that the provider keeps."""
    return _moved(EntryKind.DEPOSIT_PAID, amount, to=_place(into), out_of=held(sme), about=about)


def fee_paid(sme: int, amount: int, *, into: Key, about: str = "") -> Posting:
    return _moved(EntryKind.FEE_PAID, amount, to=_place(into), out_of=fees(sme), about=about)


def kept_as_credit(sme: int, amount: int, *, into: Key, about: str = "") -> Posting:
    """Paid a second time, above what was asked, or too late: the firm's money, applied to nothing."""
    return _moved(EntryKind.KEPT_AS_CREDIT, amount, to=_place(into), out_of=credit(sme), about=about)


def credit_used(sme: int, amount: int, *, for_: AccountKind = AccountKind.HELD, about: str = "") -> Posting:
    """Credit of the firm pays its deposit (HELD) or a fee (FEES)."""
    if for_ not in {AccountKind.HELD, AccountKind.FEES}:
        raise BookingError("Credit pays a deposit or a fee.", code="account")
    return _moved(EntryKind.CREDIT_USED, amount, to=credit(sme), out_of=Key(for_, sme), about=about)


def released(sme: int, amount: int, *, source: AccountKind = AccountKind.HELD, about: str = "") -> Posting:
    """A deposit, or part of a fee that ended before it was whole, becomes credit of its firm, to be sent back or used."""
    if source not in {AccountKind.HELD, AccountKind.FEES}:
        raise BookingError("A deposit or a fee becomes credit.", code="account")
    return _moved(EntryKind.RELEASED, amount, to=Key(source, sme), out_of=credit(sme), about=about)


def refund(sme: int, amount: int, *, out_of: Key, source: AccountKind = AccountKind.HELD, about: str = "") -> Posting:
    """Whole or in part. source: HELD for a deposit, CREDIT. out_of: the bank or provider that sends the money."""
    if source not in {AccountKind.HELD, AccountKind.CREDIT}:
        raise BookingError("A deposit or credit is paid back.", code="account")
    return _moved(EntryKind.REFUND, amount, to=Key(source, sme), out_of=_place(out_of), about=about)


def fee_refund(sme: int, amount: int, *, out_of: Key, about: str = "") -> Posting:
    return _moved(EntryKind.FEE_REFUND, amount, to=fees(sme), out_of=_place(out_of), about=about)


def forfeit(sme: int, amount: int, *, about: str = "") -> Posting:
    """A deposit is kept, whole or in part."""
    return _moved(EntryKind.FORFEIT, amount, to=held(sme), out_of=kept(sme), about=about)


def payment_returned(
    sme: int, amount: int, *, out_of: Key, source: AccountKind = AccountKind.HELD, about: str = ""
) -> Posting:
    """The bank or the provider took a payment back. source: the account of the firm on which it was booked."""
    return _moved(EntryKind.PAYMENT_RETURNED, amount, to=Key(source, sme), out_of=_place(out_of), about=about)


def refund_returned(sme: int, amount: int, *, into: Key, about: str = "") -> Posting:
    """A refund did not reach the firm: it is credit again, until another account is known."""
    return _moved(EntryKind.REFUND_RETURNED, amount, to=_place(into), out_of=credit(sme), about=about)


def bank_charge(amount: int, *, bank_code: str, about: str = "") -> Posting:
    return _moved(EntryKind.BANK_CHARGE, amount, to=charges(bank_code), out_of=bank(bank_code), about=about)


def suspense_in(amount: int, *, bank_code: str, about: str = "") -> Posting:
    """Money came into the bank and nobody knows yet whose it is."""
    return _moved(EntryKind.SUSPENSE_IN, amount, to=bank(bank_code), out_of=suspense(bank_code), about=about)


def found(amount: int, *, provider: str, about: str = "") -> Posting:
    """A payment company took money for us and nobody knows yet for whom."""
    return _moved(EntryKind.SUSPENSE_IN, amount, to=clearing(provider), out_of=suspense(provider), about=about)


def found_sent_back(amount: int, *, provider: str) -> Posting:
    """A payment company sent such money back to whoever had paid it."""
    return _moved(EntryKind.SUSPENSE_OUT, amount, to=suspense(provider), out_of=clearing(provider))


def suspense_out(shares: Iterable[tuple[Key, int, str]], *, bank_code: str) -> Posting:
    """What lay in suspense is matched. shares: (account, amount above 0, about) of each receiver: accounts of firms,
    a provider that paid out, or the bank itself where the money is sent back to whoever paid it."""
    parts = []
    for account, amount, about in shares:
        if checked_paisa(amount) <= 0:
            raise BookingError("What is booked is an amount above 0.", code="amount")
        parts.append(Part(account, -amount, about))
    whole = -sum(part.amount for part in parts)
    if not 0 < whole <= MAX_PAISA:
        raise BookingError("Nothing is taken out of suspense.", code="amount")
    return Posting(EntryKind.SUSPENSE_OUT, (Part(suspense(bank_code), whole), *parts))


def suspense_gone(amount: int, *, bank_code: str, about: str = "") -> Posting:
    """Money left the bank and nobody knows yet what for. amount: above 0."""
    return _moved(EntryKind.SUSPENSE_IN, amount, to=suspense(bank_code), out_of=bank(bank_code), about=about)


def gone_out(shares: Iterable[tuple[Key, int, str]], *, bank_code: str) -> Posting:
    """What left the bank is matched. shares: (account, amount above 0, about) of each that bears it: charges, or the bank
    account from which it was booked as sent before the bank showed it."""
    parts = [Part(account, amount, about) for account, amount, about in shares]
    if any(checked_paisa(part.amount) <= 0 for part in parts):
        raise BookingError("What is booked is an amount above 0.", code="amount")
    whole = sum(part.amount for part in parts)
    if not 0 < whole <= MAX_PAISA:
        raise BookingError("Nothing is taken out of suspense.", code="amount")
    return Posting(EntryKind.SUSPENSE_OUT, (*parts, Part(suspense(bank_code), -whole)))


def _place(key: Key) -> Key:
    """Where money can be: with a provider, in the bank, or unmatched in the bank."""
    if key.kind not in {AccountKind.CLEARING, AccountKind.BANK, AccountKind.SUSPENSE}:
        raise BookingError("Money comes into a bank or to a provider.", code="account")
    return key


def reversed_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Each line with the other sign."""
    return tuple(Part(part.account, -part.amount, part.about) for part in parts)


# --------------------------------------------------------------------------------------------- what a provider pays out


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a provider's report: gross above 0 for a payment, below 0 for a refund."""

    reference: str
    gross: int
    at: datetime


def fee_shares(rows: Iterable[Row], fee: int) -> dict[str, int]:
    """By reference, each payment's share of the fee of a report, by largest remainder; equal remainders to the
    earlier payment. Refunds bear nothing. The order of the rows changes nothing. A fee below 0 was given back."""
    ordered = sorted((row for row in rows if row.gross > 0), key=lambda row: (row.at, row.reference))
    try:
        shares = split_by_largest_remainder(fee, [row.gross for row in ordered])
    except MoneyError as error:
        raise BookingError("A fee without a payment is booked as a charge of its own.", code="amount") from error
    found: Counter[str] = Counter()
    for row, share in zip(ordered, shares, strict=True):
        found[row.reference] += share
    return dict(found)


def settlement(
    rows: Iterable[Row], fee: int, *, provider: str, bank_code: str, paid_out: int, from_suspense: bool = False
) -> Posting:
    """A provider pays out what it took, less refunds that it sent for us and its fee. paid_out: what the bank
    received, below 0 where the provider took money from us. Payments and refunds themselves were booked on
    clearing(provider) when they happened. from_suspense: the bank's line was booked as not yet matched before.

    Raises BookingError "difference" where report and bank do not agree to the paisa: a tolerance never closes a
    settlement; "nothing" where payments and refunds are the same and nothing was paid out or kept.
    """
    listed = list(rows)
    gross = sum(row.gross for row in listed)
    if gross - fee != paid_out:
        raise BookingError("The report and the bank do not agree.", code="difference")
    parts = [Part(charges(provider), share, about) for about, share in fee_shares(listed, fee).items() if share]
    if paid_out:
        parts.insert(0, Part(suspense(bank_code) if from_suspense else bank(bank_code), paid_out))
    if gross:
        parts.append(Part(clearing(provider), -gross))
    if not parts:
        raise BookingError("A report of nothing is not booked.", code="nothing")
    return Posting(EntryKind.SETTLEMENT, tuple(parts))


# ------------------------------------------------------------------------------------------------------------ the books


def booked(balances: Mapping[Key, int], posting: Posting) -> dict[Key, int]:
    """The balances after a posting, from those before. Raises BookingError "overdrawn" where more would be taken from
    a firm than is there."""
    after = dict(balances)
    for part in posting.parts:
        after[part.account] = after.get(part.account, 0) + part.amount
    for account in taken_from(posting):
        if after[account] > 0:
            raise BookingError("There is not so much on this account.", code="overdrawn")
    return after


def taken_from(posting: Posting) -> list[Key]:
    """Accounts of firms on which there is less afterwards, in their order: they are locked and looked at before it is
    booked."""
    change: Counter[Key] = Counter()
    for part in posting.parts:
        if part.account.is_firms:
            change[part.account] += part.amount
    return sorted(account for account, amount in change.items() if amount > 0)


def natural(kind: AccountKind, balance: int) -> int:
    """A balance as people read it: what we hold for a firm, or have in the bank, is above 0."""
    return balance if kind in DEBIT_KINDS else -balance


def check_refund(paid: int, refunded: int, amount: int) -> int:
    """What of a payment stays after this refund. Raises BookingError "amount" for nothing, "above_paid" for more than
    is left."""
    if checked_paisa(amount) <= 0:
        raise BookingError("What is paid back is an amount above 0.", code="amount")
    left = checked_paisa(paid) - checked_paisa(refunded) - amount
    if left < 0:
        raise BookingError("No more is paid back than was paid.", code="above_paid")
    return left
