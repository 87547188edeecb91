"""Holidays, hours, roads and rules as they are in force and to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.models import (
    Holiday,
    Road,
    RuleLevel,
    TeachingHours,
)

if TYPE_CHECKING:
    from datetime import date


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
