"""A session as its trainer needs it: where, how to get there, with what; and the same for the printed sheet, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from smes.vocabulary.places import CITIES
from smes.vocabulary.wording import city_name
from tdap_portal.core.days import day_words
from training.attendance import selectors as attendance_selectors
from training.models.labels import ATTENDANCE_LABELS, SESSION_STAGE_LABELS
from training.states import AttendanceStatus as Status
from training.states import SessionStage

from .sheet import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from training.models import Material, Place, Session

    from .selectors import Pack

STAGE_TONES = {
    SessionStage.UNPLACED: "rest",
    SessionStage.TO_COME: "us",
    SessionStage.IN_PROGRESS: "you",
    SessionStage.HELD: "done",
    SessionStage.CANCELLED: "no",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One session for its trainer. where: the room in one line; map: a link that maps of a telephone know, "" online. link: of the meeting, ""
    where there is none or it is not theirs to see."""

    session: Session
    stage: SessionStage
    state: Any
    tone: str
    where: str
    address: str
    directions: str
    map: str
    link: str
    helper: str
    materials: list[Material]
    pack: Pack | None


def card_of(
    row: Session,
    *,
    now: datetime,
    materials: list[Material],
    pack: Pack | None = None,
    may_join: bool = True,
) -> Card:
    venue, stage = row.venue, row.stage(now)
    is_online = venue is None or venue.is_online
    made_by = row.cohort.made_by
    return Card(
        session=row,
        stage=stage,
        state=SESSION_STAGE_LABELS[stage],
        tone=STAGE_TONES[stage],
        where=where_words(row),
        address="" if venue is None or is_online else venue.address_here,
        directions="" if venue is None or is_online else venue.directions_here,
        map="" if venue is None or is_online else map_link(row),
        link=attendance_selectors.meeting_address(row) if may_join and row.cancelled_at is None else "",
        helper=made_by.name if made_by else "",
        materials=materials,
        pack=pack,
    )


def where_words(row: Session) -> str:
    """ "Chamber hall, Sialkot"; "Online, room A"."""
    venue = row.venue
    if venue is None:
        return _("Online") if row.cohort.mode == "online" else _("The room is not known yet")
    if venue.is_online:
        return venue.name_here
    return _(", ").join((venue.name_here, city_name(venue.city)))


def map_link(row: Session) -> str:
    """For the maps of a telephone, by words: no place of a map is kept. As written, so that a map finds it: name, address, town."""
    venue = row.venue
    if venue is None:
        return ""
    return "geo:0,0?q=" + quote(", ".join(part for part in (venue.name, venue.address, venue.city) if part))


# --------------------------------------------------------------------------------------------------------------- paper


def paper_of(row: Session, people: Sequence[Place]) -> Paper:
    """What the printed sheet says, in both languages."""
    english, urdu = _side(row, "en"), _side(row, "ur")
    return Paper(
        words={name: (english[name], urdu[name]) for name in english},
        title=(row.title, row.title_ur or row.title),
        people=[(place.attendee, place.sme.name) for place in people],
        code=row.cohort.code,
        printed=day_words(timezone.now(), "DATETIME_FORMAT"),
    )


def _side(row: Session, language: str) -> dict[str, str]:
    with translation.override(language):
        begin, end = row.starts_at, row.ends_at
        venue, trainer = row.venue, row.trainer
        city = CITIES.get(venue.city) if venue else None
        town = (city.label(language) if city else venue.city) if venue else ""
        room = _(", ").join(part for part in (venue.name_here, town) if part) if venue else where_words(row)
        programme = row.cohort.programme
        return {
            "authority": _("Trade Development Authority of Pakistan"),
            "heading": _("Roll of the session"),
            "programme": (programme.name_ur or programme.name) if language == "ur" else programme.name,
            "number": _("Cohort %(code)s, session %(number)d") % {"code": row.cohort.code, "number": row.position},
            "when": _("%(day)s, %(start)s to %(end)s")
            % {
                "day": day_words(begin),
                "start": day_words(begin, "TIME_FORMAT"),
                "end": day_words(end, "TIME_FORMAT"),
            }
            if begin and end
            else str(SESSION_STAGE_LABELS[SessionStage.UNPLACED]),
            "room": room,
            "trainer": _("Trainer: %(name)s") % {"name": trainer.name_here} if trainer else _("Trainer:"),
            "how": _("Mark one box. Late: write the minutes. Whoever comes signs."),
            "name": _("Name and firm"),
            "present": str(ATTENDANCE_LABELS[Status.PRESENT]),
            "late": str(ATTENDANCE_LABELS[Status.LATE]),
            "excused": str(ATTENDANCE_LABELS[Status.EXCUSED]),
            "absent": str(ATTENDANCE_LABELS[Status.ABSENT]),
            "sign": _("Signature"),
            "visitors": _("Not on the list"),
            "signed": _("Signature of the trainer"),
            "page": _("Page %(page)d of %(pages)d"),
        }
