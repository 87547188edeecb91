"""The training as a firm follows it: its days, its hours, and what is missing for the certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from training.attendance import selectors as attendance_selectors
from training.certificates import selectors as certificates_selectors
from training.certificates.earning import lacking
from training.engagement import selectors as engagement_selectors
from training.feedback import selectors as feedback_selectors
from training.materials import selectors as materials_selectors
from training.models import Session
from training.places import selectors as places_selectors
from training.states import AttendanceStatus, SessionStage

if TYPE_CHECKING:
    from datetime import datetime

    from selection.models import Application
    from training.attendance.hours import Hours
    from training.certificates.earning import Lack
    from training.engagement.selectors import FirmWords
    from training.models import Certificate, MaterialVersion, Place

CAME = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)


@dataclass(frozen=True, slots=True)
class Seen:
    """One day as the page shows it. status: None where nobody marked the person. has_address: it can be joined from elsewhere.
    is_other_cohort: it was in a cohort that the firm has left. asks_how_it_was: answers to the three questions on it are still taken."""

    session: Session
    stage: SessionStage
    status: AttendanceStatus | None
    has_address: bool
    is_other_cohort: bool
    asks_how_it_was: bool


@dataclass(frozen=True, slots=True)
class Training:
    """place: held now. days: by time, those without a time last. next: that runs or comes first; None after the last one.

    lacks: for the certificate; () where it is earned. materials: of the next day, the newest versions in the language of the cohort.
    keeping_up: what we noticed and what was agreed, in kind words.
    """

    place: Place
    days: tuple[Seen, ...]
    next: Seen | None
    hours: Hours
    lacks: tuple[Lack, ...]
    certificate: Certificate | None
    materials: tuple[MaterialVersion, ...]
    keeping_up: FirmWords

    @property
    def waits_for_days(self) -> bool:
        """Days of it are still to be published."""
        return not self.days or any(seen.stage == SessionStage.UNPLACED for seen in self.days)


def training_of(application: Application, *, now: datetime | None = None) -> Training | None:
    """None for a firm without a place. A fixed number of queries."""
    now = now or timezone.now()
    held = places_selectors.held_place(application)
    if held is None:
        return None
    course = attendance_selectors.courses_of_files([application.pk], now=now)[application.pk]
    status = {session.pk: expected.status for session, expected in course.sessions}
    rows = Session.objects.filter(pk__in=status).select_related("cohort", "venue", "trainer", "module")
    seen = [
        Seen(
            row,
            row.stage(now),
            status[row.pk],
            has_address=bool(attendance_selectors.meeting_address(row)),
            is_other_cohort=row.cohort_id != held.cohort_id,
            asks_how_it_was=status[row.pk] in CAME and feedback_selectors.is_open(row, now=now),
        )
        for row in rows.order_by(F("starts_at").asc(nulls_last=True), "position")
    ]
    coming = next((one for one in seen if one.stage in (SessionStage.IN_PROGRESS, SessionStage.TO_COME)), None)
    standing = certificates_selectors.standings_of([held], now=now)[application.pk]
    return Training(
        place=held,
        days=tuple(seen),
        next=coming,
        hours=attendance_selectors.hours_of_course(course),
        lacks=lacking(standing),
        certificate=certificates_selectors.in_force_of(held),
        materials=tuple(_materials_of(held, coming)) if coming else (),
        keeping_up=engagement_selectors.words_for_firm(application),
    )


def _materials_of(place: Place, seen: Seen) -> list[MaterialVersion]:
    module = seen.session.module_id
    if module is None:
        return []
    files = materials_selectors.newest_files(place.cohort.programme, place.cohort.language)
    return [file for file in files if file.material.module_id == module]
