"""A paper that was refused or runs out: who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from smes.people import selectors as people_selectors
from smes.states import Happened
from smes.vocabulary.wording import LazyPaperName
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.reminders import channels_of
from tdap_portal.notifications.services import notify

from . import selectors

if TYPE_CHECKING:
    from smes.models import Document
    from tdap_portal.audit.models import Event


@on(Happened.PAPER_REFUSED, name="smes.tell_paper_refused")
def tell_paper_refused(event: Event) -> None:
    document = selectors.document_by_id(event.subject_id)
    if document is not None and document.reason:
        _tell(document, "sme.paper_refused", str(event.pk), reason=document.reason)


@on(Happened.PAPER_REOPENED, name="smes.tell_paper_reopened", where=lambda data: data.get("was") == "refused")
def tell_paper_reopened(event: Event) -> None:
    """Whoever read that a paper was refused reads that it is not."""
    document = selectors.document_by_id(event.subject_id)
    if document is not None:
        _tell(document, "sme.paper_reopened", str(event.pk))


@on(Happened.PAPER_EXPIRING, name="smes.remind_of_expiry")
def remind_of_expiry(event: Event) -> None:
    document = selectors.document_by_id(event.subject_id)
    days = event.data.get("days")
    if document is not None and document.expires_on is not None:
        key = f"{document.public_id}:{document.expires_on}:{days}"
        channels = channels_of(Happened.PAPER_EXPIRING, event.data.get("rule"))
        _tell(document, "sme.paper_expiring", key, days=days, ends_on=document.expires_on, channels=channels)


def _tell(document: Document, template: str, key: str, **facts: Any) -> None:
    for person in people_selectors.people_of(document.sme, "owner", "preparer"):
        notify(
            to=person,
            template=template,
            key=key,
            url=reverse("smes:papers", args=[document.sme.public_id]),
            firm=document.sme.name,
            paper=LazyPaperName(document.kind),
            **facts,
        )
