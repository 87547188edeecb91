"""The rows, sentences and charts of the homes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from selection.desk.rows import promise_of
from selection.desk.waiting import Need, Other
from selection.handover.wording import roles_of
from selection.models import NO_DUE_DATE
from selection.models.labels import OUTCOME_LABELS, ROUND_STATE_LABELS
from selection.review.forms import up_to
from selection.rounds.counts import counts_of
from selection.states import RoundState, State
from selection.trade.states import RunState
from smes.vocabulary.wording import province_name, sector_name
from tdap_portal.charts.bars import Bar, Bars
from tdap_portal.charts.columns import Column, Columns
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.calendar import add_working_days, is_working_day
from tdap_portal.core.days import day_words

from .selectors import PEOPLE_TABS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from selection.desk.selectors import DeskNow, Number
    from selection.desk.waiting import Waiting
    from selection.models import Round
    from selection.trade.models import ImportRun

    from .selectors import Workload

SHOWN_TASKS = 10
SHOWN_DECISIONS = 3
SHOWN_ROUNDS = 3
NAMED = 2
CHART_DAYS = 6


@dataclass(frozen=True, slots=True)
class Task:
    """A row that is a link. code: of the file, "" for several. notes: stand behind it. end: by when. tone: of the theme."""

    title: str
    url: str
    code: str
    notes: tuple[str, ...]
    end: str
    tone: str


class DeskWords:
    """Rows of the desk in words, on one day."""

    def __init__(self, now: DeskNow) -> None:
        self.day = now.day
        self._promised = {row.pk: row.promise_days for row in now.rounds}

    def needs(self, waiting: Waiting) -> list[Task]:
        """What needs the officer, the most urgent first; the desk shows the rest."""
        return [self._need(need, row) for need, row in waiting.needs[:SHOWN_TASKS]]

    def _need(self, need: Need, row: Any) -> Task:
        titles = {
            Need.READ: gettext("Read %(firm)s"),
            Need.RECOMMEND: gettext("Recommend on %(firm)s"),
            Need.HELD: gettext("Ask or recommend: %(firm)s"),
            Need.UNANSWERED: gettext("A question was not answered: %(firm)s"),
            Need.LETTER: gettext("Open the letter of %(firm)s"),
            Need.PAPERS: gettext("Look at the papers of %(firm)s"),
        }
        promise = promise_of(row, of=self._promised[row.round_id], day=self.day)
        notes = [name] if (name := sector_name(row.sector)) else []
        if promise.tone == "no":
            used = {"used": promise.used, "of": self._promised[row.round_id]}
            notes.append(gettext("day %(used)s of %(of)s") % used)
        notes += self._known(need, row)
        is_near = promise.tone in ("no", "you")
        return Task(
            titles[need] % {"firm": row.sme_name},
            reverse("selection:desk_file", args=[row.public_id]),
            row.file_number,
            tuple(notes),
            promise.age if is_near else self._by(row.due_on),
            promise.tone if is_near else "us",
        )

    def _known(self, need: Need, row: Any) -> list[str]:
        """What the officer should know before the file is opened."""
        notes = []
        if need == Need.READ and row.other_is_in:
            notes.append(gettext("the other reading is in, sealed"))
        if need == Need.RECOMMEND:
            returned = gettext("returned by the director"), gettext("both readings are in")
            notes.append(returned[0] if row.returned_at else returned[1])
        if need == Need.HELD:
            notes.append(gettext("a condition is not met"))
        if row.answered_at and need in (Need.READ, Need.RECOMMEND, Need.HELD):
            notes.append(gettext("its answer came on %(day)s") % {"day": _day(row.answered_at)})
        if row.unanswered_since:
            notes.append(
                gettext("its day was %(day)s; the clock goes on") % {"day": day_words(row.unanswered_since, "j F")}
            )
        if row.letter_at and need != Need.LETTER:
            notes.append(gettext("a letter waits"))
        if row.papers:
            papers = ngettext("%(number)d paper not looked at", "%(number)d papers not looked at", row.papers)
            notes.append(papers % {"number": row.papers})
        if row.language == "ur":
            notes.append(gettext("writes Urdu"))
        return notes

    def others(self, waiting: Waiting) -> list[Task]:
        """What waits for others, a row for each of them."""
        rows: dict[Other, list[Any]] = defaultdict(list)
        for other, row in waiting.others:
            rows[other].append(row)
        return [self._others(other, rows[other]) for other in Other if rows[other]]

    def _others(self, other: Other, rows: list[Any]) -> Task:
        notes = {
            Other.FIRM: ngettext(
                "for the firm, one answer; the clock stands still", "for the firms; their clocks stand still", len(rows)
            ),
            Other.READER: gettext("for another reader"),
            Other.DIRECTOR: gettext("recommended; for the director"),
            Other.PORTAL: gettext("for their score or their readers"),
        }
        states = {Other.READER: "&state=in_review", Other.DIRECTOR: "&state=recommended"}
        is_one = len(rows) == 1
        if other == Other.FIRM:
            asked = [row.asked_at for row in rows if row.asked_at]
            end = gettext("since %(day)s") % {"day": _day(min(asked))} if asked else ""
        else:
            end = self._by(rows[0].due_on) if is_one else self._next(rows[0].due_on)
        return Task(
            _named([row.sme_name for row in rows]),
            reverse("selection:desk_file", args=[rows[0].public_id])
            if is_one
            else f"{reverse('selection:desk')}?tab=mine{states.get(other, '')}",
            rows[0].file_number if is_one else "",
            (notes[other],),
            end,
            "rest",
        )

    def days_figure(self, waiting: Waiting) -> ChartFigure | None:
        """What falls due on the next working days, with what is late already in front; None where nothing does."""
        first = self.day.today if is_working_day(self.day.today) else add_working_days(self.day.today, 1)
        days = [add_working_days(first, n) for n in range(CHART_DAYS)]
        rows = [row for _who, row in (*waiting.needs, *waiting.others) if row.due_on != NO_DUE_DATE]
        late = sum(row.due_on < self.day.today for row in rows)
        due = [sum(row.due_on == day for row in rows) for day in days]
        if not any(due):
            return None
        fullest = days[due.index(max(due))]
        columns = [Column(gettext("late"), late, "brick")] if late else []
        columns += [
            Column(
                day_words(day, "D j") if day == fullest else day_words(day, "j"),
                number,
                "saffron" if day <= self.day.soon else "g4",
            )
            for day, number in zip(days, due, strict=True)
        ]
        return ChartFigure(
            gettext("%(weekday)s is your fullest day") % {"weekday": day_words(fullest, "l")},
            gettext("Promises that fall due, of your files, by working day from %(day)s")
            % {"day": day_words(days[0], "j F")},
            gettext("TDAP portal, %(day)s.") % {"day": day_words(self.day.today)},
            Columns((gettext("Day"), gettext("Files")), tuple(columns)),
        )

    def _by(self, due: date) -> str:
        return gettext("by %(day)s") % {"day": day_words(due, "j F")} if due != NO_DUE_DATE else ""

    def _next(self, due: date) -> str:
        return gettext("the next by %(day)s") % {"day": day_words(due, "j F")} if due != NO_DUE_DATE else ""

    def decisions(self, rows: Sequence[Any]) -> list[Task]:
        """Files that wait for a director, the most urgent first; the desk shows the rest."""
        return [self._decision(row) for row in rows[:SHOWN_DECISIONS]]

    def _decision(self, row: Any) -> Task:
        promise = promise_of(row, of=self._promised[row.round_id], day=self.day)
        notes = []
        if row.outcome:
            words = {"officer": row.officer_name, "outcome": OUTCOME_LABELS[row.outcome]}
            notes.append(gettext("%(officer)s recommends: %(outcome)s") % words)
        if row.has_score:
            notes.append(gettext("%(points)s points") % {"points": f"{row.points:.1f}"})
        is_near = promise.tone in ("no", "you")
        return Task(
            gettext("Decide on %(firm)s") % {"firm": row.sme_name},
            reverse("selection:desk_file", args=[row.public_id]),
            row.file_number,
            tuple(notes),
            promise.age if is_near else self._by(row.due_on),
            promise.tone if is_near else "you",
        )


def _day(moment: datetime) -> str:
    return day_words(moment, "j F")


def _named(names: list[str]) -> str:
    """Two firms or people by name, and how many more: "Multan Blue Pottery, Quetta Leather Goods and 4 more"."""
    if len(names) == 1:
        return names[0]
    more = len(names) - NAMED
    if not more:
        return gettext("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    words = ngettext("%(first)s, %(second)s and %(more)d more", "%(first)s, %(second)s and %(more)d more", more)
    return words % {"first": names[0], "second": names[1], "more": more}


@dataclass(frozen=True, slots=True)
class Step:
    """A date to come, as components/path.html shows it."""

    name: str
    when: str
    place: str = "next"


def coming(rounds: Iterable[Round]) -> list[Step]:
    """When rounds open and close from now on, the nearest first."""
    now = timezone.now()
    dates = [
        *((row.opens_at, gettext("Round %(number)s opens"), row) for row in rounds if row.state == RoundState.PLANNED),
        *(
            (row.closes_at, gettext("Round %(number)s closes"), row)
            for row in rounds
            if row.state in (RoundState.PLANNED, RoundState.OPEN)
        ),
    ]
    ahead = sorted((when, row.number, words) for when, words, row in dates if when > now)
    return [Step(words % {"number": number}, day_words(when, "DATETIME_FORMAT")) for when, number, words in ahead]


# ---------------------------------------------------------------------------------------------------------- the director


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round with its figures. lines: (name, value) pairs. says: what comes next, may be empty. url, label: where to go."""

    round: Round
    tone: str
    state: str
    lines: tuple[tuple[str, str], ...]
    says: str
    url: str = ""
    label: str = ""


