"""Cohorts: pages of them, places left, what begins and what is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from tdap_portal.core.calendar import today
from tdap_portal.web.paging import keyset_page
from training.models import (
    Cohort,
    Holiday,
    Place,
    Session,
)
from training.programmes.selectors import found, number_of
from training.states import PUBLIC, CohortState, PlaceState

from .codes import letters_of, next_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tdap_portal.web.paging import KeysetPage

MAX_HOLIDAYS = 8
COHORT_ORDERS = {"start": ["starts_on", "pk"], "last": ["-starts_on", "-pk"]}


def with_places_left(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """The same cohorts, each with `places_held`, `places_waited_for` and `places_left`: those that a firm can take now, for one that came
    free is kept for who waits (never below 0)."""
    held, waiting = (
        number_of(
            Place.objects.filter(cohort=OuterRef("pk"), state=state).order_by().values("cohort").annotate(n=Count("pk"))
        )
        for state in (PlaceState.HELD, PlaceState.WAITING)
    )
    return rows.annotate(places_held=held, places_waited_for=waiting).annotate(
        places_left=Greatest(F("places") - F("places_held") - F("places_waited_for"), 0)
    )


def cohort_for(public_id: str) -> Cohort:
    """A cohort as officials see it, with `places_left`. Raises NotFound."""
    rows = Cohort.objects.filter(public_id=public_id).select_related("programme", "round", "cloned_from", "made_by")
    return found(with_places_left(rows))


def cohorts_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of cohorts with `places_left`. filters: state, city, mode, language, round (a number), order; "" for any."""
    rows = with_places_left(_filtered(Cohort.objects.select_related("programme", "round"), filters))
    if filters["state"]:
        rows = rows.filter(state=filters["state"])
    order = COHORT_ORDERS.get(filters["order"]) or COHORT_ORDERS["last"]
    return keyset_page(rows, order=order, cursor=cursor)


def calendar_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """What everybody sees: cohorts that are open or running and not over, the next one first; each with `places_left` and
    `first_session_at` (None while no time is published). filters: city, mode, language, time_of_day; "" for any."""
    rows = Cohort.objects.filter(state__in=[CohortState.OPEN, CohortState.RUNNING], ends_on__gte=today())
    rows = _filtered(rows.select_related("programme", "round"), filters)
    first = (
        Session.objects.filter(cohort=OuterRef("pk"), cancelled_at=None, starts_at__isnull=False)
        .order_by("starts_at")
        .values("starts_at")[:1]
    )
    rows = with_places_left(rows).annotate(first_session_at=Subquery(first))
    return keyset_page(rows, order=COHORT_ORDERS["start"], cursor=cursor)


def _filtered(rows: QuerySet[Cohort], filters: Mapping[str, str]) -> QuerySet[Cohort]:
    for name in ("city", "mode", "language", "time_of_day"):
        if value := filters.get(name, ""):
            rows = rows.filter(**{name: value})
    if number := filters.get("round", ""):
        rows = rows.filter(round__number=int(number))
    return rows


def holidays_ahead(day: date) -> list[Holiday]:
    """The next announced holidays that are not over on a day."""
    return list(Holiday.objects.filter(ends_on__gte=day).order_by("starts_on", "pk")[:MAX_HOLIDAYS])


def is_public(cohort: Cohort) -> bool:
    return cohort.state in PUBLIC


def sessions_of(cohort: Cohort) -> QuerySet[Session]:
    """In the order of the programme, with trainer and room."""
    return cohort.sessions.select_related("trainer", "venue").order_by("position")


def sessions_to_join(cohort: Cohort) -> QuerySet[Session]:
    """Those that are not over and not called off, in their order."""
    return sessions_of(cohort).filter(cancelled_at=None).exclude(ends_at__lte=timezone.now())


def suggested_code(city: str) -> str:
    """The next free short name of a cohort in this town, "" for online: LHR-4."""
    letters = letters_of(city)
    taken = Cohort.objects.filter(code__startswith=f"{letters}-").values_list("code", flat=True)
    return next_code(letters, taken)


def cohorts_to_start() -> QuerySet[Cohort]:
    """Open ones whose first published session has begun."""
    begun = Session.objects.filter(starts_at__lte=timezone.now(), cancelled_at=None)
    return Cohort.objects.filter(state=CohortState.OPEN, pk__in=begun.values("cohort")).order_by("pk")


def cohorts_to_finish() -> QuerySet[Cohort]:
    """Running ones of which every session that was not cancelled has a published time that is over."""
    now = timezone.now()
    ahead = Session.objects.filter(cancelled_at=None).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    over = Session.objects.filter(cancelled_at=None, ends_at__lte=now)
    return (
        Cohort.objects.filter(state=CohortState.RUNNING, pk__in=over.values("cohort"))
        .exclude(pk__in=ahead.values("cohort"))
        .order_by("pk")
    )
