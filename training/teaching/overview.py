"""The roll as its page shows it: a line a person, what is said of each mark, the sums, and the sentence on top."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tdap_portal.core.days import day_words
from training.models.labels import ATTENDANCE_LABELS, SOURCE_LABELS
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source
from training.states import SessionStage

from .forms import SAID, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from training.attendance.selectors import RollLine
    from training.models import AttendanceMark, Place, Session

    from .selectors import Behind

TONES = {
    Status.PRESENT: "done",
    Status.LATE: "you",
    Status.EXCUSED: "rest",
    Status.ABSENT: "no",
    Status.OPEN: "us",
}
CHOICES = [(status.value, ATTENDANCE_LABELS[status], TONES[status]) for status in SAID]


# ------------------------------------------------------------------------------------------------------------- one mark


def late_minutes(session: Session, minutes: Any) -> int | None:
    """Minutes that somebody came late; None where all of them count."""
    return None if minutes is None else max(0, session.minutes - int(minutes))


def status_words(session: Session, status: str, minutes: Any) -> str:
    """ "Present"; "Late, 25 minutes (95 of 120 count)"."""
    words = str(ATTENDANCE_LABELS[Status(status)])
    late = late_minutes(session, minutes)
    if status != Status.LATE or not late:
        return words
    count = ngettext(
        "%(status)s, %(late)d minute (%(there)d of %(all)d count)",
        "%(status)s, %(late)d minutes (%(there)d of %(all)d count)",
        late,
    )
    return count % {"status": words, "late": late, "there": session.minutes - late, "all": session.minutes}


def hour_words(moment: datetime, session: Session) -> str:
    """The hour on the day of the session, else the day too."""
    if session.starts_at is not None and timezone.localdate(moment) == timezone.localdate(session.starts_at):
        return day_words(moment, "TIME_FORMAT")
    return day_words(moment, "DATETIME_FORMAT")


def source_words(mark: AttendanceMark, session: Session, devices: Mapping[str, int]) -> str:
    """How and when it was seen: "Code on the screen, 09:24"; "Roll, telephone 2, 10:25"."""
    parts = [str(SOURCE_LABELS[Source(mark.source)])]
    if number := devices.get(mark.device):
        parts.append(_("telephone %(number)d") % {"number": number})
    parts.append(hour_words(mark.observed_at, session))
    return _(", ").join(parts)


def clock_words(mark: AttendanceMark) -> str:
    """What the time of a mark was reckoned by; "" where the device had the right time."""
    if not mark.clock_off:
        return ""
    minutes = abs(mark.clock_off)
    if mark.clock_off > 0:
        words = ngettext(
            "The device's clock went %(number)d minute ahead; the time is the portal's.",
            "The device's clock went %(number)d minutes ahead; the time is the portal's.",
            minutes,
        )
    else:
        words = ngettext(
            "The device's clock went %(number)d minute behind; the time is the portal's.",
            "The device's clock went %(number)d minutes behind; the time is the portal's.",
            minutes,
        )
    return words % {"number": minutes}


# ------------------------------------------------------------------------------------------------------------- the roll


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several observations that disagree. public_id: of the mark."""

    public_id: str
    words: str
    source: str
    clock: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the page. value: the status that is chosen in the form, "" for none; late: as it stands there. was: what the page
    shows of them before anything is chosen. marked: how they were marked, in words, "" for no sign. clock: what is to be said of the time.
    choices: the observations where they disagree. beside: how many disagree with a correction. is_fixed: it is changed by a correction
    alone; said: what counts of them then."""

    number: int
    place: Place
    value: str
    late: str
    was: str
    marked: str
    clock: str
    missed: str
    choices: tuple[Choice, ...]
    beside: int
    is_visitor: bool
    is_fixed: bool
    said: str
    tone: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    expected: int
    present: int
    late: int
    excused: int
    absent: int
    open: int
    unmarked: int
    visitors: int

    @property
    def there(self) -> int:
        return self.present + self.late

    @property
    def bar(self) -> list[tuple[str, str, str]]:
        """(class, x, width) in per cent of each part that is not empty."""
        parts = (("green", self.present), ("saf", self.late), ("line", self.excused), ("brick", self.absent))
        found, at = [], 0.0
        for name, number in parts:
            width = 100 * number / self.expected if self.expected else 0
            if width:
                found.append((f"f-{name}", f"{at:.2f}%", f"{width:.2f}%"))
            at += width
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """How the roll is shown. devices: see `selectors.devices_of`. missed: words for some, by the id of the place. typed: what stood in the form
    that is shown again, wrongs: what was wrong in it, both by the name of the field. is_over: the day of the session is, so that
    whoever is marked is changed by a correction alone. is_blank: nothing is chosen beforehand, as for paper that is typed in."""

    devices: Mapping[str, int]
    missed: Mapping[int, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    wrongs: Mapping[str, Any] = field(default_factory=dict)
    is_over: bool = False
    is_blank: bool = False


def lines_of(session: Session, roll: Sequence[RollLine], told: Told) -> list[Line]:
    return [_line(session, line, number, told) for number, line in enumerate(roll, 1)]


def _line(session: Session, line: RollLine, number: int, told: Told) -> Line:
    marks = {mark.key: mark for mark in line.marks}
    by = marks.get(line.settled.by.key) if line.settled.by else None
    status = line.settled.status if by is not None else None
    late = late_minutes(session, by.minutes) if by is not None and status == Status.LATE else None
    name, late_name = f"m-{line.place.public_id}", f"late-{line.place.public_id}"
    beside = [marks[mark.key] for mark in line.settled.beside]
    is_typed = told.is_blank or name in told.typed or late_name in told.typed
    return Line(
        number=number,
        place=line.place,
        value=str(told.typed.get(name, "")) if is_typed else (status or ""),
        late=str(told.typed.get(late_name, "")) if is_typed else str(late or ""),
        was="" if told.is_blank else shown(status or "", late),
        marked=source_words(by, session, told.devices) if by is not None else "",
        clock=clock_words(by) if by is not None else "",
        missed=told.missed.get(line.place.pk, ""),
        choices=tuple(_choice(session, mark, told.devices) for mark in beside) if line.settled.is_open else (),
        beside=0 if line.settled.is_open else len(beside),
        is_visitor=line.is_visitor,
        is_fixed=line.settled.is_open or (told.is_over and status is not None),
        said=status_words(session, by.status, by.minutes) if by is not None else "",
        tone=TONES[status] if status is not None else "rest",
        wrong=" ".join(str(error) for error in told.wrongs.get(late_name, [])),
    )


def _choice(session: Session, mark: AttendanceMark, devices: Mapping[str, int]) -> Choice:
    return Choice(
        mark.public_id,
        status_words(session, mark.status, mark.minutes),
        source_words(mark, session, devices),
        clock_words(mark),
        TONES[Status(mark.status)],
    )


def sums_of(roll: Sequence[RollLine]) -> Sums:
    found = Counter(line.settled.status for line in roll if not line.is_visitor)
    return Sums(
        expected=sum(found.values()),
        present=found[Status.PRESENT],
        late=found[Status.LATE],
        excused=found[Status.EXCUSED],
        absent=found[Status.ABSENT],
        open=found[Status.OPEN],
        unmarked=found[None],
        visitors=sum(line.is_visitor for line in roll),
    )


def headline(session: Session, sums: Sums, stage: SessionStage, *, shows_code: bool) -> str:
    """What is to be done now, in one sentence."""
    if stage in (SessionStage.CANCELLED, SessionStage.UNPLACED, SessionStage.TO_COME) or session.starts_at is None:
        return _before(session, stage)
    if sums.open:
        words = ngettext(
            "Settle %(number)d person of whom two marks disagree",
            "Settle %(number)d people of whom two marks disagree",
            sums.open,
        )
        return words % {"number": sums.open}
    if not sums.unmarked:
        return _("The roll is complete") if sums.expected else _("Nobody is expected in this session")
    if shows_code:
        words = ngettext(
            "Show the code, then mark the %(number)d who is missing",
            "Show the code, then mark the %(number)d who are missing",
            sums.unmarked,
        )
    else:
        words = ngettext(
            "Mark the %(number)d of whom there is no sign",
            "Mark the %(number)d of whom there is no sign",
            sums.unmarked,
        )
    return words % {"number": sums.unmarked}


def _before(session: Session, stage: SessionStage) -> str:
    if stage == SessionStage.CANCELLED:
        return _("This session is called off")
    if session.starts_at is None:
        return _("This session has no day yet")
    return _("It begins at %(hour)s") % {"hour": hour_words(session.starts_at, session)}


# ---------------------------------------------------------------------------------------------------- who falls behind


def missed_words(one: Behind) -> str:
    """ "Missed 1 of 2"; "" where nothing was missed before."""
    if not one.missed:
        return ""
    return _("Missed %(missed)d of %(held)d") % {"missed": one.missed, "held": one.held}


def care_words(one: Behind) -> str:
    """Why somebody is to be looked after, in sentences."""
    said = []
    if missed := missed_words(one):
        said.append(_("%(missed)s.") % {"missed": missed})
    if one.status == Status.ABSENT:
        said.append(_("Not here this time."))
    elif one.status == Status.EXCUSED:
        said.append(_("Excused this time: hand on what was given out."))
    if one.is_lost:
        said.append(_("The hours for the certificate can no longer be reached."))
    elif one.in_danger:
        said.append(_("One more missed session, and the certificate is out of reach."))
    return " ".join(said)


# ------------------------------------------------------------------------------------------------------------ the trail


@dataclass(frozen=True, slots=True)
class Trail:
    """One mark in the history of a person in a session. said: by whom; why: of a correction."""

    words: str
    tone: str
    how: str
    seen: str
    received: str
    clock: str
    said: str
    why: str
    counts: bool
    is_taken_back: bool


def trail_of(
    session: Session, marks: Sequence[AttendanceMark], *, devices: Mapping[str, int], counting: str
) -> list[Trail]:
    """counting: the key of the mark that counts, "" for none."""
    return [
        Trail(
            words=status_words(session, mark.status, mark.minutes),
            tone=TONES[Status(mark.status)],
            how=_(", ").join(
                part
                for part in (
                    str(SOURCE_LABELS[Source(mark.source)]),
                    _("telephone %(number)d") % {"number": devices[mark.device]} if mark.device in devices else "",
                )
                if part
            ),
            seen=hour_words(mark.observed_at, session),
            received=hour_words(mark.received_at, session),
            clock=clock_words(mark),
            said=mark.marked_by.name if mark.marked_by else "",
            why=mark.words,
            counts=mark.key == counting,
            is_taken_back=mark.taken_back_at is not None,
        )
        for mark in marks
    ]
