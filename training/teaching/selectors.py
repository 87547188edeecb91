"""A trainer's sessions by day, what a session needs beside its roll, and who of a cohort falls behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from tdap_portal.core.errors import NotFound
from training.attendance import selectors as attendance_selectors
from training.materials import selectors as materials_selectors
from training.models import Attendance, AttendanceMark, Place, Session, Trainer
from training.programmes import permissions as programmes_permissions
from training.resources import selectors as resources_selectors
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source
from training.states import PlaceState, SessionStage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User
    from training.attendance.selectors import RollLine
    from training.models import Material

    class CountedSession(Session):
        """With how many firms have a place in its cohort. For annotations only."""

        firms: int

        class Meta:
            abstract = True


WAS_THERE = (Status.PRESENT, Status.LATE)
TEACHES = "teaches"  # in the session of a browser: its person is a trainer, so that the masthead need not ask


# ------------------------------------------------------------------------------------------------------- a trainer's day


def is_trainer(user: User | AnonymousUser) -> bool:
    """Whether an entry of the list of trainers is tied to this account, at present or before."""
    return user.is_authenticated and Trainer.objects.filter(user=user).exists()


def trainer_for(user: User) -> Trainer:
    """Raises NotFound for whoever is no trainer."""
    row = Trainer.objects.filter(user=user).first()
    if row is None:
        raise NotFound
    return row


def sessions_on(trainer: Trainer, day: date) -> list[CountedSession]:
    """Of one day of Pakistan, by time; those that were called off too. One query."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    rows = _published(trainer).filter(starts_at__gte=begin, starts_at__lt=begin + timedelta(days=1))
    return cast("list[CountedSession]", list(rows.order_by("starts_at", "pk")))


def next_after(trainer: Trainer, day: date) -> CountedSession | None:
    """The first session of a day after that one; None where none is published."""
    begin = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    return _published(trainer).filter(starts_at__gte=begin, cancelled_at=None).order_by("starts_at", "pk").first()


def last_before(trainer: Trainer, day: date) -> CountedSession | None:
    """The last session of a day before that one."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return _published(trainer).filter(starts_at__lt=begin, cancelled_at=None).order_by("-starts_at", "-pk").first()


def _published(trainer: Trainer) -> QuerySet[Any]:
    places = Place.objects.filter(cohort=OuterRef("cohort"), state=PlaceState.HELD).order_by().values("cohort")
    number = Subquery(places.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    rows = Session.objects.filter(trainer=trainer, starts_at__isnull=False)
    return rows.select_related("cohort__programme", "cohort__made_by", "module", "trainer", "venue").annotate(
        firms=Coalesce(number, 0)
    )


# ------------------------------------------------------------------------------------------------------------ a session


def session_for(user: User, public_id: str) -> Session:
    """With all that its page shows. Raises NotFound for whoever may not see its roll."""
    attendance_selectors.session_for(user, public_id)
    rows = Session.objects.select_related("cohort__programme", "cohort__made_by", "module", "trainer", "venue")
    return rows.get(public_id=public_id)


@dataclass(frozen=True, slots=True)
class Numbers:
    """People of a session: expected, of these there (late ones too), and refused scans."""

    expected: int
    there: int
    unmarked: int
    refused: int


def numbers_of(session: Session) -> Numbers:
    """What the counters beside the code show. Three queries."""
    expected = set(attendance_selectors.expected_in(session).values_list("pk", flat=True))
    marked = dict(Attendance.objects.filter(session=session).values_list("place", "status"))
    found = Counter(status for place, status in marked.items() if place in expected)
    return Numbers(
        expected=len(expected),
        there=sum(found[status] for status in WAS_THERE),
        unmarked=len(expected) - sum(found.values()),
        refused=attendance_selectors.refused_scans(session),
    )


def devices_of(session: Session) -> dict[str, int]:
    """Devices on which the roll was called without the portal's own form, numbered by when they first sent."""
    rows = session.marks.filter(source=Source.ROLL).exclude(device="").order_by("pk").values_list("device", flat=True)
    return {device: number for number, device in enumerate(dict.fromkeys(rows), 1)}


