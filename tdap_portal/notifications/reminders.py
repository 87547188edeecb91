"""When people are reminded of a day, and on which channels beside the inbox: dated data. Pure.

A rule is never changed in place: one that no longer holds gets an `until`. What a person has switched off stays off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MAIL, SMS = "mail", "sms"  # values of notifications.models.Channel, which a pure module does not import


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """event: its name, which is the template too. days: before the day; 0 on the day itself. in_working_days: else calendar days.

    channels: of notifications.models.Channel. since, until: first and last day on which it is in force.
    """

    event: str
    days: int
    channels: frozenset[str]
    in_working_days: bool = False
    since: date = date(2026, 7, 1)
    until: date | None = None
    source: str = "Working choice of TDAP, first round"


_BY_MAIL, _BY_BOTH = frozenset({MAIL}), frozenset({MAIL, SMS})
RULES = (
    ReminderRule("application.closing_soon", 7, _BY_MAIL),
    ReminderRule("application.closing_soon", 2, _BY_BOTH),
    ReminderRule("application.closing_soon", 0, _BY_BOTH),
    ReminderRule("question.due_soon", 2, _BY_BOTH, in_working_days=True),
    ReminderRule("question.due_soon", 0, _BY_BOTH, in_working_days=True),
    ReminderRule("document.expiring", 30, _BY_MAIL),
    ReminderRule("document.expiring", 7, _BY_BOTH),
    ReminderRule("document.expiring", 1, _BY_BOTH),
)


def days_of(event: str, *, on: date) -> tuple[int, ...]:
    """How many days before the day reminders are given, the first reminder first; () where no rule is in force."""
    in_force = {
        rule.days
        for rule in RULES
        if rule.event == event and rule.since <= on and (rule.until is None or on <= rule.until)
    }
    return tuple(sorted(in_force, reverse=True))


def reminder_due(event: str, days_left: int | None, last: int | None, *, on: date) -> int | None:
    """Which reminder is due with so many days left, as its days; None where it was given or none is.

    last: the days of the one that was given last. Of several that were missed only the nearest is given.
    """
    if days_left is None or days_left < 0:
        return None
    due = min((days for days in days_of(event, on=on) if days_left <= days), default=None)
    return due if due is not None and (last is None or due < last) else None


def channels_of(event: str, days: int | None) -> frozenset[str] | None:
    """On which channels the reminder of so many days goes out; None (all) for one that no rule names any more."""
    return next((rule.channels for rule in reversed(RULES) if rule.event == event and rule.days == days), None)
