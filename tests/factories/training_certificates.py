"""Certificates for tests."""

from __future__ import annotations

from django.utils import timezone

from tdap_portal.core.calendar import today
from training.certificates.numbers import new_number
from training.models import Certificate, Place


def certified(place: Place) -> Certificate:
    """In force, made past the services."""
    number = new_number()
    facts = {
        "person": place.attendee,
        "person_ur": "",
        "firm": place.sme.name,
        "firm_ur": "",
        "city": "Sialkot",
        "programme": place.cohort.programme.name,
        "programme_ur": place.cohort.programme.name_ur,
        "from": "2026-07-05",
        "to": "2026-08-26",
        "minutes": 2880,
        "minutes_held": 3120,
        "cohort": place.cohort.code,
        "round": place.application.round.code,
        "signer": "Farah Siddiqui, director (demo)",
        "signer_ur": "",
        "number": number,
        "issued": today().isoformat(),
    }
    return Certificate.objects.create(
        number=number, place=place, application=place.application, facts=facts, issued_at=timezone.now()
    )
