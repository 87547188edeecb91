"""The queue of the desk: its views, one page of rows, its counts. The cost does not grow with the number of files."""

from __future__ import annotations

import functools
import json
from collections import namedtuple
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import and_
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection
from django.db.models import DecimalField, Q, Subquery, Value

from selection.models import Application, DeskTally, Reading, Round, SavedView
from selection.review.permissions import can_use_desk
from selection.review.selectors import files_visible_to, firms_tied_to, officers
from selection.states import OPEN_STATES, RoundState, State
from smes.duplicates import selectors as duplicates_selectors
from tdap_portal.core.calendar import add_working_days, closed_days, today
from tdap_portal.core.folding import patterns
from tdap_portal.web.paging import KeysetPage, keyset_page, keyset_page_of

from .filters import DeskFilter, Order, Search, Tab

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
    "round_id",
    "sme_id",
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
    "awaiting_firm",
    "days_used",
    "size_class",
    "needed_papers",
    "readings_differ",
    "does_not_fit",
    "unanswered_since",
)
ORDERS = {  # one direction in each, so that a page begins right at its position
    Order.DUE: ("due_on", "id"),
    Order.POINTS: ("-points", "-id"),
    Order.SUBMITTED: ("submitted_at", "id"),
}


@dataclass(frozen=True, slots=True)
class DeskDay:
    """The day a page is drawn on. soon: the last day that counts as due soon. closed: corrections of the calendar."""

    today: date
    soon: date
    closed: tuple[tuple[date, bool], ...]


def desk_day() -> DeskDay:
    """Today, with the calendar read once."""
    closed = tuple(closed_days().items())
    return _desk_day(today(), closed)


@functools.lru_cache(maxsize=4)
def _desk_day(day: date, closed: tuple[tuple[date, bool], ...]) -> DeskDay:
    return DeskDay(day, add_working_days(day, SOON_WORKING_DAYS), closed)


@dataclass(slots=True)
class DeskNow:
    """What all pages of the desk share, seconds old at most: the day, all rounds (the newest first; a few dozen), and the
    counts of those looked at, by id."""

    day: DeskDay
    rounds: list[Round]
    officers: list[tuple[str, str]] = field(default_factory=list)  # public id and name
    counts: dict[int, dict[str, int]] = field(default_factory=dict)


NOW_KEY = "selection.desk_now"
NOW_SECONDS = 5  # how old the counts of a whole round may be on a page; one's own are always of now


def desk_now() -> DeskNow:
    kept = cache.get(NOW_KEY)
    if kept is None or kept.day.today != today():
        people = [(person.public_id, person.name) for person in officers()]
        kept = DeskNow(desk_day(), list(Round.objects.order_by("-number")), people)
        if kept.rounds:
            cache.set(NOW_KEY, kept, NOW_SECONDS)
    return kept


def round_in_hand(rounds: Sequence[Round], code: str) -> Round | None:
    """The round an address names, else the one in review, else the open one, else the newest; None where there is none."""
    named = [row for row in rounds if row.code == code]
    by_state = [row for state in (RoundState.IN_REVIEW, RoundState.OPEN) for row in rounds if row.state == state]
    return next(iter([*named, *by_state, *rounds]), None)


# ---------------------------------------------------------------------------------------------------------- the queue

FILES, READINGS, TALLIES, VIEWS = (model._meta.db_table for model in (Application, Reading, DeskTally, SavedView))
CORNER = ("state", "sector", "province", "track")  # the columns by which files are counted and looked up together


def queue_of(user: User, round_: Round, view: DeskFilter, *, day: DeskDay) -> QuerySet[Application]:
    """The files of a view, unordered. The person's own tabs span all rounds, the others show one."""
    conditions = _of_tab(user, round_, Tab(view.tab), day) | _filters_of(view) | _looked_at(view)
    if view.tab == Tab.DECISION and view.state not in ("", State.RECOMMENDED):
        return Application.objects.none()
    return files_visible_to(user).filter(_searched(view), *_looked_up(view), **conditions)


def queue_page(
    user: User, round_: Round, view: DeskFilter, *, cursor: str | None, day: DeskDay, size: int = PAGE_SIZE
) -> KeysetPage[Any]:
    """One page of plain rows (the names of COLUMNS); two queries, at the same cost wherever in the queue it lies.

    A file of a firm that the person is tied to shows nothing of what was judged, and is left out where its place would
    tell it.

    One filter is answered by walking along the order; two or more together can be so rare that the walk would pass the
    whole round, so these look up the corners that hold files (PostgreSQL; elsewhere there are never that many).
    """
    tied = firms_tied_to(user) if can_use_desk(user) else []
    page = _page_of(user, round_, view, cursor=cursor, day=day, size=size, left_out=tied if _tells(view) else [])
    if not tied:
        return page
    return replace(page, rows=[_without_judgement(row) if row.sme_id in tied else row for row in page.rows])


