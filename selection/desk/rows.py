"""The hot part of the desk as HTML: tabs, filters, rows and pages, by templates that are compiled once.

A Django template takes ten times as long for the same rows, and the rows are the cost of the page. Whatever repeats from
row to row (the words and pips of a promise, the name of a sector) is made once per day and language and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from selection.models import NO_DUE_DATE
from selection.models.labels import STATE_LABELS, TRACK_LABELS
from selection.states import ENDED_STATES, State
from smes.states import NeededPapers
from smes.vocabulary.codes import Track
from smes.vocabulary.hs_search import dotted
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.wording import SIZE_CLASSES, province_name, sectors_by_name
from tdap_portal.core.calendar import working_day_test, working_days_between
from tdap_portal.core.days import day_words
from tdap_portal.core.promise import Pause, read_clock

from .filters import SHOWN_STATES, YES, DeskFilter, Order, Tab

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selection.models import Round
    from tdap_portal.web.paging import KeysetPage

    from .selectors import DeskCounts, DeskDay

FRESH_DAYS = 4
SOON_DAYS = 2
FAR_DAYS = 400
ENDED_TONES = {
    State.SELECTED: "done",
    State.WAITLISTED: "us",
    State.DECLINED: "no",
    State.GIVEN_BACK: "rest",
    State.WITHDRAWN: "rest",
}
_templates = Environment(
    loader=FileSystemLoader(settings.BASE_DIR / "templates" / "selection" / "desk"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


# ------------------------------------------------------------------------------------------------- the promise, in words


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a file as the desk shows it. clock: ready HTML of the pips, empty where there is no clock."""

    tone: str
    age: str
    used: str
    due: str
    clock: Markup


def promise_of(row: Any, *, of: int, day: DeskDay) -> Promise:
    """What a row says of its promise on a day. of: working days promised by its round."""
    language = get_language() or "en"
    if row.state in ENDED_STATES:
        return _ended(row.state, row.days_used, of, language)
    if row.awaiting_firm or row.due_on == NO_DUE_DATE:
        started = row.clock_started_on
        pauses = tuple((start, end) for start, end in row.clock_pauses)
        return _stopped(started, pauses, of, day.today, day.closed, language)
    running = _running(row.due_on, of, day.today, day.closed, language)
    if row.unanswered_since is None:
        return running
    words = gettext("Not answered by %(day)s") % {"day": day_words(row.unanswered_since, "j F")}
    return replace(running, tone="no", age=words)


@lru_cache(maxsize=4096)
def _running(due: date, of: int, today: date, _closed: object, _language: str) -> Promise:
    """_language and _closed only tell one kept answer from another."""
    if due < today:
        late = working_days_between(due, today)
        used, tone = of + late, "no"
        age = ngettext("Late by %(days)d day", "Late by %(days)d days", late) % {"days": late}
        if late == 0:  # on days off after the promised one: no working day has passed yet
            age = gettext("Late, no working day yet")
    else:
        left = working_days_between(today, due)
        used = max(0, of - left)
        if left <= SOON_DAYS:
            tone = "you"
            age = [gettext("Due today"), gettext("Due tomorrow"), gettext("Due in 2 days")][left]
        elif used <= FRESH_DAYS:
            tone, age = "done", gettext("Fresh")
        else:
            tone, age = "us", gettext("On time")
    return Promise(tone, age, str(used), day_words(due, "j F"), _pips(used, of))


@lru_cache(maxsize=4096)
def _stopped(
    started: date | None,
    pauses: tuple[tuple[str, str | None], ...],
    of: int,
    today: date,
    _closed: object,
    _language: str,
) -> Promise:
    used = 0
    if started is not None:
        stretches = [Pause(date.fromisoformat(a), date.fromisoformat(b) if b else None) for a, b in pauses]
        used = read_clock(started, of, stretches, on=today, is_working_day=working_day_test()).used
    return Promise("rest", gettext("Stopped"), str(used), "—", _pips(used, of))


@lru_cache(maxsize=512)
def _ended(state: str, days_used: int | None, of: int, _language: str) -> Promise:
    used = "" if days_used is None else str(days_used)
    clock = Markup() if days_used is None else _pips(days_used, of)
    return Promise(ENDED_TONES[State(state)], str(STATE_LABELS[State(state)]), used, "—", clock)


