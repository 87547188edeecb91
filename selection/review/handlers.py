"""What review does when it hears of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.applications import selectors as applications_selectors
from selection.applications.notices import desk_url, tell
from selection.states import Happened
from tdap_portal.audit.outbox import on
from tdap_portal.audit.services import record

from . import selectors, services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on("sme.member_joined", name="selection.give_up_own_firm")
def give_up_own_firm(event: Event) -> None:
    """An official who joins a firm is tied to it from then on, as by a declared conflict."""
    if event.actor is None or not event.actor.is_official:
        return
    for row in services.give_up_firm(official=event.actor, sme_id=int(event.subject_id)):
        record(Happened.RELEASED.value, subject=row, actor=event.actor, person=event.actor.public_id, why="member")


@on(Happened.SUBMITTED.value, Happened.ANSWERED.value, name="selection.note_contradictions")
def note_contradictions(event: Event) -> None:
    """What does not fit at the firm, and what changed by more than half since its file was first submitted."""
    services.note_contradictions(application_id=int(event.subject_id))


@on(Happened.THIRD_READER.value, name="selection.tell_third_reader")
def tell_third_reader(event: Event) -> None:
    """Whoever still has the third reading of the file learns that it waits."""
    row = applications_selectors.application_by_id(event.subject_id)
    person = selectors.third_reader_of(row, event.data["reader"]) if row else None
    if row is not None and person is not None:
        tell(person, row, event, url=desk_url(row))


@on(Happened.SCORED.value, Happened.RESCORED.value, name="selection.resume_reading")
def resume_reading(event: Event) -> None:
    """A file whose facts changed in review goes back to its two readers, also where it was held meanwhile."""
    services.resume_reading(application_id=int(event.subject_id))
