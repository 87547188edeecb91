"""The demo's bank: weeks that are matched and closed, and six lines that wait."""

from __future__ import annotations

import pytest
from django.utils import timezone

from payments.demo.reconciliation import schedule
from payments.models import BankFile, BankLine, BankMatch, DayClose, Payment
from tdap_portal.accounts.demo import People
from tdap_portal.core.demo import Replay
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory

from .made import is_whole

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_four_weeks_are_taken_and_closed_and_six_lines_wait():
    for number in range(12):
        SmeFactory(name=f"Firm Number {number}")
    people = People(directors=[director()], finance_officers=[finance_officer(), finance_officer()])
    replay = Replay(after_each_day=lambda: None)
    schedule(people, timezone.localdate(), replay)
    replay.run()
    assert list(BankFile.objects.values_list("state", flat=True)) == ["taken"] * 4
    assert BankLine.objects.filter(state="open").count() == 6
    assert BankMatch.objects.filter(by=None).count() == Payment.objects.filter(state="paid").count() == 8
    assert BankMatch.objects.get(kind="charge").by == people.finance_officers[0]
    closes = DayClose.objects.order_by("day")
    assert [row.closed_by == people.finance_officers[1] for row in closes][:-1] == [True] * (len(closes) - 1)
    assert closes.last().closed_at is None
    assert is_whole()
