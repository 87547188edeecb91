"""The queue of the desk: its views, one page of rows, its counts. The cost does not grow with the number of files."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from functools import cache as keep
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection
from django.db.models import DecimalField, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from tdap_portal.core.calendar import add_working_days
from tdap_portal.core.paging import KeysetPage, keyset_page, keyset_page_of

from .desk_filter import DeskFilter, Order, Search, Tab
from .models import Application, DeskTally, Reading, Round, SavedView
from .permissions_officer import can_use_desk
from .selectors_file import files_visible_to
from .states import OPEN_STATES, RoundState, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

PAGE_SIZE = 25
SOON_WORKING_DAYS = 2
NEAR_POINTS = Decimal(2)
COUNT_UP_TO = 100  # a personal or dated count is looked up in an index, and no further than this

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
ORDERS = {  # one direction in each, so that a page begins right at its position
    Order.DUE: ("due_on", "id"),
    Order.POINTS: ("-points", "-id"),
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

CORNER = ("state", "sector", "province", "track")  # the columns by which files are counted and looked up together


def queue_of(user: User, round_: Round, view: DeskFilter, *, today: date) -> QuerySet[Application]:
    """The files of a view, unordered. The person's own tabs span all rounds, the others show one."""
    rows = _in_tab(files_visible_to(user), user, round_, Tab(view.tab), today)
    return _searched(rows.filter(**_told(view)), view)


def queue_page(
    user: User, round_: Round, view: DeskFilter, *, cursor: str | None, today: date, size: int = PAGE_SIZE
) -> KeysetPage[Any]:
    """One page of plain rows (the names of COLUMNS); one query, at the same cost wherever in the queue it lies.

    One filter is answered by walking along the order; two or more together can be so rare that the walk would pass the
    whole round, so these look up the corners that hold files (PostgreSQL; elsewhere there are never that many).
    """
    order = ORDERS[view.ordered_by]
    if connection.vendor == "postgresql" and view.tab in CORNER_TABS and not view.q and can_use_desk(user):
        told = _told(view) | ({"state": State.RECOMMENDED.value} if view.tab == Tab.DECISION else {})
        if len(told) > 1:
            return keyset_page_of(
                lambda names, position, limit: _from_corners(round_, told, names, position, limit),
                Application,
                order=order,
                cursor=cursor,
                size=size,
            )
    rows = queue_of(user, round_, view, today=today).values_list(*COLUMNS, named=True)
    return keyset_page(rows, order=order, cursor=cursor, size=size)


CORNER_TABS = (Tab.WHOLE, Tab.DECISION)
DeskRow = namedtuple("DeskRow", COLUMNS)  # noqa: PYI024  the same shape as values_list(named=True)


def _told(view: DeskFilter) -> dict[str, str]:
    return {name: value for name in CORNER if (value := getattr(view, name))}


def _from_corners(
    round_: Round, told: Mapping[str, str], names: Sequence[str], position: Sequence[Any] | None, limit: int
) -> list[DeskRow]:
    """The first files of each corner that fits, merged: never more than `limit` rows are read in a corner.

    The kept counts name the corners that hold files; there are about a hundred for any two filters.
    """
    down = names[0].startswith("-")
    columns = [name.lstrip("-") for name in names]
    ordered = ", ".join(f"{name} DESC" if down else name for name in columns)
    behind = (
        f"AND ({', '.join(f'file.{name}' for name in columns)}) {'<' if down else '>'} (%s, %s)" if position else ""
    )
    sql = f"""
        SELECT found.* FROM (
            SELECT {", ".join(CORNER)} FROM {DeskTally._meta.db_table}
            WHERE round_id = %s AND state <> 'draft' AND {" AND ".join(f"{name} = %s" for name in told)}
            GROUP BY {", ".join(CORNER)} HAVING sum(number) > 0
        ) AS corner CROSS JOIN LATERAL (
            SELECT {", ".join(f"file.{name}" for name in COLUMNS)} FROM {Application._meta.db_table} AS file
            WHERE file.round_id = %s AND {" AND ".join(f"file.{name} = corner.{name}" for name in CORNER)}
                AND file.submitted_at IS NOT NULL {behind}
            ORDER BY {", ".join(f"file.{name} DESC" if down else f"file.{name}" for name in columns)} LIMIT %s
        ) AS found ORDER BY {ordered} LIMIT %s"""  # noqa: S608  names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, [round_.pk, *told.values(), round_.pk, *(position or ()), limit, limit])
        rows = [DeskRow(*row) for row in cursor.fetchall()]
    return [row._replace(clock_pauses=json.loads(row.clock_pauses)) for row in rows]


def soon(today: date) -> date:
    """The last day that counts as due soon."""
    return add_working_days(today, SOON_WORKING_DAYS)


