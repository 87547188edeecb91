"""Minutes from the report of an online meeting: each minute inside the session once, however many devices and rows. Pure.

Reports add up and do not replace one another; the same rows twice change nothing. A report's own duration is used only where it tells
nothing else of when somebody left.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from training.states import AttendanceStatus as Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FORMATS = (  # as meetings write them: the day first or the month first is told by the day of the session
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%y, %I:%M:%S %p",
    "%d/%m/%y, %I:%M:%S %p",
    "%m/%d/%Y, %I:%M:%S %p",
    "%d/%m/%Y, %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y, %H:%M:%S",
    "%d/%m/%Y, %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y, %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
)
MAX_TEXT = 120  # characters of a name or an address; the rest is cut
HEADINGS = {  # what the columns are called, in small letters, by what they hold
    "name": ("name (original name)", "full name", "name", "participant", "display name"),
    "email": ("user email", "email", "participant id (upn)", "e-mail", "upn", "email address"),
    "joined": ("join time", "first join", "joined", "first join time", "join date", "time joined", "first joined"),
    "left": ("leave time", "last leave", "left", "last leave time", "time exited", "last left"),
    "minutes": ("duration (minutes)", "duration", "in-meeting duration", "total duration (minutes)", "time in call"),
}
NEEDED = ("name", "joined", "left")  # in place of "left", "minutes" will do
Span = tuple[datetime, datetime]


class BadReport(ValueError):
    """A report that cannot be read. code: "columns" (data: missing), "times" (row, text), "other_day" (found, session: days),
    "outside" (found, session: from, to)."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a report: who, and from when to when. Times know their zone."""

    name: str
    email: str
    joined: datetime
    left: datetime

    @property
    def written(self) -> str:
        """Who it is in the report's own words: two people of one name are two, where their addresses say so."""
        return f"{self.name} <{self.email}>" if self.name and self.email else self.name or self.email


def guess_columns(head: Sequence[str]) -> dict[str, int]:
    """By what a column holds, its place; what is not there is left out. A person corrects it where it is wrong."""
    words = [" ".join(text.split()).casefold() for text in head]
    found = {}
    for what, names in HEADINGS.items():
        at = next((words.index(name) for name in names if name in words), None)
        if at is not None:
            found[what] = at
    return found


def lacking(columns: Mapping[str, int]) -> list[str]:
    """Which of the columns that are needed are not there."""
    return [what for what in NEEDED if what not in columns and not (what == "left" and "minutes" in columns)]


def find_table(table: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """The headings and rows of those who were there, in a report that has titles, sums and other tables beside them.

    Of several tables the longest one: who came and went twice has two rows there. Where none is found, the first row of several
    cells is taken for the headings, and a person says which column is which. ([], []) for nothing.
    """
    best: tuple[list[str], list[list[str]]] | None = None
    for at, row in enumerate(table):
        if lacking(guess_columns(row)):
            continue
        rows = []
        for other in table[at + 1 :]:
            if sum(bool(cell.strip()) for cell in other) < 2 or not lacking(guess_columns(other)):
                break
            rows.append(list(other))
        if best is None or len(rows) >= len(best[1]):
            best = (list(row), rows)
    if best is not None:
        return best
    first = next((number for number, row in enumerate(table) if sum(bool(cell.strip()) for cell in row) > 1), None)
    return ([], []) if first is None else (list(table[first]), [list(row) for row in table[first + 1 :]])


def read_lines(rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, session: Span, zone: tzinfo) -> list[Line]:
    """The rows of a report for a session. zone: of the hours in the report.

    The way in which days are written is the one under which every row can be read and most rows lie on the day
    of the session. Raises BadReport
    "columns", "times", or "other_day" where no row lies on it.
    """
    missing = lacking(columns)
    if missing:
        raise BadReport("columns", missing=missing)
    on = session[0].astimezone(zone).date()
    best: list[Line] = []
    other: date | None = None
    wrong: tuple[int, str] | None = None
    for form in FORMATS:
        lines, at_row = _read(rows, columns, form, zone)
        if at_row is not None:
            wrong = max(wrong or at_row, at_row)
            continue
        if sum(line.joined.date() == on for line in lines) > sum(line.joined.date() == on for line in best):
            best = lines
        elif lines and other is None:
            other = lines[0].joined.date()
    if best:
        return best
    if other is not None:
        raise BadReport("other_day", found=other, session=on)
    number, text = wrong or (1, "")
    raise BadReport("times", row=number, text=text)


def _read(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], form: str, zone: tzinfo
) -> tuple[list[Line], tuple[int, str] | None]:
    lines: list[Line] = []
    for number, row in enumerate(rows, start=1):
        name, email = _cell(row, columns.get("name"))[:MAX_TEXT], _cell(row, columns.get("email"))[:MAX_TEXT]
        joined, left = _cell(row, columns["joined"]), _cell(row, columns.get("left", columns.get("minutes")))
        if not (name or email) or not (joined and left):
            continue
        try:
            start = _moment(joined, form, zone)
            stop = _moment(left, form, zone) if "left" in columns else start + _length(left)
        except (ValueError, OverflowError):
            return [], (number, joined)
        lines.append(Line(name, email, start, stop))
    return lines, None


