"""Who can no longer reach the hours that the certificate asks for: said on the day itself, to the person and to the managers, once.

A session that is over and whose roll nobody has called yet counts here as one that is still to come: it says something of the trainer,
and somebody may have been there.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.audit.services import record
from tdap_portal.notifications.services import notify
from training.attendance import selectors as attendance_selectors
from training.attendance.hours import hours_of
from training.models import Attendance, Cohort, Place, Session
from training.states import AttendanceStatus as Status
from training.states import CohortState, Happened, PlaceState

from .watching import person_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from training.attendance.hours import Hours
    from training.attendance.selectors import Course

LOOKED_BACK = timedelta(minutes=45)  # three times what lies between two looks, so that one that fails loses nobody
NAMED = 20  # people in one message


def look_at_ended(*, now: datetime | None = None) -> int:
    """Look at the cohorts whose sessions have just ended, for rolls that were called while they ran; how many people were told."""
    at = now or timezone.now()
    ended = Session.objects.filter(ends_at__gt=at - LOOKED_BACK, ends_at__lte=at, cancelled_at=None)
    cohorts = ended.filter(attendance__isnull=False).order_by("cohort").values_list("cohort", flat=True).distinct()
    return sum(look_at_cohort(cohort_id=pk, now=at) for pk in cohorts)


@transaction.atomic
def look_at_cohort(*, cohort_id: int, now: datetime | None = None) -> int:
    """Tell everybody of a running cohort who can no longer reach the hours and was not told before; how many. Called twice it tells once."""
    at = now or timezone.now()
    cohort = (
        Cohort.objects.select_for_update(of=("self",))
        .select_related("programme")
        .filter(pk=cohort_id, state=CohortState.RUNNING)
        .first()
    )
    if cohort is None:
        return 0
    held = Place.objects.filter(cohort=cohort, state=PlaceState.HELD)
    places = list(held.select_related("application", "attendee_user", "sme").order_by("attendee", "pk"))
    hours = _hours_of(places, at)
    lost = [place for place in places if not hours[place.application_id].can_be_met]
    told = _told({place.application_id for place in lost})
    new = [(place, hours[place.application_id]) for place in lost if place.application_id not in told]
    for place, own in new:
        event = record(Happened.OUT_OF_REACH.value, subject=place, actor=None, percent=own.percent, best=_best(own))
        _tell_person(place, cohort, own, key=str(event.pk))
    if new:
        _tell_managers(cohort, new, key=f"{cohort.public_id}-{new[0][0].public_id}")
    return len(new)


def _hours_of(places: Sequence[Place], at: datetime) -> dict[int, Hours]:
    """By id of the file, with the best that can be hoped for where a roll is missing."""
    courses = attendance_selectors.courses_of_files([place.application_id for place in places], now=at)
    ids = {session.pk for course in courses.values() for session, _one in course.sessions}
    rows = Attendance.objects.filter(session__in=ids)
    called = set(rows.order_by().values_list("session", flat=True).distinct())
    return {file: _hopeful(course, called) for file, course in courses.items()}


def _hopeful(course: Course, called: set[int]) -> Hours:
    return hours_of(
        (
            one if session.pk in called or not one.is_over else one._replace(status=Status.OPEN)
            for session, one in course.sessions
        ),
        percent=course.percent,
    )


def _told(files: set[int]) -> set[int]:
    """Of these files, those of which it was said already, in whichever cohort the firm was then."""
    if not files:
        return set()
    places = dict(Place.objects.filter(application__in=files).values_list("pk", "application"))
    events = audit_selectors.named(Happened.OUT_OF_REACH.value).filter(
        subject_type=Place._meta.label_lower, subject_id__in=[str(pk) for pk in places]
    )
    return {places[int(pk)] for pk in events.values_list("subject_id", flat=True)}


def _best(hours: Hours) -> str:
    """The share that can still be reached, in per cent with one decimal, never rounded up to what is asked for."""
    tenths = round((hours.best_share or Fraction(0)) * 1000)
    tenths = min(tenths, hours.percent * 10 - 1)
    return f"{tenths // 10}.{tenths % 10}"


def _tell_person(place: Place, cohort: Cohort, hours: Hours, *, key: str) -> None:
    person = person_of(place)
    if person is None:
        return
    notify(
        to=person,
        template="attendance.out_of_reach",
        key=key,
        url=reverse("training:place", args=[place.application.public_id]),
        cohort=cohort.code,
        percent=hours.percent,
        best=_best(hours),
        who=place.attendee,
        is_own=place.attendee_user_id is not None,
    )


def _tell_managers(cohort: Cohort, new: Sequence[tuple[Place, Hours]], *, key: str) -> None:
    for manager in accounts_selectors.people_with_role(Role.PROGRAMME_MANAGER):
        notify(
            to=manager,
            template="attendance.out_of_reach_desk",
            key=key,
            url=reverse("training:roster", args=[cohort.public_id]),
            cohort=cohort.code,
            percent=new[0][1].percent,
            number=len(new),
            people=[(place.attendee, place.sme.name, _best(hours)) for place, hours in new[:NAMED]],
            more=max(0, len(new) - NAMED),
        )
