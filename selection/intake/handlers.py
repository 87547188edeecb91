"""What the end of a round means for applications that are not submitted, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from selection.applications import selectors as applications_selectors
from selection.applications.notices import tell
from selection.rounds import selectors as rounds_selectors
from selection.states import Happened, RoundState, State
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.core.sweeping import one_by_one
from tdap_portal.notifications.reminders import channels_of

from . import selectors, services
from .permissions import WRITERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from selection.models import Application
    from tdap_portal.audit.models import Event


@on(Happened.CLOSING_SOON.value, name="selection.remind_of_closing")
def remind_of_closing(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    if row is not None and row.state == State.DRAFT and row.round.state == RoundState.OPEN:
        _tell_writers(row, event, channels=channels_of(event.name, event.data.get("days")))


@on(Happened.ROUND_CLOSED.value, name="selection.close_drafts")
def close_drafts(event: Event) -> None:
    """A file that was being corrected counts as it was submitted; who has a mere draft is told where the date was moved."""
    round_ = rounds_selectors.round_by_code(event.data["round"])
    for row in selectors.unsubmitted_in(round_).select_related("round").iterator():
        if row.submitted_at is not None:
            one_by_one(lambda pk: services.restore_submitted(application_id=pk), [row.pk])
        elif event.data.get("early"):
            _tell_writers(row, event, template="round.closed_early")


@on(Happened.ROUND_CLOSING_CHANGED.value, name="selection.tell_closing_changed")
def tell_closing_changed(event: Event) -> None:
    round_ = rounds_selectors.round_by_code(event.data["round"])
    for row in selectors.unsubmitted_in(round_).select_related("round").iterator():
        _tell_writers(row, event)


def _tell_writers(
    row: Application, event: Event, *, template: str = "", channels: Collection[str] | None = None
) -> None:
    """Those who can still do something about it. A person with two firms is told of each."""
    url = reverse("selection:file", args=[row.public_id])
    for person in people_selectors.people_of(row.sme_id, *WRITERS):
        tell(person, row, event, url=url, template=template, key=f"{event.pk}:{row.pk}", channels=channels)
