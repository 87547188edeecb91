"""What the worker does after an act on a firm. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smes.vocabulary.wording import LazyPaperName
from tdap_portal.audit.outbox import on
from tdap_portal.audit.selectors import later_events
from tdap_portal.notifications.services import notify

from . import selectors, services_duplicates
from .states import Happened

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event

    from .models import Document

TRACED_STEPS = frozenset({"identity", "owners", "place", "payments"})


@on(Happened.REGISTERED, name="smes.look_for_duplicates")
@on(Happened.STEP_SAVED, name="smes.look_for_duplicates", where=lambda data: data["step"] in TRACED_STEPS)
def look_for_duplicates(event: Event) -> None:
    """A firm that saves step after step is compared once, for the last of them."""
    later = later_events(event, Happened.STEP_SAVED).values_list("data", flat=True)
    if any(data["step"] in TRACED_STEPS for data in later):
        return
    services_duplicates.flag_duplicates(sme_id=int(event.subject_id))


@on(Happened.VERIFIED, name="smes.tell_verified")
def tell_of_verification(event: Event) -> None:
    sme = selectors.sme_by_id(event.subject_id)
    if sme is None:
        return
    for person in selectors.people_of(sme):
        notify(to=person, template="sme.verified", key=str(event.pk), url=sme.home_url, firm=sme.name)


@on(Happened.PAPER_REFUSED, name="smes.tell_paper_refused")
def tell_of_refusal(event: Event) -> None:
    document = selectors.document_by_id(event.subject_id)
    if document is not None and document.reason:
        _tell(document, "sme.paper_refused", str(event.pk), reason=document.reason)


@on(Happened.PAPER_EXPIRING, name="smes.remind_of_expiry")
def remind_of_expiry(event: Event) -> None:
    document = selectors.document_by_id(event.subject_id)
    days = event.data.get("days")
    if document is not None and document.expires_on is not None:
        key = f"{document.public_id}:{document.expires_on}:{days}"
        _tell(document, "sme.paper_expiring", key, days=days, ends_on=document.expires_on)


@on(Happened.MEMBER_JOINED, name="smes.tell_new_member")
def tell_owners_of_new_member(event: Event) -> None:
    sme = selectors.sme_by_id(event.subject_id)
    if sme is None or event.actor_id is None:
        return
    for person in selectors.people_of(sme, "owner"):
        if person.pk != event.actor_id:
            notify(
                to=person,
                template="sme.member_joined",
                key=str(event.pk),
                url=f"/firm/{sme.public_id}/people/",
                firm=sme.name,
            )


def _tell(document: Document, template: str, key: str, **facts: Any) -> None:
    for person in selectors.people_of(document.sme, "owner", "preparer"):
        notify(
            to=person,
            template=template,
            key=key,
            url=f"/firm/{document.sme.public_id}/papers/",
            firm=document.sme.name,
            paper=LazyPaperName(document.kind),
            **facts,
        )
