"""Who may answer for a session, and what is shown of the answers. A single answer is shown to nobody but who gave it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from tdap_portal.core.errors import NotFound
from training.attendance import selectors as attendance_selectors
from training.models import Attendance, Cohort, FeedbackAsk, FeedbackCount, Place, Session, SessionFeedback, Trainer
from training.states import AttendanceStatus, SessionStage

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

OPEN_FOR = timedelta(days=7)  # after the end of the session: to answer, and to change the answer
ASKED_WITHIN = timedelta(days=3)  # of the end; a roll that is typed in later asks nobody any more
CAME = (AttendanceStatus.PRESENT.value, AttendanceStatus.LATE.value)
ORDERS = {  # by the word in the address
    "newest": ("-starts_at", "-pk"),
    "oldest": ("starts_at", "pk"),
    "useful": ("useful_mean", "pk"),
    "clear": ("clear_mean", "pk"),
}


def closes_at(session: Session) -> datetime | None:
    return session.ends_at + OPEN_FOR if session.ends_at else None


def is_open(session: Session, *, now: datetime | None = None) -> bool:
    """Whether answers are taken."""
    now = now or timezone.now()
    closes = closes_at(session)
    return session.stage(now) == SessionStage.HELD and closes is not None and now < closes


# ------------------------------------------------------------------------------------------------------- of one person


def session_for_answer(user: User, public_id: str) -> tuple[Session, Place]:
    """A session with the place for which this person answers: one that came, where there are several. Raises NotFound for whoever was
    not expected in it."""
    session = attendance_selectors.session_by_id(public_id)
    places = attendance_selectors.places_of(user, session)
    if not places:
        raise NotFound
    came = places_that_came(session, places)
    return session, next((place for place in places if place.pk in came), places[0])


def places_that_came(session: Session, places: Iterable[Place]) -> set[int]:
    rows = Attendance.objects.filter(session=session, place__in=list(places), status__in=CAME)
    return set(rows.values_list("place", flat=True))


def answer_of(session: Session, place: Place) -> SessionFeedback | None:
    return SessionFeedback.objects.filter(session=session, place=place).first()


def last_ask(person: User, *, now: datetime) -> FeedbackAsk | None:
    """What an SMS of this person answers: the session of which they were asked last, while it takes answers."""
    rows = FeedbackAsk.objects.filter(person=person, session__cancelled_at=None, session__ends_at__gt=now - OPEN_FOR)
    return rows.select_related("session", "place").order_by("-pk").first()


def to_ask(*, now: datetime, at_once: int) -> list[tuple[int, int]]:
    """Ids of sessions and places of those who came to one that ended lately and were not asked yet."""
    asked = FeedbackAsk.objects.filter(session=OuterRef("session"), place=OuterRef("place"))
    rows = Attendance.objects.filter(
        ~Exists(asked),
        status__in=CAME,
        session__cancelled_at=None,
        session__ends_at__lte=now,
        session__ends_at__gt=now - ASKED_WITHIN,
    )
    return list(rows.order_by("session", "place").values_list("session", "place")[:at_once])


def place_to_ask(place_id: int) -> Place | None:
    return Place.objects.select_related("attendee_user", "cohort").filter(pk=place_id).first()


# ------------------------------------------------------------------------------------------------------- what is shown


def counts_visible_to(user: User, *, cohort: str = "", trainer: str = "") -> QuerySet[FeedbackCount]:
    """Of all sessions for programme managers, of the own ones for a trainer. cohort: a short name; trainer: a public id; "" for all.

    Raises NotFound for whoever teaches nothing and may not see all.
    """
    rows = FeedbackCount.objects.select_related("session__trainer", "cohort")
    if not permissions.can_see_all(user):
        own = trainer_of(user)
        if own is None:
            raise NotFound
        rows = rows.filter(session__trainer=own)
    if cohort:
        rows = rows.filter(cohort__code=cohort)
    return rows.filter(session__trainer__public_id=trainer) if trainer else rows


def trainer_of(user: User) -> Trainer | None:
    return Trainer.objects.filter(user=user).first()


def session_for_results(user: User, public_id: str) -> Session:
    """Raises NotFound."""
    session = attendance_selectors.session_by_id(public_id)
    if not permissions.can_see_results(user, session):
        raise NotFound
    return session


def count_of(session: Session) -> FeedbackCount | None:
    return FeedbackCount.objects.filter(session=session).first()


def trainers_with_answers() -> list[Trainer]:
    return list(Trainer.objects.filter(Exists(FeedbackCount.objects.filter(session__trainer=OuterRef("pk")))))


def cohorts_with_answers(user: User) -> list[str]:
    rows = counts_visible_to(user).order_by().values("cohort")
    return list(Cohort.objects.filter(pk__in=rows).order_by("code").values_list("code", flat=True)[:500])
