"""What is known of many people at a moment, as facts for the watch; a fixed number of queries, however many they are."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from tdap_portal.notifications import selectors as notifications_selectors
from training.assessment import selectors as assessment_selectors
from training.models import (
    Attendance,
    Call,
    FeedbackAsk,
    Nudge,
    Place,
    Session,
    SessionFeedback,
)
from training.states import AttendanceStatus as Status
from training.states import CallOutcome, PlaceState

from .watch import THERE, Facts, Met, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

BEGUN_WITHIN = timedelta(days=7)  # of the day on which the assessment opened
ANSWER_TAKES = timedelta(days=2)  # before what we asked or wrote counts as unanswered
LOOKED_BACK = timedelta(days=60)  # at what was asked and written
SPOKEN = (CallOutcome.WILL_COME.value, CallOutcome.CANNOT.value)


def facts_of(places: Sequence[Place], *, at: datetime) -> dict[int, Facts]:
    """By id of the place. places: held, with their cohort, its programme and who comes."""
    met, ids = _met(places, at), [place.pk for place in places]
    heard = heard_of(places)
    overdue = _overdue(places, at)
    unanswered = _unanswered(ids, heard, at)
    return {
        place.pk: Facts(
            day=timezone.localdate(at),
            begins=max(timezone.localdate(place.asked_at), place.cohort.starts_on),
            percent=place.cohort.programme.attendance_percent,
            met=tuple(met[place.application_id]),
            has_account=place.attendee_user is not None,
            signed_in=_last_login(place),
            overdue=overdue.get(place.pk, 0),
            unanswered=unanswered[place.pk],
        )
        for place in places
    }


def _last_login(place: Place) -> date | None:
    person = place.attendee_user
    return timezone.localdate(person.last_login) if person and person.last_login else None


def _met(places: Iterable[Place], at: datetime) -> dict[int, list[Met]]:
    """By id of the file: sessions that are over and whose roll was called, in every cohort that the firm was in."""
    of_files = list(
        Place.objects.filter(application__in={place.application_id for place in places})
        .exclude(state=PlaceState.WAITING)
        .only("pk", "application_id", "cohort_id", "asked_at", "ended_at")
    )
    sessions = list(
        Session.objects.filter(
            cohort__in={place.cohort_id for place in of_files}, cancelled_at=None, ends_at__lte=at
        ).only("pk", "cohort_id", "starts_at", "ends_at", "minutes")
    )
    called = set(
        Attendance.objects.filter(session__in=[session.pk for session in sessions])
        .order_by()
        .values_list("session", flat=True)
        .distinct()
    )
    by_cohort: dict[int, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.pk in called:
            by_cohort[session.cohort_id].append(session)
    marks = {
        (session, place): (status, minutes)
        for session, place, status, minutes in Attendance.objects.filter(
            place__in=[place.pk for place in of_files]
        ).values_list("session", "place", "status", "minutes")
    }
    found: dict[int, list[Met]] = defaultdict(list)
    for place in of_files:
        for session in by_cohort[place.cohort_id]:
            if _was_in(place, session):
                status, minutes = marks.get((session.pk, place.pk), (None, None))
                found[place.application_id].append(
                    Met(
                        on=timezone.localdate(session.starts_at),
                        minutes=session.minutes,
                        status=Status(status) if status else None,
                        credited=None if minutes is None else Fraction(minutes),
                    )
                )
    return found


def _was_in(place: Place, session: Session) -> bool:
    if session.starts_at is None or session.ends_at is None or place.asked_at >= session.ends_at:
        return False
    return place.ended_at is None or place.ended_at > session.starts_at


def _overdue(places: Sequence[Place], at: datetime) -> dict[int, int]:
    """By id of the place how much nobody has begun although the assessment has been open for BEGUN_WITHIN: the assessment itself, and each
    practical task of which nothing was handed in."""
    found: dict[int, int] = {}
    for row in assessment_selectors.standings_of(places, now=at):
        opened = row.opening.at if row.opening is not None and row.opening.is_open else None
        if opened is not None and opened <= at - BEGUN_WITHIN:
            found[row.place.pk] = (not row.tries) + sum(work is None for _task, work in row.works)
    return found


def heard_of(places: Sequence[Place]) -> dict[int, date]:
    """By id of the place the last day on which the person came, signed in, answered or spoke with us; a place of whom nothing was heard
    is left out."""
    ids = [place.pk for place in places]
    found: dict[int, list[date]] = defaultdict(list)
    came = Attendance.objects.filter(place__in=ids, status__in=[status.value for status in THERE])
    said = SessionFeedback.objects.filter(place__in=ids)
    spoke = Call.objects.filter(line__place__in=ids, outcome__in=SPOKEN)
    for rows, key, moment in (
        (came, "place", "session__starts_at"),
        (said, "place", "updated_at"),
        (spoke, "line__place", "created_at"),
    ):
        for place_id, last in rows.order_by().values_list(key).annotate(last=Max(moment)):
            if last is not None:
                found[place_id].append(timezone.localdate(last))
    people = {place.attendee_user_id: place.pk for place in places if place.attendee_user_id}
    replied = notifications_selectors.last_sms_of(people)
    for place in places:
        if (login := _last_login(place)) is not None:
            found[place.pk].append(login)
        if place.attendee_user_id in replied:
            found[place.pk].append(timezone.localdate(replied[place.attendee_user_id]))
    return {place_id: max(days) for place_id, days in found.items() if days}


def _unanswered(ids: Sequence[int], heard: dict[int, date], at: datetime) -> dict[int, int]:
    """How often in a row, the newest first, nothing came back: sessions of which a person was asked and did not say, and messages
    after which nothing was heard at all."""
    answered = SessionFeedback.objects.filter(session=OuterRef("session"), place=OuterRef("place"))
    since, until = at - LOOKED_BACK, at - ANSWER_TAKES
    rows: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    asks = FeedbackAsk.objects.filter(place__in=ids, created_at__gt=since, created_at__lte=until)
    for place_id, moment, is_answered in asks.annotate(is_answered=Exists(answered)).values_list(
        "place", "created_at", "is_answered"
    ):
        rows[place_id].append((moment, is_answered))
    nudges = Nudge.objects.filter(place__in=ids, created_at__gt=since, created_at__lte=until)
    for place_id, moment in nudges.values_list("place", "created_at"):
        last = heard.get(place_id)
        rows[place_id].append((moment, last is not None and last >= timezone.localdate(moment)))
    found: dict[int, int] = defaultdict(int)
    for place_id, things in rows.items():
        for _moment, is_answered in sorted(things, reverse=True):
            if is_answered:
                break
            found[place_id] += 1
    return found


def written_to(people: Mapping[Place, int | None], *, at: datetime) -> dict[int, Written]:
    """By id of the place: when its person was written to, for whichever firm, and when last heard of. people: ids by place."""
    since = timezone.localdate(at - LOOKED_BACK)
    sent: dict[int, set[date]] = defaultdict(set)
    rows = Nudge.objects.filter(day__gt=since, person__in={person for person in people.values() if person})
    for person_id, day in rows.values_list("person", "day"):
        sent[person_id].add(day)
    heard = heard_of(list(people))
    return {
        place.pk: Written(sent=tuple(sorted(sent[person or 0])), heard_on=heard.get(place.pk))
        for place, person in people.items()
    }
