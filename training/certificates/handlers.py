"""Certificates are issued a piece at a time, and the person is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from training.states import CertificateState, Happened

from . import selectors, services
from .numbers import shown

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.CERTIFICATES_ASKED.value, Happened.CERTIFICATES_CONTINUED.value, name="training.issue_certificates")
def issue_certificates(event: Event) -> None:
    services.issue_next(cohort_id=int(event.subject_id), actor=event.actor)


@on(
    Happened.CERTIFIED.value,
    Happened.CERTIFICATE_REVOKED.value,
    name="training.tell_certificate",
)
def tell_certificate(event: Event) -> None:
    """Who came to the training, else the owners of the firm."""
    row = selectors.certificate_by_id(event.subject_id)
    if row is None or (event.name == Happened.CERTIFIED and row.state != CertificateState.IN_FORCE):
        return
    person = row.place.attendee_user
    for reader in [person] if person else people_selectors.people_of(row.place.sme_id, "owner"):
        if reader.is_active:
            notify(
                to=reader,
                template=event.name,
                key=str(event.pk),
                url=reverse("training:certificate", args=[row.public_id]),
                who=row.facts["person"],
                firm=row.facts["firm"],
                number=shown(row.number),
                certificate=row,
            )
