"""Cohorts that a firm can choose, its places, and what officials see of all. What is not the viewer's reads as not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from selection.seats.offers import selectors as offers_selectors
from selection.states import OfferState, State
from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound
from training.codes import CHECKED_IN_BEFORE
from training.models import Attempt, Cohort, Place, PlaceReminder, Session
from training.states import PUBLIC, UNFINISHED, AttemptState, CohortState, PlaceState

from .fitting import ONLINE, is_as_accepted, places_left
from .locking import LIVING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from selection.models import Application, Offer
    from tdap_portal.accounts.models import User

    class CountedCohort(Cohort):
        """With how many hold a place and how many wait. For annotations only."""

        held: int
        waiting: int

        class Meta:
            abstract = True


HELD, WAITING = PlaceState.HELD.value, PlaceState.WAITING.value


# ------------------------------------------------------------------------------------------------------- of one firm


def accepted_seat(application: Application) -> Offer | None:
    """The offer through which the file has its seat, once it is accepted; None before, and where the seat is gone."""
    row = offers_selectors.seat_of(application)
    if row is None or row.state != OfferState.ACCEPTED or application.state != State.SELECTED:
        return None
    row.application = application
    return row


def living_places(application: Application) -> list[Place]:
    """What the file holds, at most one, and what it waits for, with the cohorts; not of a cohort that was called off."""
    rows = Place.objects.filter(application=application, state__in=LIVING).exclude(cohort__state=CohortState.CANCELLED)
    return list(rows.select_related("cohort__programme", "attendee_user").order_by("state", "asked_at", "pk"))


def held_place(application: Application) -> Place | None:
    """With its cohort and programme, also once the cohort is over."""
    rows = Place.objects.filter(application=application, state=HELD)
    return rows.select_related("cohort__programme", "application").first()


def newest_place(application: Application) -> Place | None:
    """The one that was asked for last, whatever became of it."""
    return Place.objects.filter(application=application).select_related("cohort").order_by("-asked_at", "-pk").first()


def number_on_list(place: Place) -> int:
    """Where somebody who waits stands on the list of the cohort, from 1."""
    before = Q(asked_at__lt=place.asked_at) | Q(asked_at=place.asked_at, pk__lt=place.pk)
    return Place.objects.filter(before, cohort=place.cohort_id, state=WAITING).count() + 1


def open_cohorts_for(seat: Offer, *, language: str = "", time: str = "") -> QuerySet[Any]:
    """Cohorts with places to take, of the round of the seat or of every round, each with `held` and `waiting`; unordered. language, time:
    "" for all; a cohort at any time of day fits every time."""
    rows = Cohort.objects.filter(Q(round=None) | Q(round=seat.round_id), state=CohortState.OPEN)
    if language:
        rows = rows.filter(language=language)
    if time:
        rows = rows.filter(time_of_day__in=[time, "any"])
    return _counted(rows.select_related("programme").order_by())


def as_accepted(seat: Offer) -> Q:
    """The rule of fitting.is_as_accepted, for rows of cohorts."""
    if seat.mode == ONLINE:
        return Q(mode=ONLINE)
    there = Q(mode=ONLINE) | Q(city=seat.city) if seat.city else Q()
    return there & ~Q(mode=ONLINE) if seat.mode else there


def fitting_cohorts(seat: Offer, *, language: str = "", time: str = "") -> QuerySet[Any]:
    """Of these the ones that are as the firm accepted its seat."""
    return open_cohorts_for(seat, language=language, time=time).filter(as_accepted(seat))


def other_cohorts(seat: Offer, *, language: str = "", time: str = "") -> QuerySet[Any]:
    """Of these the ones in another way or town."""
    rows, rule = open_cohorts_for(seat, language=language, time=time), as_accepted(seat)
    return rows.exclude(rule) if rule else rows.none()


def cohort_for_firm(public_id: str) -> CountedCohort:
    """One that firms may know of, whatever became of it. Raises NotFound, also for one that is only planned."""
    known = Q(state__in=[*PUBLIC, CohortState.CANCELLED])
    row = _counted(Cohort.objects.filter(known, public_id=public_id)).select_related("programme", "round").first()
    if row is None:
        raise NotFound
    return cast("CountedCohort", row)


def fits(seat: Offer, cohort: Cohort) -> bool:
    """Whether the cohort is given as the firm accepted it, in way and town."""
    return is_as_accepted(mode=cohort.mode, city=cohort.city, accepted_mode=seat.mode, accepted_city=seat.city)


def sessions_of(cohort: Cohort) -> QuerySet[Session]:
    return Session.objects.filter(cohort=cohort, cancelled_at=None).select_related("venue").order_by("position")


def next_session(cohort: Cohort) -> Session | None:
    """The published session that runs or comes next; None where there is none."""
    rows = sessions_of(cohort).filter(ends_at__gt=timezone.now(), cancelled_at=None)
    return rows.order_by("starts_at", "position").first()


def people_who_may_come(application: Application) -> list[User]:
    return people_selectors.people_of(application.sme_id)


# ---------------------------------------------------------------------------------------------- since when somebody comes


def has_begun(application_id: int) -> bool:
    """Whether somebody may have been marked as there for the file, or has begun a try: from then on who comes is no mere name."""
    cohorts = Place.objects.filter(application=application_id).exclude(state=WAITING).values("cohort")
    begun = Session.objects.filter(cohort__in=cohorts, starts_at__lte=timezone.now() + CHECKED_IN_BEFORE)
    return begun.exists() or Attempt.objects.filter(application=application_id).exists()


def is_trying(application_id: int) -> bool:
    return Attempt.objects.filter(application=application_id, state=AttemptState.OPEN).exists()


def last_who_came(application_id: int) -> Place | None:
    """The newest place that the file held, whatever became of it; None where it never held one."""
    rows = Place.objects.filter(application=application_id).exclude(state=WAITING)
    return rows.order_by("-asked_at", "-pk").first()


def latest_since(places: Iterable[tuple[int, datetime | None]]) -> dict[int, datetime]:
    """By id of the file, since when the person who comes now does; a file whose person came from the beginning is not in it.
    places: the file and `comes_since` of each of its places."""
    found: dict[int, datetime] = {}
    for application_id, since in places:
        if since is not None and since >= found.get(application_id, since):
            found[application_id] = since
    return found


def was_another(session: Session, since: datetime | None) -> bool:
    """Whether signs of who is there were taken in a session before the person who comes now came for the file."""
    return since is not None and session.starts_at is not None and session.starts_at - CHECKED_IN_BEFORE < since


# ------------------------------------------------------------------------------------------------ counts under a lock


def numbers_of(cohort: Cohort) -> tuple[int, int]:
    """How many hold a place and how many wait; asked under the cohort's lock where a place is given by it."""
    found = Place.objects.filter(cohort=cohort).aggregate(
        held=Count("pk", filter=Q(state=HELD)), waiting=Count("pk", filter=Q(state=WAITING))
    )
    return found["held"], found["waiting"]


