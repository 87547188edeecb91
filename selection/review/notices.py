"""Telling the desk what happened to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from selection.applications.notices import desk_url, tell
from tdap_portal.notifications.services import notify

from . import selectors

if TYPE_CHECKING:
    from selection.models import Application
    from tdap_portal.audit.models import Event


def tell_desk(row: Application, event: Event, *, template: str = "") -> None:
    """Tell whoever has the file: its officer, else its readers or who asked last; nobody who has left or is tied to the firm.

    A file that nobody has is everybody's who may take it (officers, without any the directors, then administrators). Each
    of them finds it in the inbox, once a file, kind of news and day, and gets a single mail a day for all such files: 13
    letters to 8 officers used to be 104 mails.
    """
    people = selectors.people_in_charge(row)
    for person in people:
        tell(person, row, event, template=template, url=desk_url(row))
    if people:
        return
    day = timezone.localdate(event.at).isoformat()
    for person in selectors.people_who_may_take(row):
        key = f"{day} {row.file_number}"
        tell(person, row, event, template=template, url=desk_url(row), key=key, leaves=False)
        notify(to=person, template="desk.nobody", key=day, url=reverse("notifications:inbox"))
