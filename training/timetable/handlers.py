"""Who hears of a published timetable: each person once, with all that changed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from training.states import Happened

from . import proposals, selectors
from .wording import change_words

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.TIMETABLE_PUBLISHED.value, name="training.tell_timetable_published")
def tell_timetable_published(event: Event) -> None:
    version = selectors.version_by_id(event.subject_id)
    if version is None:
        return
    changes = list(selectors.changes_of(version))
    venues = selectors.venues_by_id(change.after["venue"] for change in changes if change.after["venue"])
    trainers = selectors.trainers_by_id(change.after["trainer"] for change in changes if change.after["trainer"])
    reached = selectors.reached_by(changes)
    people = accounts_selectors.people_by_id(reached)
    for pk, touching in reached.items():
        person = people.get(pk)
        if person is None:
            continue
        with translation.override(person.language):
            lines = [change_words(change, person, venues=venues, trainers=trainers) for change in touching]
        notify(
            to=person,
            template=event.name,
            key=f"timetable {version.pk}",
            url=reverse("training:calendar"),
            lines=lines,
            number=len(lines),
            words=version.words,
        )


@on(Happened.PROPOSAL_ASKED.value, name="training.work_out_timetable")
def work_out_timetable(event: Event) -> None:
    proposals.work_out(int(event.subject_id))
