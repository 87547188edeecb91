"""The locks of the places: the file of the firm first, then the cohorts in the order of their ids, so that no two acts wait for
each other. Whoever changes a place holds the lock of its cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from training.models import Cohort, Place
from training.states import PLACE, PlaceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.core.states import Move

LIVING = (PlaceState.HELD.value, PlaceState.WAITING.value)


def locked_cohorts(ids: Iterable[int]) -> dict[int, Cohort]:
    """By id; locked until the act's transaction ends."""
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("programme")
    return {row.pk: row for row in rows.filter(pk__in=set(ids)).order_by("pk")}


def places_of_file(application_id: int, cohorts: dict[int, Cohort]) -> list[Place]:
    """What the file holds and waits for in these locked cohorts, each place with its cohort."""
    rows = list(
        Place.objects.filter(application_id=application_id, state__in=LIVING, cohort__in=cohorts).order_by("pk")
    )
    for row in rows:
        row.cohort = cohorts[row.cohort_id]
    return rows


def move(row: Place, action: str, *fields: str) -> Move:
    """Move a place by the table; one that ends keeps when. Its cohort is locked."""
    found = PLACE.move(action, PlaceState(row.state))
    row.state = found.target.value
    row.ended_at = None if row.state in LIVING else timezone.now()
    row.save(update_fields=["state", "ended_at", "updated_at", *fields])
    return found
