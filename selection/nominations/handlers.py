"""The firm is asked and reminded; a file that is submitted is counted under the partner that nominated its firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from selection.states import Happened, NominationState
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify, send_now
from tdap_portal.notifications.texts import without_links

from . import selectors, services
from .permissions import WRITERS

if TYPE_CHECKING:
    from selection.models import Nomination
    from tdap_portal.audit.models import Event


@on(Happened.NOMINATED.value, name="selection.ask_nominee")
def ask_nominee(event: Event) -> None:
    """The firm is looked for only here: what its partner sees does not depend on whether the portal knows it."""
    row = services.recognise(nomination_id=int(event.subject_id))
    if row is not None:
        _ask(row, event)


@on(Happened.NOMINATION_HALF_TIME.value, name="selection.remind_nominee")
def remind_nominee(event: Event) -> None:
    row = selectors.nomination_by_id(event.subject_id)
    if row is not None and row.state == NominationState.INVITED:
        _ask(row, event)


@on(Happened.SUBMITTED.value, name="selection.count_nomination")
def count_nomination(event: Event) -> None:
    services.count_under_partner(application_id=int(event.subject_id))


def _ask(row: Nomination, event: Event) -> None:
    """At the addresses that the partner wrote, always; and the people of a firm that the portal knows, in their inbox too."""
    path = reverse("selection:nomination", args=[row.token])
    facts: dict[str, Any] = {
        "partner": without_links(row.partner.name),
        "firm": without_links(row.firm),
        "number": row.round.number,
        "lapses_at": row.lapses_at,
    }
    for channel, address in (("sms", row.mobile), ("mail", row.email)):
        if address:
            send_now(
                address=address, channel=channel, template="nomination.asked", language="ur",
                url=f"{settings.SITE_URL}{path}", **facts,
            )  # fmt: skip
    if row.recognised is not None:
        for person in people_selectors.people_of(row.recognised, *WRITERS):
            reached = {person.mobile, (person.email or "").casefold()} & {row.mobile, row.email} - {""}
            notify(
                to=person,
                template="nomination.known",
                key=f"{row.pk}:{event.pk}",
                url=path,
                leaves=not reached,
                **facts,
            )
