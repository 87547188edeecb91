"""The nightly look goes on a piece at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.audit.outbox import on
from training.states import Happened

from . import watching

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.WATCH_STARTED.value, Happened.WATCH_CONTINUED.value, name="training.watch_next")
def watch_next(event: Event) -> None:
    watching.watch_next(night_id=int(event.subject_id))
