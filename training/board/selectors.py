"""What the boards read: a partner's nominees with all that came of them, cohorts in figures, partners side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from selection.nominations import selectors as nominations_selectors
from selection.states import NominationState
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.calendar import today, working_days_between
from tdap_portal.core.errors import NotFound
from tdap_portal.web.paging import keyset_page
from training.attendance import selectors as attendance_selectors
from training.certificates import selectors as certificates_selectors
from training.models import BoardDigest, BoardDigestWish, Certificate, Cohort, Place, Session
from training.places import selectors as places_selectors
from training.states import CertificateState, CohortState, PlaceState

from . import permissions
from .figures import DAYS_LEFT, Nominee, Sitting, Step, step_of
from .suppress import LEAST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from selection.models import Round
    from tdap_portal.accounts.models import Partner, User
    from tdap_portal.web.paging import KeysetPage
    from training.attendance.hours import Hours
    from training.attendance.selectors import Course

COHORT_ORDERS = {
    "start": ["starts_on", "pk"],
    "last": ["-starts_on", "-pk"],
    "code": ["code"],
    "places": ["-places", "-pk"],
}
NO_HOURS = (Fraction(0), Fraction(0))


# ------------------------------------------------------------------------------------------------------ the partner


def partners_of(user: User) -> list[Partner]:
    """The organisations whose boards this person reads, by name."""
    return nominations_selectors.nominating_partners(user)


def partner_for(user: User, public_id: str) -> Partner:
    """One of them, the first where none is named. Raises NotFound."""
    partners = partners_of(user)
    if public_id:
        partners = [partner for partner in partners if partner.public_id == public_id]
    if not partners or not permissions.can_see_partner_board(user, partners[0]):
        raise NotFound
    return partners[0]


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in which a partner has firms. sessions: published and not called off, in their order; next: of them the next to begin."""

    cohort: Cohort
    sessions: tuple[Session, ...]
    next: Session | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All nominees of a partner at one moment, and the cohorts in which they have places, by public id."""

    partner: Partner
    at: datetime
    nominees: tuple[Nominee, ...]
    cohorts: Mapping[str, CohortLine] = field(default_factory=dict)

    @property
    def rounds(self) -> list[str]:
        """Codes, the newest first."""
        return sorted({row.round for row in self.nominees}, key=lambda code: -int(code[1:]))


def snapshot_of(partner: Partner, *, now: datetime | None = None) -> Snapshot:
    """In a number of queries that does not grow. What a nominee is called, where it is and what it makes is what its partner wrote; of
    its file only the stage that nominations show, and what follows an accepted seat."""
    now = now or timezone.now()
    rows = nominations_selectors.staged_of(partner)
    files = [row.file for row in rows if row.file is not None]
    held, waiting = _places(files)
    courses = attendance_selectors.courses_of_files(held, now=now) if held else {}
    certified = certificates_selectors.files_certified(files)
    cohorts = _cohort_lines(set(held.values()), now)
    names = {line.cohort.pk: public_id for public_id, line in cohorts.items()}
    sits = {file: _sittings(course, names) for file, course in courses.items()}
    days = _days_left(rows)
    nominees = []
    for row in rows:
        file = row.file
        hours = attendance_selectors.hours_of_course(courses[file]) if file in courses else None
        is_open = row.state == NominationState.INVITED
        until = timezone.localdate(row.lapses_at) if is_open else None
        nominees.append(
            Nominee(
                public_id=row.public_id,
                firm=row.firm,
                round=f"R{row.round}",
                sector=row.sector,
                province=row.province,
                women_led=row.women_led,
                step=step_of(
                    agreed=row.state == NominationState.AGREED,
                    stage=row.stage,
                    placed=file in held,
                    came=file in certified or (hours is not None and hours.there > 0),
                    certified=file in certified,
                ),
                cohort=names.get(held[file], "") if file in held else "",
                waits=file in waiting,
                there=hours.there if hours else Fraction(0),
                held=hours.held if hours else Fraction(0),
                sittings=sits.get(file, ()) if file is not None else (),
                answer_until=until if until in days else None,
                answer_days=days.get(until, 0),
            )
        )
    return Snapshot(partner, now, tuple(nominees), cohorts)


def _places(files: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """Cohorts of files that hold a place, by id; files that wait for one."""
    if not files:
        return {}, set()
    living = Place.objects.filter(application_id__in=files, state__in=[PlaceState.HELD, PlaceState.WAITING])
    rows = list(
        living.exclude(cohort__state=CohortState.CANCELLED)
        .values_list("application_id", "cohort_id", "state")
        .order_by("pk")
    )
    held = {file: cohort for file, cohort, state in rows if state == PlaceState.HELD}
    return held, {file for file, _cohort, state in rows if state == PlaceState.WAITING}


def _cohort_lines(ids: Iterable[int], now: datetime) -> dict[str, CohortLine]:
    rows = list(Cohort.objects.filter(pk__in=ids).select_related("programme").order_by("-starts_on", "-pk"))
    sessions: dict[int, list[Session]] = defaultdict(list)
    published = Session.objects.filter(cohort__in=rows, cancelled_at=None, starts_at__isnull=False)
    for session in published.order_by("starts_at", "position"):
        sessions[session.cohort_id].append(session)
    return {row.public_id: CohortLine(row, tuple(sessions[row.pk]), _next(sessions[row.pk], now)) for row in rows}


def _next(sessions: Iterable[Session], now: datetime) -> Session | None:
    return next((session for session in sessions if session.starts_at is not None and session.starts_at > now), None)


def _sittings(course: Course, names: Mapping[int, str]) -> tuple[Sitting, ...]:
    return tuple(
        Sitting(
            session=session.pk,
            cohort=names.get(session.cohort_id, ""),
            starts_at=session.starts_at,
            is_over=expected.is_over,
            is_off=expected.is_off,
            status=expected.status,
        )
        for session, expected in course.sessions
    )


def _days_left(rows: Iterable[Any]) -> dict[date | None, int]:
    """Working days to the last days of open invitations that end soon, by day."""
    here = today()
    days = {timezone.localdate(row.lapses_at) for row in rows if row.state == NominationState.INVITED}
    counted = {day: working_days_between(here, day) for day in days if 0 <= (day - here).days <= 4 * DAYS_LEFT}
    return {day: left for day, left in counted.items() if left <= DAYS_LEFT}


# ------------------------------------------------------------------------------------------------- who sends trainers


@dataclass(frozen=True, slots=True)
class TaughtLine:
    """A cohort in which a partner's trainers teach. own, sessions: how many sessions are theirs, and are published in all. share,
    certified: None where fewer than LEAST firms hold a place, whose doings would show through."""

    cohort: Any
    next: Session | None
    own: int
    sessions: int
    share: Fraction | None
    certified: int | None


def taught_page(user: User, cursor: str | None) -> KeysetPage[Any]:
    """One page of the cohorts in which trainers of this person's organisations teach, the latest first. Raises NotFound."""
    if not permissions.can_see_taught(user):
        raise NotFound
    own = _published().filter(cohort=OuterRef("pk"), trainer__partner__in=accounts_selectors.partners_here(user))
    rows = places_selectors.counted_cohorts().filter(Exists(own)).exclude(state=CohortState.PLANNED)
    return keyset_page(rows.select_related("programme"), order=COHORT_ORDERS["last"], cursor=cursor)


