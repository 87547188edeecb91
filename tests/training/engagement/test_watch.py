"""Who falls behind, from facts; and when somebody is written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from training.engagement.rules import DEFAULTS, LIMITS, Policy, Rule, policy_on, rules_on
from training.engagement.watch import Facts, Met, Reason, Written, may_nudge, reasons_of, since_of
from training.states import AttendanceStatus as Status
from training.states import LagReason

pytestmark = pytest.mark.unit
DAY = date(2027, 4, 20)
RULES = rules_on(DAY)
P, L, A, E, O, N = Status.PRESENT, Status.LATE, Status.ABSENT, Status.EXCUSED, Status.OPEN, None  # noqa: E741


def met(*statuses, minutes=120):
    """Sessions two days apart, the last of them yesterday."""
    days = [DAY - timedelta(days=1 + 2 * back) for back in range(len(statuses))]
    return tuple(Met(day, minutes, status) for day, status in zip(reversed(days), statuses, strict=True))


def facts(*statuses, **values):
    return Facts(**{"day": DAY, "begins": DAY, "percent": 80, "met": met(*statuses), **values})


def codes(*statuses, **values):
    return [reason.code.value for reason in reasons_of(facts(*statuses, **values), RULES)]


@pytest.mark.parametrize(
    ("statuses", "number"),
    [
        ((P, A), None), ((A, A), 2), ((A, N), 2), ((N, N, N), 3), ((A, A, P), None), ((A, A, L), None), ((P, A, P, A), None),
        ((A, E, A, P, P, P, P, P, A, E, A, A), 3), ((P, A, O, A), 2), ((A, A, E), None), ((E, E, E), None), ((), None),
    ],
)  # fmt: skip
def test_sessions_missed_in_a_row(statuses, number):
    found = {reason.code: reason for reason in reasons_of(facts(*statuses), RULES)}
    assert (found[LagReason.MISSED].figure if LagReason.MISSED in found else None) == number


def test_the_first_missed_session_says_since_when():
    reason = reasons_of(facts(P, P, P, P, P, P, P, P, A, A), RULES)[0]
    assert reason == Reason(LagReason.MISSED, 2, 2, DAY - timedelta(days=3))
    assert since_of((reason,), day=DAY) == DAY - timedelta(days=3)


@pytest.mark.parametrize(
    ("statuses", "figure"),
    [
        ((A,), None),
        ((P, A, P), 66),
        ((P, P, P, A, P), None),
        ((P, E, P), None),
        ((P, A, E, E, P), 66),
        ((P, A, P, O), 66),
    ],
)
def test_attendance_below_the_pace(statuses, figure):
    """80 asked for, five points of grace; an excused session and one that is not settled count on neither side."""
    found = {reason.code: reason.figure for reason in reasons_of(facts(*statuses), RULES)}
    assert found.get(LagReason.ATTENDANCE) == figure


def test_minutes_count_and_not_sessions():
    half = (Met(DAY, 120, P, Fraction(60)), Met(DAY, 120, P, Fraction(60)))
    assert reasons_of(facts(met=half), RULES) == (Reason(LagReason.ATTENDANCE, 50, 80),)
    assert reasons_of(facts(met=(Met(DAY, 120, P, Fraction(90)), Met(DAY, 120, P, Fraction(90)))), RULES) == ()


def test_just_the_grace_is_enough():
    rules = {LagReason.ATTENDANCE: Rule(LagReason.ATTENDANCE, 5)}
    three_of_four = facts(P, P, P, A)
    assert reasons_of(three_of_four, rules) == ()
    assert reasons_of(replace(three_of_four, percent=81), rules) == (Reason(LagReason.ATTENDANCE, 75, 81),)


@pytest.mark.parametrize(
    ("values", "is_behind"),
    [
        ({"begins": DAY - timedelta(days=14)}, True),
        ({"begins": DAY - timedelta(days=13)}, False),
        ({"begins": DAY - timedelta(days=90), "signed_in": DAY - timedelta(days=13)}, False),
        ({"begins": DAY - timedelta(days=90), "signed_in": DAY - timedelta(days=14)}, True),
        ({"begins": DAY - timedelta(days=90), "has_account": False}, False),
    ],
)
def test_no_sign_of_life(values, is_behind):
    assert codes(**values) == (["login"] if is_behind else [])


def test_coming_is_as_good_as_signing_in():
    assert codes(P, P, begins=DAY - timedelta(days=90)) == []
    assert "login" in codes(A, A, begins=DAY - timedelta(days=90))


def test_tasks_and_silence_have_their_thresholds():
    assert codes(overdue=1, unanswered=2) == ["tasks"]
    assert codes(overdue=0, unanswered=3) == ["silence"]


def test_whoever_was_excused_from_the_last_session_is_not_slow():
    """Positive control: the same person who was absent."""
    values = {"begins": DAY - timedelta(days=90), "unanswered": 9}
    assert codes(P, P, P, P, A, A, A, begins=values["begins"], unanswered=9) == ["missed", "attendance", "silence"]
    assert codes(P, P, P, P, P, P, P, P, A, A, E, **values) == []
    assert codes(E, **values) == []
    assert codes(A, **values) == ["login", "silence"]


def test_what_weighs_most_comes_first():
    assert codes(A, A, A, overdue=3, unanswered=5, begins=DAY - timedelta(days=60)) == [
        code.value for code in LagReason
    ]


def test_the_order_of_sessions_does_not_matter():
    rows = met(P, A, E, A, A)
    assert reasons_of(facts(met=rows), RULES) == reasons_of(facts(met=tuple(reversed(rows))), RULES)


# ------------------------------------------------------------------------------------------------------------------ rules


def test_every_reason_has_a_rule_with_a_source_and_lies_in_its_bounds():
    assert [rule.code for rule in DEFAULTS] == list(LagReason) == list(LIMITS)
    assert all(rule.source and LIMITS[rule.code][0] <= rule.threshold <= LIMITS[rule.code][1] for rule in DEFAULTS)


def test_the_newest_rule_in_force_counts():
    rows = [
        Rule(LagReason.MISSED, 4, DAY),
        Rule(LagReason.MISSED, 3, DAY - timedelta(days=9)),
        Rule(LagReason.MISSED, 9, DAY + timedelta(days=1)),
    ]
    assert rules_on(DAY, rows)[LagReason.MISSED].threshold == 4
    assert rules_on(DAY - timedelta(days=1), rows)[LagReason.MISSED].threshold == 3
    assert rules_on(DAY - timedelta(days=10), rows)[LagReason.MISSED].threshold == 2


def test_a_rule_that_is_switched_off_finds_nobody():
    rules = rules_on(DAY, [Rule(LagReason.MISSED, 2, DAY, is_on=False)])
    assert LagReason.MISSED not in rules
    assert reasons_of(facts(P, P, P, P, P, P, P, P, P, A, A), rules) == ()


def test_before_the_first_day_there_is_no_rule():
    assert rules_on(date(2026, 6, 30)) == {}


def test_the_newest_policy_in_force_counts():
    rows = [Policy(most=5, starts_on=DAY), Policy(most=1, starts_on=DAY + timedelta(days=1))]
    assert policy_on(DAY, rows).most == 5
    assert policy_on(DAY - timedelta(days=1), rows) == Policy()


# ------------------------------------------------------------------------------------------------------------- letters

POLICY = Policy(most=2, within_days=7, from_hour=9, until_hour=19)


def nudged(*, sent=(), heard=None, hour=10, working=True, policy=POLICY, since=DAY - timedelta(days=20)):
    days = tuple(DAY - timedelta(days=back) for back in sent)
    written = Written(days, None if heard is None else DAY - timedelta(days=heard))
    return may_nudge(policy, written, on=DAY, hour=hour, since=since, is_working_day=working)


def test_who_was_never_written_to_is():
    assert nudged()


@pytest.mark.parametrize(("hour", "goes"), [(8, False), (9, True), (18, True), (19, False), (0, False), (23, False)])
def test_quiet_hours(hour, goes):
    assert nudged(hour=hour) is goes


def test_never_on_a_day_off():
    assert not nudged(working=False)


@pytest.mark.parametrize(
    ("sent", "goes"), [((1,), True), ((1, 2), False), ((6, 5), False), ((7, 6), True), ((0,), False), ((9, 8, 7), True)]
)
def test_at_most_so_many_in_so_many_days(sent, goes):
    assert nudged(sent=sent) is goes


def test_none_at_all_where_the_policy_says_so():
    assert not nudged(policy=replace(POLICY, most=0))


@pytest.mark.parametrize(("heard", "goes"), [(None, True), (9, True), (8, False), (3, False)])
def test_it_ends_with_an_answer_or_with_coming(heard, goes):
    assert nudged(sent=(8,), heard=heard) is goes


def test_an_answer_to_what_was_written_before_does_not_count_for_this_time():
    assert nudged(sent=(40,), heard=39)
