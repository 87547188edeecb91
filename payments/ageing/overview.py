"""What the board says first: what is still to come, what is over its last day, what can be saved, by age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.models.labels import RULE_LABELS
from payments.proceeds import selectors as proceeds_selectors
from payments.proceeds import wording
from payments.proceeds.ageing import Age
from payments.proceeds.due import in_force
from payments.states import RuleCode

from .forms import AGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from payments.proceeds.due import Rule
    from payments.proceeds.selectors import AgeLine

TONES = {Age.OVER: "no", Age.WEEK: "you", Age.MONTH: "us"}
DAYS_NOW = (
    RuleCode.GOODS_DEFAULT, RuleCode.GOODS_SIGHT, RuleCode.GOODS_LC_120, RuleCode.GOODS_SOLD_FORWARD, RuleCode.PARCEL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """One age. amounts: a sum a currency, in words; share, services: of the largest band in dollars, per cent, for the bar."""

    age: Age
    label: str
    tone: str
    number: int
    amounts: tuple[str, ...]
    services: str
    share: int
    services_share: int


def bands(lines: Sequence[AgeLine]) -> list[Band]:
    """Every age; the bars compare dollars alone, since currencies are not added up."""
    dollars = {line.age: line for line in lines if line.currency == "USD"}
    top = max((line.left for line in dollars.values()), default=0)
    found = []
    for age in Age:
        own = [line for line in lines if line.age == age]
        if age == Age.NO_DAY and not own:
            continue
        dollar = dollars.get(age)
        found.append(
            Band(
                age=age,
                label=str(AGES[age]),
                tone=TONES.get(age, "rest"),
                number=sum(line.number for line in own),
                amounts=tuple(wording.money(line.left, line.currency) for line in own),
                services=wording.money(dollar.services, "USD") if dollar and dollar.services else "",
                share=100 * dollar.left // top if dollar and top else 0,
                services_share=100 * dollar.services // top if dollar and top else 0,
            )
        )
    return found


def says(lines: Sequence[AgeLine], firms: int) -> dict[str, Any]:
    """The finding of the board. whole, over: sums a currency in words; soon: files that fall due within a week."""
    currencies = sorted({line.currency for line in lines})
    whole = {one: sum(line.left for line in lines if line.currency == one) for one in currencies}
    over = {
        one: sum(line.left for line in lines if line.currency == one and line.age == Age.OVER) for one in currencies
    }
    soon = sum(line.number for line in lines if line.age == Age.WEEK)
    return {
        "whole": _(", ").join(wording.money(amount, one) for one, amount in whole.items()),
        "over": _(", ").join(wording.money(amount, one) for one, amount in over.items() if amount),
        "firms": ngettext("at %(number)d firm", "at %(number)d firms", firms) % {"number": firms},
        "soon": soon,
        "soon_words": ngettext(
            "%(number)d more file falls due within a week and can be saved.",
            "%(number)d more files fall due within a week and can be saved.",
            soon,
        )
        % {"number": soon},
    }


def rules_today(rules: Sequence[Rule], day: date) -> list[tuple[str, str]]:
    """Name and days of the rules in force, for the side of the board."""

    found = []
    for code in DAYS_NOW:
        rule = in_force(rules, code, day)
        if rule is None:
            found.append((str(RULE_LABELS[code]), _("no rule in force")))
            continue
        words = ngettext("%(days)d day, since %(day)s", "%(days)d days, since %(day)s", int(rule.value))
        found.append((str(RULE_LABELS[code]), words % {"days": int(rule.value), "day": wording.day(rule.starts_on)}))
    return found


def late_ones(rules: Sequence[Rule]) -> list[wording.Late]:
    """The latest money that came after its day, with what that cost."""
    return [late for line in proceeds_selectors.late_receipts(10) if (late := wording.late_of(line, rules)) is not None]
