"""What is planned, how it differs from what is published, and whom a change reaches."""

from __future__ import annotations

import copy
import hashlib
import json
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from smes.people import selectors as people_selectors
from tdap_portal.core.models import ClosedDay
from training.models import (
    Absence,
    DraftSession,
    Holiday,
    Place,
    Road,
    RuleLevel,
    Session,
    SessionChange,
    TeachingHours,
    TimetableProposal,
    TimetableVersion,
    Trainer,
    Venue,
    VenueClosing,
)
from training.programmes.versions import Slot, published_slot
from training.states import UNFINISHED, CohortState, PlaceState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet


def draft_of(session: Session) -> DraftSession | None:
    """None where nothing else is planned than what is published; it costs a query where it was not read along."""
    return getattr(session, "draft", None)


def planned_slot(session: Session) -> Slot:
    """What is planned for it, else what is published."""
    draft = draft_of(session)
    if draft is None:
        return published_slot(session)
    ends_at = draft.starts_at + timedelta(minutes=session.minutes) if draft.starts_at else None
    return Slot(draft.starts_at, ends_at, draft.trainer_id, draft.venue_id, draft.is_cancelled)


def is_moved(session: Session) -> bool:
    """Whether publishing would change it. A session without a place that is called off changes nothing for anybody."""
    return published_slot(session) != planned_slot(session)


def mark_of(session: Session) -> str:
    """Sixteen characters that are others once the session is planned otherwise."""
    return hashlib.sha256(json.dumps(planned_slot(session).as_data()).encode()).hexdigest()[:16]


def board(cohorts: Collection[int] | None = None) -> QuerySet[Session]:
    """All sessions of cohorts that are not finished, with what is planned for them. cohorts: ids of some of them."""
    rows = Session.objects.filter(cohort__state__in=[state.value for state in UNFINISHED])
    if cohorts is not None:
        rows = rows.filter(cohort_id__in=cohorts)
    return rows.select_related("cohort__programme", "draft__trainer", "draft__venue", "trainer", "venue").order_by(
        "cohort__code", "position"
    )


def planned_count() -> int:
    """How many sessions there are of cohorts that are not finished."""
    return Session.objects.filter(cohort__state__in=UNFINISHED).count()


def moved_sessions() -> list[Session]:
    return [row for row in board().filter(draft__isnull=False) if is_moved(row)]


def not_as_planned(now: datetime) -> QuerySet[Session]:
    """Published sessions to come for which nothing else is planned, though their trainer is away or their room is closed at that time."""
    here = {"starts_at__lt": OuterRef("ends_at"), "ends_at__gt": OuterRef("starts_at")}
    is_away = Exists(Absence.objects.filter(trainer=OuterRef("trainer"), **here))
    is_closed = Exists(VenueClosing.objects.filter(venue=OuterRef("venue"), **here))
    rows = Session.objects.filter(cohort__state__in=UNFINISHED, cancelled_at=None, starts_at__gt=now, draft=None)
    return rows.filter(Q(is_away) | Q(is_closed))


def without_a_day() -> QuerySet[Session]:
    """Sessions of cohorts that are not over for which no day is published or planned."""
    rows = Session.objects.filter(cohort__state__in=UNFINISHED, cancelled_at=None, starts_at=None)
    return rows.filter(Q(draft=None) | Q(draft__starts_at=None, draft__is_cancelled=False))


def session_by_id(public_id: str) -> Session | None:
    """A session that can still be planned; None for one of a cohort that is over."""
    return board().filter(public_id=public_id).first()


def sessions_by_key(keys: Iterable[str]) -> dict[str, Session]:
    """Sessions by the key that a plan knows them by, those of cohorts that are over too."""
    ids = [int(key) for key in keys]
    return {str(row.pk): row for row in Session.objects.filter(pk__in=ids).select_related("cohort")} if ids else {}


def changes_to_come(sessions: Iterable[Session]) -> list[SessionChange]:
    """What publishing would change of these, as a version would keep it; nothing is written."""
    found = []
    for row in sessions:
        planned, draft = planned_slot(row), draft_of(row)
        after = copy.copy(row)
        after.trainer = draft.trainer if draft else row.trainer
        is_other = row.trainer_id != planned.trainer_id
        found.append(
            SessionChange(
                session=after,
                before=published_slot(row).as_data(),
                after=planned.as_data(),
                trainer_before=row.trainer if is_other else None,
            )
        )
    return found


def last_version() -> TimetableVersion | None:
    return TimetableVersion.objects.select_related("published_by").order_by("-number").first()


def version_by_id(pk: int | str) -> TimetableVersion | None:
    return TimetableVersion.objects.filter(pk=pk).first()


