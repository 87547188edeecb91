"""What the first pages of officials and partners count. No cost grows with the number of files."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, F, JSONField, OuterRef, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import get_language

from selection.applications.selectors import numbers_of_states
from selection.desk.selectors import COUNT_UP_TO, Number
from selection.handover import selectors as handover_selectors
from selection.models import Application, DeskTally, Question, Reading, Recommendation
from selection.results.figures import median_of
from selection.review.selectors import Counted, files_to_judge_by, officers
from selection.states import DECIDED_STATES, OPEN_STATES, State
from selection.trade import selectors as trade_selectors
from selection.trade.permissions import can_decide_on_held
from selection.trade.states import RunState
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.selectors import PEOPLE_ORDERS, Group, PeopleOrder, PersonState
from tdap_portal.core import selectors as core_selectors
from tdap_portal.core.calendar import add_working_days, is_working_day, working_day_test
from tdap_portal.notifications import selectors as notifications_selectors
from tdap_portal.web.paging import keyset_page

from .pace import AHEAD_DAYS, PACE_DAYS, late_days, room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from selection.models import Round
    from selection.trade.models import ImportRun
    from tdap_portal.accounts.models import User
    from tdap_portal.core.selectors import HealthLine
    from tdap_portal.notifications.models import Message
    from tdap_portal.web.context import HomeLink, HomeTask
    from tdap_portal.web.paging import KeysetPage


NEWEST_MESSAGES = 3
NEWEST_RUNS = 5
MAX_OFFICERS = 60
READINGS_READ = 200  # of an officer's open readings, the oldest files first
PROMISE_DAYS = 30
PROMISES_KEY = "selection.promises_kept"
PROMISES_SECONDS = 300
PROPOSAL = (  # of a file that waits for the decision
    "id", "round_id", "public_id", "file_number", "sme_name", "state", "due_on", "awaiting_firm", "unanswered_since",
    "points", "has_score", "outcome", "officer_name",
)  # fmt: skip


def new_messages(user: User) -> list[Message]:
    """The newest that were not read yet."""
    return list(notifications_selectors.messages_for(user).filter(read_at=None)[:NEWEST_MESSAGES])


def numbers_of(rounds: Sequence[Round]) -> dict[int, dict[str, int]]:
    """Files a round (by id) and state, from the kept counts."""
    return numbers_of_states([row.pk for row in rounds])


def numbers_of_places(provinces: Sequence[str]) -> dict[str, int]:
    """Files of all rounds by state, of these provinces or, where none is named, of all."""
    rows = DeskTally.objects.filter(province__in=provinces) if provinces else DeskTally.objects.all()
    return dict(rows.values_list("state").annotate(Sum("number")).order_by())


def partner_links(user: User) -> list[HomeLink]:
    """What floors above offer a partner; none where they are not there (settings.PARTNER_LINKS)."""
    links = (import_module(name).partner_link(user) for name in settings.PARTNER_LINKS)
    return [link for link in links if link is not None]


def tasks_above(user: User) -> list[HomeTask]:
    """What waits for this official or partner on floors above; none where they are not there (settings.HOME_TASKS)."""
    return [task for name in settings.HOME_TASKS for task in import_module(name).home_tasks(user)]


def own_runs(user: User) -> list[ImportRun]:
    """The newest files that the person's platform handed in."""
    return list(trade_selectors.runs_visible_to(user).order_by("-pk")[:NEWEST_RUNS])


def runs_held_for(user: User) -> list[ImportRun]:
    """Figures that wait for a second person and that this person may bring into use or refuse, the oldest first."""
    held = trade_selectors.runs_visible_to(user).filter(state=RunState.HELD).order_by("pk")
    return [run for run in held if can_decide_on_held(user, run)]


# --------------------------------------------------------------------------------------------------- the administrator

HEALTH_SECONDS = 30
PEOPLE_TABS = (  # whose numbers stand on top of the list of people: of all staff, and what may have to be done
    {"group": Group.STAFF.value},
    {"group": Group.STAFF.value, "state": PersonState.ONE_STEP.value},
    {"group": Group.STAFF.value, "state": PersonState.UNSEEN.value},
    {"group": Group.EVERYBODY.value, "state": PersonState.LOCKED_OUT.value},
)