def place_in(session: Session, public_id: str) -> tuple[Place, bool]:
    """Somebody who is expected in the session, or was marked as a visitor, and whether they are expected. Raises NotFound."""
    row = attendance_selectors.expected_in(session).filter(public_id=public_id).first()
    if row is not None:
        return row, True
    marked = session.marks.values("place")
    visitor = Place.objects.filter(public_id=public_id, pk__in=marked).select_related("sme", "attendee_user").first()
    if visitor is None:
        raise NotFound
    return visitor, False


def marks_of(session: Session, place: Place) -> list[AttendanceMark]:
    """Everything that was observed or said of a person in a session, also what was taken back, by when it was seen."""
    rows = session.marks.filter(place=place).select_related("marked_by")
    return list(rows.order_by("observed_at", "pk"))


def mark_in(session: Session, place: Place, public_id: str) -> AttendanceMark | None:
    return session.marks.filter(place=place, public_id=public_id, taken_back_at=None).first()


def materials_of(user: User, sessions: Iterable[Session]) -> dict[int, list[Material]]:
    """What is handed out in each session, by its id; nothing where this person may not open it. Two queries a programme."""
    may_open = programmes_permissions.can_open_materials(
        user, is_trainer=resources_selectors.trainer_of(user) is not None, has_place=False
    )
    if not may_open:
        return {}
    rows = list(sessions)
    programmes = {row.cohort.programme_id: row.cohort.programme for row in rows}
    of_module: dict[int, list[Material]] = {}
    for programme in programmes.values():
        for material in materials_selectors.materials_of(programme):
            of_module.setdefault(material.module_id, []).append(material)
    return {row.pk: of_module.get(row.module_id, []) for row in rows if row.module_id}


@dataclass(frozen=True, slots=True)
class Pack:
    """The offline pack of a cohort's programme in its language."""

    programme: str
    language: str
    size: int


def pack_of(user: User, session: Session) -> Pack | None:
    """None where nothing is in it, or this person may not have it."""
    may_open = programmes_permissions.can_open_materials(
        user, is_trainer=resources_selectors.trainer_of(user) is not None, has_place=False
    )
    files = materials_selectors.newest_files(session.cohort.programme, session.cohort.language) if may_open else []
    if not files:
        return None
    return Pack(session.cohort.programme.public_id, session.cohort.language, sum(file.size for file in files))


# ---------------------------------------------------------------------------------------------------- who falls behind


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody to look after. missed: of the `held` sessions of the cohort before this one and over by now, at which they were expected. status: in this
    session, None for no sign. in_danger: one more missed session ends the certificate; is_lost: it cannot be reached any more."""

    place: Place
    missed: int
    held: int
    status: Status | None
    in_danger: bool
    is_lost: bool


def behind_in(session: Session, lines: Sequence[RollLine], *, now: datetime) -> list[Behind]:
    """Those who missed a session before, or are not there today, who is nearest to losing the certificate first. Five queries."""
    expected = [line for line in lines if not line.is_visitor]
    before = (
        Session.objects.filter(
            cohort=session.cohort_id, cancelled_at=None, ends_at__lte=min(session.starts_at or now, now)
        )
        .exclude(pk=session.pk)
        .values_list("pk", "ends_at")
    )
    ended: dict[int, datetime] = {pk: ends_at for pk, ends_at in before if ends_at is not None}
    rows = Attendance.objects.filter(session__in=list(ended), place__in=[line.place.pk for line in expected])
    marked = {(row.session_id, row.place_id): row.status for row in rows}
    hours = attendance_selectors.hours_of_files([line.place.application_id for line in expected], now=now)
    is_over = session.stage(now) == SessionStage.HELD
    found = []
    for line in expected:
        own = [pk for pk, ends_at in ended.items() if line.place.asked_at < ends_at]
        missed = sum(marked.get((pk, line.place.pk), Status.ABSENT) == Status.ABSENT for pk in own)
        status = line.settled.status
        is_away = status in (Status.ABSENT, Status.EXCUSED) or (status is None and is_over)
        own_hours = hours.get(line.place.application_id)
        if not missed and not is_away:
            continue
        found.append(
            Behind(
                line.place,
                missed,
                len(own),
                status,
                in_danger=own_hours is not None and own_hours.can_be_met and own_hours.may_miss < session.minutes,
                is_lost=own_hours is not None and not own_hours.can_be_met,
            )
        )
    return sorted(found, key=lambda one: (not one.in_danger, not one.is_lost, -one.missed, one.place.attendee))
