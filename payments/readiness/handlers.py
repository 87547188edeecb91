"""Who hears of a proof: the firm, once it was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from payments.models.labels import READINESS_KIND_LABELS
from payments.states import Happened, ReadinessKind, ReadinessState
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors
from .permissions import MONEY_PEOPLE

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.READINESS_ACCEPTED.value, Happened.READINESS_RETURNED.value, name="payments.tell_proof")
def tell_proof(event: Event) -> None:
    """Of a proof that was looked at again, or replaced, before its letter was written nothing is told."""
    row = selectors.proof_by_id(event.subject_id)
    wanted = ReadinessState.ACCEPTED if event.name == Happened.READINESS_ACCEPTED else ReadinessState.RETURNED
    if row is None or row.state != wanted:
        return
    for person in people_selectors.people_of(row.sme_id, *MONEY_PEOPLE):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:readiness", args=[row.sme.public_id]),
            firm=row.sme.name,
            way=READINESS_KIND_LABELS[ReadinessKind(row.kind)],
            words=row.words,
        )
