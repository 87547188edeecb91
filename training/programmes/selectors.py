"""Programmes and their modules."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tdap_portal.core.errors import NotFound
from training.models import (
    Cohort,
    Module,
    Programme,
)
from training.states import CohortState

# ----------------------------------------------------------------------------------------------------- programmes


def programmes() -> QuerySet[Programme]:
    """Those of which new cohorts can be made first, by short name; each with `modules_number` and `cohorts_number` (of cohorts
    that were not called off)."""
    modules = Module.objects.filter(programme=OuterRef("pk")).order_by().values("programme").annotate(n=Count("pk"))
    cohorts = (
        Cohort.objects.filter(programme=OuterRef("pk"))
        .exclude(state=CohortState.CANCELLED)
        .order_by()
        .values("programme")
        .annotate(n=Count("pk"))
    )
    return Programme.objects.annotate(modules_number=number_of(modules), cohorts_number=number_of(cohorts)).order_by(
        "-is_active", "code"
    )


def number_of(grouped: QuerySet[Any, Any]) -> Coalesce:
    """Of a correlated query that counts one group as `n`; 0 where it is empty."""
    return Coalesce(Subquery(grouped.values("n")), 0, output_field=IntegerField())


def active_programmes() -> QuerySet[Programme]:
    """Those of which new cohorts can be made."""
    return Programme.objects.filter(is_active=True).order_by("code")


def programme_for(public_id: str) -> Programme:
    """Raises NotFound."""
    return found(Programme.objects.filter(public_id=public_id))


def found(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound
    return row


def modules_of(programme: Programme) -> QuerySet[Module]:
    """In their order, each with those that come before it. Two queries."""
    return programme.modules.order_by("position").prefetch_related("after")


def module_in(programme: Programme, public_id: str) -> Module:
    """Raises NotFound."""
    return found(modules_of(programme).filter(public_id=public_id))


# ------------------------------------------------------------------------------------------------------ materials


# --------------------------------------------------------------------------------------------- trainers and venues


# -------------------------------------------------------------------------------------------------------- cohorts


def last_position(programme: Programme) -> int:
    """0 where the programme has no module."""
    return programme.modules.aggregate(last=Max("position"))["last"] or 0
