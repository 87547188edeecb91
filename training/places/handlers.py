"""Places: what follows an event, and who hears of it. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from selection.states import Happened as SelectionHappened
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from training.states import Happened, PlaceState

from . import giving, selectors, wording

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(SelectionHappened.SEAT_GIVEN_BACK.value, SelectionHappened.WITHDRAWN.value, name="training.end_places_without_seat")
def end_places_without_seat(event: Event) -> None:
    """Whoever has no seat any more gives the place on, and waits for none."""
    giving.end_places_without_seat(application_id=int(event.subject_id))


@on(Happened.COHORT_CANCELLED.value, Happened.COHORT_STARTED.value, name="training.end_places_of_cohort")
def end_places_of_cohort(event: Event) -> None:
    giving.end_places_of_cohort(cohort_id=int(event.subject_id), reason=event.data.get("reason", ""))


@on(
    Happened.PLACE_GIVEN_UP.value,
    Happened.PLACE_CHANGED.value,
    name="training.give_freed_place",
    where=lambda data: bool(data.get("freed")),
)
def give_freed_place(event: Event) -> None:
    """A place came free: it goes to who waits first."""
    _give(event.data["freed"])


@on(
    Happened.PLACE_TAKEN.value,
    Happened.PLACE_CHANGED.value,
    Happened.PLACE_GIVEN_UP.value,
    name="training.give_next_place",
    where=lambda data: bool(data.get("promoted") or data.get("ended") == PlaceState.WAITING),
)
def give_next_place(event: Event) -> None:
    """The list moved up: the next one's turn, where another place is free."""
    _give(event.data["cohort"])


def _give(public_id: str) -> None:
    cohort_id = selectors.cohort_id_of(public_id)
    if cohort_id is not None:
        giving.give_free_place(cohort_id=cohort_id)


# -------------------------------------------------------------------------------------------------------- to the firm


@on(
    Happened.PLACE_TAKEN.value,
    Happened.PLACE_CHANGED.value,
    Happened.PLACE_WAITING.value,
    Happened.PLACE_GIVEN_UP.value,
    name="training.tell_of_place",
)
def tell_of_place(event: Event) -> None:
    """Where the place is another one by now, or gone, nothing is told of it."""
    template, state = wording.letter_of(event.name, event.data)
    place = selectors.place_by_public_id(event.data["place"])
    if not template or place is None or place.state != state:
        return
    url = reverse("training:place", args=[place.application.public_id])
    for person in people_selectors.people_of(place.sme_id):
        notify(
            to=person,
            template=template,
            key=str(event.pk),
            url=url,
            firm=place.application.sme_name,
            file=place.application.file_number,
            cohort=place.cohort,
            code=place.cohort.code,
            name=place.attendee,
            given=wording.given_words(place.cohort, language=person.language),
            was=event.data.get("was", ""),
            reason=event.data.get("reason", ""),
        )


@on(Happened.PLACE_REMINDED.value, name="training.remind_of_place")
def remind_of_place(event: Event) -> None:
    """Of a seat without a place; whoever chose one before the letter was written is not reminded."""
    seat = selectors.seat_without_place(int(event.subject_id))
    if seat is None:
        return
    url = reverse("training:place", args=[seat.application.public_id])
    for person in people_selectors.people_of(seat.application.sme_id, "owner", "preparer"):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=url,
            firm=seat.application.sme_name,
            file=seat.application.file_number,
        )