def round_cards(
    rounds: Sequence[Round], numbers: Mapping[int, Mapping[str, int]], *, runs_rounds: bool = True
) -> list[RoundCard]:
    """The newest rounds, the newest last, as the work moves. runs_rounds: the reader is somebody who can finish one."""
    return [_round_card(row, numbers[row.pk], runs_rounds=runs_rounds) for row in reversed(rounds[:SHOWN_ROUNDS])]


def _round_card(row: Round, states: Mapping[str, int], *, runs_rounds: bool) -> RoundCard:
    files, drafts = counts_of(states), str(states.get(State.DRAFT, 0))
    name = str(ROUND_STATE_LABELS[RoundState(row.state)])
    applied, seats = (gettext("Applied"), str(files.submitted)), (gettext("Seats"), str(row.seats))
    begun = (gettext("Drafts begun"), drafts)
    opens, closes = _day(row.opens_at), _day(row.closes_at)
    if row.state == RoundState.PLANNED:
        return RoundCard(row, "us", name, (seats, begun), gettext("Opens on %(day)s.") % {"day": opens})
    if row.state == RoundState.OPEN:
        return RoundCard(row, "done", name, (applied, begun, seats), gettext("Closes on %(day)s.") % {"day": closes})
    of = gettext("%(part)d of %(whole)d")
    if row.state == RoundState.IN_REVIEW:
        read = files.decided + states.get(State.REVIEWED, 0) + states.get(State.RECOMMENDED, 0)
        passed = files.submitted - states.get(State.HELD, 0) - states.get(State.SUBMITTED, 0)
        lines = (
            (gettext("Passed the conditions"), of % {"part": passed, "whole": files.submitted}),
            (gettext("Read twice"), str(read)),
            (gettext("Decided"), of % {"part": files.decided, "whole": files.submitted}),
        )
        if not files.waiting:
            finish = reverse("selection:round_act", args=[row.code, "finish"]) if runs_rounds else ""
            says = gettext("Every file is decided.")
            return RoundCard(row, "you", name, lines, says, finish, gettext("Finish the round"))
        return RoundCard(row, "you", name, lines, _without_readers(states.get(State.SCORED, 0)))
    taken = (gettext("Seats taken"), of % {"part": files.selected, "whole": row.seats})
    listed = (gettext("On the waiting list"), str(files.waitlisted))
    results = f"{reverse('results')}?round={row.code}"
    return RoundCard(row, "done", name, (applied, taken, listed), "", results, gettext("Results"))


