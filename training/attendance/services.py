"""Marks of attendance: scanned, called from a roll, typed in, corrected. What was observed stays; what counts is settled from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.models import Attendance, AttendanceMark, Place, ScanTally, Session
from training.states import AttendanceStatus as Status
from training.states import Happened, SessionStage
from training.states import MarkSource as Source

from . import permissions, selectors
from .codes import Reading, code_of, read_code, step_of
from .roll import EARLY, minutes_off, possible_time, true_time

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from tdap_portal.accounts.models import User

MAX_MARKS = 500  # in one roll
JOINED_BEFORE = timedelta(minutes=15)  # from when a meeting can be joined
REFUSED = {
    Reading.OVER: _("This code is over. Scan the screen again."),
    Reading.NOT_YET: _("This code is not of now. Scan the screen again."),
    Reading.UNKNOWN: _("This is not a code of this session. Scan the screen of your own session."),
}


# ------------------------------------------------------------------------------------------------------------ the code


def screen_code(session: Session, *, at: datetime | None = None) -> str:
    """The code that the trainer's screen shows at a moment."""
    return code_of(_key(), session.public_id, step_of(at or timezone.now()))


def check_code(session: Session, text: str, *, at: datetime | None = None) -> None:
    """Counts what is refused. Raises DomainError "code_over", "code_not_yet", "code_unknown", "not_running" or "stopped"."""
    now = at or timezone.now()
    if not selectors.checks_in(session, now=now):
        raise DomainError(_("Nobody can check in now: the session is not running."), code="not_running")
    if selectors.code_stopped_at(session) is not None:
        raise DomainError(
            _("The trainer has ended checking in by the code. The trainer can mark you on the roll."), code="stopped"
        )
    reading = read_code(text, key=_key(), session=session.public_id, at=now)
    if reading != Reading.GOOD:
        count_refused(session)
        raise DomainError(REFUSED[reading], code=f"code_{reading}")


def session_of_code(text: str, sessions: Sequence[Session], *, at: datetime | None = None) -> Session | None:
    """Of these sessions, which all run, the one whose code is good now; None for none. Counts nothing."""
    now, key = at or timezone.now(), _key()
    return next(
        (row for row in sessions if read_code(text, key=key, session=row.public_id, at=now) == Reading.GOOD), None
    )


def count_refused(session: Session) -> None:
    ScanTally.objects.get_or_create(session=session)
    ScanTally.objects.filter(session=session).update(refused=F("refused") + 1)


@transaction.atomic
def stop_code(*, actor: User, session: Session) -> None:
    """End checking in by the code of the screen; a second call changes nothing. Raises NotAllowed."""
    row = lock_session(session)
    permissions.can_take_roll(actor, row).require()
    ScanTally.objects.get_or_create(session=row)
    if ScanTally.objects.filter(session=row, stopped_at=None).update(stopped_at=timezone.now()):
        record(Happened.CODE_STOPPED.value, subject=row, actor=actor)


@transaction.atomic
def show_code(*, actor: User, session: Session) -> None:
    """Let people check in by the code again; a second call changes nothing. Raises NotAllowed."""
    row = lock_session(session)
    permissions.can_take_roll(actor, row).require()
    if ScanTally.objects.filter(session=row).exclude(stopped_at=None).update(stopped_at=None):
        record(Happened.CODE_SHOWN.value, subject=row, actor=actor)


def _key() -> bytes:
    return salted_hmac("training.attendance", "codes", secret=settings.SECRET_KEY, algorithm="sha256").digest()


def require_place(actor: User, session: Session) -> Place:
    """The place that somebody stands for in a session. Raises DomainError "no_place"."""
    places = selectors.places_of(actor, session)
    if not places:
        raise DomainError(_("You have no place in the cohort of this session, so nothing was noted."), code="no_place")
    return places[0]


@transaction.atomic
def scan(*, actor: User, session: Session, device: str, scanned_at: datetime) -> AttendanceMark:
    """Mark the person who scanned a code that was good at `scanned_at` (see `check_code`). A second scan gives the first mark.

    device: of the browser. Raises DomainError "no_place" or "device_used".
    """
    row = lock_session(session)
    place = require_place(actor, row)
    known = selectors.mark_of(row, place)
    if known is not None:
        return known
    if selectors.has_marked_another(row, device, place):
        raise DomainError(
            _("This telephone has marked another person in this session. The trainer can mark you on the roll."),
            code="device_used",
        )
    mark = AttendanceMark.objects.create(
        session=row,
        place=place,
        key=f"scan {place.pk}",
        status=Status.PRESENT,
        source=Source.SCAN,
        observed_at=scanned_at,
        received_at=timezone.now(),
        device=device[:40],
        marked_by=actor,
    )
    _settle(row, [place.pk])
    record(Happened.ATTENDED.value, subject=row, actor=actor, place=place.public_id, at=scanned_at)
    return mark