def _pips(used: int, of: int) -> Markup:
    within, over = min(used, of), max(0, min(used, of + FAR_DAYS) - of)
    label = gettext("day %(used)d of %(of)d") % {"used": used, "of": of}
    row = '<i class="is-used"></i>' * within + "<i></i>" * (of - within) + '<i class="is-over"></i>' * min(over, of)
    return Markup(
        '<div class="clock clock--mini"><div class="clock__days" role="img" aria-label="{}">{}</div></div>'
    ).format(label, Markup(row))  # noqa: S704  our own pips


# -------------------------------------------------------------------------------------------------------------- rows


def table_rows(rows: Sequence[Any], *, promises: Mapping[int, int], day: DeskDay, opened: str = "") -> Markup:
    """The rows of the queue. promises: working days promised, by id of the round. opened: public id of the file in the panel."""
    names = _names(get_language() or "en")
    shown = [
        (
            row.public_id,
            row.file_number,
            row.sme_name,
            row.city,
            names["sector"].get(row.sector, "—"),
            dotted(row.main_hs6) if row.main_hs6 else "",
            names["track"][row.track],
            f"{row.points:.1f}" if row.has_score else "—",
            promise_of(row, of=promises.get(row.round_id, settings.PROMISE_WORKING_DAYS), day=day),
            "" if row.state in ENDED_STATES else names["state"][row.state],
            row.readings_differ,
            row.does_not_fit,
        )
        for row in rows
    ]
    marks = {
        "opened": opened,
        "base": _desk_url(),
        "differ": gettext("The readings differ"),
        "unfit": gettext("Something does not fit"),
    }
    return Markup(_template("rows.jinja").render(rows=shown, **marks))  # noqa: S704  autoescaped


def desk_list(
    *,
    round_: Round,
    view: DeskFilter,
    page: KeysetPage[object],
    counts: DeskCounts,
    rounds: Sequence[Round],
    officers: Sequence[tuple[str, str]],
    tabs: Sequence[Tab],
    day: DeskDay,
    opened: str = "",
    path: str,
    query: Mapping[str, str],
) -> SafeString:
    """Tabs, filters, table and pages of the desk. query: further words that links keep (the round)."""
    language = get_language() or "en"
    kept = "".join(f"&{name}={value}" for name, value in query.items())
    body = _template("list.jinja").render(
        w=_words(language),
        path=path,
        kept=kept,
        query=query,
        view=view,
        rounds=rounds,
        round=round_,
        tabs=[
            (tab.value, _tab_label(tab, language), counts.tabs[tab.value], tab.value == view.tab, tab == Tab.LATE)
            for tab in tabs
        ],
        tab_url={tab.value: f"{path}?{DeskFilter(tab=tab.value).query()}{kept}" for tab in tabs},
        views=counts.views,
        choices=[
            *_choices(language)[:-1],
            ("officer", *_officer_words(language), officers),
            *_choices(language)[-1:],
        ],
        order=view.ordered_by.value,
        rows=table_rows(page.rows, promises={one.pk: one.promise_days for one in rounds}, day=day, opened=opened),
        is_empty=not page.rows,
        previous=page.previous and f"{path}?{view.query()}{kept}&cursor={page.previous}",
        next=page.next and f"{path}?{view.query()}{kept}&cursor={page.next}",
        here=f"{view.query()}{kept}",
        of=round_.promise_days,
        year=day.today.year,
        empty=_empty_words(Tab(view.tab), bool(view.narrowing), language),
        bulk=reverse("selection:desk_bulk"),
        save=reverse("selection:desk_view_save"),
    )
    return mark_safe(body)


def _template(name: str) -> Any:
    return _templates.get_template(name)


@lru_cache(maxsize=1)
def _desk_url() -> str:
    return reverse("selection:desk")


@lru_cache(maxsize=4)
def _names(_language: str) -> dict[str, dict[str, str]]:
    return {
        "sector": dict(sectors_by_name()),
        "province": {code: province_name(code) for code in PROVINCES},
        "track": {track.value: str(label) for track, label in TRACK_LABELS.items()},
        "state": {state.value: str(label) for state, label in STATE_LABELS.items()},
        "size": {code: str(label) for code, label in SIZE_CLASSES.items()},
        "papers": {
            NeededPapers.MISSING.value: gettext("Some are missing"),
            NeededPapers.SENT.value: gettext("All there, not all verified"),
            NeededPapers.VERIFIED.value: gettext("All verified"),
        },
        "order": {
            Order.DUE.value: gettext("Longest waiting first"),
            Order.POINTS.value: gettext("Most points first"),
            Order.SUBMITTED.value: gettext("Oldest submission first"),
        },
    }


