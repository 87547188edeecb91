"""When a signed decision is carried out, and who hears of one that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from selection.states import Happened
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors, services

if TYPE_CHECKING:
    from selection.models import RoundDecision
    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event


@on(Happened.DECISION_SIGNED.value, Happened.DECISION_CONTINUED.value, name="selection.carry_out_decision")
def carry_out_decision(event: Event) -> None:
    """The next lines of the decision, in one transaction with the mark that they are done."""
    services.carry_out(decision_id=int(event.subject_id))


@on(Happened.DECISION_SENT.value, name="selection.tell_of_decision_sent")
def tell_of_decision_sent(event: Event) -> None:
    """The other directors learn that a decision waits for a second signature."""
    row = selectors.decision_by_id(int(event.subject_id))
    if row is None or row.signed_at or row.returned_at:
        return
    for person in accounts_selectors.people_with_role(Role.APPROVER).exclude(pk=row.sent_by_id):
        _tell(person, row, event)


@on(Happened.DECISION_RETURNED.value, Happened.DECISION_DONE.value, name="selection.tell_sender_of_decision")
def tell_sender_of_decision(event: Event) -> None:
    row = selectors.decision_by_id(int(event.subject_id))
    if row is not None and row.sent_by.is_active and row.sent_by_id != row.returned_by_id:
        _tell(row.sent_by, row, event)


def _tell(person: User, row: RoundDecision, event: Event) -> None:
    url = reverse("selection:round_decision", args=[row.round.code, row.public_id])
    notify(to=person, template=event.name, key=str(event.pk), url=url, decision=row, round=row.round.code)
