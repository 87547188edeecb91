"""The nightly look goes on a piece at a time; whoever a roll or a correction leaves without the hours is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.audit.outbox import on
from training.states import Happened

from . import reaching, selectors, watching

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.WATCH_STARTED.value, Happened.WATCH_CONTINUED.value, name="training.watch_next")
def watch_next(event: Event) -> None:
    watching.watch_next(night_id=int(event.subject_id))


@on(
    Happened.ROLL_TAKEN.value,
    Happened.REPORT_COUNTED.value,
    Happened.ATTENDANCE_CORRECTED.value,
    name="training.say_out_of_reach",
)
def say_out_of_reach(event: Event) -> None:
    cohort_id = selectors.cohort_of_session(event.subject_id)
    if cohort_id is not None:
        reaching.look_at_cohort(cohort_id=cohort_id)