def _without_readers(number: int) -> str:
    if not number:
        return gettext("Every file has its readers.")
    words = ngettext("%(number)d file waits for its readers.", "%(number)d files wait for their readers.", number)
    return words % {"number": number}


def late_readings(late: Sequence[Workload]) -> str:
    """How many readings will come late, with one or two officers by name."""
    number = sum(len(load.late) for load in late)
    if not 1 <= len(late) <= NAMED:
        return ngettext("%(number)d reading.", "%(number)d readings.", number) % {"number": number}
    words = ngettext("%(number)d reading of %(names)s.", "%(number)d readings of %(names)s.", number)
    return words % {"number": number, "names": _named([load.officer for load in late])}


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A line of the table of officers. url: the page of the officer, with the files to hand over."""

    url: str
    officer: str
    tone: str
    files: str
    pace: str
    due: int
    late: str
    helps: str


def load_rows(loads: Iterable[Workload]) -> list[LoadRow]:
    return [_load_row(load) for load in loads]


def _load_row(load: Workload) -> LoadRow:
    if load.late:
        words = {"number": len(load.late), "weekday": day_words(load.late[0], "l")}
        late, tone = gettext("%(number)d, from %(weekday)s on") % words, "no"
        helps = ""
    else:
        late, tone = gettext("none"), "done"
        helps = ngettext("room for %(number)d", "room for %(number)d", load.room) % {"number": load.room}
    return LoadRow(
        reverse("selection:person", args=[load.public_id]),
        load.officer,
        tone,
        str(load.files),
        f"{load.pace:.1f}",
        load.due,
        late,
        helps if load.room or load.late else "",
    )


# ----------------------------------------------------------------------------------------------------- the administrator


@dataclass(frozen=True, slots=True)
class Tab:
    """As components/tabs.html shows it."""

    label: str
    url: str
    count: Number
    is_current: bool
    tone: str = ""


def people_tabs(filters: Mapping[str, str], numbers: Sequence[Number], waiting: Number) -> list[Tab]:
    """The views of the list of people that count what may have to be done. waiting: how many wait for access."""
    labels = gettext("Staff"), gettext("Without a second step"), gettext("Not seen for 60 days"), gettext("Locked out")
    here = {name: filters[name] for name in ("group", "state", "role", "q") if filters[name]}
    home = reverse("selection:administrator_home")
    tabs = [
        Tab(label, f"{home}?{urlencode(tab)}#people", number, here == tab)
        for label, tab, number in zip(labels, PEOPLE_TABS, numbers, strict=True)
    ]
    waits = Tab(
        gettext("Wait for access"), reverse("roles:waiting"), waiting, is_current=False, tone="no" if waiting else ""
    )
    return [tabs[0], waits, *tabs[1:]]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list of people. work: what is open, "" for nothing."""

    url: str
    name: str
    address: str
    roles: str
    state: str
    tone: str
    seen: str
    work: str


