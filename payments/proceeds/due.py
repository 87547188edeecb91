"""The last day on which export proceeds may come: by the contract and by the rule in force on the day of shipment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from payments.states import DueReason, RuleCode, Shift, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

RULE_OF: Final[dict[Terms, RuleCode | None]] = {
    Terms.OPEN_ACCOUNT: RuleCode.GOODS_DEFAULT,
    Terms.ADVANCE: RuleCode.GOODS_DEFAULT,
    Terms.SIGHT: RuleCode.GOODS_SIGHT,
    Terms.LC_120: RuleCode.GOODS_LC_120,
    Terms.SOLD_FORWARD: RuleCode.GOODS_SOLD_FORWARD,
    Terms.COURIER: RuleCode.PARCEL,
    Terms.SERVICE: None,  # no rule names a number of days for services
}
MOST_SHIFTED: Final = 30
"""Days in a row without a bank day that are believed; after them the day stays as it is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row. value: days, US dollars or per cent, by its code. ends_on: its last day, None while it is in force.
    number: of the row; of two from one day the later one counts."""

    number: int
    code: str
    value: Decimal
    starts_on: date
    ends_on: date | None = None
    shift: str = Shift.NONE


@dataclass(frozen=True, slots=True)
class Due:
    """day: None where none can be told, and reason says why. rule: whose days were counted, also where the contract's day
    came before."""

    day: date | None
    reason: DueReason
    rule: Rule | None = None


def in_force(rules: Iterable[Rule], code: str, day: date) -> Rule | None:
    """The row of a code that was in force on a day; None where none was, also after the last one has ended."""
    begun = [rule for rule in rules if rule.code == code and rule.starts_on <= day]
    last = max(begun, key=lambda rule: (rule.starts_on, rule.number), default=None)
    return last if last is not None and (last.ends_on is None or last.ends_on >= day) else None


def due_of(
    terms: Terms,
    shipped_on: date,
    rules: Iterable[Rule],
    *,
    contract_day: date | None = None,
    is_bank_day: Callable[[date], bool] = lambda _day: True,
) -> Due:
    """The earlier of the contract's day and of so many days from shipment as the rule of that day says.

    Where a rule is needed and none was in force on the day of shipment there is no day, whatever the contract says: nobody
    guesses. Services have no rule; theirs is the contract's day. Source: SBP FE Circular 1 of 2022 and those before it, as
    the rows name them.
    """
    code = RULE_OF[terms]
    if code is None:
        return Due(contract_day, DueReason.CONTRACT if contract_day else DueReason.NO_DAY)
    rule = in_force(rules, code, shipped_on)
    if rule is None:
        return Due(None, DueReason.NO_RULE)
    last = shifted(shipped_on + timedelta(days=int(rule.value)), rule.shift, is_bank_day)
    if contract_day is not None and contract_day < last:
        return Due(contract_day, DueReason.CONTRACT, rule)
    return Due(last, DueReason.RULE, rule)


def shifted(day: date, shift: str, is_bank_day: Callable[[date], bool]) -> date:
    """The day itself, or the bank day before or after it."""
    step = {Shift.PRECEDING: -1, Shift.FOLLOWING: 1}.get(Shift(shift), 0)
    if step == 0:
        return day
    for off in range(MOST_SHIFTED):
        found = day + timedelta(days=step * off)
        if is_bank_day(found):
            return found
    return day
