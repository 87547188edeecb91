"""The person is told what came of a try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from training.states import Happened

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.ATTEMPT_CLOSED.value, name="training.tell_attempt")
def tell_attempt(event: Event) -> None:
    row = selectors.attempt_by_id(event.subject_id)
    if row is None or row.is_passed is None or not row.person.is_active:
        return
    programme = row.assessment.programme
    notify(
        to=row.person,
        template="attempt.passed" if row.is_passed else "attempt.not_passed",
        key=str(event.pk),
        url=reverse("training:attempt_result", args=[row.public_id]),
        programme=(programme.name_ur or programme.name) if row.person.language == "ur" else programme.name,
        percent=row.percent,
        needed=row.pass_mark,
    )