def left_in(cohort: CountedCohort) -> int:
    return places_left(places=cohort.places, held=cohort.held, waiting=cohort.waiting)


def first_waiting(cohort_id: int) -> Place | None:
    """Whose the next place is that comes free."""
    rows = Place.objects.filter(cohort=cohort_id, state=WAITING)
    return rows.select_related("application").order_by("asked_at", "pk").first()


def cohorts_to_give_on() -> list[int]:
    """Ids of open cohorts with a free place and somebody who waits: what the sweep looks at."""
    rows = _counted(Cohort.objects.filter(state=CohortState.OPEN)).filter(waiting__gt=0)
    return [row.pk for row in cast("Iterable[CountedCohort]", rows.order_by("pk")) if row.held < row.places]


def files_without_seat() -> list[int]:
    """Ids of files that hold a place or wait for one without an accepted seat: what the sweep ends, where an event was lost."""
    seats = offers_selectors.accepted_offers().filter(application=OuterRef("application"))
    rows = Place.objects.filter(~Exists(seats), state__in=LIVING)
    return list(rows.order_by("application").values_list("application", flat=True).distinct())


def places_to_end() -> list[int]:
    """Ids of cohorts that were called off, or begun, and in which places or waiting firms are left that end with that."""
    gone = Q(cohort__state=CohortState.CANCELLED)
    begun = Q(cohort__state__in=[CohortState.RUNNING, CohortState.FINISHED], state=WAITING)
    rows = Place.objects.filter(gone | begun, state__in=LIVING)
    return list(rows.order_by("cohort").values_list("cohort", flat=True).distinct())


