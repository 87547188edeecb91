"""Amounts in whole paisa: never a float, never two currencies in one sum. Pure.

How people write amounts is read elsewhere; here they are added, shared out and shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RUPEE = 100  # paisa
MAX_PAISA = 10**13
"""PKR 100 billion. No single amount is larger, so that a sum of all of them still fits a column of 64 bits."""
PKR = "PKR"
CURRENCIES = (
    PKR, "AED", "AUD", "CAD", "CHF", "CNY", "DKK", "EUR", "GBP", "HKD", "MYR", "NOK", "NZD", "QAR", "SAR", "SEK", "SGD", "THB", "USD",
)  # fmt: skip
"""Those that the books can hold; each has a hundredth, which is called paisa here whatever its name is. The yen has none, dinars of
Kuwait and Bahrain and the rial of Oman have thousandths: they are not here."""
MINUS, NO_BREAK_SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


class MoneyError(ValueError):
    """An amount that is none: code "not_whole", "too_large", "currency" or "no_share"."""

    def __init__(self, text: str, *, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Money:
    """So many hundredths of a currency; below 0 too. Raises MoneyError for what is no whole number, for more than
    MAX_PAISA and for an unknown currency; adding or comparing two currencies raises it as well."""

    paisa: int
    currency: str = PKR

    def __post_init__(self) -> None:
        checked_paisa(self.paisa)
        if self.currency not in CURRENCIES:
            raise MoneyError(f"{self.currency!r:.20} is no currency of the books.", code="currency")

    def __add__(self, other: Money) -> Money:
        return Money(self.paisa + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.paisa - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.paisa, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.paisa), self.currency)

    def __bool__(self) -> bool:
        return self.paisa != 0

    def __lt__(self, other: Money) -> bool:
        return self.paisa < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.paisa <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.paisa > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.paisa >= self._same(other)

    def __str__(self) -> str:
        return shown(self.paisa, self.currency)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise MoneyError("Money is added to and compared with money.", code="currency")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be put together.", code="currency")
        return other.paisa


def checked_paisa(paisa: int) -> int:
    """The amount itself. Raises MoneyError "not_whole" (also for a bool, a float, a Decimal) or "too_large"."""
    if type(paisa) is not int:
        raise MoneyError("An amount is a whole number of paisa.", code="not_whole")
    if abs(paisa) > MAX_PAISA:
        raise MoneyError("No amount of the books is that large.", code="too_large")
    return paisa


def rupees(whole: int) -> int:
    """Paisa of so many whole rupees."""
    if type(whole) is not int:
        raise MoneyError("Rupees are given as a whole number here.", code="not_whole")
    return checked_paisa(whole * RUPEE)


def total(amounts: Iterable[Money], currency: str = PKR) -> Money:
    """Their sum; zero of the currency for none. Raises MoneyError where one is of another currency."""
    found = Money(0, currency)
    for amount in amounts:
        found += amount
    return found


# ------------------------------------------------------------------------------------------------------ how it is shown


def figures(paisa: int) -> str:
    """ "25,000", "25,000.50" or "− 3,500": in thousands as everywhere in the portal, hundredths only where there are
    any."""
    whole, rest = divmod(abs(checked_paisa(paisa)), RUPEE)
    text = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    return f"{MINUS}{NO_BREAK_SPACE}{text}" if paisa < 0 else text


def exact_figures(paisa: int) -> str:
    """ "25,000.00": for columns of figures and for papers, where every amount has its hundredths."""
    whole, rest = divmod(abs(checked_paisa(paisa)), RUPEE)
    return f"{MINUS + NO_BREAK_SPACE if paisa < 0 else ''}{whole:,}.{rest:02d}"


def shown(paisa: int, currency: str = PKR, language: str = "en") -> str:
    """ "PKR 25,000", the same in both languages; in Urdu isolated, so that the sentence around it does not turn it
    round."""
    text = f"{currency}{NO_BREAK_SPACE}{figures(paisa)}"
    return f"{ISOLATE}{text}{END}" if language == "ur" else text


# ------------------------------------------------------------------------------------------------------- sharing it out


def split_by_largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts by weight, each less than one paisa from its exact share, together exactly the amount.

    What is left over after rounding down goes, a paisa each, to the largest remainders; of equal ones to the earlier,
    so put them in an order that does not hang on chance. An amount below 0 mirrors the one above. Weights may be 0
    (their part is 0) and below 0 (a refund among payments) as long as they do not cancel out. Raises MoneyError
    "no_share" where they do, unless the amount is 0.
    """
    checked_paisa(amount)
    whole = sum(checked_paisa(weight) for weight in weights)
    if amount == 0:
        return [0] * len(weights)
    if whole == 0:
        raise MoneyError("There is nothing to share the amount out by.", code="no_share")
    size, of, turned = abs(amount), abs(whole), 1 if whole > 0 else -1
    exact = [divmod(size * weight * turned, of) for weight in weights]
    parts = [part for part, _rest in exact]
    left = size - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda at: -exact[at][1])
    for at in by_remainder[:left]:
        parts[at] += 1
    return [part if amount > 0 else -part for part in parts]
