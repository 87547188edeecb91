"""Who falls behind and why, from facts, with the figures that tell it. Pure: the same facts give the same reasons.

A session counts once somebody called its roll; one that nobody marked at all says something of the trainer and nothing of the people.
Whoever was excused from the last session is not called slow to answer or missing: only what they lack for the certificate is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.attendance.hours import Expected, hours_of
from training.states import AttendanceStatus as Status
from training.states import LagReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from .rules import Policy, Rule

FEWEST_SESSIONS = 2  # before a share of the hours says anything
THERE = (Status.PRESENT, Status.LATE)


@dataclass(frozen=True, slots=True)
class Met:
    """One session that is over, whose roll was called, and in which the person was expected. status: None for one who was not marked in
    it. minutes: of the session; credited: as in Expected."""

    on: date
    minutes: int
    status: Status | None = None
    credited: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person on a day.

    percent: of the hours, that the programme asks for. begins: when the person's training began. met: in any order. signed_in: the last
    day, None for never; has_account: whether the person could. overdue: tasks whose day has passed. unanswered: how often in a row
    nothing came back to what we asked or wrote, the newest first.
    """

    day: date
    begins: date
    percent: int
    met: tuple[Met, ...] = ()
    has_account: bool = True
    signed_in: date | None = None
    overdue: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """figure, of: missed: sessions, threshold; attendance: share of the hours so far and the share that is asked for, in per cent; tasks:
    how many; login: None, threshold in days; silence: how often. since: the first day it can be told of, None where it has none."""

    code: LagReason
    figure: int | None = None
    of: int | None = None
    since: date | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "code": self.code.value,
            "figure": self.figure,
            "of": self.of,
            "since": self.since.isoformat() if self.since else None,
        }


def reasons_of(facts: Facts, rules: Mapping[LagReason, Rule]) -> tuple[Reason, ...]:
    """Why somebody falls behind by these rules, what weighs most first; () for who does not."""
    met = sorted(facts.met, key=lambda one: one.on)
    told = [one for one in met if one.status != Status.OPEN]
    is_excused = bool(told) and told[-1].status == Status.EXCUSED
    found = {
        LagReason.MISSED: None if is_excused else _missed(told, rules.get(LagReason.MISSED)),
        LagReason.ATTENDANCE: _attendance(met, facts.percent, rules.get(LagReason.ATTENDANCE)),
        LagReason.TASKS: _at_least(LagReason.TASKS, facts.overdue, rules),
        LagReason.LOGIN: None if is_excused else _login(facts, met, rules.get(LagReason.LOGIN)),
        LagReason.SILENCE: None if is_excused else _at_least(LagReason.SILENCE, facts.unanswered, rules),
    }
    return tuple(reason for code in LagReason if (reason := found[code]) is not None)


def _missed(told: list[Met], rule: Rule | None) -> Reason | None:
    """The run of missed sessions that ends with the last one; an excused one neither breaks it nor counts."""
    if rule is None:
        return None
    run: list[Met] = []
    for one in reversed(told):
        if one.status in THERE:
            break
        if one.status != Status.EXCUSED:
            run.append(one)
    if len(run) < max(1, rule.threshold):
        return None
    return Reason(LagReason.MISSED, len(run), rule.threshold, run[-1].on)


def _attendance(met: list[Met], percent: int, rule: Rule | None) -> Reason | None:
    counted = [one for one in met if one.status not in (Status.OPEN, Status.EXCUSED)]
    if rule is None or len(counted) < FEWEST_SESSIONS:
        return None
    hours = hours_of(
        (Expected(one.minutes, is_over=True, status=one.status, credited=one.credited) for one in counted),
        percent=percent,
    )
    if hours.share is None or hours.share * 100 >= percent - rule.threshold:
        return None
    return Reason(LagReason.ATTENDANCE, int(hours.share * 100), percent)


def _login(facts: Facts, met: list[Met], rule: Rule | None) -> Reason | None:
    """Coming to a session is as good a sign of life as signing in."""
    if rule is None or not facts.has_account:
        return None
    came = [one.on for one in met if one.status in THERE]
    last = max([facts.begins, *came, *([facts.signed_in] if facts.signed_in else [])])
    if (facts.day - last).days < rule.threshold:
        return None
    return Reason(LagReason.LOGIN, None, rule.threshold, last)


def _at_least(code: LagReason, figure: int, rules: Mapping[LagReason, Rule]) -> Reason | None:
    rule = rules.get(code)
    if rule is None or figure < max(1, rule.threshold):
        return None
    return Reason(code, figure, rule.threshold)


def since_of(reasons: tuple[Reason, ...], *, day: date) -> date:
    """From which day somebody is behind: the first that a reason names, else the day on which it is found."""
    return min((reason.since for reason in reasons if reason.since), default=day)


# -------------------------------------------------------------------------------------------------------- writing to them


@dataclass(frozen=True, slots=True)
class Written:
    """sent: days on which the person was written to. heard_on: the last day on which the person answered, spoke with us or came."""

    sent: tuple[date, ...] = ()
    heard_on: date | None = None


def may_nudge(policy: Policy, written: Written, *, on: date, hour: int, since: date, is_working_day: bool) -> bool:
    """Whether a person is written to. on, hour: now, in Pakistan. since: when the person fell behind.

    Never outside the hours, on a day off, twice a day, or over the limit; and no more once the person was heard of after falling behind
    and was written to: then somebody calls, or it is well.
    """
    if not is_working_day or not policy.from_hour <= hour < policy.until_hour or on in written.sent:
        return False
    if sum(0 <= (on - day).days < policy.within_days for day in written.sent) >= policy.most:
        return False
    first = min((day for day in written.sent if day >= since), default=None)
    return first is None or written.heard_on is None or written.heard_on < first
