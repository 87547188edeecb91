"""A profile that is verified, or no longer: who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from smes.people import selectors as people_selectors
from smes.states import Happened
from smes.vocabulary.wording import LazyPaperName
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
        until = sme.verified_until
        notify(to=person, template="sme.verified", key=str(event.pk), url=sme.home_url, firm=sme.name, until=until)


@on(Happened.REOPENED, name="smes.tell_reopened")
def tell_reopened(event: Event) -> None:
    sme = people_selectors.sme_by_id(event.subject_id)
    if sme is None:
        return
    papers = [LazyPaperName(kind) for kind in event.data.get("papers", ())]
    for person in people_selectors.people_of(sme, "owner", "preparer"):
        notify(
            to=person,
            template="sme.reopened",
            key=str(event.pk),
            url=reverse("smes:papers", args=[sme.public_id]) if papers else sme.home_url,
            firm=sme.name,
            because=event.data.get("because", "who"),
            papers=papers,
        )