def taught_lines(user: User, cohorts: Sequence[Any]) -> list[TaughtLine]:
    """Figures of the cohorts of one page. No firm is named, and none shows through."""
    theirs = Q(trainer__partner__in=accounts_selectors.partners_here(user))
    counted = _published().filter(cohort__in=[row.pk for row in cohorts]).order_by().values("cohort_id")
    counted = counted.annotate(own=Count("pk", filter=theirs), whole=Count("pk"))
    numbers = {row["cohort_id"]: (row["own"], row["whole"]) for row in counted}
    found = []
    for line in board_lines(cohorts):
        is_shown = line.cohort.held >= LEAST
        own, whole = numbers.get(line.cohort.pk, (0, 0))
        found.append(
            TaughtLine(
                line.cohort,
                line.next,
                own,
                whole,
                line.share if is_shown else None,
                line.certified if is_shown else None,
            )
        )
    return found


def _published() -> QuerySet[Session]:
    return Session.objects.filter(cancelled_at=None, starts_at__isnull=False)


# ------------------------------------------------------------------------------------------------------- the digest


def wish_of(user: User, partner: Partner) -> BoardDigestWish | None:
    return BoardDigestWish.objects.filter(user=user, partner=partner).first()


def wish_by_token(token: str) -> BoardDigestWish | None:
    return BoardDigestWish.objects.select_related("user", "partner").filter(token=token).first()


def partners_to_write_to(month: date) -> list[int]:
    """Ids of active partners of which somebody wants the digest and to which none of this month was written yet."""
    written = BoardDigest.objects.filter(partner=OuterRef("partner"), month=month)
    wishes = BoardDigestWish.objects.filter(~Exists(written), partner__is_active=True, user__is_active=True)
    return list(wishes.order_by("partner_id").values_list("partner_id", flat=True).distinct())


def readers_of(partner: Partner) -> list[BoardDigestWish]:
    """Wishes of those who still belong to the partner and may sign in."""
    people = {person.pk for person in accounts_selectors.people_of_partner(partner)}
    rows = BoardDigestWish.objects.filter(partner=partner).select_related("user").order_by("pk")
    return [row for row in rows if row.user_id in people and row.user.is_partner]


# ----------------------------------------------------------------------------------------------------- the officials


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A cohort on the manager's board. at_risk: firms below the rule of what was held so far. there, held: minutes of all its firms."""

    cohort: Any
    next: Session | None
    at_risk: int
    certified: int
    there: Fraction
    held: Fraction

    @property
    def share(self) -> Fraction | None:
        return self.there / self.held if self.held else None


