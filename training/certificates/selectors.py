"""Certificates, and what somebody still lacks for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from tdap_portal.core.errors import NotFound
from training.assessment import selectors as assessment_selectors
from training.attendance import selectors as attendance_selectors
from training.models import Certificate, Cohort, Place, Session
from training.states import CertificateState, PlaceState

from . import permissions
from .earning import Standing, lacking
from .lacks import LACKS
from .numbers import compact
from .reasons import FOR_GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User
    from training.attendance.hours import Hours

    from .earning import Lack


def standings_of(places: Iterable[Place], *, now: datetime | None = None) -> dict[int, Standing]:
    """By id of the file, how each person of these places stands; a fixed number of queries. Assessment and practical tasks count for cohorts
    that begin on the day from which they are asked, or later."""
    now = now or timezone.now()
    places = list(places)
    hours = attendance_selectors.hours_of_files([place.application_id for place in places], now=now)
    to_come = set(
        Session.objects.filter(cohort_id__in={place.cohort_id for place in places}, cancelled_at=None)
        .exclude(ends_at__lte=now)
        .values_list("cohort_id", flat=True)
    )
    assessed = assessment_selectors.standing_of_files(place.application_id for place in places)
    taken_back = set(
        Certificate.objects.filter(
            application_id__in=[place.application_id for place in places],
            state=CertificateState.REVOKED,
            reason_code__in=FOR_GOOD,
        ).values_list("application_id", flat=True)
    )
    none = assessment_selectors.Assessed()
    return {
        place.application_id: _standing(
            hours.get(place.application_id),
            assessed.get(place.application_id, none),
            is_over=place.cohort_id not in to_come,
            is_taken_back=place.application_id in taken_back,
        )
        for place in places
    }


def _standing(
    hours: Hours | None, assessed: assessment_selectors.Assessed, *, is_over: bool, is_taken_back: bool
) -> Standing:
    return Standing(
        hours=hours,
        is_over=is_over,
        asks_assessment=assessed.asks_assessment,
        result=assessed.result,
        pass_mark=assessed.pass_mark,
        tasks_open=assessed.tasks_open,
        is_taken_back=is_taken_back,
    )


def lacks_of(place: Place) -> tuple[Lack, ...]:
    return lacking(standings_of([place])[place.application_id])


def places_in(cohort: Cohort) -> QuerySet[Place]:
    """Held in a cohort, by who comes."""
    rows = Place.objects.filter(cohort=cohort, state=PlaceState.HELD)
    return rows.select_related("sme", "cohort__programme", "application__round", "attendee_user").order_by(
        "attendee", "pk"
    )


def in_force_of(place: Place) -> Certificate | None:
    return Certificate.objects.filter(application_id=place.application_id, state=CertificateState.IN_FORCE).first()


def files_certified(application_ids: Iterable[int]) -> set[int]:
    rows = Certificate.objects.filter(application_id__in=list(application_ids), state=CertificateState.IN_FORCE)
    return set(rows.values_list("application_id", flat=True))


def certificate_for(user: User, public_id: str) -> Certificate:
    """The whole of it. Raises NotFound for whoever may not read it."""
    row = _with_all().filter(public_id=public_id).first()
    if row is None or not permissions.can_read(user, row):
        raise NotFound
    return row


def certificate_by_number(number: str) -> Certificate | None:
    """For the public check: None for a number that was never issued."""
    return _with_all().filter(number=compact(number)).first()


def certificate_by_id(pk: int | str) -> Certificate | None:
    return _with_all().filter(pk=pk).first()


def certificates_in(cohort: Cohort) -> QuerySet[Certificate]:
    return _with_all().filter(place__cohort=cohort).order_by("place__attendee", "-issued_at")


def _with_all() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("place__sme", "place__cohort__programme", "replaced_by", "application")


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a cohort: the certificate, or what is lacking for it, in words."""

    place: Place
    certificate: Certificate | None
    lacks: tuple[str, ...]
    hours: Hours | None


def lines_of(cohort: Cohort) -> list[Line]:
    places = list(places_in(cohort))
    standings = standings_of(places)
    rows = {row.application_id: row for row in certificates_in(cohort) if row.state == CertificateState.IN_FORCE}
    return [
        Line(
            place,
            rows.get(place.application_id),
            tuple(str(LACKS[lack]) for lack in lacking(standings[place.application_id])),
            standings[place.application_id].hours,
        )
        for place in places
    ]


def cohort_by_id(public_id: str) -> Cohort:
    """Raises NotFound."""
    row = Cohort.objects.select_related("programme").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