def people_rows(people: Iterable[Any]) -> list[PersonRow]:
    """people: of selectors.people_page."""
    return [_person_row(person) for person in people]


def _person_row(person: Any) -> PersonRow:
    state, tone = gettext("second step set up"), "us"
    if not person.is_active:
        state, tone = gettext("locked out"), "rest"
        if person.sessions_ended_at:
            state = gettext("locked out on %(day)s") % {"day": _day(person.sessions_ended_at)}
    elif person.needs_second_factor and not person.has_second_step:
        state, tone = gettext("no second step"), "you"
    elif not person.needs_second_factor:
        state, tone = gettext("can sign in"), "us"
    work = []
    if person.files:
        words = ngettext("%(number)s file", "%(number)s files", person.files)
        work.append(words % {"number": up_to(person.files)})
    if person.to_read:
        words = ngettext("%(number)s reading open", "%(number)s readings open", person.to_read)
        work.append(words % {"number": up_to(person.to_read)})
    return PersonRow(
        reverse("selection:person", args=[person.public_id]),
        person.name or person.public_id,
        person.email or person.mobile or "",
        " · ".join(roles_of(person)),
        state,
        "no" if work and not person.is_active else tone,
        day_words(person.last_login) if person.last_login else "",
        " · ".join(work),
    )


# ---------------------------------------------------------------------------------------------------------- the partners


def held_runs(runs: Iterable[ImportRun]) -> list[Task]:
    """Figures that wait for a second person."""
    return [
        Task(
            gettext("Decide on held figures: %(source)s") % {"source": run.source.name},
            reverse("trade:run", args=[run.public_id]),
            "",
            (gettext("handed in by %(name)s") % {"name": run.started_by.name},) if run.started_by else (),
            gettext("since %(day)s") % {"day": _day(run.created_at)},
            "you",
        )
        for run in runs
    ]


def runs_to_confirm(runs: Iterable[ImportRun]) -> list[Task]:
    """Files of the platform that were read on trial and are used only after its yes."""
    return [
        Task(
            gettext("Say whether the figures may be used: %(file)s") % {"file": run.file_name},
            reverse("trade:run", args=[run.public_id]),
            "",
            (
                gettext("%(kept)d rows can be used, %(refused)d cannot")
                % {"kept": run.rows_kept, "refused": run.rows_refused},
            ),
            gettext("since %(day)s") % {"day": _day(run.created_at)},
            "you",
        )
        for run in runs
        if run.state == RunState.CHECKED
    ]


def places_figure(states: Mapping[str, int], provinces: Sequence[str], today: date) -> ChartFigure | None:
    """How far the firms of some provinces (all where none is named) have come; None before the first."""
    files = counts_of(states)
    if not files.submitted:
        return None
    places = " · ".join(filter(None, map(province_name, provinces)))
    where = places or gettext("Pakistan")
    title = ngettext(
        "%(place)s: %(selected)d of %(applied)d firm selected",
        "%(place)s: %(selected)d of %(applied)d firms selected",
        files.submitted,
    )
    steps = (
        (gettext("Applied"), files.submitted),
        (gettext("Decided"), files.decided),
        (gettext("On the waiting list"), files.waitlisted),
        (gettext("Selected"), files.selected),
    )
    return ChartFigure(
        title % {"place": where, "selected": files.selected, "applied": files.submitted},
        gettext("Applications of all rounds, by what has become of them"),
        gettext("TDAP portal, %(day)s.") % {"day": day_words(today)},
        Bars((gettext("Stage"), gettext("Applications")), tuple(Bar(name, number) for name, number in steps)),
    )
