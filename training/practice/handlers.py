"""The firm is told what became of its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from training.states import Happened

from . import selectors, wording

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.WORK_ACCEPTED.value, Happened.WORK_AGAIN.value, name="training.tell_work")
def tell_work(event: Event) -> None:
    """Who comes to the training, and the people of the firm."""
    row = selectors.work_by_id(event.subject_id)
    if row is None or row.points is None:
        return
    person, people = row.place.attendee_user, people_selectors.people_of(row.place.sme_id)
    readers = [*people, *([person] if person and person not in people else [])]
    for reader in readers:
        if reader.is_active:
            notify(
                to=reader,
                template=event.name,
                key=str(event.pk),
                url=reverse("training:firm_task", args=[row.place.public_id, row.task.public_id]),
                firm=row.place.sme.name,
                task=row.task.title_ur if reader.language == "ur" else row.task.title,
                points=wording.points_words(row.points),
            )
