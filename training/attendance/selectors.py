"""Who is expected in a session, what was observed of them, and the hours of a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound
from training.codes import CHECKED_IN_BEFORE
from training.models import Attendance, AttendanceMark, Place, ScanTally, Session
from training.places import selectors as places_selectors
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source
from training.states import PlaceState, SessionStage

from . import permissions
from .hours import Expected, hours_of
from .roll import Mark, settle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

    from .hours import Hours
    from .roll import Settled


def session_by_id(public_id: str) -> Session:
    """Raises NotFound."""
    row = Session.objects.select_related("cohort__programme", "trainer", "venue").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def session_for(user: User, public_id: str) -> Session:
    """For its trainer and the programme's officials. Raises NotFound for everybody else."""
    row = session_by_id(public_id)
    if not permissions.can_see_roll(user, row):
        raise NotFound
    return row


def expected_in(session: Session) -> QuerySet[Place]:
    """Places that were or are held in the cohort while the session is: who changed cohort before is not among them."""
    begin = session.starts_at or timezone.now()
    there = Q(state=PlaceState.HELD) | Q(state__in=[PlaceState.CHANGED, PlaceState.GIVEN_UP], ended_at__gt=begin)
    rows = Place.objects.filter(there, cohort_id=session.cohort_id, asked_at__lt=session.ends_at or timezone.now())
    return rows.select_related("sme", "attendee_user").order_by("attendee", "pk")


def places_of(user: User, session: Session) -> list[Place]:
    """Places of the session that a person can stand for: their own, and those of their firms where nobody else is named."""
    firms = people_selectors.smes_of(user).values("pk")
    own = Q(attendee_user=user) | Q(attendee_user=None, sme__in=firms)
    return list(expected_in(session).filter(own))


def sessions_now_of(user: User) -> list[Session]:
    """Sessions that run now and in whose cohort the person has a place or stands for a firm that has one."""
    firms = people_selectors.smes_of(user).values("pk")
    own = Q(attendee_user=user) | Q(attendee_user=None, sme__in=firms)
    cohorts = Place.objects.filter(own, state=PlaceState.HELD).values("cohort")
    return list(running_sessions().filter(cohort__in=cohorts))


def checks_in(session: Session, *, now: datetime) -> bool:
    """Whether the code of its screen is taken: people come before it begins."""
    if session.cancelled_at is not None or session.starts_at is None or session.ends_at is None:
        return False
    return session.starts_at - CHECKED_IN_BEFORE <= now < session.ends_at


def running_sessions() -> QuerySet[Session]:
    """Those whose code is taken now."""
    now = timezone.now()
    rows = Session.objects.filter(starts_at__lte=now + CHECKED_IN_BEFORE, ends_at__gt=now, cancelled_at=None)
    return rows.select_related("cohort", "trainer", "venue").order_by("starts_at", "pk")


def own_scan(user: User, session: Session) -> AttendanceMark | None:
    """The first scan of somebody in a session, or their joining it through the portal; None where there is none."""
    places = [place.pk for place in places_of(user, session)]
    rows = session.marks.filter(place_id__in=places, source=Source.SCAN)
    return rows.select_related("place").order_by("observed_at").first()


def meeting_address(session: Session) -> str:
    """Where a session is joined from elsewhere: its own address, else that of its cohort, else of its room; "" where it cannot be."""
    room = session.venue.link if session.venue is not None else ""
    return session.join_url or session.cohort.join_url or (room if room.startswith("https://") else "")


@dataclass(frozen=True, slots=True)
class RollLine:
    """One person on the roll. settled: of their marks."""

    place: Place
    marks: tuple[AttendanceMark, ...]
    settled: Settled
    is_visitor: bool = False


def roll_of(session: Session) -> list[RollLine]:
    """Those who are expected, first those without a sign; then visitors. Three queries."""
    marks: dict[int, list[AttendanceMark]] = defaultdict(list)
    for mark in session.marks.filter(taken_back_at=None).select_related("marked_by").order_by("observed_at", "pk"):
        marks[mark.place_id].append(mark)
    expected = list(expected_in(session))
    visitors = set(marks) - {place.pk for place in expected}
    others = Place.objects.filter(pk__in=visitors).select_related("sme", "attendee_user").order_by("attendee", "pk")
    lines = [_line(place, marks[place.pk]) for place in expected]
    lines.sort(key=lambda line: line.settled.status is not None)
    return lines + [_line(place, marks[place.pk], is_visitor=True) for place in others]


