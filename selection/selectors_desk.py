"""The queue of the desk: its views, one page of rows, its counts. The cost does not grow with the number of files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache as keep
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection
from django.db.models import IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from tdap_portal.core.calendar import add_working_days
from tdap_portal.core.paging import KeysetPage, keyset_page

from .desk_filter import DeskFilter, Order, Search, Tab
from .models import Application, DeskTally, Reading, Round, SavedView
from .selectors_file import files_visible_to
from .states import OPEN_STATES, RoundState, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

PAGE_SIZE = 25
SOON_WORKING_DAYS = 2
NEAR_POINTS = Decimal(2)
COUNT_UP_TO = 1000  # a personal or dated count is looked up in an index, and no further than this
LINE_SECONDS = 120

COLUMNS = (
    "id",
    "public_id",
    "file_number",
    "sme_name",
    "city",
    "sector",
    "main_hs6",
    "track",
    "state",
    "points",
    "has_score",
    "submitted_at",
    "clock_started_on",
    "clock_pauses",
    "due_on",
    "is_asked",
    "days_used",
)
ORDERS = {
    Order.DUE: ("due_on", "id"),
    Order.POINTS: ("-points", "id"),
    Order.SUBMITTED: ("submitted_at", "id"),
}


def desk_rounds() -> list[Round]:
    """All rounds, the newest first; there are a few dozen at most."""
    return list(Round.objects.order_by("-number"))


def round_in_hand(rounds: list[Round], code: str) -> Round | None:
    """The round an address names, else the one in review, else the open one, else the newest; None where there is none."""
    named = [row for row in rounds if row.code == code]
    by_state = [row for state in (RoundState.IN_REVIEW, RoundState.OPEN) for row in rounds if row.state == state]
    return next(iter([*named, *by_state, *rounds]), None)


# ---------------------------------------------------------------------------------------------------------- the queue


def queue_of(user: User, round_: Round, view: DeskFilter, *, today: date) -> QuerySet[Application]:
    """The files of a view, unordered. The person's own tabs span all rounds, the others show one."""
    rows = _in_tab(files_visible_to(user), user, round_, Tab(view.tab), today)
    for name in ("sector", "province", "track", "state"):
        if value := getattr(view, name):
            rows = rows.filter(**{name: value})
    return _searched(rows, view)


def queue_page(
    user: User, round_: Round, view: DeskFilter, *, cursor: str | None, today: date, size: int = PAGE_SIZE
) -> KeysetPage[Any]:
    """One page of plain rows (the names of COLUMNS); one query, at the same cost wherever in the queue it lies."""
    rows = queue_of(user, round_, view, today=today).values_list(*COLUMNS, named=True)
    return keyset_page(rows, order=ORDERS[view.ordered_by], cursor=cursor, size=size)


def soon(today: date) -> date:
    """The last day that counts as due soon."""
    return add_working_days(today, SOON_WORKING_DAYS)


def _in_tab(rows: QuerySet[Application], user: User, round_: Round, tab: Tab, today: date) -> QuerySet[Application]:
    if tab == Tab.MINE:
        return rows.filter(officer=user, state__in=OPEN_STATES)
    if tab == Tab.SECOND:
        second = Reading.objects.filter(reader=user, place=Reading.Place.SECOND, done_at=None)
        return rows.filter(state=State.IN_REVIEW, pk__in=second.values("application_id"))
    rows = rows.filter(round=round_)
    if tab == Tab.LINE:
        line = line_of(round_)
        return rows.none() if line is None else rows.filter(has_score=True, points__range=_near(line))
    narrowed: dict[Tab, dict[str, Any]] = {
        Tab.LATE: {"due_on__lte": soon(today)},
        Tab.ASKED: {"is_asked": True},
        Tab.DECISION: {"state": State.RECOMMENDED},
    }
    return rows.filter(**narrowed.get(tab, {}))


def _near(line: Decimal) -> tuple[Decimal, Decimal]:
    return line - NEAR_POINTS, line + NEAR_POINTS