def can_be_joined(session: Session, *, now: datetime) -> bool:
    """Whether a meeting is open now: from a quarter of an hour before it begins until it ends."""
    if session.stage(now) not in (SessionStage.TO_COME, SessionStage.IN_PROGRESS) or session.starts_at is None:
        return False
    return now >= session.starts_at - JOINED_BEFORE


def join(*, actor: User, session: Session, device: str) -> AttendanceMark:
    """Mark somebody who joins the meeting of a session through the portal now. Joining again gives the first mark.

    Raises DomainError "no_address", "not_open", or as `scan`.
    """
    now = timezone.now()
    if not selectors.meeting_address(session):
        raise DomainError(_("The portal has no address for this meeting. The trainer sends it."), code="no_address")
    if not can_be_joined(session, now=now):
        raise DomainError(_("The meeting is not open now."), code="not_open")
    return scan(actor=actor, session=session, device=device, scanned_at=now)


# ------------------------------------------------------------------------------------------------------------ the roll


@dataclass(frozen=True, slots=True)
class Called:
    """One person as the trainer marked them. key: of this mark alone; place: public id. at: by the clock of the device."""

    key: str
    place: str
    status: Status
    at: datetime
    minutes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RollTaken:
    """What became of a roll. new: marks that were not known yet; visitors, open: people of the session afterwards."""

    new: int
    visitors: int
    open: int


@transaction.atomic
def take_roll(
    *,
    actor: User,
    session: Session,
    called: Sequence[Called],
    device: str = "",
    device_now: datetime | None = None,
    source: Source = Source.ROLL,
) -> RollTaken:
    """Keep a roll, also one that was taken without a network and arrives later, in any order and as often as it likes.

    device_now: the clock of the device as it sent; None where the portal's own page sends. Raises NotAllowed, DomainError
    "cancelled", "no_day", "too_early", "too_many", "unknown_person" (the whole roll is refused, so that nothing is lost half),
    "no_status", or "one_key" where a key stands for two people, of whom the second would be lost.
    """
    row = lock_session(session)
    permissions.can_take_roll(actor, row).require()
    arrived_at = timezone.now()
    starts_at = _begin_of(row)
    if arrived_at < starts_at - EARLY:
        raise DomainError(
            _("The roll of a session can be called from an hour before it begins. This one has not come so far."),
            code="too_early",
        )
    if len(called) > MAX_MARKS:
        raise DomainError(_("A roll has at most %(number)d marks.") % {"number": MAX_MARKS}, code="too_many")
    if any(one.status == Status.OPEN for one in called):
        raise DomainError(_("Choose present, late, excused or absent for each person."), code="no_status")
    places = {place.public_id: place for place in Place.objects.filter(public_id__in=[one.place for one in called])}
    if any(one.place not in places for one in called):
        raise DomainError(
            _("The roll names somebody who is not in the training. Nothing of it was taken; load the page again."),
            code="unknown_person",
        )
    _require_own_keys(row, called)
    expected = set(selectors.expected_in(row).values_list("pk", flat=True))
    before = row.marks.count()
    AttendanceMark.objects.bulk_create(
        [
            AttendanceMark(
                session=row,
                place=places[one.place],
                key=one.key[:64],
                status=one.status,
                source=source,
                minutes=one.minutes,
                observed_at=possible_time(
                    true_time(one.at, device_now=device_now or arrived_at, arrived_at=arrived_at),
                    starts_at=starts_at,
                    arrived_at=arrived_at,
                ),
                received_at=arrived_at,
                clock_off=minutes_off(device_now=device_now or arrived_at, arrived_at=arrived_at),
                device=device[:40],
                marked_by=actor,
                is_visitor=places[one.place].pk not in expected,
            )
            for one in called
        ],
        ignore_conflicts=True,
    )
    new = row.marks.count() - before
    settled = _settle(row, [places[one.place].pk for one in called if places[one.place].pk in expected])
    taken = RollTaken(
        new=new,
        visitors=row.marks.filter(is_visitor=True).values("place").distinct().count(),
        open=sum(status == Status.OPEN for status in settled.values()),
    )
    if new:
        record(
            Happened.ROLL_TAKEN.value, subject=row, actor=actor, marks=new, source=source.value, visitors=taken.visitors
        )
    return taken


@dataclass(frozen=True, slots=True)
class Credited:
    """What the reports of a meeting come to for one person. minutes: of the session, cut to hundredths, never rounded up."""

    status: Status
    minutes: Decimal


@transaction.atomic
def keep_reports(*, actor: User, session: Session, credited: Mapping[int, Credited]) -> int:
    """What all reports of a session come to, by the id of the place; whoever stands in none any more loses what one gave them.

    Gives the number of people for whom it is another one than before; the same again is none. Raises NotAllowed.
    """
    row = lock_session(session)
    permissions.can_take_roll(actor, row).require()
    now = timezone.now()
    living = {mark.place_id: mark for mark in row.marks.filter(source=Source.REPORT, taken_back_at=None)}
    known = {
        key: Credited(Status(mark.status), mark.minutes) for key, mark in living.items() if mark.minutes is not None
    }
    changed = {key for key in {*credited, *living} if credited.get(key) != known.get(key)}
    row.marks.filter(pk__in=[living[key].pk for key in changed if key in living]).update(taken_back_at=now)
    number = row.marks.filter(source=Source.REPORT).count()
    AttendanceMark.objects.bulk_create(
        AttendanceMark(
            session=row,
            place_id=key,
            key=f"report {key} {number}",
            status=credited[key].status,
            source=Source.REPORT,
            minutes=credited[key].minutes,
            observed_at=now,
            received_at=now,
            marked_by=actor,
        )
        for key in sorted(changed)
        if key in credited
    )
    _settle(row, changed)
    return len(changed)


