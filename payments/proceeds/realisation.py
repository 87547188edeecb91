"""What proceeds are worth in rupees, what being late costs, what may stay in foreign currency. Pure.

Amounts are whole hundredths; a rate is rupees for one unit of a currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

RATE_DAYS: Final = 7
"""So many days a rate is taken for the days after it, on which none was published."""
PKR: Final = "PKR"


@dataclass(frozen=True, slots=True)
class Rate:
    """Rupees for one unit on a day. number: of the row."""

    number: int
    day: date
    rate: Decimal


def in_paisa(amount: int, rate: Decimal) -> int:
    """So many hundredths of a currency in paisa, halves rounded up."""
    return int((amount * rate).to_integral_value(ROUND_HALF_UP))


def in_dollars(amount: int, currency: str, rate: Decimal | None, dollar: Decimal | None) -> int | None:
    """In US cents, by two rates of one day; None where one is missing."""
    if currency == "USD":
        return amount
    if currency == PKR:
        rate = Decimal(1)
    if rate is None or not dollar:
        return None
    return int((amount * rate / dollar).to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Difference:
    """What the bank holds back. paisa: 0 where the rate has not risen, or the money was in time."""

    paisa: int
    rate_due: Decimal
    rate_came: Decimal

    @property
    def per_unit(self) -> Decimal:
        return max(Decimal(0), self.rate_came - self.rate_due)


def late_difference(
    amount: int, *, due_on: date, came_on: date, rate_due: Decimal | None, rate_came: Decimal | None
) -> Difference | None:
    """The bank converts at the rate of the day on which the money came and pays that of the last day where the first is
    higher. amount: hundredths that came late. None where the money was in time, or a rate is missing. Source: SBP Foreign
    Exchange Manual, paragraph 33A, as of February 2023.
    """
    if came_on <= due_on or rate_due is None or rate_came is None:
        return None
    gain = rate_came - rate_due
    return Difference(in_paisa(amount, gain) if gain > 0 else 0, rate_due, rate_came)


def may_keep(*, came: int, month_before: int, kept_before: int, share: Decimal, least_a_month: int) -> int:
    """How much of a receipt for services may stay in foreign currency.

    All in US cents. came: this receipt; month_before, kept_before: what came and what was kept earlier in its month. share:
    per cent of the month's receipts, or least_a_month where that is more. Never more than came, never below 0.
    """
    whole = month_before + came
    of_month = max(int(whole * share / 100), min(least_a_month, whole))
    return max(0, min(came, of_month - kept_before))
