"""Minutes from the report of an online meeting: each minute inside the session once, however many devices and rows. Pure.

Reports add up and do not replace one another; the same rows twice change nothing. The report's own duration is never used.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from typing import TYPE_CHECKING

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
)
HEADINGS = {  # what the columns are called, in small letters, by what they hold
    "name": ("name (original name)", "full name", "name", "participant", "display name"),
    "email": ("user email", "email", "participant id (upn)", "e-mail", "upn"),
    "joined": ("join time", "first join", "joined", "first join time", "join date"),
    "left": ("leave time", "last leave", "left", "last leave time"),
}
NEEDED = ("name", "joined", "left")
Span = tuple[datetime, datetime]


class BadReport(ValueError):
    """A report that cannot be read. code: "columns" (data: missing), "times" (row, text), "other_day" (found, session: days),
    "outside" (found: from, to)."""

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


def guess_columns(head: Sequence[str]) -> dict[str, int]:
    """By what a column holds, its place; what is not there is left out. A person corrects it where it is wrong."""
    words = [" ".join(text.split()).casefold() for text in head]
    found = {}
    for what, names in HEADINGS.items():
        at = next((words.index(name) for name in names if name in words), None)
        if at is not None:
            found[what] = at
    return found


def read_lines(rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, session: Span, zone: tzinfo) -> list[Line]:
    """The rows of a report for a session. zone: of the hours in the report.

    The way in which days are written is the one under which every row can be read and most rows lie on the day
    of the session. Raises BadReport
    "columns", "times", or "other_day" where no row lies on it.
    """
    missing = [what for what in NEEDED if what not in columns]
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
        name, email = _cell(row, columns.get("name")), _cell(row, columns.get("email"))
        joined, left = _cell(row, columns["joined"]), _cell(row, columns["left"])
        if not (name or email) or not (joined and left):
            continue
        try:
            times = [datetime.strptime(text, form).replace(tzinfo=zone) for text in (joined, left)]
            lines.append(Line(name, email, times[0], times[1]))
        except ValueError:
            return [], (number, joined)
    return lines, None


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
        raise BadReport("outside", found=(min(line.joined for line in lines), max(line.left for line in lines)))


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is expected. emails: in small letters."""

    key: int
    name: str
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """People of a report: by the person, their spans; and by the name in the report, the spans of those who wait for somebody to say
    who they are, with the people who might be meant."""

    people: dict[int, list[Span]]
    unknown: dict[str, list[Span]]
    offered: dict[str, list[int]]


def match(lines: Iterable[Line], people: Sequence[Known], *, given: Mapping[str, int] | None = None) -> Found:
    """Who is who: by e-mail, or by what a person said. A name alone only offers, since two firms may have people of one name.

    given: by the name in the report, the key of the person that somebody named for it.
    """
    by_email = {email: person.key for person in people for email in person.emails}
    keys = {person.key for person in people}
    found: dict[int, list[Span]] = defaultdict(list)
    unknown: dict[str, list[Span]] = defaultdict(list)
    for line in lines:
        key = by_email.get(line.email.casefold())
        if key is None and given is not None and given.get(line.name) in keys:
            key = given[line.name]
        if key is not None:
            found[key].append((line.joined, line.left))
        else:
            unknown[line.name or line.email].append((line.joined, line.left))
    return Found(dict(found), dict(unknown), {name: _alike(name, people) for name in unknown})


def _alike(name: str, people: Sequence[Known]) -> list[int]:
    words = {part for part in name.casefold().replace("(", " ").replace(")", " ").split() if len(part) > 2}
    return [person.key for person in people if words & set(person.name.casefold().split())]
