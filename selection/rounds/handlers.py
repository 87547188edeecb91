"""Promises that are near their date or broken: who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.applications import selectors as applications_selectors
from selection.applications.notices import desk_url, tell
from selection.review import selectors as review_selectors
from selection.review.notices import tell_desk
from selection.states import Happened
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.selectors import people_with_role
from tdap_portal.audit.outbox import on

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.DUE_SOON.value, name="selection.warn_of_due_date")
def warn_of_due_date(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    if row is None or row.is_ended or row.awaiting_firm:
        return
    tell_desk(row, event)


@on(Happened.BROKEN.value, name="selection.escalate_broken_promise")
def escalate_broken_promise(event: Event) -> None:
    """A broken promise goes to whoever has the file, and to the directors who are not tied to its firm."""
    row = applications_selectors.application_by_id(event.subject_id)
    if row is None or row.is_ended:
        return
    tied = review_selectors.standing_of(row).in_conflict
    people = [*review_selectors.people_in_charge(row), *people_with_role(Role.APPROVER).exclude(pk__in=tied)]
    for person in {person.pk: person for person in people}.values():
        tell(person, row, event, url=desk_url(row))
    if not people:
        tell_desk(row, event)
