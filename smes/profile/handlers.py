"""A verified profile: who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smes.people import selectors as people_selectors
from smes.states import Happened
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.VERIFIED, name="smes.tell_verified")
def tell_verified(event: Event) -> None:
    sme = people_selectors.sme_by_id(event.subject_id)
    if sme is None:
        return
    for person in people_selectors.people_of(sme):
        notify(to=person, template="sme.verified", key=str(event.pk), url=sme.home_url, firm=sme.name)
