"""When people are reminded: dated data."""

from __future__ import annotations

from datetime import date

import pytest

from tdap_portal.notifications.models import Channel
from tdap_portal.notifications.reminders import RULES, channels_of, days_of, reminder_due

pytestmark = pytest.mark.unit
DAY = date(2026, 11, 29)


def test_the_rules_in_force_on_a_day_the_first_reminder_first():
    assert days_of("application.closing_soon", on=DAY) == (7, 2, 0)
    assert days_of("question.due_soon", on=DAY) == (2, 0)
    assert days_of("document.expiring", on=DAY) == (30, 7, 1)
    assert days_of("document.expiring", on=date(2026, 6, 30)) == ()


def test_each_rule_stands_once_names_known_channels_and_its_source():
    assert len({(rule.event, rule.days, rule.since) for rule in RULES}) == len(RULES)
    assert all(rule.channels <= set(Channel.values) and rule.source for rule in RULES)


def test_an_sms_is_not_spent_a_month_or_a_week_ahead():
    assert channels_of("document.expiring", 30) == {"mail"}
    assert channels_of("application.closing_soon", 2) == {"mail", "sms"}
    assert channels_of("document.expiring", None) is None


@pytest.mark.parametrize(
    ("days_left", "last", "due"),
    [
        (31, None, None), (30, None, 30), (30, 30, None), (12, 30, None), (12, None, 30), (7, 30, 7), (3, 30, 7), (3, 7, None),
        (1, 7, 1), (0, 7, 1), (0, 1, None), (-1, None, None), (None, None, None),
    ],
)  # fmt: skip
def test_each_reminder_is_due_once_even_after_a_morning_without_a_worker(days_left, last, due):
    assert reminder_due("document.expiring", days_left, last, on=DAY) == due