def _moment(text: str, form: str, zone: tzinfo) -> datetime:
    """Raises ValueError, also for days that no calendar reaches in another zone."""
    found = datetime.strptime(text, form)  # noqa: DTZ007  its zone follows, where the text has none
    if not 2000 <= found.year <= 2100:
        raise ValueError(text)
    return found.replace(tzinfo=found.tzinfo or zone)


def _length(text: str) -> timedelta:
    """Of "69", "1:09:00" or "1h 9m 3s"; a number alone counts minutes. Raises ValueError."""
    if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,4})?", text):
        return timedelta(minutes=float(text))
    if clock := re.fullmatch(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?", text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    elif words := re.fullmatch(
        r"(?:([0-9]{1,3}) ?h[a-z]*)? ?(?:([0-9]{1,5}) ?m[a-z]*)? ?(?:([0-9]{1,6}) ?s[a-z]*)?", text.casefold()
    ):
        hours, minutes, seconds = (int(part or 0) for part in words.groups())
    else:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _cell(row: Sequence[str], at: int | None) -> str:
    return " ".join(row[at].split()) if at is not None and at < len(row) else ""


def credited(spans: Iterable[Span], *, session: Span) -> Fraction:
    """Minutes of a session that the spans cover together, each minute once."""
    begin, end = session
    total, until = Fraction(0), begin
    for joined, left in sorted(spans):
        start, stop = max(joined, until), min(left, end)
        if stop > start:
            total += Fraction((stop - start).total_seconds()) / 60
            until = stop
    return total


def check_overlap(lines: Sequence[Line], *, session: Span) -> None:
    """Raises BadReport "outside" where nobody of the report was there during the session."""
    if lines and not any(credited([(line.joined, line.left)], session=session) for line in lines):
        found = (min(line.joined for line in lines), max(line.left for line in lines))
        raise BadReport("outside", found=found, session=session)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is expected. emails: in small letters."""

    key: int
    name: str
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """People of a report. people: by the person, their spans. unknown: as it is written in the report, the spans of those who wait
    for somebody to say who they are; offered: who might be meant, the likest first. left_out: the same of those who are nobody of
    the cohort. by_email: who was known by it; named: by the person, what stands in the report for them."""

    people: dict[int, list[Span]]
    unknown: dict[str, list[Span]]
    offered: dict[str, list[int]]
    left_out: dict[str, list[Span]] = field(default_factory=dict)
    by_email: frozenset[int] = frozenset()
    named: dict[int, list[str]] = field(default_factory=dict)


def match(
    lines: Iterable[Line],
    people: Sequence[Known],
    *,
    given: Mapping[str, int | None] | None = None,
    others: frozenset[str] = frozenset(),
) -> Found:
    """Who is who: by e-mail, or by what a person said. A name alone only offers, since two firms may have people of one name; so does
    an address that two people share.

    given: as it is written in the report, the key of the person that somebody named for it; None for nobody of the cohort.
    others: addresses, in small letters, of people who are there and not expected, such as the trainer.
    """
    given = given or {}
    owners: dict[str, set[int]] = defaultdict(set)
    for person in people:
        for email in person.emails:
            owners[email].add(person.key)
    keys = {person.key for person in people}
    found, unknown, left_out = (defaultdict[Any, list[Span]](list) for _each in range(3))
    by_email: set[int] = set()
    named: dict[int, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for line in lines:
        span, email = (line.joined, line.left), line.email.casefold()
        key = given.get(line.written)
        if len(owners[email]) == 1:
            (owner,) = owners[email]
            by_email.add(owner)
            found[owner].append(span)
        elif key in keys and key is not None:
            named[key].add(line.written)
            found[key].append(span)
        elif email in others or (line.written in given and key is None):
            left_out[line.written].append(span)
        else:
            names[line.written] = line.name
            unknown[line.written].append(span)
    offered = {written: _alike(name, people) for written, name in names.items()}
    said = {key: sorted(texts) for key, texts in named.items()}
    return Found(dict(found), dict(unknown), offered, dict(left_out), frozenset(by_email), said)


def _alike(name: str, people: Sequence[Known]) -> list[int]:
    """Who shares a word with a name, those who share most of them first."""
    words = {part for part in name.casefold().replace("(", " ").replace(")", " ").split() if len(part) > 2}
    shared = {person.key: len(words & set(person.name.casefold().split())) for person in people}
    return sorted((key for key, number in shared.items() if number), key=lambda key: -shared[key])


def result_of(minutes: Fraction, *, length: Fraction, percent: int) -> Status:
    """What minutes come to by the programme's share: there, there for a part only, or not there. Nothing is rounded."""
    if minutes <= 0:
        return Status.ABSENT
    return Status.PRESENT if minutes * 100 >= percent * length else Status.LATE