def _tells(view: DeskFilter) -> bool:
    """Does the place of a file in this view tell its points, or what its readers said?"""
    return view.tab == Tab.LINE or view.ordered_by == Order.POINTS or bool(view.differ)


def _without_judgement(row: Any) -> Any:
    return row._replace(points=Decimal(0), has_score=False, readings_differ=False)


def _page_of(
    user: User,
    round_: Round,
    view: DeskFilter,
    *,
    cursor: str | None,
    day: DeskDay,
    size: int,
    left_out: Sequence[int],
) -> KeysetPage[Any]:
    """left_out: ids of firms whose files are not in it."""
    order = ORDERS[view.ordered_by]
    if connection.vendor == "postgresql" and view.tab in CORNER_TABS and not _is_beside(view) and can_use_desk(user):
        filters = _filters_of(view)
        if view.tab == Tab.DECISION and filters.setdefault("state", State.RECOMMENDED.value) != State.RECOMMENDED:
            return KeysetPage(rows=[], next=None, previous=None)
        if len(filters) > 1:
            return keyset_page_of(
                lambda names, position, limit: _from_corners(
                    round_, filters, names, position, limit, looked_at=_looked_at(view), left_out=left_out
                ),
                Application,
                order=order,
                cursor=cursor,
                size=size,
            )
    rows = queue_of(user, round_, view, day=day).values_list(*COLUMNS, named=True)
    if left_out:
        rows = rows.exclude(sme_id__in=left_out)
    return keyset_page(rows, order=order, cursor=cursor, size=size)


def _is_beside(view: DeskFilter) -> bool:
    """Is something asked for that the corners do not know?"""
    return bool(view.q or view.officer or view.doubled)


def _looked_at(view: DeskFilter) -> dict[str, Any]:
    """Filters by a column that no corner knows: alone each has an index, within corners they are looked at file by file."""
    chosen = {"size_class": view.size, "needed_papers": view.papers}
    marks = {"women_led": view.women, "readings_differ": view.differ, "does_not_fit": view.unfit}
    return {name: value for name, value in chosen.items() if value} | {name: True for name in marks if marks[name]}


def _looked_up(view: DeskFilter) -> list[Q]:
    """Files of an officer and of doubled firms are few, and found by an index of their own."""
    conditions = []
    if view.officer:
        conditions.append(Q(officer__public_id=view.officer, state__in=OPEN_STATES))
    if view.doubled:
        conditions.append(Q(sme_id__in=duplicates_selectors.ids_of_flagged_firms(MAX_DOUBLED)))
    return conditions


MAX_DOUBLED = 2000  # firms; nobody judges more pairs than that before the next look
CORNER_TABS = (Tab.WHOLE, Tab.DECISION)
make_rows: Any = namedtuple  # noqa: PYI024  the types cannot follow columns named elsewhere
DeskRow = make_rows("DeskRow", COLUMNS)  # the same shape as values_list(named=True)


def _filters_of(view: DeskFilter) -> dict[str, str]:
    return {name: value for name in CORNER if (value := getattr(view, name))}