def people_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of the list of people, each with the number of open files and of readings to give."""
    people = handover_selectors.with_work(accounts_selectors.people_listed(**filters))
    return keyset_page(people, order=PEOPLE_ORDERS[PeopleOrder(filters["order"])], cursor=cursor)


def numbers_of_people() -> list[Number]:
    """How many people each of PEOPLE_TABS shows; each counted up to COUNT_UP_TO."""
    return [Number(len(_ids(accounts_selectors.people_listed(**tab)))) for tab in PEOPLE_TABS]


def _ids(people: QuerySet[User]) -> list[int]:
    return list(people.prefetch_related(None).values_list("pk", flat=True)[:COUNT_UP_TO])


def health() -> list[HealthLine]:
    """What the health page looks at, HEALTH_SECONDS old at most: a broker that is away takes seconds to look at."""
    key = f"selection.home.health.{get_language()}"
    found = cache.get(key)
    if found is None:
        found = core_selectors.health()
        cache.set(key, found, HEALTH_SECONDS)
    return found


# -------------------------------------------------------------------------------------------------------- the director


def decisions_for(user: User, numbers: Mapping[int, Mapping[str, int]]) -> list[Any]:
    """Recommended files that this director may decide, those with the nearest date first (the names of PROPOSAL).

    Left out: files that the person read, recommended on, or is tied to. One query a round that holds recommended files,
    each no further than COUNT_UP_TO.
    """
    here = OuterRef("pk")
    made = Recommendation.objects.filter(application=here, returned_at=None).order_by("-pk")
    files = (
        files_to_judge_by(user)
        .filter(
            ~Exists(Reading.objects.filter(application=here, reader=user)),
            ~Exists(Recommendation.objects.filter(application=here, officer=user)),
            state=State.RECOMMENDED,
        )
        .annotate(outcome=Subquery(made.values("outcome")[:1]), officer_name=Subquery(made.values("officer__name")[:1]))
        .order_by("due_on", "id")
        .values_list(*PROPOSAL, named=True)
    )
    rounds = [pk for pk, states in numbers.items() if states.get(State.RECOMMENDED)]
    found = [row for pk in rounds for row in files.filter(round_id=pk)[:COUNT_UP_TO]]
    return sorted(found, key=lambda row: (row.due_on, row.id))


class _Listed(Subquery):
    """The due dates of a query as a list of ISO days."""

    template = "(SELECT jsonb_agg(due_on) FROM (%(subquery)s) AS listed)"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, self.template.replace("jsonb_agg", "json_group_array"), **extra)


@dataclass(frozen=True, slots=True)
class Workload:
    """One officer's load. files: open ones of which the officer is in charge. pace: readings a working day. due: open
    readings that fall due within AHEAD_DAYS or are past. late: the days on which some will be missed, one entry each.
    public_id: of the officer."""

    public_id: str
    officer: str
    files: Number
    pace: float
    due: int
    late: tuple[date, ...]
    room: int


def workloads(today: date) -> list[Workload]:
    """Every officer's, who will be late most first. One query; the rule stands in pace.py."""
    first = today if is_working_day(today) else add_working_days(today, 1)
    ahead = [add_working_days(first, days) for days in range(AHEAD_DAYS)]
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (_pace_since(today), today))
    me = OuterRef("pk")
    files = Application.objects.filter(officer=me, state__in=OPEN_STATES).order_by("due_on", "id")
    done = Reading.objects.filter(reader=me, done_at__gte=since, done_at__lt=until)
    to_read = Reading.objects.filter(reader=OuterRef(me), done_at=None).order_by("application_id")
    due = Application.objects.filter(
        pk__in=to_read.values("application_id")[:READINGS_READ], state=State.IN_REVIEW, due_on__lte=ahead[-1]
    )
    people = officers().annotate(
        files=Counted(files.values("pk")[:COUNT_UP_TO]),
        done=Counted(done.values("pk")),
        due=_Listed(due.order_by("due_on").values("due_on")),
    )
    rows = people.values_list("public_id", "name", "files", "done", "due")[:MAX_OFFICERS]
    loads = [_load((code, name), files, done / PACE_DAYS, days or [], ahead) for code, name, files, done, days in rows]
    return sorted(loads, key=lambda load: (-len(load.late), load.room, load.officer))


def _load(who: tuple[str, str], files: int, pace: float, due: list[str], ahead: list[date]) -> Workload:
    numbered = [bisect_right(ahead, date.fromisoformat(day)) for day in due]
    late = tuple(ahead[max(0, number - 1)] for number in late_days(numbered, pace))
    return Workload(*who, Number(files), pace, len(due), late, room(numbered, pace))


def _pace_since(today: date) -> date:
    """The day with which the last PACE_DAYS full working days before today begin."""
    is_open, day, left = working_day_test(), today, PACE_DAYS
    while left:
        day -= timedelta(days=1)
        left -= is_open(day)
    return day


@dataclass(frozen=True, slots=True)
class PromisesKept:
    """Of the last PROMISE_DAYS days. decided: files; in_time: those within their promised working days. answer_days: median
    of days from a question to the firm's answer, None without one."""

    decided: int
    in_time: int
    answer_days: float | None

    @property
    def in_time_pct(self) -> int | None:
        return round(100 * self.in_time / self.decided) if self.decided else None


def promises_kept() -> PromisesKept:
    """Counted at most every five minutes; two queries."""
    found = cache.get(PROMISES_KEY)
    if found is None:
        found = _count_promises(timezone.now() - timedelta(days=PROMISE_DAYS))
        cache.set(PROMISES_KEY, found, PROMISES_SECONDS)
    return found


def _count_promises(since: datetime) -> PromisesKept:
    decided = Application.objects.filter(decided_at__gte=since, state__in=DECIDED_STATES, days_used__isnull=False)
    counts = decided.aggregate(
        decided=Count("pk"), in_time=Count("pk", filter=Q(days_used__lte=F("round__promise_days")))
    )
    answered = Question.objects.filter(answered_at__gte=since)
    days = answered.values_list("asked_at__date", "answered_at__date").annotate(number=Count("pk")).order_by()
    spans: dict[int, int] = {}
    for asked, answered_on, number in days:
        span = (answered_on - asked).days
        spans[span] = spans.get(span, 0) + number
    return PromisesKept(counts["decided"], counts["in_time"], median_of(spans))
