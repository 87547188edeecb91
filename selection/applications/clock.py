"""The promise clock of one file: started at submission, standing still while the firm is asked, stopped by the decision.

These functions change columns of a locked row and save nothing; the act saves `FIELDS` with its own columns. The row needs
its round (`select_related("round")`), which knows the promised number of working days. Days are days in Pakistan.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from selection.models import NO_DUE_DATE
from tdap_portal.core.calendar import working_day_test
from tdap_portal.core.promise import Pause, PromiseClock, due_if_resumed, read_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.models import Application

FIELDS = ("clock_started_on", "clock_pauses", "due_on", "awaiting_firm", "days_used", "late_noted_at")


def start(row: Application, *, on: date) -> None:
    """A new promise from `on`, as at submission; an earlier one (before a reopening) is over."""
    row.clock_started_on = on
    row.clock_pauses = []
    row.awaiting_firm = False
    row.days_used = None
    _set_due(row, on)


def pause(row: Application, *, on: date) -> None:
    """The firm is asked: no day counts from `on` until `resume`. Pausing twice is one pause."""
    if not row.awaiting_firm:
        row.clock_pauses = [*row.clock_pauses, [on.isoformat(), None]]
    row.awaiting_firm = True
    row.due_on = NO_DUE_DATE


def resume(row: Application, *, on: date) -> None:
    """The firm has answered, or the question was taken back: `on` is the first day that counts again."""
    row.clock_pauses = [[start_, end or on.isoformat()] for start_, end in row.clock_pauses]
    row.awaiting_firm = False
    _set_due(row, on)


def stop(row: Application, *, on: date) -> None:
    """Decided or withdrawn: nothing is owed any more, and the days it took are kept for the open results."""
    clock = read(row, on=on)
    row.clock_pauses = [[start_, end or on.isoformat()] for start_, end in row.clock_pauses]
    row.awaiting_firm = False
    row.due_on = NO_DUE_DATE
    row.days_used = clock.used if clock else None


def clear(row: Application) -> None:
    """Back to a draft: there is no promise until it is submitted again."""
    row.clock_started_on = None
    row.clock_pauses = []
    row.awaiting_firm = False
    row.due_on = NO_DUE_DATE
    row.days_used = None
    row.late_noted_at = None


def kept(row: Application) -> dict[str, Any]:
    """The promise as JSON, for `restore`."""
    started, noted = row.clock_started_on, row.late_noted_at
    return {
        "started_on": started.isoformat() if started else None,
        "pauses": row.clock_pauses,
        "late_noted_at": noted.isoformat() if noted else None,
    }


def restore(row: Application, stored: Mapping[str, Any], *, on: date) -> None:
    """The promise as it was when `kept` wrote it down."""
    row.clock_started_on = date.fromisoformat(stored["started_on"]) if stored["started_on"] else None
    row.clock_pauses = stored["pauses"]
    row.late_noted_at = datetime.fromisoformat(stored["late_noted_at"]) if stored["late_noted_at"] else None
    _set_due(row, on)


def redate(row: Application, *, on: date) -> bool:
    """Read the date again, since the calendar may have been corrected; True if it moved. Where nothing is owed, nothing is."""
    was = row.due_on
    if was != NO_DUE_DATE:
        _set_due(row, on)
    return row.due_on != was


def read(row: Application, *, on: date) -> PromiseClock | None:
    """Where the promise stands on a day; None for a file that was not submitted."""
    if row.clock_started_on is None:
        return None
    decided = timezone.localdate(row.decided_at) if row.decided_at else None
    return read_clock(
        row.clock_started_on,
        row.round.promise_days,
        pauses_of(row.clock_pauses),
        on=on,
        is_working_day=working_day_test(),
        stopped=decided,
    )


def due_if_answered(row: Application, *, on: date) -> date | None:
    """The date we decide by if the firm answers today; None where there is no clock."""
    clock = read(row, on=on)
    return None if clock is None else due_if_resumed(on, max(0, clock.left), is_working_day=working_day_test())


def pauses_of(stored: Iterable[list[str | None]]) -> tuple[Pause, ...]:
    """The stored pauses as the arithmetic of the promise takes them."""
    return tuple(
        Pause(date.fromisoformat(str(start_)), date.fromisoformat(end) if end else None) for start_, end in stored
    )


def _set_due(row: Application, on: date) -> None:
    """A promise whose date lies ahead has not been broken, whatever was noted of an earlier date."""
    clock = read(row, on=on)
    row.due_on = clock.due if clock and clock.due else NO_DUE_DATE
    if row.due_on >= on:
        row.late_noted_at = None
