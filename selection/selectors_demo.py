"""The few reads that the demo's story needs between its acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import Application, Reading, Recommendation

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def fresh(row: Application) -> Application:
    return Application.objects.get(pk=row.pk)


def state_of(row: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=row.pk)


def readers_to_come(row: Application) -> list[User]:
    open_readings = Reading.objects.filter(application=row, done_at=None).select_related("reader").order_by("place")
    return [reading.reader for reading in open_readings]


def place_of(row: Application) -> int:
    """The place of a file in its round by points; ties share it."""
    points = Application.objects.values_list("points", flat=True).get(pk=row.pk)
    return Application.objects.filter(round_id=row.round_id, has_score=True, points__gt=points).count() + 1


def newest_recommendation(row: Application) -> Recommendation:
    return Recommendation.objects.filter(application=row).latest("pk")
