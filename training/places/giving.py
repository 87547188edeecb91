"""What the worker does with places: one that came free goes to who waits first; places end with the seat or the cohort; firms
without one are reminded."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from selection.seats.offers import services as offers_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today, working_day_test
from tdap_portal.core.sweeping import one_by_one
from training.models import Place, PlaceReminder
from training.states import CohortState, Happened, PlaceState

from . import selectors, services
from .locking import LIVING, locked_cohorts, places_of_file

if TYPE_CHECKING:
    from django.db.models import QuerySet

REMINDED_AFTER_DAYS = 3  # working days after the seat was accepted
AT_ONCE = 500  # firms that one ring of the clock reminds


@transaction.atomic
def give_free_place(*, cohort_id: int) -> Place | None:
    """Give one free place of a cohort to the firm that waits first, which leaves a place elsewhere for it; None where none is free
    or nobody waits. One a transaction: each firm's file is locked before the cohorts.

    A firm that has no seat any more, or whose own training has begun, loses its turn.
    """
    first = selectors.first_waiting(cohort_id)
    if first is None:
        return None
    seat = offers_services.locked_seat(first.application_id)
    if seat is None:
        end_places_without_seat(application_id=first.application_id)
        return None
    standing = services.standing_of(seat, cohort_id)
    row, held = standing.waits_here, standing.held
    if row is None or not _is_next(standing, row):
        return None
    if held is None:
        services.hold(standing, actor=None, attendee=row.attendee, attendee_user=row.attendee_user)
        event, said = Happened.PLACE_TAKEN, services.taken(standing, row, promoted=True)
    elif held.cohort.state == CohortState.OPEN:
        services.exchange(standing, held, actor=None)
        event, said = Happened.PLACE_CHANGED, services.exchanged(standing, row, held, promoted=True)
    else:
        services.end(row, actor=None, why="begun")
        return None
    record(event.value, subject=seat.application, actor=None, **said)
    return row


def _is_next(standing: services.Standing, row: Place) -> bool:
    """Under the locks: whether a place is free and this firm's. Where another act was quicker, that one has an event of its own."""
    cohort = standing.target
    is_free = cohort.state == CohortState.OPEN and selectors.numbers_of(cohort)[0] < cohort.places
    return is_free and row == selectors.first_waiting(cohort.pk)


@transaction.atomic
def end_places_without_seat(*, application_id: int) -> int:
    """End what a file holds and waits for, once it has no accepted seat any more; returns how many."""
    if offers_services.locked_seat(application_id) is not None:
        return 0
    ids = Place.objects.filter(application=application_id, state__in=LIVING).values_list("cohort", flat=True)
    rows = places_of_file(application_id, locked_cohorts(ids))
    for row in rows:
        services.end(row, actor=None, why="seat_gone")
    return len(rows)


@transaction.atomic
def end_places_of_cohort(*, cohort_id: int, reason: str = "") -> int:
    """End all places of a cohort that was called off; of one that has begun the waiting for it, and the waiting of its firms for
    others. Returns how many. reason: why it was called off, for the firms."""
    own = Place.objects.filter(cohort=cohort_id, state__in=LIVING)
    of_its_firms = Place.objects.filter(
        application__in=own.filter(state=PlaceState.HELD).values("application"), state=PlaceState.WAITING
    )
    cohorts = locked_cohorts([cohort_id, *of_its_firms.values_list("cohort", flat=True)])
    state = cohorts[cohort_id].state
    if state == CohortState.CANCELLED:
        return _end_all(own, why="cancelled", reason=reason)
    if state == CohortState.RUNNING:
        waiting = own.filter(state=PlaceState.WAITING) | of_its_firms.filter(cohort__in=cohorts)
        return _end_all(waiting, why="begun")
    return 0


def _end_all(places: QuerySet[Place], *, why: str, reason: str = "") -> int:
    rows = list(places.select_related("cohort", "application").order_by("pk"))
    for row in rows:
        services.end(row, actor=None, why=why, reason=reason)
    return len(rows)


def sweep() -> int:
    """Make good what an event should have done and did not; what beat rings. Returns how many acts it took."""
    done = one_by_one(lambda pk: end_places_without_seat(application_id=pk), selectors.files_without_seat())
    done += one_by_one(lambda pk: end_places_of_cohort(cohort_id=pk), selectors.places_to_end())
    done += one_by_one(_fill, selectors.cohorts_to_give_on())
    return sum(done)


def _fill(cohort_id: int) -> int:
    number = 0
    while give_free_place(cohort_id=cohort_id) is not None:
        number += 1
    return number


# -------------------------------------------------------------------------------------------------------- reminders


def remind_firms() -> int:
    """Remind firms that accepted their seat and chose no cohort, each once, as soon as an open cohort fits; what beat rings. Returns
    how many."""
    due = []
    found: dict[tuple[int, str, str], bool] = {}
    for seat in selectors.firms_to_remind(_accepted_before()).order_by("answered_at", "pk")[:AT_ONCE]:
        as_accepted = (seat.round_id, seat.mode, seat.city)
        if as_accepted not in found:
            found[as_accepted] = selectors.fitting_cohorts(seat).exists()
        if found[as_accepted]:
            due.append(seat.application_id)
    return sum(one_by_one(_remind, due))


@transaction.atomic
def _remind(application_id: int) -> bool:
    """Looked at again under the lock: the firm may have chosen, or another worker may have reminded it."""
    seat = offers_services.locked_seat(application_id)
    if seat is None or Place.objects.filter(application=application_id, state__in=LIVING).exists():
        return False
    _row, is_new = PlaceReminder.objects.get_or_create(application_id=application_id)
    if is_new:
        record(Happened.PLACE_REMINDED.value, subject=seat.application, actor=None, offer=seat.public_id)
    return is_new


def _accepted_before() -> datetime:
    """Whoever accepted before this moment had enough working days to choose."""
    day, left, is_working_day = today(), REMINDED_AFTER_DAYS, working_day_test()
    while left:
        left -= is_working_day(day)
        day -= timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