def _from_corners(
    round_: Round,
    filters: Mapping[str, str],
    names: Sequence[str],
    position: Sequence[Any] | None,
    limit: int,
    *,
    looked_at: Mapping[str, Any],
    left_out: Sequence[int],
) -> list[object]:
    """The first files of each corner that fits, merged: never more than `limit` entries of its index are read in a corner.

    The kept counts name the corners that hold files; there are about a hundred for any two filters.
    looked_at: columns beside the corners with the value that a file must have; for these more of a corner is read.
    """
    down = names[0].startswith("-")
    columns = [name.lstrip("-") for name in names]
    order = ", ".join(f"{name} DESC" if down else name for name in columns)
    others = "".join(f" AND file.{name} = %s" for name in looked_at)
    others += " AND NOT sme_id = ANY(%s)" if left_out else ""
    behind = f"AND ({', '.join(columns)}) {'<' if down else '>'} (%s, %s)" if position else ""
    sql = f"""
        SELECT {", ".join(COLUMNS)} FROM {FILES} WHERE id IN (
            SELECT first.id FROM (
                SELECT {", ".join(CORNER)} FROM {TALLIES}
                WHERE round_id = %s AND state <> 'draft' AND {" AND ".join(f"{name} = %s" for name in filters)}
                GROUP BY {", ".join(CORNER)} HAVING sum(number) > 0
            ) AS corner CROSS JOIN LATERAL (
                SELECT {", ".join(columns)} FROM {FILES} AS file
                WHERE round_id = %s AND {" AND ".join(f"file.{name} = corner.{name}" for name in CORNER)}
                    AND submitted_at IS NOT NULL {others} {behind}
                ORDER BY {order} LIMIT %s
            ) AS first ORDER BY {order} LIMIT %s
        ) ORDER BY {order}"""  # noqa: S608  names of our own columns
    with connection.cursor() as cursor:
        firms = [list(left_out)] if left_out else []
        beside = [*looked_at.values(), *firms]
        cursor.execute(sql, [round_.pk, *filters.values(), round_.pk, *beside, *(position or ()), limit, limit])
        rows = [DeskRow(*row) for row in cursor.fetchall()]
    return [row._replace(clock_pauses=json.loads(row.clock_pauses)) for row in rows]


AFTER_THE_FIRST = (Reading.Place.SECOND, Reading.Place.THIRD)


def _of_tab(user: User, round_: Round, tab: Tab, day: DeskDay) -> dict[str, object]:
    """The conditions of a tab."""
    if tab == Tab.MINE:
        return {"officer": user, "state__in": OPEN_STATES}
    if tab == Tab.SECOND:
        second = Reading.objects.filter(reader=user, place__in=AFTER_THE_FIRST, done_at=None)
        return {"state__in": [State.IN_REVIEW], "pk__in": second.values("application_id")}
    if tab == Tab.LINE:
        line = _line(round_)
        return {
            "round": round_,
            "has_score": True,
            "points__gte": line - NEAR_POINTS,
            "points__lte": line + NEAR_POINTS,
        }
    narrowed: dict[Tab, dict[str, object]] = {
        Tab.LATE: {"due_on__lte": day.soon},
        Tab.ASKED: {"awaiting_firm": True},
        Tab.DECISION: {"state": State.RECOMMENDED.value},
    }
    return {"round": round_, **narrowed.get(tab, {})}


def _line(round_: Round) -> Any:
    """The points of the last seat for use inside a query: the fixed ones, else those of the file that has it now."""
    if round_.line_points is not None:
        return Value(round_.line_points, output_field=DecimalField())
    return Subquery(_ranked(round_).values("points")[round_.seats - 1 : round_.seats])


def _ranked(round_: Round) -> QuerySet[Application]:
    return Application.objects.filter(round=round_, has_score=True).order_by("-points", "-id")


def _searched(view: DeskFilter) -> Q:
    if view.search == Search.FILE:
        return Q(file_number__startswith=view.folded.upper())
    if view.search == Search.HS:
        # From 950000 to 959999, since an index answers a LIKE only where the database sorts by bytes.
        return Q(main_hs6__range=(view.hs_digits.ljust(6, "0"), view.hs_digits.ljust(6, "9")))
    if view.search == Search.NOTHING:
        return Q()
    words = patterns(view.q)
    if not words or not finds_inside_names():
        return Q(search_text__startswith=view.folded)
    # Every word as it is written or as it sounds: "Kirthar Towls", "kirthar" and کیرتھر find Kirthar Towels.
    each = (Q(search_text__contains=word) | Q(search_text__contains=heard) for word, heard in words)
    return functools.reduce(and_, each)


@functools.cache
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


class Number(int):
    """A count for people: beyond what was counted it says "99+"."""

    def __str__(self) -> str:
        return f"{COUNT_UP_TO - 1}+" if self >= COUNT_UP_TO else f"{int(self)}"


@dataclass(frozen=True, slots=True)
class SavedTab:
    """An official's saved view as a tab."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Files in each tab; mine_late, mine_soon: of one's own. views: the person's saved views."""

    tabs: Mapping[str, int]
    mine_late: int
    mine_soon: int
    views: tuple[SavedTab, ...]


CAPPED = ("late", "line")
KEPT = ("asked", "decision", "all")


