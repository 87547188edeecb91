"""Telling people what happened to a file: one message for each person and event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from selection.states import Happened
from smes.people import selectors as people_selectors
from tdap_portal.audit.selectors import timeline
from tdap_portal.notifications.services import notify, take_back_unsent

if TYPE_CHECKING:
    from selection.models import Application
    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event


def tell_firm(row: Application, event: Event, *, url: str = "", **facts: Any) -> None:
    for person in people_selectors.people_of(row.sme_id):
        tell(person, row, event, url=url or reverse("selection:file", args=[row.public_id]), **facts)


def tell(
    person: User, row: Application, event: Event, *, url: str, template: str = "", key: str = "", **facts: Any
) -> None:
    """Tell one person, who may have lost the way in meanwhile. key: what is told once, the event where left out."""
    if not person.is_active:
        return
    notify(
        to=person,
        template=template or event.name,
        key=key or str(event.pk),
        url=url,
        firm=row.sme_name,
        file=row.file_number,
        round=row.round.code,
        application=row,
        **facts,
    )


def desk_url(row: Application) -> str:
    return reverse("selection:desk_file", args=[row.public_id])


LETTERS_OF_DECISIONS = {  # by the event that is told
    Happened.OFFERED.value: Happened.SELECTED.value,
    Happened.WAITLISTED.value: Happened.WAITLISTED.value,
    Happened.DECLINED.value: Happened.DECLINED.value,
}


def take_back_letters(row: Application) -> None:
    """For whoever decides a file anew: the letter of an earlier decision that has not left yet does not leave any more."""
    for name, key in timeline(row).filter(name__in=LETTERS_OF_DECISIONS).values_list("name", "pk"):
        take_back_unsent(template=LETTERS_OF_DECISIONS[name], keys=[str(key)])
