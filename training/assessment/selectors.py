"""Who can try an assessment, what came of it, and how each file stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max, Q
from django.utils import timezone

from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound
from training.models import (
    Assessment,
    Attempt,
    AttemptQuestion,
    Cohort,
    MoreGiven,
    Place,
    PracticalTask,
    Session,
    Work,
)
from training.practice import selectors as practice_selectors
from training.states import AttemptState, PlaceState

from . import permissions
from .attempts import Answer, Clock, Key, Result, Try, counting
from .opening import Opening, Stage, Stand, Tried, opening_of, stand_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User


# ------------------------------------------------------------------------------------------------- one place, one try


def place_for(user: User, public_id: str) -> Place:
    """A place held by this person or a firm of theirs. Raises NotFound."""
    rows = Place.objects.filter(public_id=public_id, state=PlaceState.HELD)
    row = rows.select_related("cohort__programme", "sme", "application", "attendee_user").first()
    if row is None or not permissions.can_read(user, row):
        raise NotFound
    return row


def places_of(user: User) -> list[Place]:
    """Places held by this person or a firm of theirs, the newest cohort first."""
    firms = people_selectors.smes_of(user).values("pk")
    rows = Place.objects.filter(Q(attendee_user=user) | Q(sme__in=firms), state=PlaceState.HELD)
    rows = rows.select_related("cohort__programme", "sme", "application", "attendee_user")
    return list(rows.defer("application__facts").order_by("-cohort__starts_on", "pk"))


def attempt_for(user: User, public_id: str) -> Attempt:
    """Raises NotFound for whoever may not read it."""
    row = _attempts().filter(public_id=public_id).first()
    if row is None or not permissions.can_read(user, row.place):
        raise NotFound
    return row


def attempt_by_id(pk: int | str) -> Attempt | None:
    return _attempts().filter(pk=pk).first()


def attempt_in(cohort: Cohort, public_id: str) -> Attempt:
    """For officials. Raises NotFound."""
    row = _attempts().filter(place__cohort=cohort, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def _attempts() -> QuerySet[Attempt]:
    return Attempt.objects.select_related(
        "assessment__programme", "place__cohort__programme", "place__sme", "place__attendee_user", "person"
    )


def questions_of(attempt: Attempt) -> list[AttemptQuestion]:
    """In the order in which they are shown, with their wording."""
    return list(attempt.questions.select_related("version__question__module").order_by("position"))


def late_of(attempt: Attempt) -> list[tuple[datetime, str, list[tuple[int, list[int]]]]]:
    """What arrived after the end: when, from whom, and by position of the question what was chosen."""
    rows = attempt.late.select_related("sent_by")
    return [
        (
            row.received_at,
            row.sent_by.name,
            [(int(key), value) for key, value in sorted(row.answers.items(), key=_number)],
        )
        for row in rows
    ]


def _number(pair: tuple[str, object]) -> int:
    return int(pair[0])


def clock_of(attempt: Attempt) -> Clock:
    spare = attempt.spare_minutes if attempt.spare_at else 0
    return Clock(attempt.begun_at, attempt.minutes, attempt.extra_minutes + spare)


def keys_of(questions: Iterable[AttemptQuestion]) -> dict[str, Key]:
    """By position."""
    return {str(row.position): Key(frozenset(row.version.right), row.version.points) for row in questions}


def answers_of(questions: Iterable[AttemptQuestion]) -> dict[str, Answer]:
    """What is saved, by position."""
    return {
        str(row.position): Answer(frozenset(row.chosen), row.answered_at)
        for row in questions
        if row.answered_at is not None
    }


def seen_by(assessment: Assessment, application_id: int) -> set[int]:
    """Ids of the versions that the file had in earlier tries."""
    rows = AttemptQuestion.objects.filter(attempt__assessment=assessment, attempt__application=application_id)
    return set(rows.values_list("version", flat=True))


def last_number(assessment: Assessment, application_id: int) -> int:
    """Of the tries of a file, whoever came for it; 0 before the first."""
    rows = Attempt.objects.filter(assessment=assessment, application=application_id)
    return rows.aggregate(last=Max("number"))["last"] or 0


def to_close(now: datetime) -> QuerySet[Attempt]:
    """Tries whose time is up and which nobody has closed, the longest one first."""
    return Attempt.objects.filter(state=AttemptState.OPEN, closes_at__lte=now).order_by("closes_at", "pk")


def more_of(assessment: Assessment, application_id: int) -> MoreGiven | None:
    return MoreGiven.objects.filter(assessment=assessment, application=application_id).first()


# -------------------------------------------------------------------------------------------------- how places stand


@dataclass(slots=True)
class Standing:
    """One place before its assessment and practical tasks. assessment: None where its certificate asks for none. tries: in their order.
    works: of the tasks that are asked, each with the newest work, None where there is none."""

    place: Place
    assessment: Assessment | None = None
    opening: Opening | None = None
    stand: Stand | None = None
    tries: list[Attempt] = field(default_factory=list)
    more: MoreGiven | None = None
    works: list[tuple[PracticalTask, Work | None]] = field(default_factory=list)

    @property
    def under_way(self) -> Attempt | None:
        return next((one for one in self.tries if one.state == AttemptState.OPEN), None)

    @property
    def over(self) -> list[Attempt]:
        return [one for one in self.tries if one.state != AttemptState.OPEN]

    @property
    def best(self) -> Attempt | None:
        return max(self.over, key=lambda one: (bool(one.is_passed), one.percent), default=None)

    @property
    def allowed(self) -> int:
        """Tries in all."""
        more = self.more.tries if self.more else 0
        return self.assessment.tries + more if self.assessment else 0


def standings_of(places: Iterable[Place], *, now: datetime | None = None) -> list[Standing]:
    """In the order of the places; a fixed number of queries. places: with cohort and programme."""
    now = now or timezone.now()
    places = list(places)
    files = [place.application_id for place in places]
    rules = _rules_of(places)
    ends: dict[int, list[datetime | None]] = defaultdict(list)
    sessions = Session.objects.filter(cohort_id__in={place.cohort_id for place in places}, cancelled_at=None)
    for cohort_id, end in sessions.order_by().values_list("cohort_id", "ends_at"):
        ends[cohort_id].append(end)
    tries: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    for attempt in _of_who_comes(places).order_by("number"):
        tries[attempt.application_id, attempt.assessment_id].append(attempt)
    given = {(row.application_id, row.assessment_id): row for row in MoreGiven.objects.filter(application_id__in=files)}
    asked = practice_selectors.asked_of_cohorts(places)
    works = practice_selectors.newest_of_files(files)
    found = []
    for place in places:
        row = Standing(place)
        row.works = [(task, works.get((place.application_id, task.pk))) for task in asked[place.pk]]
        assessment = rules.get(place.cohort.programme_id)
        if assessment is not None and _asks(assessment, place.cohort):
            pair = (place.application_id, assessment.pk)
            row.assessment, row.tries, row.more = assessment, tries[pair], given.get(pair)
            row.opening = opening_of(ends[place.cohort_id], percent=assessment.opens_percent, now=now)
            row.stand = stand_of(
                row.opening,
                [Tried(one.closed_at, bool(one.is_passed)) for one in row.over if one.closed_at],
                is_under_way=row.under_way is not None,
                tries=row.allowed,
                pause_hours=assessment.pause_hours,
                now=now,
            )
        found.append(row)
    return found


def _of_who_comes(places: Iterable[Place]) -> QuerySet[Attempt]:
    """Tries of the files of held places, but those of somebody who came before the person who comes now."""
    rows = Attempt.objects.filter(application_id__in=[place.application_id for place in places])
    for place in places:
        if place.comes_since is not None:
            rows = rows.exclude(application=place.application_id, begun_at__lt=place.comes_since)
    return rows


def standing_of(place: Place, *, now: datetime | None = None) -> Standing:
    return standings_of([place], now=now)[0]


def is_final(row: Standing) -> bool:
    """No further try comes, so that right answers can be shown. Not where the place asks for no assessment any more: another may."""
    return row.stand is not None and row.stand.is_final


def _rules_of(places: Sequence[Place]) -> dict[int, Assessment]:
    rows = Assessment.objects.filter(programme_id__in={place.cohort.programme_id for place in places}, is_active=True)
    return {row.programme_id: row for row in rows}


def _asks(assessment: Assessment, cohort: Cohort) -> bool:
    return assessment.is_active and assessment.since <= cohort.starts_on


@dataclass(frozen=True, slots=True)
class Assessed:
    """How a file stands before its certificate. result, pass_mark: of the try that counts and as it held for it; result is None where no
    try is over. tasks_open: practical tasks that are asked and not accepted."""

    asks_assessment: bool = False
    result: Result | None = None
    pass_mark: int = 0
    tasks_open: int = 0


def standing_of_files(application_ids: Iterable[int]) -> dict[int, Assessed]:
    """By id of the file: what certificates, dashboards and the firm's pages ask; five queries, however many files. A file without a place
    has none. A try that is under way does not count yet."""
    places = list(
        Place.objects.filter(application_id__in=list(application_ids), state=PlaceState.HELD).select_related(
            "cohort__programme"
        )
    )
    rules = _rules_of(places)
    tries: dict[tuple[int, int], list[Try]] = defaultdict(list)
    over = _of_who_comes(places)
    for row in over.exclude(state=AttemptState.OPEN).order_by("number"):
        tries[row.application_id, row.assessment_id].append(
            Try(Result(row.points, row.possible, (), ()), row.pass_mark)
        )
    tasks = practice_selectors.tasks_open_of(places)
    found = {}
    for place in places:
        assessment = rules.get(place.cohort.programme_id)
        asks = assessment is not None and _asks(assessment, place.cohort)
        counts = counting(tries[place.application_id, assessment.pk]) if assessment is not None else None
        found[place.application_id] = Assessed(
            asks_assessment=asks,
            result=counts.result if counts else None,
            pass_mark=counts.pass_mark if counts else place.cohort.programme.pass_mark,
            tasks_open=tasks[place.pk],
        )
    return found


# -------------------------------------------------------------------------------------------------------- officials


def cohort_by_id(public_id: str) -> Cohort:
    """Raises NotFound."""
    row = Cohort.objects.select_related("programme").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def places_in(cohort: Cohort) -> list[Place]:
    rows = Place.objects.filter(cohort=cohort, state=PlaceState.HELD)
    rows = rows.select_related("sme", "cohort__programme", "attendee_user").order_by("attendee", "pk")
    return list(rows)


def place_in(cohort: Cohort, public_id: str) -> Place:
    """Raises NotFound."""
    row = next((place for place in places_in(cohort) if place.public_id == public_id), None)
    if row is None:
        raise NotFound
    return row


LINE_FILTERS = {
    "passed": (Stage.PASSED,),
    "failed": (Stage.USED_UP,),
    "open": (Stage.OPEN, Stage.UNDER_WAY, Stage.PAUSED),
    "to_come": (Stage.TO_COME,),
}


def cohort_lines(cohort: Cohort, *, show: str = "", q: str = "") -> list[Standing]:
    """Everybody of a cohort by name. show: a key of LINE_FILTERS, "" for all; q: part of a name or firm."""
    rows = standings_of(places_in(cohort))
    if q:
        wanted = q.casefold()
        rows = [row for row in rows if wanted in f"{row.place.attendee} {row.place.sme.name}".casefold()]
    stages = LINE_FILTERS.get(show)
    return [row for row in rows if stages is None or (row.stand is not None and row.stand.stage in stages)]
