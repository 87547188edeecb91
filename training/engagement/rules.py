"""When somebody counts as falling behind, and how often people are written to: dated data with the day from which it holds. Pure.

A rule is never changed in place: rows that a programme manager sets, from a day on, come after these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tdap_portal.core.marks import gettext_noop as _
from training.states import LagReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

START = date(2026, 7, 1)
SOURCE = _("Working choice of TDAP, first round")


@dataclass(frozen=True, slots=True)
class Rule:
    """threshold: missed: sessions in a row; attendance: points of a hundred below what the programme asks for; tasks: how many are
    overdue; login: days without a sign of life; silence: how often nothing came back."""

    code: LagReason
    threshold: int
    starts_on: date = START
    is_on: bool = True
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `most` messages in `within_days` days, from one hour until another in Pakistan, on working days. most 0: none at all."""

    most: int = 2
    within_days: int = 7
    from_hour: int = 9
    until_hour: int = 19
    starts_on: date = START
    source: str = SOURCE


DEFAULTS = (
    Rule(LagReason.MISSED, 2),
    Rule(LagReason.ATTENDANCE, 5),
    Rule(LagReason.TASKS, 1),
    Rule(LagReason.LOGIN, 14),
    Rule(LagReason.SILENCE, 3),
)
LIMITS: Mapping[LagReason, tuple[int, int]] = {
    LagReason.MISSED: (1, 20),
    LagReason.ATTENDANCE: (0, 100),
    LagReason.TASKS: (1, 20),
    LagReason.LOGIN: (3, 180),
    LagReason.SILENCE: (1, 20),
}
"""The least and the most that a threshold can be."""


def rules_on(day: date, rows: Iterable[Rule] = ()) -> dict[LagReason, Rule]:
    """The rule of each code that is in force on a day, those that are switched off left out. rows: set by people; of one day they stand
    over what is here."""
    found: dict[LagReason, Rule] = {}
    for rule in sorted(
        [*DEFAULTS, *rows], key=lambda rule: rule.starts_on
    ):  # stable, so that a row comes after a default
        if rule.starts_on <= day:
            found[rule.code] = rule
    return {code: found[code] for code in LagReason if code in found and found[code].is_on}


def policy_on(day: date, rows: Iterable[Policy] = ()) -> Policy:
    in_force = [one for one in rows if one.starts_on <= day]
    return max(in_force, key=lambda one: one.starts_on, default=Policy())