def changes_of(version: TimetableVersion) -> QuerySet[SessionChange]:
    return (
        version.changes.select_related("session__cohort", "session__trainer__user", "session__venue", "trainer_before__user")
        .order_by("session__cohort__code", "session__position")
    )  # fmt: skip


def trainers_by_id(ids: Iterable[int]) -> Mapping[int, Trainer]:
    return Trainer.objects.in_bulk(list(ids))


def venues_by_id(ids: Iterable[int]) -> Mapping[int, Venue]:
    return Venue.objects.in_bulk(list(ids))


def people_of_cohorts(ids: Iterable[int]) -> dict[int, set[int]]:
    """Ids of the people to tell, by cohort: of each place held the person who comes, or the owners of the firm where that person
    has no account."""
    places = Place.objects.filter(cohort_id__in=list(ids), state=PlaceState.HELD)
    found: dict[int, set[int]] = defaultdict(set)
    of_firms: dict[int, set[int]] = defaultdict(set)
    for cohort, person, sme in places.values_list("cohort_id", "attendee_user_id", "sme_id"):
        if person is not None:
            found[cohort].add(person)
        else:
            of_firms[sme].add(cohort)
    for sme, person in people_selectors.owner_ids_of(of_firms):
        for cohort in of_firms[sme]:
            found[cohort].add(person)
    return found


def heads_in(cohorts: Iterable[int]) -> int:
    """How many different people come to these cohorts; who is in two of them counts once."""
    rows = Place.objects.filter(cohort_id__in=list(cohorts), state=PlaceState.HELD)
    return len(
        {
            user or (sme, name.casefold())
            for user, sme, name in rows.values_list("attendee_user_id", "sme_id", "attendee")
        }
    )


def reached_by(changes: Iterable[SessionChange]) -> dict[int, list[SessionChange]]:
    """By id of the person, the changes that touch them, in their order: who comes, and who teaches or taught it. Who comes to a cohort
    that was called off hears of it with the end of the place, and of nothing twice."""
    changes = list(changes)
    cohorts = [change.session.cohort for change in changes]
    by_cohort = people_of_cohorts({row.pk for row in cohorts if row.state != CohortState.CANCELLED})
    reached: dict[int, list[SessionChange]] = defaultdict(list)
    for change in changes:
        people = set(by_cohort.get(change.session.cohort_id, ()))
        for trainer in (change.session.trainer, change.trainer_before):
            if trainer is not None and trainer.user_id is not None:
                people.add(trainer.user_id)
        for person in people:
            reached[person].append(change)
    return reached


def closed_day_names(first: date, last: date) -> dict[date, str]:
    """Names of the days that the portal's own calendar closes."""
    rows = ClosedDay.objects.filter(day__range=(first, last), is_open=False)
    return dict(rows.values_list("day", "name"))


def proposal_by_id(pk: int | str) -> TimetableProposal | None:
    return TimetableProposal.objects.filter(pk=pk).first()


def last_proposal() -> TimetableProposal | None:
    return TimetableProposal.objects.select_related("asked_by").order_by("-pk").first()


def versions() -> list[TimetableVersion]:
    """All that were published, the newest first; .changed: how many sessions."""
    rows = TimetableVersion.objects.select_related("published_by").annotate(changed=Count("changes"))
    return list(rows.order_by("-number"))


def version_by_number(number: int) -> TimetableVersion | None:
    return TimetableVersion.objects.select_related("published_by").filter(number=number).first()


def proposal_by_public_id(public_id: str) -> TimetableProposal | None:
    return TimetableProposal.objects.select_related("asked_by").filter(public_id=public_id).first()


def holidays_from(day: date) -> list[Holiday]:
    """Announced holidays that are not over on a day."""
    return list(Holiday.objects.filter(ends_on__gte=day))


def holiday_by_id(public_id: str) -> Holiday | None:
    return Holiday.objects.filter(public_id=public_id).first()


def teaching_hours(day: date) -> list[TeachingHours]:
    """Hours and the prayer, those without days first; what is over on a day is left out."""
    rows = TeachingHours.objects.exclude(ends_on__lt=day)
    return sorted(rows, key=lambda row: (row.starts_on is not None, row.starts_on or day, row.opens, row.pk))


def hours_by_id(public_id: str) -> TeachingHours | None:
    return TeachingHours.objects.filter(public_id=public_id).first()


def roads() -> list[Road]:
    return list(Road.objects.order_by("one", "other"))


def rule_levels_to_come(day: date) -> list[RuleLevel]:
    """Levels that come into force after a day."""
    return list(RuleLevel.objects.filter(starts_on__gt=day).order_by("starts_on", "code"))


def trainers_to_plan() -> list[Trainer]:
    return list(Trainer.objects.filter(is_active=True))


def venues_to_plan(city: str) -> list[Venue]:
    """Rooms of a city; for those online the rooms online."""
    return list(Venue.objects.filter(is_active=True, city=city))