@transaction.atomic
def correct(
    *, actor: User, session: Session, place: Place, status: Status, words: str, minutes: Decimal | None = None
) -> Attendance:
    """What counts for one person from now on, with the reason; what was observed stays beside it. The same correction sent twice is one.

    Raises NotAllowed, DomainError "cancelled", "no_day", "no_words", "not_expected" or "no_status".
    """
    row = lock_session(session)
    now = timezone.now()
    is_same_day = row.starts_at is not None and timezone.localdate(row.starts_at) == timezone.localdate(now)
    permissions.can_correct(actor, row, is_same_day=is_same_day, place=place).require()
    _begin_of(row)
    if not words.strip():
        raise DomainError(_("Say why: the reason stands in the history."), code="no_words")
    if status == Status.OPEN:
        raise DomainError(_("Choose present, late, excused or absent for each person."), code="no_status")
    if not selectors.expected_in(row).filter(pk=place.pk).exists():
        raise DomainError(_("This person has no place in the cohort of this session."), code="not_expected")
    newest = row.marks.filter(place=place, source=Source.CORRECTION).order_by("-observed_at", "-pk").first()
    said = (status.value, minutes, words.strip()[:500], actor.pk)
    if newest is not None and (newest.status, newest.minutes, newest.words, newest.marked_by_id) == said:
        return Attendance.objects.get(session=row, place=place)
    was = Attendance.objects.filter(session=row, place=place).values_list("status", "minutes").first()
    number = row.marks.filter(place=place, source=Source.CORRECTION).count()
    AttendanceMark.objects.create(
        session=row,
        place=place,
        key=f"correction {place.pk} {number + 1}",
        status=status,
        source=Source.CORRECTION,
        minutes=minutes,
        observed_at=now,
        received_at=now,
        marked_by=actor,
        words=words.strip()[:500],
    )
    _settle(row, [place.pk])
    record(
        Happened.ATTENDANCE_CORRECTED.value,
        subject=row,
        actor=actor,
        place=place.public_id,
        was=was[0] if was else "",
        was_minutes=was[1] if was else None,
        status=status.value,
        minutes=minutes,
        words=words.strip()[:500],
    )
    return Attendance.objects.get(session=row, place=place)


# ------------------------------------------------------------------------------------------------------------- details


def _require_own_keys(session: Session, called: Sequence[Called]) -> None:
    """Raises DomainError "one_key"."""
    people = {(one.key[:64], one.place) for one in called}
    known = session.marks.filter(key__in={key for key, _place in people})
    people.update(known.values_list("key", "place__public_id"))
    if len({key for key, _place in people}) < len(people):
        raise DomainError(_("What this device kept cannot be read. Nothing of it was taken."), code="one_key")


def _begin_of(session: Session) -> datetime:
    """When a session begins that can have a roll. Raises DomainError "cancelled" or "no_day"."""
    if session.cancelled_at is not None:
        raise DomainError(_("This session is called off, so nobody is marked in it."), code="cancelled")
    if session.starts_at is None:
        raise DomainError(_("This session has no day yet, so nobody is marked in it."), code="no_day")
    return session.starts_at


def lock_session(session: Session) -> Session:
    """One act at a time on a session: what counts is settled from all marks there are."""
    return Session.objects.select_for_update(of=("self",)).select_related("cohort", "trainer").get(pk=session.pk)


def _settle(session: Session, place_ids: Collection[int]) -> dict[int, Status]:
    """What counts of some people in a session, worked out from their marks and kept."""
    marks: dict[int, list[AttendanceMark]] = defaultdict(list)
    for mark in session.marks.filter(place_id__in=set(place_ids), taken_back_at=None, is_visitor=False):
        marks[mark.place_id].append(mark)
    Attendance.objects.filter(session=session, place_id__in=set(place_ids) - set(marks)).delete()  # all was taken back
    found: dict[int, Status] = {}
    for place_id, own in marks.items():
        settled = selectors.settled_of(own)
        if settled.status is None:
            continue
        by = next((mark for mark in own if settled.by is not None and mark.key == settled.by.key), None)
        found[place_id] = settled.status
        Attendance.objects.update_or_create(
            session=session,
            place_id=place_id,
            defaults={
                "status": settled.status.value,
                "minutes": by.minutes if by else None,
                "mark": by,
                "beside": len(settled.beside),
            },
        )
    return found
