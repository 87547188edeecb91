"""Reports of a session's meeting: read, and what they come to for the people who are expected."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.errors import DomainError, NotFound
from training.attendance import permissions as attendance_permissions
from training.attendance import selectors as attendance_selectors
from training.attendance.meeting import (
    BadReport,
    Known,
    Line,
    check_overlap,
    credited,
    match,
    read_lines,
    result_of,
)
from training.models import AttendanceMark, MeetingReport, NamedParticipant
from training.states import MarkSource as Source

from .wording import bad_report_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User
    from training.attendance.meeting import Span
    from training.models import Place, Session
    from training.states import AttendanceStatus as Status

PAKISTAN = "Asia/Karachi"
NOBODY = "nobody"  # chosen for somebody in a report who is nobody of the cohort


def session_for(user: User, public_id: str) -> Session:
    """For whoever takes its roll. Raises NotFound for who does not see it, NotAllowed for who only sees it."""
    session = attendance_selectors.session_for(user, public_id)
    attendance_permissions.can_take_roll(user, session).require()
    return session


def reports_of(session: Session) -> QuerySet[MeetingReport]:
    return session.reports.select_related("uploaded_by").defer("rows", "lines").order_by("-pk")


def report_in(session: Session, public_id: str) -> MeetingReport:
    """Raises NotFound."""
    row = session.reports.select_related("session", "uploaded_by").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def head_key(head: Sequence[str]) -> str:
    """By which the same headings are known again."""
    words = "\x1f".join(" ".join(cell.split()).casefold() for cell in head)
    return hashlib.sha256(words.encode()).hexdigest()


def remembered_mapping(key: str) -> dict[str, object] | None:
    """How the last report with these headings that counts was read; None where there is none."""
    rows = MeetingReport.objects.filter(head_key=key, counted_at__isnull=False).order_by("-pk")
    return rows.values_list("mapping", flat=True).first()


def zones_of(session: Session) -> list[str]:
    """In which hours a report may be written: those of Pakistan, of the trainer where that is elsewhere, and of the world."""
    own = session.trainer.time_zone if session.trainer is not None else PAKISTAN
    return list(dict.fromkeys([PAKISTAN, own, "UTC"]))


def span_of(session: Session) -> Span:
    """Raises DomainError "no_time"."""
    if session.starts_at is None or session.ends_at is None:
        raise DomainError(bad_report_words(BadReport("no_time")), code="no_time")
    return session.starts_at, session.ends_at


def lines_in(report: MeetingReport) -> list[Line]:
    """What a report says that does not count yet. Raises DomainError with the code of a BadReport."""
    session = report.session
    columns = {name: at for name, at in report.mapping.items() if isinstance(at, int)}
    zone = ZoneInfo(str(report.mapping.get("zone", PAKISTAN)))
    try:
        lines = read_lines(report.rows, columns, session=span_of(session), zone=zone)
        check_overlap([*lines, *counted_lines(session)], session=span_of(session))
    except BadReport as bad:
        raise DomainError(bad_report_words(bad), code=bad.code) from None
    return lines


def counted_lines(session: Session) -> list[Line]:
    """Of all reports of a session that count."""
    kept = session.reports.filter(counted_at__isnull=False).values_list("lines", flat=True)
    return [
        Line(name, email, datetime.fromisoformat(joined), datetime.fromisoformat(left))
        for lines in kept
        for name, email, joined, left in lines
    ]


# -------------------------------------------------------------------------------------------------- what it comes to


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody expected who stands in a report. minutes: of the session. names: as the report writes them, where somebody had to
    say so; by_email: known by it. outside: "after" or "before", where all of it lies there. joined_at: through the portal."""

    place: Place
    minutes: Fraction
    share: Fraction
    status: Status
    by_email: bool
    names: tuple[str, ...]
    outside: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Somebody in a report whom nobody knows yet. key: of the form. offered: who might be meant. likely: the one of them with just
    this name, None for none or several."""

    key: str
    written: str
    minutes: Fraction
    offered: tuple[Place, ...]
    likely: Place | None


@dataclass(frozen=True, slots=True)
class Overview:
    """missing: expected, and in no report. left_out: who is in it and nobody of the cohort, with their minutes. joined: by the id
    of a place, when its person joined through the portal."""

    people: list[Person]
    missing: list[Place]
    unknown: list[Unknown]
    left_out: list[tuple[str, Fraction]]
    places: list[Place]
    joined: dict[int, datetime]


def overview_of(session: Session, *, beside: Sequence[Line] = ()) -> Overview:
    """What the reports that count come to. beside: of one that does not count yet. Seven queries."""
    span = span_of(session)
    length = Fraction((span[1] - span[0]).total_seconds()) / 60
    percent = session.cohort.programme.attendance_percent
    places = list(attendance_selectors.expected_in(session))
    given = dict(session.named.values_list("written", "place_id"))
    found = match([*counted_lines(session), *beside], _known(places), given=given, others=_others(session))
    people, missing = [], []
    for place in places:
        if place.pk not in found.people:
            missing.append(place)
            continue
        spans = found.people[place.pk]
        minutes = credited(spans, session=span)
        people.append(
            Person(
                place=place,
                minutes=minutes,
                share=minutes / length,
                status=result_of(minutes, length=length, percent=percent),
                by_email=place.pk in found.by_email,
                names=tuple(found.named.get(place.pk, ())),
                outside="" if minutes else _outside(spans, span),
            )
        )
    by_key = {place.pk: place for place in places}
    unknown = [
        _unknown(written, credited(spans, session=span), [by_key[key] for key in found.offered[written]])
        for written, spans in sorted(found.unknown.items())
    ]
    left_out = [(written, credited(spans, session=span)) for written, spans in sorted(found.left_out.items())]
    return Overview(people, missing, unknown, left_out, places, _joined(session))


def key_of(written: str) -> str:
    """Of a name in a report, for a form."""
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def named_in(session: Session) -> QuerySet[NamedParticipant]:
    return session.named.select_related("place__sme", "named_by").order_by("written")


def _unknown(written: str, minutes: Fraction, offered: list[Place]) -> Unknown:
    name = written.partition(" <")[0].casefold()
    same = [place for place in offered if place.attendee.casefold() == name]
    return Unknown(key_of(written), written, minutes, tuple(offered), same[0] if len(same) == 1 else None)


def _outside(spans: Sequence[Span], session: Span) -> str:
    if all(joined >= session[1] for joined, _left in spans):
        return "after"
    return "before" if all(left <= session[0] for _joined, left in spans) else ""


def _known(places: Sequence[Place]) -> list[Known]:
    """Who is expected, with the addresses that are proven to be theirs; where no account is named, those of their firm's people."""
    firms = [place.sme_id for place in places if place.attendee_user_id is None]
    members: dict[int, list[int]] = defaultdict(list)
    for sme_id, user_id in people_selectors.user_ids_of(firms) if firms else ():
        members[sme_id].append(user_id)
    users = {
        place.pk: members[place.sme_id] if place.attendee_user_id is None else [place.attendee_user_id]
        for place in places
    }
    emails: dict[int, set[str]] = defaultdict(set)
    for user_id, email in accounts_selectors.proven_emails({one for ids in users.values() for one in ids}):
        emails[user_id].add(email)
    return [
        Known(place.pk, place.attendee, frozenset(email for one in users[place.pk] for email in emails[one]))
        for place in places
    ]


def _others(session: Session) -> frozenset[str]:
    """Addresses of whoever teaches it."""
    if session.trainer is None or session.trainer.user_id is None:
        return frozenset()
    return frozenset(email for _user, email in accounts_selectors.proven_emails([session.trainer.user_id]))


def _joined(session: Session) -> dict[int, datetime]:
    marks = AttendanceMark.objects.filter(session=session, source=Source.SCAN, taken_back_at=None)
    return dict(marks.order_by("-observed_at").values_list("place_id", "observed_at"))