def _line(place: Place, marks: list[AttendanceMark], *, is_visitor: bool = False) -> RollLine:
    return RollLine(place, tuple(marks), settled_of(marks), is_visitor)


def settled_of(marks: Iterable[AttendanceMark]) -> Settled:
    return settle(
        Mark(
            key=mark.key,
            status=Status(mark.status),
            source=Source(mark.source),
            observed_at=mark.observed_at,
            received_at=mark.received_at,
            received_on=timezone.localdate(mark.received_at),
            device=mark.device,
            minutes=mark.minutes,
        )
        for mark in marks
    )


def mark_of(session: Session, place: Place) -> AttendanceMark | None:
    """The first scan of a person in a session, None where there is none."""
    return session.marks.filter(place=place, source=Source.SCAN).order_by("observed_at").first()


def has_marked_another(session: Session, device: str, place: Place) -> bool:
    """Whether a telephone has marked somebody else in this session."""
    return bool(device) and session.marks.filter(device=device, source=Source.SCAN).exclude(place=place).exists()


def refused_scans(session: Session) -> int:
    return ScanTally.objects.filter(session=session).values_list("refused", flat=True).first() or 0


def code_stopped_at(session: Session) -> datetime | None:
    """Since when nobody checks in by the code of the screen any more; None while they can."""
    return ScanTally.objects.filter(session=session).values_list("stopped_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Course:
    """What a file's firm was and is expected at, over all cohorts that it was in. percent: of the programme's rule."""

    percent: int
    sessions: tuple[tuple[Session, Expected], ...]


def hours_of_files(application_ids: Iterable[int], *, now: datetime | None = None) -> dict[int, Hours]:
    """The hours of each file by its id, over all cohorts that its firm was in: the one function that pages, exports, dashboards and
    certificates ask. Three queries. A file without a place has none."""
    return {file: hours_of_course(course) for file, course in courses_of_files(application_ids, now=now).items()}


def hours_of_course(course: Course) -> Hours:
    return hours_of((expected for _session, expected in course.sessions), percent=course.percent)


def courses_of_files(application_ids: Iterable[int], *, now: datetime | None = None) -> dict[int, Course]:
    """Session by session, what hours_of_files adds up. Three queries. What somebody else attended, who came for the file before the person
    who comes now, is nobody's any more."""
    now = now or timezone.now()
    places: list[Any] = list(
        Place.objects.filter(application_id__in=list(application_ids))
        .exclude(state=PlaceState.WAITING)
        .order_by("asked_at", "pk")
        .values_list(
            "pk", "application_id", "cohort_id", "asked_at", "ended_at", "state", "comes_since",
            "cohort__programme__attendance_percent", named=True,
        )
    )  # fmt: skip
    sessions: dict[int, list[tuple[Session, SessionStage]]] = defaultdict(list)
    for session in Session.objects.filter(cohort_id__in={place.cohort_id for place in places}):
        sessions[session.cohort_id].append((session, session.stage(now)))
    rows = Attendance.objects.filter(place_id__in=[place.pk for place in places])
    attended = {
        (session, place): (status, minutes)
        for session, place, status, minutes in rows.values_list("session_id", "place_id", "status", "minutes")
    }
    expected: dict[int, list[tuple[Session, Expected]]] = defaultdict(list)
    percent: dict[int, int] = {}
    since = places_selectors.latest_since((place.application_id, place.comes_since) for place in places)
    for place in places:
        percent[place.application_id] = place.cohort__programme__attendance_percent
        for session, stage in sessions[place.cohort_id]:
            if _was_in(place, session):
                was_another = places_selectors.was_another(session, since.get(place.application_id))
                marked = None if was_another else attended.get((session.pk, place.pk))
                one = _expected(session, stage, marked)
                expected[place.application_id].append((session, one))
    return {file: Course(percent[file], tuple(expected[file])) for file in percent}


def _was_in(place: Any, session: Session) -> bool:
    """Whether a person was in the cohort when the session was, or is in it now and it is still to come."""
    if session.starts_at is None or session.ends_at is None:
        return place.state == PlaceState.HELD
    if place.asked_at >= session.ends_at:
        return False
    return place.ended_at is None or place.ended_at > session.starts_at


def _expected(session: Session, stage: SessionStage, marked: tuple[str, Decimal | None] | None) -> Expected:
    status, minutes = marked or (None, None)
    return Expected(
        minutes=session.minutes,
        is_over=stage == SessionStage.HELD,
        is_off=stage == SessionStage.CANCELLED,
        status=Status(status) if status else None,
        credited=Fraction(minutes) if minutes is not None else None,
    )
