"""Trainers and venues: pages of them, how busy they are, when they are away."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from smes.vocabulary.places import CITIES
from tdap_portal.core.calendar import today
from tdap_portal.web.paging import keyset_page
from training.models import (
    Absence,
    Session,
    Trainer,
    Venue,
    VenueClosing,
)
from training.programmes.selectors import found, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User
    from tdap_portal.web.paging import KeysetPage

LOAD_WEEKS = 8
TRAINER_ORDERS = {"name": ["name", "pk"], "city": ["home_city", "name", "pk"], "newest": ["-created_at", "-pk"]}
VENUE_ORDERS = {"city": ["city", "name", "pk"], "name": ["name", "pk"], "seats": ["-seats", "-pk"]}


def trainer_of(user: User | AnonymousUser) -> Trainer | None:
    """As whom this person teaches at present; being tied to an account is what makes a trainer, there is no role."""
    return Trainer.objects.filter(user=user, is_active=True).first() if user.is_authenticated else None


def trainer_for(public_id: str) -> Trainer:
    """Raises NotFound."""
    return found(Trainer.objects.filter(public_id=public_id).select_related("user", "partner"))


def trainers_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of trainers, each with `sessions_this_week`. filters: city, skill, language, active ("yes", "no"), q, order; ""
    for any."""
    rows = Trainer.objects.annotate(
        sessions_this_week=number_of(
            _published(today()).filter(trainer=OuterRef("pk")).values("trainer").annotate(n=Count("pk"))
        )
    )
    for column, word in (("skills", filters["skill"]), ("languages", filters["language"])):
        rows = _holding(rows, column, word)
    if city := filters["city"]:
        rows = _as_text(rows, "cities").filter(Q(home_city=city) | _word_in("cities", city))
    return _page(rows, filters, TRAINER_ORDERS, cursor)


def venue_for(public_id: str) -> Venue:
    """Raises NotFound."""
    return found(Venue.objects.filter(public_id=public_id))


def venues_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """The same for rooms. filters: city, mode ("online", "in_person"), equipment, active, q, order."""
    rows = Venue.objects.annotate(
        sessions_this_week=number_of(
            _published(today()).filter(venue=OuterRef("pk")).values("venue").annotate(n=Count("pk"))
        )
    )
    rows = _holding(rows, "equipment", filters["equipment"])
    if filters["city"]:
        rows = rows.filter(city=filters["city"])
    if filters["mode"]:
        rows = rows.filter(city="") if filters["mode"] == "online" else rows.exclude(city="")
    return _page(rows, filters, VENUE_ORDERS, cursor)


def _page(
    rows: QuerySet[Any], filters: Mapping[str, str], orders: Mapping[str, list[str]], cursor: str | None
) -> KeysetPage[Any]:
    if filters["active"]:
        rows = rows.filter(is_active=filters["active"] == "yes")
    if filters["q"]:
        rows = rows.filter(Q(name__icontains=filters["q"]) | Q(name_ur__icontains=filters["q"]))
    order = orders.get(filters["order"]) or next(iter(orders.values()))
    return keyset_page(rows, order=order, cursor=cursor)


def _as_text(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    return rows.annotate(**{f"{column}_text": Cast(column, TextField())})


def _word_in(column: str, word: str) -> Q:
    """Whether a list of words in JSON holds one; PostgreSQL writes Urdu as it is, SQLite in codes."""
    name = f"{column}_text__contains"
    return Q(**{name: json.dumps(word)}) | Q(**{name: json.dumps(word, ensure_ascii=False)})


def _holding(rows: QuerySet[Any], column: str, word: str) -> QuerySet[Any]:
    return _as_text(rows, column).filter(_word_in(column, word)) if word else rows


def _published(day: date, weeks: int = 1) -> QuerySet[Session]:
    """Published sessions, not cancelled, of the week of that day and those after it."""
    monday = day - timedelta(days=day.weekday())
    start = timezone.make_aware(datetime.combine(monday, time.min))
    return Session.objects.filter(
        starts_at__gte=start, starts_at__lt=start + timedelta(weeks=weeks), cancelled_at=None
    ).order_by()


def weekly_load(who: Trainer | Venue, *, on: date, weeks: int = LOAD_WEEKS) -> list[tuple[date, int]]:
    """Published sessions a week, from the week of that day on: its Monday and their number. One query."""
    column = "trainer" if isinstance(who, Trainer) else "venue"
    starts = _published(on, weeks).filter(**{column: who}).values_list("starts_at", flat=True)
    days = [timezone.localdate(moment) for moment in starts]
    first = on - timedelta(days=on.weekday())
    mondays = [first + timedelta(weeks=number) for number in range(weeks)]
    return [(monday, sum(monday <= day < monday + timedelta(weeks=1) for day in days)) for monday in mondays]


def times_away(who: Trainer | Venue) -> QuerySet[Any]:
    """Absences of a trainer, or closings of a room, that are not over; the next one first."""
    rows = Absence.objects.filter(trainer=who) if isinstance(who, Trainer) else VenueClosing.objects.filter(venue=who)
    return rows.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")


def time_away_of(who: Trainer | Venue, public_id: str) -> Any:
    """One of these. Raises NotFound."""
    return found(times_away(who).filter(public_id=public_id))


def sessions_within(who: Trainer | Venue, starts_at: datetime, ends_at: datetime) -> list[Session]:
    """Published sessions that touch a time, with their cohorts."""
    column = "trainer" if isinstance(who, Trainer) else "venue"
    rows = Session.objects.filter(**{column: who}, starts_at__lt=ends_at, ends_at__gt=starts_at, cancelled_at=None)
    return list(rows.select_related("cohort").order_by("starts_at", "pk"))


def known_cities() -> list[str]:
    """Towns that are offered; any other may be written."""
    return sorted(CITIES)