# --------------------------------------------------------------------------------------------------------- for officials


def firms_without_place() -> QuerySet[Any]:
    """Accepted seats without a place in a cohort, whoever accepted first first; `waits` says whether the firm waits for one, `reminded_at` when it
    was reminded."""
    places = Place.objects.filter(application=OuterRef("application")).exclude(cohort__state=CohortState.CANCELLED)
    reminded = PlaceReminder.objects.filter(application=OuterRef("application"))
    return (
        offers_selectors.accepted_offers()
        .exclude(Exists(places.filter(state=HELD)))
        .annotate(waits=Exists(places.filter(state=WAITING)), reminded_at=Subquery(reminded.values("created_at")[:1]))
    )


def seat_without_place(application_id: int) -> Offer | None:
    """The accepted seat of a file that neither holds a place nor waits for one; None where it does, or has no seat."""
    return firms_without_place().filter(application=application_id, waits=False).first()


def firms_to_remind(accepted_before: datetime) -> QuerySet[Offer]:
    """Of these the ones that accepted before a moment, do not wait either and were not reminded yet."""
    return firms_without_place().filter(answered_at__lt=accepted_before, waits=False, reminded_at=None)


def cohorts_with_places() -> QuerySet[Any]:
    """Cohorts that are not over, with how many hold a place and how many wait; unordered."""
    rows = _counted(Cohort.objects.filter(state__in=UNFINISHED)).select_related("programme", "round")
    return rows.order_by()


def counted_cohorts() -> QuerySet[Any]:
    """All cohorts, each with `held` and `waiting`; unordered."""
    return _counted(Cohort.objects.order_by())


def cohort_for_officials(public_id: str) -> CountedCohort:
    """Raises NotFound."""
    rows = _counted(Cohort.objects.filter(public_id=public_id))
    row = rows.select_related("programme", "round").first()
    if row is None:
        raise NotFound
    return cast("CountedCohort", row)


def roster_of(cohort: Cohort) -> QuerySet[Place]:
    """Who comes, by the name of the firm."""
    rows = Place.objects.filter(cohort=cohort, state=HELD).select_related("application", "sme", "instead_of__cohort")
    return rows.defer("application__facts").order_by("sme__name", "pk")


def held_place_in(cohort_id: str, place_id: str) -> Place:
    """One of the roster, by the public ids of cohort and place. Raises NotFound."""
    rows = Place.objects.filter(public_id=place_id, cohort__public_id=cohort_id, state=HELD)
    row = rows.select_related("cohort__programme", "sme", "application").defer("application__facts").first()
    if row is None:
        raise NotFound
    return row


def waiting_list_of(cohort: Cohort) -> QuerySet[Place]:
    """Who waits, whoever asked first first; `holds` is the short name of the cohort in which the firm has a place meanwhile."""
    elsewhere = Place.objects.filter(application=OuterRef("application"), state=HELD).values("cohort__code")[:1]
    rows = Place.objects.filter(cohort=cohort, state=WAITING).select_related("application", "sme")
    return rows.annotate(holds=Subquery(elsewhere)).defer("application__facts").order_by("asked_at", "pk")


def place_by_public_id(public_id: str) -> Place | None:
    """For handlers, which look at its state before they act."""
    rows = Place.objects.select_related("cohort__programme", "application__round", "instead_of__cohort")
    return rows.filter(public_id=public_id).first()


def cohort_id_of(public_id: str) -> int | None:
    return Cohort.objects.filter(public_id=public_id).values_list("pk", flat=True).first()


def _counted(rows: QuerySet[Cohort]) -> QuerySet[Any]:
    """With `held` and `waiting`, each counted by itself, so that no join multiplies the other."""

    def number(state: str) -> Subquery:
        places = Place.objects.filter(cohort=OuterRef("pk"), state=state).order_by().values("cohort")
        return Subquery(places.annotate(number=Count("pk")).values("number"))

    return rows.annotate(held=Coalesce(number(HELD), 0), waiting=Coalesce(number(WAITING), 0))
