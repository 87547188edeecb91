"""What this room does when something has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.selectors import people_with_role
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors, tasks
from .states import Happened, RunState

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event

    from .models import ImportRun


@on(Happened.REQUESTED, name="trade.begin_run")
def begin_requested_run(event: Event) -> None:
    """Hands the run to the trade queue: fetching takes minutes, and no event may wait behind it."""
    transaction.on_commit(lambda: tasks.work_off.delay(run_id=int(event.subject_id)), robust=True)


@on(Happened.HELD.value, name="trade.tell_held")
def tell_held(event: Event) -> None:
    """Directors hear of figures that wait for a look; nothing to tell where somebody was quicker."""
    run = selectors.run_by_id(event.subject_id)
    if run is None or run.state != RunState.HELD:
        return
    for person in people_with_role(Role.APPROVER).exclude(pk=run.started_by_id or 0):
        _tell(person, "figures.held", event, run)


@on(Happened.PUBLISHED.value, name="trade.tell_published")
def tell_published(event: Event) -> None:
    """Who handed figures in hears that a second person brought them into use."""
    run = selectors.run_by_id(event.subject_id)
    if run is not None and run.decided_by is not None and run.started_by is not None:
        _tell(run.started_by, "figures.published", event, run)


@on(Happened.REFUSED.value, name="trade.tell_refused")
def tell_refused(event: Event) -> None:
    """Who handed figures in reads why a second person refused them."""
    run = selectors.run_by_id(event.subject_id)
    if run is not None and run.decided_by is not None and run.started_by is not None:
        _tell(run.started_by, "figures.refused", event, run)


def _tell(person: User, template: str, event: Event, run: ImportRun) -> None:
    notify(
        to=person,
        template=template,
        key=str(event.pk),
        url=reverse("trade:run", args=[run.public_id]),
        source=run.source.name,
        reason=run.decided_reason,
    )
