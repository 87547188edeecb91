"""Who hears of a new member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from smes.states import Happened
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.MEMBER_JOINED, name="smes.tell_new_member")
def tell_new_member(event: Event) -> None:
    sme = selectors.sme_by_id(event.subject_id)
    if sme is None or event.actor_id is None:
        return
    for person in selectors.people_of(sme, "owner"):
        if person.pk != event.actor_id:
            notify(
                to=person,
                template="sme.member_joined",
                key=str(event.pk),
                url=reverse("smes:people", args=[sme.public_id]),
                firm=sme.name,
            )