def _in_tab(rows: QuerySet[Application], user: User, round_: Round, tab: Tab, today: date) -> QuerySet[Application]:
    if tab == Tab.MINE:
        return rows.filter(officer=user, state__in=OPEN_STATES)
    if tab == Tab.SECOND:
        second = Reading.objects.filter(reader=user, place=Reading.Place.SECOND, done_at=None)
        return rows.filter(state=State.IN_REVIEW, pk__in=second.values("application_id"))
    narrowed: dict[Tab, dict[str, Any]] = {
        Tab.LATE: {"due_on__lte": soon(today)},
        Tab.ASKED: {"is_asked": True},
        Tab.DECISION: {"state": State.RECOMMENDED},
        Tab.LINE: {
            "has_score": True,
            "points__gte": _line(round_) - NEAR_POINTS,
            "points__lte": _line(round_) + NEAR_POINTS,
        },
    }
    return rows.filter(round=round_, **narrowed.get(tab, {}))


def _line(round_: Round) -> Any:
    """The points of the last seat for use inside a query: the fixed ones, else those of the file that has it now."""
    if round_.line_points is not None:
        return Value(round_.line_points, output_field=DecimalField())
    return Subquery(_ranked(round_).values("points")[round_.seats - 1 : round_.seats])


def _ranked(round_: Round) -> QuerySet[Application]:
    return Application.objects.filter(round=round_, has_score=True).order_by("-points", "-id")


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
    """The points of the last seat: fixed when the round is decided, before that as the files stand.

    None where fewer files than seats have a score.
    """
    if round_.line_points is not None:
        return round_.line_points
    return next(iter(_ranked(round_).values_list("points", flat=True)[round_.seats - 1 : round_.seats]), None)


# ------------------------------------------------------------------------------------------------------------ counts


class CappedCount(Subquery):
    """The number of rows of a sliced query: counting stops at the slice's end, so a long list costs no more."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


class Number(int):
    """A count for people: beyond what was counted it says "99+"."""

    def __str__(self) -> str:
        return f"{COUNT_UP_TO - 1}+" if self >= COUNT_UP_TO else f"{int(self)}"


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Files in each tab. mine_late, mine_soon: of one's own."""

    tabs: Mapping[str, int]
    mine_late: int
    mine_soon: int


ROUND_SECONDS = 5  # how old the counts of a whole round may be on a page; one's own are always of now


def counts_for(user: User, round_: Round, *, today: date) -> DeskCounts:
    """All counts of a page in one query: kept tallies for the round, capped index look-ups for what is personal or dated."""
    key = f"selection.desk_counts.{round_.pk}.{today}"
    of_round = cache.get(key)
    asked = _own_counts(user, today) | ({} if of_round else _round_counts(round_, today))
    found = Round.objects.filter(pk=round_.pk).values(**asked).get()
    if of_round is None:
        of_round = {tab: found[tab] for tab in ROUND_TABS}
        cache.set(key, of_round, ROUND_SECONDS)
    return DeskCounts(
        tabs={"mine": Number(found["mine"]), "second": Number(found["second"])}
        | {tab: Number(of_round[tab]) if tab in CAPPED_TABS else of_round[tab] for tab in ROUND_TABS},
        mine_late=Number(found["mine_late"]),
        mine_soon=Number(found["mine_soon"]),
    )


CAPPED_TABS = ("late", "line")
ROUND_TABS = (*CAPPED_TABS, "asked", "decision", "all")


def _own_counts(user: User, today: date) -> dict[str, Any]:
    """An official's counts; conditions that follow from others are left out, so that the index alone answers."""
    own = Application.objects.filter(officer=user, state__in=OPEN_STATES)
    return {
        "mine": _capped(own),
        "mine_late": _capped(own.filter(due_on__lt=today)),
        "mine_soon": _capped(own.filter(due_on__range=(today, soon(today)))),
        "second": _capped(
            Reading.objects.filter(
                reader=user, place=Reading.Place.SECOND, done_at=None, application__state=State.IN_REVIEW
            )
        ),
    }


def _round_counts(round_: Round, today: date) -> dict[str, Any]:
    kept = DeskTally.objects.filter(round=OuterRef("pk")).exclude(state=State.DRAFT)
    of_round = Application.objects.filter(round=round_)
    line = _line(round_)
    near = {"points__gte": line - NEAR_POINTS, "points__lte": line + NEAR_POINTS}
    return {
        "late": _capped(of_round.filter(due_on__lte=soon(today))),
        "line": _capped(of_round.filter(has_score=True, **near)),
        "asked": _tally(kept.filter(is_asked=True)),
        "decision": _tally(kept.filter(state=State.RECOMMENDED)),
        "all": _tally(kept),
    }


def _capped(rows: QuerySet[Any]) -> CappedCount:
    return CappedCount(rows.order_by().values("pk")[:COUNT_UP_TO])


def _tally(rows: QuerySet[DeskTally]) -> Any:
    summed = rows.order_by().values("round").annotate(total=Sum("number")).values("total")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def saved_views_of(user: User) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user))
