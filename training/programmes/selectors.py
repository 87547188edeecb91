"""Programmes with what is handed out, who teaches and where, cohorts and the public calendar."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone

from smes.people import selectors as people_selectors
from smes.vocabulary.places import CITIES
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tdap_portal.web.paging import keyset_page
from training.models import (
    Absence,
    Cohort,
    Holiday,
    Material,
    MaterialVersion,
    Module,
    Place,
    Programme,
    Session,
    Trainer,
    Venue,
    VenueClosing,
)
from training.states import PUBLIC, CohortState, PlaceState

from . import permissions
from .codes import letters_of, next_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User
    from tdap_portal.web.paging import KeysetPage

LOAD_WEEKS = 8
MAX_HOLIDAYS = 8
TRAINER_ORDERS = {"name": ["name", "pk"], "city": ["home_city", "name", "pk"], "newest": ["-created_at", "-pk"]}
VENUE_ORDERS = {"city": ["city", "name", "pk"], "name": ["name", "pk"], "seats": ["-seats", "-pk"]}
COHORT_ORDERS = {"start": ["starts_on", "pk"], "last": ["-starts_on", "-pk"]}


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
    return Programme.objects.annotate(modules_number=_number(modules), cohorts_number=_number(cohorts)).order_by(
        "-is_active", "code"
    )


def _number(grouped: QuerySet[Any, Any]) -> Coalesce:
    """Of a correlated query that counts one group as `n`; 0 where it is empty."""
    return Coalesce(Subquery(grouped.values("n")), 0, output_field=IntegerField())


def active_programmes() -> QuerySet[Programme]:
    """Those of which new cohorts can be made."""
    return Programme.objects.filter(is_active=True).order_by("code")


def programme_for(public_id: str) -> Programme:
    """Raises NotFound."""
    return _found(Programme.objects.filter(public_id=public_id))


def _found(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound
    return row


def modules_of(programme: Programme) -> QuerySet[Module]:
    """In their order, each with those that come before it. Two queries."""
    return programme.modules.order_by("position").prefetch_related("after")


def module_in(programme: Programme, public_id: str) -> Module:
    """Raises NotFound."""
    return _found(modules_of(programme).filter(public_id=public_id))


# ------------------------------------------------------------------------------------------------------ materials


def materials_of(programme: Programme, *, withdrawn: bool = False) -> list[Material]:
    """In the order of the modules, each with its `versions_newest_first`. withdrawn: those no longer handed out as well. Two
    queries."""
    rows = Material.objects.filter(module__programme=programme).select_related("module")
    if not withdrawn:
        rows = rows.filter(is_withdrawn=False)
    versions = MaterialVersion.objects.select_related("added_by").order_by("-number")
    kept = Prefetch("versions", queryset=versions, to_attr="versions_newest_first")
    return list(rows.order_by("module__position", "language", "title", "pk").prefetch_related(kept))


def material_in(programme: Programme, public_id: str) -> Material:
    """Raises NotFound."""
    rows = [row for row in materials_of(programme, withdrawn=True) if row.public_id == public_id]
    if not rows:
        raise NotFound
    return rows[0]


def material_file(programme: Programme, public_id: str, number: int, *, withdrawn: bool) -> MaterialVersion:
    """One version. withdrawn: also of a material that is no longer handed out. Raises NotFound."""
    rows = MaterialVersion.objects.filter(
        material__module__programme=programme, material__public_id=public_id, number=number
    )
    return _found(rows if withdrawn else rows.filter(material__is_withdrawn=False))


def newest_files(programme: Programme, language: str) -> list[MaterialVersion]:
    """What an offline pack holds: the newest version of each material in a language, in the order of the modules."""
    newest = MaterialVersion.objects.filter(material=OuterRef("material")).order_by("-number").values("pk")[:1]
    rows = MaterialVersion.objects.filter(
        material__module__programme=programme,
        material__language=language,
        material__is_withdrawn=False,
        pk=Subquery(newest),
    )
    return list(
        rows.select_related("material__module").order_by("material__module__position", "material__title", "material_id")
    )


def programme_with_materials_for(user: User, public_id: str) -> Programme:
    """The programme whose materials this person may open. Raises NotFound, also for whoever may not."""
    programme = programme_for(public_id)
    if user.is_official:
        return programme
    may_open = permissions.can_open_materials(
        user, is_trainer=trainer_of(user) is not None, has_place=has_place_in(user, programme)
    )
    if not may_open:
        raise NotFound
    return programme


def has_place_in(user: User | AnonymousUser, programme: Programme) -> bool:
    """Whether a firm of this person holds a place in a cohort of the programme."""
    firms = people_selectors.smes_of(user)
    return Place.objects.filter(cohort__programme=programme, state=PlaceState.HELD, sme__in=firms.values("pk")).exists()


# --------------------------------------------------------------------------------------------- trainers and venues


def trainer_of(user: User | AnonymousUser) -> Trainer | None:
    """As whom this person teaches at present; being tied to an account is what makes a trainer, there is no role."""
    return Trainer.objects.filter(user=user, is_active=True).first() if user.is_authenticated else None


def trainer_for(public_id: str) -> Trainer:
    """Raises NotFound."""
    return _found(Trainer.objects.filter(public_id=public_id).select_related("user", "partner"))


def trainers_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of trainers, each with `sessions_this_week`. filters: city, skill, language, active ("yes", "no"), q, order; ""
    for any."""
    rows = Trainer.objects.annotate(
        sessions_this_week=_number(
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
    return _found(Venue.objects.filter(public_id=public_id))


def venues_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """The same for rooms. filters: city, mode ("online", "in_person"), equipment, active, q, order."""
    rows = Venue.objects.annotate(
        sessions_this_week=_number(
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
    return _found(times_away(who).filter(public_id=public_id))


def sessions_within(who: Trainer | Venue, starts_at: datetime, ends_at: datetime) -> list[Session]:
    """Published sessions that touch a time, with their cohorts."""
    column = "trainer" if isinstance(who, Trainer) else "venue"
    rows = Session.objects.filter(**{column: who}, starts_at__lt=ends_at, ends_at__gt=starts_at, cancelled_at=None)
    return list(rows.select_related("cohort").order_by("starts_at", "pk"))


def holidays_ahead(day: date) -> list[Holiday]:
    """The next announced holidays that are not over on a day."""
    return list(Holiday.objects.filter(ends_on__gte=day).order_by("starts_on", "pk")[:MAX_HOLIDAYS])


def known_cities() -> list[str]:
    """Towns that are offered; any other may be written."""
    return sorted(CITIES)


# -------------------------------------------------------------------------------------------------------- cohorts


def with_places_left(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """The same cohorts, each with `places_held`, `places_waited_for` and `places_left`: those that a firm can take now, for one that came
    free is kept for who waits (never below 0)."""
    held, waiting = (
        _number(
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
    return _found(with_places_left(rows))


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


def last_position(programme: Programme) -> int:
    """0 where the programme has no module."""
    return programme.modules.aggregate(last=Max("position"))["last"] or 0