def _searched(rows: QuerySet[Application], view: DeskFilter) -> QuerySet[Application]:
    if view.search == Search.FILE:
        return rows.filter(file_number__startswith=view.q.upper())
    if view.search == Search.HS:
        digits = view.hs_digits
        return rows.filter(main_hs6=digits) if len(digits) == 6 else rows.filter(main_hs6__startswith=digits)
    if view.search == Search.NAME:
        return rows.filter(**{f"sme_name__{'icontains' if finds_inside_names() else 'istartswith'}": view.q})
    return rows


@keep
def finds_inside_names() -> bool:
    """Can the database look inside names by an index? Without PostgreSQL's pg_trgm a search finds beginnings only."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
        return bool(cursor.fetchone()[0])


def line_of(round_: Round) -> Decimal | None:
    """The points of the last seat: fixed when the round is decided, before that as the files stand (two minutes old).

    None where fewer files than seats have a score.
    """
    if round_.line_points is not None:
        return round_.line_points
    key = f"selection.line.{round_.pk}"
    found = cache.get(key, "unknown")
    if found == "unknown":
        ranked = Application.objects.filter(round=round_, has_score=True).order_by("-points", "id")
        found = next(iter(ranked.values_list("points", flat=True)[round_.seats - 1 : round_.seats]), None)
        cache.set(key, found, LINE_SECONDS)
    return found


# ------------------------------------------------------------------------------------------------------------ counts


class CappedCount(Subquery):
    """The number of rows of a sliced query: counting stops at the slice's end, so a long list costs no more."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


class Number(int):
    """A count for people: beyond what was counted it says "999+"."""

    def __str__(self) -> str:
        return f"{COUNT_UP_TO - 1}+" if self >= COUNT_UP_TO else f"{int(self)}"


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Files in each tab; `shown`: files of this view, None where a search or a personal tab leaves it uncounted.

    mine_late, mine_soon: of one's own.
    """

    tabs: Mapping[str, int]
    mine_late: int
    mine_soon: int
    shown: int | None


def counts_for(user: User, round_: Round, view: DeskFilter, *, today: date) -> DeskCounts:
    """All counts of a page in one query: kept tallies for the round, capped index look-ups for what is personal or dated."""
    kept = DeskTally.objects.filter(round=OuterRef("pk")).exclude(state=State.DRAFT)
    own = _in_tab(files_visible_to(user), user, round_, Tab.MINE, today)
    wanted = {
        "mine": _capped(own),
        "mine_late": _capped(own.filter(due_on__lt=today)),
        "mine_soon": _capped(own.filter(due_on__range=(today, soon(today)))),
        "late": _capped(_in_tab(files_visible_to(user), user, round_, Tab.LATE, today)),
        "second": _capped(_in_tab(files_visible_to(user), user, round_, Tab.SECOND, today)),
        "line": _capped(_in_tab(files_visible_to(user), user, round_, Tab.LINE, today)),
        "asked": _tally(kept.filter(is_asked=True)),
        "decision": _tally(kept.filter(state=State.RECOMMENDED)),
        "all": _tally(kept),
    }
    if view.tab in KEPT_TABS and not view.q:
        wanted["shown"] = _tally(kept.filter(_tally_filter(view)))
    found = Round.objects.filter(pk=round_.pk).values(**wanted).get()
    return DeskCounts(
        tabs={tab.value: Number(found[tab.value]) for tab in Tab if tab.value not in ("asked", "decision", "all")}
        | {name: found[name] for name in ("asked", "decision", "all")},
        mine_late=Number(found["mine_late"]),
        mine_soon=Number(found["mine_soon"]),
        shown=found.get("shown"),
    )


KEPT_TABS = (Tab.ASKED, Tab.DECISION, Tab.WHOLE)


def _capped(rows: QuerySet[Application]) -> CappedCount:
    return CappedCount(rows.order_by().values("pk")[:COUNT_UP_TO])


def _tally(rows: QuerySet[DeskTally]) -> Any:
    summed = rows.order_by().values("round").annotate(total=Sum("number")).values("total")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def _tally_filter(view: DeskFilter) -> Q:
    told = Q(**{name: value for name in ("sector", "province", "track", "state") if (value := getattr(view, name))})
    if view.tab == Tab.ASKED:
        return told & Q(is_asked=True)
    return told & Q(state=State.RECOMMENDED) if view.tab == Tab.DECISION else told


def saved_views_of(user: User) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user))
