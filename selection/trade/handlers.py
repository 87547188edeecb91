"""What this room does when something has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tdap_portal.audit.outbox import on

from . import tasks
from .states import Happened

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.REQUESTED, name="trade.begin_run")
def begin_requested_run(event: Event) -> None:
    """Hands the run to the trade queue: fetching takes minutes, and no event may wait behind it."""
    transaction.on_commit(lambda: tasks.work_off.delay(run_id=int(event.subject_id)), robust=True)
