"""The lender's clock of one case: it runs from the referral, stands still while the firm is asked, and stops with the decision.

These functions change columns of a locked row and save nothing. Days are days in Pakistan.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from tdap_portal.core.calendar import calendar_version, working_day_test
from tdap_portal.core.promise import Pause, PromiseClock, read_clock

if TYPE_CHECKING:
    from payments.models import FinanceCase


def start(row: FinanceCase, *, on: date) -> None:
    row.clock_started_on, row.clock_pauses = on, []
    row.due_on, row.calendar = read(row, on=on).due, calendar_version()


def pause(row: FinanceCase, *, on: date) -> None:
    """The firm is asked: no day counts from `on` until it answers."""
    row.clock_pauses = [*row.clock_pauses, [on.isoformat(), None]]
    row.due_on = None


def resume(row: FinanceCase, *, on: date) -> None:
    """The firm has answered: `on` is the first day that counts again."""
    row.clock_pauses = [[start_, end or on.isoformat()] for start_, end in row.clock_pauses]
    row.due_on = read(row, on=on).due
    if row.due_on and row.due_on >= on:
        row.late_noted_at = None


def redate(row: FinanceCase, *, on: date) -> bool:
    """Reckon the lender's day again, since the calendar may have been corrected; True where it moved. Where nothing is owed, nothing is."""
    was = row.due_on
    if was is not None:
        row.due_on = read(row, on=on).due
        if row.due_on and row.due_on >= on:
            row.late_noted_at = None
    return row.due_on != was


def stop(row: FinanceCase, *, on: date) -> None:
    """Decided, or ended by the firm: nothing is owed any more, and the days it took are kept."""
    row.answered_days = read(row, on=on).used
    row.clock_pauses = [[start_, end or on.isoformat()] for start_, end in row.clock_pauses]
    row.due_on = None


def read(row: FinanceCase, *, on: date) -> PromiseClock:
    pauses = [
        Pause(date.fromisoformat(str(start_)), date.fromisoformat(end) if end else None)
        for start_, end in row.clock_pauses
    ]
    decided = timezone.localdate(row.decided_at) if row.decided_at else None
    return read_clock(
        row.clock_started_on, row.promise_days, pauses, on=on, is_working_day=working_day_test(), stopped=decided
    )