def counts_for(user: User, round_: Round, *, now: DeskNow) -> DeskCounts:
    """All counts of a page and the saved views in one query, written out since every page asks it.

    Counts of a round come from the kept tallies; what is personal or dated is looked up in an index, which alone answers,
    up to COUNT_UP_TO.
    """
    of_round = now.counts.get(round_.pk)
    parts = _own_parts(user, now.day) | ({} if of_round else _round_parts(round_, now.day))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(sql for sql, _values in parts.values())}",
            [value for _sql, values in parts.values() for value in values],
        )
        found = dict(zip(parts, cursor.fetchone(), strict=True))
    if of_round is None:
        of_round = now.counts[round_.pk] = {name: found[name] for name in (*CAPPED, *KEPT)}
        cache.set(NOW_KEY, now, NOW_SECONDS)
    mine, late, soon = _listed(found["mine"])
    return DeskCounts(
        tabs={"mine": Number(mine), "second": Number(found["second"])}
        | {name: Number(of_round[name]) for name in CAPPED}
        | {name: of_round[name] for name in KEPT},
        mine_late=Number(late),
        mine_soon=Number(soon),
        views=tuple(SavedTab(*view) for view in _listed(found["views"])),
    )


def _listed(value: Any) -> list[Any]:
    """A JSON list as the database hands it over: read already, or as text."""
    return json.loads(value) if isinstance(value, str) else value or []


OPEN_SQL = ", ".join(f"'{state.value}'" for state in OPEN_STATES)


def _capped(source: str, *values: object) -> tuple[str, tuple[object, ...]]:
    """Counting stops at COUNT_UP_TO, so that a long list costs no more."""
    return f"(SELECT count(*) FROM (SELECT 1 AS one FROM {source} LIMIT {COUNT_UP_TO}) AS capped)", values  # noqa: S608  as above


def _own_parts(user: User, day: DeskDay) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """One's own files are read in the order of their dates, so that late and soon stand within the first COUNT_UP_TO."""
    counts = "count(*), count(*) FILTER (WHERE due_on < %s), count(*) FILTER (WHERE due_on BETWEEN %s AND %s)"
    first = f"(SELECT due_on FROM {FILES} WHERE officer_id = %s AND state IN ({OPEN_SQL}) ORDER BY due_on LIMIT {COUNT_UP_TO})"  # noqa: S608  as above
    kept = f"(SELECT name, query FROM {VIEWS} WHERE user_id = %s ORDER BY id)"  # noqa: S608  as above
    return {
        "mine": (f"(SELECT {_json_row(counts)} FROM {first} AS mine)", (day.today, day.today, day.soon, user.pk)),  # noqa: S608  as above
        "second": _capped(
            f"{READINGS} AS reading JOIN {FILES} AS file ON file.id = reading.application_id"
            " WHERE reading.reader_id = %s AND reading.place > 1 AND reading.done_at IS NULL AND file.state = 'in_review'",
            user.pk,
        ),
        "views": (f"(SELECT {_json_rows('name, query')} FROM {kept} AS kept)", (user.pk,)),  # noqa: S608  as above
    }


def _json_row(columns: str) -> str:
    return f"json_build_array({columns})" if connection.vendor == "postgresql" else f"json_array({columns})"


def _json_rows(columns: str) -> str:
    listed = "json_agg" if connection.vendor == "postgresql" else "json_group_array"
    return f"{listed}({_json_row(columns)})"


def _round_parts(round_: Round, day: DeskDay) -> dict[str, tuple[str, tuple[Any, ...]]]:
    tallied = f"(SELECT coalesce(sum(number), 0) FROM {TALLIES} WHERE round_id = %s AND"  # noqa: S608  as above
    values: tuple[Any, ...] = (round_.line_points,)
    line = "%s"
    if round_.line_points is None:
        line = (
            f"(SELECT points FROM {FILES} WHERE round_id = %s AND has_score"  # noqa: S608  as above
            " ORDER BY points DESC, id DESC LIMIT 1 OFFSET %s)"
        )
        values = (round_.pk, round_.seats - 1)
    near = f"points >= {line} - {NEAR_POINTS} AND points <= {line} + {NEAR_POINTS}"
    return {
        "late": _capped(f"{FILES} WHERE round_id = %s AND due_on <= %s", round_.pk, day.soon),
        "line": _capped(f"{FILES} WHERE round_id = %s AND has_score AND {near}", round_.pk, *values, *values),
        "asked": (f"{tallied} awaiting_firm AND state <> 'draft')", (round_.pk,)),
        "decision": (f"{tallied} state = 'recommended')", (round_.pk,)),
        "all": (f"{tallied} state <> 'draft')", (round_.pk,)),
    }


def saved_views_of(user: User) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user))