def cohorts_page(filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of cohorts, each with `held` and `waiting`. filters: state, city, mode, language, round (a number), order; "" for any."""
    rows = places_selectors.counted_cohorts().select_related("programme", "round")
    for name in ("state", "city", "mode", "language"):
        if value := filters.get(name, ""):
            rows = rows.filter(**{name: value})
    if number := filters.get("round", ""):
        rows = rows.filter(round__number=int(number))
    order = COHORT_ORDERS.get(filters.get("order", "")) or COHORT_ORDERS["last"]
    return keyset_page(rows, order=order, cursor=cursor)


def board_lines(cohorts: Sequence[Cohort], *, now: datetime | None = None) -> list[BoardLine]:
    """Figures of the cohorts of one page, in a number of queries that does not grow with them."""
    now = now or timezone.now()
    ids = [row.pk for row in cohorts]
    held: dict[int, list[int]] = defaultdict(list)
    places = Place.objects.filter(cohort_id__in=ids, state=PlaceState.HELD)
    for cohort, file in places.values_list("cohort_id", "application_id"):
        held[cohort].append(file)
    hours = attendance_selectors.hours_of_files([file for files in held.values() for file in files], now=now)
    coming: dict[int, Session] = {}
    for session in Session.objects.filter(cohort_id__in=ids, cancelled_at=None, starts_at__gt=now).order_by(
        "starts_at"
    ):
        coming.setdefault(session.cohort_id, session)
    in_force = Certificate.objects.filter(place__cohort_id__in=ids, state=CertificateState.IN_FORCE)
    certified = dict(in_force.values_list("place__cohort_id").annotate(Count("pk")).order_by())
    return [
        _board_line(row, [hours[file] for file in held[row.pk] if file in hours], coming, certified) for row in cohorts
    ]


def _board_line(
    cohort: Cohort, hours: Sequence[Hours], coming: Mapping[int, Session], certified: Mapping[int, int]
) -> BoardLine:
    return BoardLine(
        cohort=cohort,
        next=coming.get(cohort.pk),
        at_risk=sum(one.held > 0 and not one.is_met for one in hours),
        certified=certified.get(cohort.pk, 0),
        there=sum((one.there for one in hours), Fraction(0)),
        held=sum((one.held for one in hours), Fraction(0)),
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all cohorts. states: by state. without_place: firms with a seat; waiting: places waited for."""

    states: Mapping[str, int]
    without_place: int
    waiting: int


def totals() -> Totals:
    states = dict(Cohort.objects.values_list("state").annotate(Count("pk")).order_by())
    waiting = Place.objects.filter(state=PlaceState.WAITING).exclude(cohort__state=CohortState.CANCELLED).count()
    return Totals(states, places_selectors.firms_without_place().count(), waiting)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """The nominees of one partner in a round, by the step they have reached."""

    public_id: str
    name: str
    counts: Mapping[Step, int]


FUNNEL_STEPS = (Step.NOMINATED, Step.AGREED, Step.APPLIED, Step.DECIDED, Step.SEAT, Step.PLACED, Step.CERTIFIED)


def funnels_visible_to(user: User, round_: Round) -> list[PartnerLine]:
    """By name of the partner. Six queries, however many partners and nominees."""
    if not permissions.can_see_funnels(user):
        return []
    placed, certified = _placed_in(round_), _certified_in(round_)
    steps: dict[int, Counter[Step]] = defaultdict(Counter)
    for row in nominations_selectors.staged_in(user, round_):
        reached = step_of(
            agreed=row.agreed,
            stage=row.stage,
            placed=row.sme in placed,
            came=row.sme in certified,
            certified=row.sme in certified,
        )
        steps[row.partner][reached] += 1
    partners = accounts_selectors.partners_by_id(steps)
    lines = [
        PartnerLine(
            partners[pk].public_id,
            partners[pk].name,
            {step: sum(number for reached, number in found.items() if reached >= step) for step in FUNNEL_STEPS},
        )
        for pk, found in steps.items()
    ]
    return sorted(lines, key=lambda line: (line.name, line.public_id))


def _placed_in(round_: Round) -> set[int]:
    """Ids of firms of a round that hold a place in a cohort that was not called off."""
    rows = Place.objects.filter(application__round=round_, state=PlaceState.HELD)
    return set(rows.exclude(cohort__state=CohortState.CANCELLED).values_list("sme_id", flat=True))


def _certified_in(round_: Round) -> set[int]:
    rows = Certificate.objects.filter(application__round=round_, state=CertificateState.IN_FORCE)
    return set(rows.values_list("application__sme_id", flat=True))


def rounds_nominated_in() -> list[Round]:
    """Rounds in which somebody was nominated, the newest first."""
    return nominations_selectors.rounds_with_nominations()