@lru_cache(maxsize=4)
def _choices(language: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Filters in their order: name, label, words for "no filter", (value, label) pairs."""
    names = _names(language)
    return [
        ("sector", gettext("Sector"), gettext("All sectors"), list(names["sector"].items())),
        ("province", gettext("Province"), gettext("All provinces"), list(names["province"].items())),
        ("track", gettext("Track"), gettext("All tracks"), [(t.value, names["track"][t.value]) for t in Track]),
        ("state", gettext("State"), gettext("All states"), [(s.value, names["state"][s.value]) for s in SHOWN_STATES]),
        ("size", gettext("Size"), gettext("All sizes"), list(names["size"].items())),
        ("papers", gettext("Required papers"), gettext("All firms"), list(names["papers"].items())),
        ("differ", gettext("Readings"), gettext("All"), [(YES, gettext("They differ"))]),
        ("unfit", gettext("Contradictions"), gettext("All firms"), [(YES, gettext("Something does not fit"))]),
        ("women", gettext("Led by"), gettext("Anybody"), [(YES, gettext("A woman"))]),
        ("doubled", gettext("Duplicates"), gettext("All firms"), [(YES, gettext("May be doubled"))]),
        ("order", gettext("Order"), "", list(names["order"].items())),
    ]


@lru_cache(maxsize=4)
def _officer_words(language: str) -> tuple[str, str]:
    del language  # tells one kept answer from another
    return gettext("With the officer"), gettext("All officers")


@lru_cache(maxsize=32)
def _tab_label(tab: Tab, language: str) -> str:
    del language  # tells one kept answer from another
    return {
        Tab.MINE: gettext("Mine"),
        Tab.LATE: gettext("Late or due in 2 days"),
        Tab.ASKED: gettext("Waiting for the firm"),
        Tab.SECOND: gettext("Second reading"),
        Tab.LINE: gettext("Near the line, ±2 points"),
        Tab.DECISION: str(STATE_LABELS[State.RECOMMENDED]),
        Tab.WHOLE: gettext("Whole round"),
    }[tab]


@lru_cache(maxsize=32)
def _empty_words(tab: Tab, is_narrowed: bool, language: str) -> tuple[str, str]:  # noqa: FBT001  a key of what is kept
    del language  # as above
    if is_narrowed:
        return gettext("No file fits these filters"), gettext("Remove a filter, or search the whole round.")
    return {
        Tab.MINE: (gettext("No file waits for you"), gettext("A file comes here when you are its first reader.")),
        Tab.LATE: (
            gettext("Nothing is late"),
            gettext("Files that are late, or due within two working days, come here."),
        ),
        Tab.ASKED: (gettext("No firm is asked"), gettext("A file comes here while its firm has a question to answer.")),
        Tab.SECOND: (gettext("No second reading waits"), gettext("A file comes here when you are its second reader.")),
        Tab.LINE: (
            gettext("No file is near the line"),
            gettext("The line is the points of the last seat; it is known once more files than seats have a score."),
        ),
        Tab.DECISION: (gettext("Nothing waits for a decision"), gettext("A file comes here with its recommendation.")),
        Tab.WHOLE: (gettext("This round has no files yet"), gettext("A file comes here as soon as a firm submits it.")),
    }[tab]


@lru_cache(maxsize=4)
def _words(language: str) -> SimpleNamespace:
    """The fixed words of the list in one language. No dictionary: Jinja takes its methods ("clear") for its entries."""
    del language  # as above
    return SimpleNamespace(
        saved=gettext("Saved filters"),
        save=gettext("Save this view"),
        save_name=gettext("Name of the view"),
        filter_the_queue=gettext("Filter the queue"),
        filters=gettext("Filters"),
        search=gettext("Firm, file or HS"),
        filter=gettext("Filter"),
        clear=gettext("Clear"),
        round=gettext("Round"),
        firm=gettext("Firm and file"),
        sector=gettext("Sector, HS"),
        track=gettext("Track"),
        score=gettext("Score"),
        of_100=gettext("of 100"),
        working=gettext("Working"),
        days_used=gettext("days used"),
        promise=gettext("Promise"),
        days=gettext("days"),
        due=gettext("Answer due"),
        caption=gettext("Files of this view"),
        pages=gettext("Pages"),
        previous=gettext("Previous page"),
        next=gettext("Next page"),
        bulk=gettext("Act on several files"),
        whole=gettext("Search the whole round"),
    )
