"""How a loan would be paid back from what the firm expects, and how it was. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Step = tuple[date, int]
"""What is still owed from a day on, in paisa."""


@dataclass(frozen=True, slots=True)
class Plan:
    """expected: what is owed after each payment that the firm expects; () where it expects none. noted: after each repayment that the lender
    noted, up to `read_on`; () before money was paid out. ends_on: the last day of the loan. Without interest."""

    starts_on: date
    ends_on: date
    expected: tuple[Step, ...]
    noted: tuple[Step, ...]

    @property
    def left(self) -> int:
        """What the expected payments leave open, in paisa."""
        return self.expected[-1][1] if self.expected else 0

    @property
    def paid_back_by(self) -> date | None:
        """The day on which the expected payments have paid it all; None where they do not."""
        return next((day for day, owed in self.expected if owed == 0), None)


def plan_of(
    *,
    amount: int,
    starts_on: date,
    days: int,
    expected: Sequence[Step],
    repaid: Sequence[Step] = (),
    read_on: date | None = None,
) -> Plan:
    """amount: paisa lent on `starts_on` for so many days. expected, repaid: (day, paisa), in any order; what comes before the loan pays nothing of
    it. read_on: the day on which it is looked at, None before money was paid out. Raises ValueError for no amount or no days."""
    if amount <= 0 or days <= 0:
        raise ValueError("A loan has an amount and days.")
    planned = _falling(amount, starts_on, [one for one in expected if one[0] >= starts_on])
    noted = _falling(amount, starts_on, repaid) if read_on is not None else ()
    if noted and read_on is not None and read_on > noted[-1][0]:
        noted = (*noted, (read_on, noted[-1][1]))
    return Plan(starts_on, starts_on + timedelta(days=days), planned if len(planned) > 1 else (), noted)


def _falling(amount: int, starts_on: date, payments: Sequence[Step]) -> tuple[Step, ...]:
    """From the whole amount down, never below 0."""
    owed, steps = amount, [(starts_on, amount)]
    for day, paisa in sorted(payments):
        owed = max(0, owed - paisa)
        steps.append((day, owed))
    return tuple(steps)
