"""Whom the files of an officer wait for: what needs this officer, and what waits for others.

The desk and the officer's home count by it. Nothing here tells what another reader judged, only whether it is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import CharField, Count, Exists, OuterRef, Subquery

from selection.models import Letter, Question, Reading, Recommendation
from selection.review.selectors import files_to_judge_by
from selection.states import ASKABLE_STATES, OPEN_STATES, State
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors

from .selectors import COUNT_UP_TO, NOW_SECONDS, Number

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from selection.models import Application
    from tdap_portal.accounts.models import User

COLUMNS = (
    "id", "round_id", "public_id", "file_number", "sme_name", "sector", "state", "due_on", "awaiting_firm", "days_used",
    "unanswered_since",
    "clock_started_on", "clock_pauses", "officer_id",
    # and what is known beside the row: readings (the own one is open, is in; another's is in), the open question and the
    # newest answer, the firm's newest unread letter, the newest return, papers not looked at, the owner's language
    "to_read", "has_read", "other_is_in", "asked_at", "answered_at", "letter_at", "returned_at", "papers", "language",
)  # fmt: skip


class Need(StrEnum):
    """What an officer has to do with a file. Of several the first counts, and the row of the file names the others."""

    READ = "read"
    RECOMMEND = "recommend"
    HELD = "held"  # a condition is not met: ask the firm, or recommend to decline
    UNANSWERED = "unanswered"  # its day is over and the clock goes on: give more days, take it back, or go on without
    LETTER = "letter"  # of the firm, not opened yet
    PAPERS = "papers"  # not looked at yet


class Other(StrEnum):
    """Who else has to move."""

    FIRM = "firm"  # has a question to answer; the clock stands still
    READER = "reader"
    DIRECTOR = "director"
    PORTAL = "portal"  # will score it, or give it to its readers


@dataclass(frozen=True, slots=True)
class Waiting:
    """An officer's open files, those with the nearest date first. needs, others: (reason, row) pairs; row as COLUMNS.

    own, read: files of which the officer is in charge, and how many of these the officer has read. second: files that the
    officer is to read beside these.
    """

    needs: tuple[tuple[Need, Any], ...]
    others: tuple[tuple[Other, Any], ...]
    own: Number
    read: int
    second: Number

    def late(self, today: date) -> list[Any]:
        """Rows that need the officer and are past their date, the latest first."""
        return [row for _need, row in self.needs if row.due_on < today]


def waiting_of(user: User) -> Waiting:
    """Two queries, each no further than COUNT_UP_TO files; files of firms the officer is tied to are left out."""
    own = _rows(user, files_to_judge_by(user).filter(officer=user, state__in=OPEN_STATES).order_by("due_on", "id"))
    to_read = Reading.objects.filter(reader=user, done_at=None).exclude(application__officer=user)
    oldest = to_read.order_by("application_id").values("application_id")[:COUNT_UP_TO]
    as_second = files_to_judge_by(user).filter(state=State.IN_REVIEW, pk__in=oldest)
    second = _rows(user, as_second.order_by("due_on", "id"))
    needs, others = [], []
    for row in sorted([*own, *second], key=lambda row: (row.due_on, row.id)):
        need = need_of(row, is_own=row.officer_id == user.pk)
        if need is None:
            others.append((other_of(row), row))
        else:
            needs.append((need, row))
    read = sum(row.has_read for row in own)
    return Waiting(tuple(needs), tuple(others), Number(len(own)), read, Number(len(second)))


def waiting_numbers(user: User) -> tuple[int, int]:
    """How many files need the officer and how many wait for others, for the head of the desk; NOW_SECONDS old at most.

    The rows behind them cost more than a page of the desk does, and the desk is asked for at every step through it.
    """
    key = f"selection.waiting.{user.pk}"
    kept = cache.get(key)
    if kept is None:
        found = waiting_of(user)
        kept = len(found.needs), len(found.others)
        cache.set(key, kept, NOW_SECONDS)
    return kept


def need_of(row: Any, *, is_own: bool) -> Need | None:
    """What the officer has to do with the file now; None where others move first. is_own: the officer is in charge of it."""
    if not row.awaiting_firm:
        if row.state == State.IN_REVIEW and row.to_read:
            return Need.READ
        if is_own and row.state in (State.REVIEWED, State.HELD):
            return Need.RECOMMEND if row.state == State.REVIEWED else Need.HELD
    if is_own and row.unanswered_since and row.state in ASKABLE_STATES:
        return Need.UNANSWERED
    if is_own and row.letter_at:
        return Need.LETTER
    if is_own and row.papers and not row.awaiting_firm and row.state in (State.SCORED, State.IN_REVIEW):
        return Need.PAPERS
    return None


def other_of(row: Any) -> Other:
    """Who moves first with a file that does not need the officer."""
    if row.awaiting_firm:
        return Other.FIRM
    return {State.IN_REVIEW: Other.READER, State.RECOMMENDED: Other.DIRECTOR}.get(State(row.state), Other.PORTAL)


def _rows(user: User, files: QuerySet[Application]) -> list[Any]:
    here = OuterRef("pk")
    readings = Reading.objects.filter(application=here)
    questions = Question.objects.filter(application=here).order_by("-pk")
    letters = Letter.objects.filter(application=here, from_firm=True, read_at=None).order_by("-pk")
    returned = Recommendation.objects.filter(application=here).order_by("-pk")
    papers = papers_selectors.documents_to_look_at().filter(sme=OuterRef("sme_id")).order_by().values("sme")
    known = files.annotate(
        to_read=Exists(readings.filter(reader=user, done_at=None)),
        has_read=Exists(readings.filter(reader=user, done_at__isnull=False)),
        other_is_in=Exists(readings.filter(done_at__isnull=False).exclude(reader=user)),
        asked_at=Subquery(questions.filter(answered_at=None, cancelled_at=None).values("asked_at")[:1]),
        answered_at=Subquery(questions.filter(answered_at__isnull=False).values("answered_at")[:1]),
        letter_at=Subquery(letters.values("created_at")[:1]),
        returned_at=Subquery(returned.values("returned_at")[:1]),
        papers=Subquery(papers.annotate(number=Count("pk")).values("number")),
        language=Subquery(people_selectors.owners_of(OuterRef("sme_id")).values("user__language")[:1], CharField()),
    )
    return list(known.values_list(*COLUMNS, named=True)[:COUNT_UP_TO])
