"""What a bulk act would do to which files, and which are left out and why. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from selection.applications.reasons import unfit_codes
from selection.correspondence import permissions as correspondence_permissions
from selection.models import Application, BulkAct, DeskTally, Reading
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review.obstacles import obstacles_among
from selection.review.permissions import Standing
from selection.review.selectors import files_visible_to, officers, standings_of
from selection.states import APPLICATION, ASKABLE_STATES, Outcome, State
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selection.models import Round
    from tdap_portal.accounts.models import User

MAX_FILES = 500
MOVED_ON = _("The file is in another state now, in which this cannot be done.")


@dataclass(frozen=True)
class BulkPlan:
    """What will happen. will: the files it will happen to; left_out: the others, each with the reason.

    number: files in all; for sharing out a round they are counted, not listed. outcomes: files by outcome, of decisions;
    proposals: the recommendations they rest on, by public id of the file.
    """

    kind: str
    will: list[Application] = field(default_factory=list)
    left_out: list[tuple[Application, Any]] = field(default_factory=list)
    number: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    proposals: Mapping[str, int] = field(default_factory=dict)


def plan_for(actor: User, *, kind: str, round_: Round, files: Sequence[str], choices: Mapping[str, object]) -> BulkPlan:
    """Each file judged by the same rules as the act itself, at a fixed number of queries for all of them."""
    if kind == BulkAct.Kind.AUTO_ASSIGN:
        return BulkPlan(kind, number=waiting_for_readers(round_))
    rows = list(
        files_visible_to(actor)
        .filter(public_id__in=list(files)[:MAX_FILES])
        .select_related("round", "sme")
        .prefetch_related("recommendations")
        .order_by("pk")
    )
    standings = standings_of(rows)
    will, left_out = [], []
    outcomes: dict[str, int] = {}
    proposals: dict[str, int] = {}
    people = {person.public_id: person for person in officers()}
    lines = {row.round_id: row.round for row in rows}
    has_line = {pk: review_selectors.has_line(round_) for pk, round_ in lines.items()}
    stopped = _obstacles(rows) if kind == BulkAct.Kind.DECIDE else {}
    for row in rows:
        why_not = refusal_of(
            actor, kind, row, standings[row.pk], choices, people=people, has_line=has_line[row.round_id]
        ) or stopped.get(row.pk)
        if why_not:
            left_out.append((row, why_not))
            continue
        will.append(row)
    if kind == BulkAct.Kind.DECIDE:
        beyond = _beyond_the_seats(will)
        left_out += beyond
        will = [row for row in will if row not in {refused for refused, _why in beyond}]
        for row in will:
            newest = _proposed(row)
            outcomes[newest.outcome] = outcomes.get(newest.outcome, 0) + 1
            proposals[row.public_id] = newest.pk
    return BulkPlan(kind, will, left_out, len(will), outcomes, proposals)


def refusal_of(
    actor: User,
    kind: str,
    row: Application,
    standing: Standing,
    choices: Mapping[str, Any],
    *,
    people: Mapping[str, User] | None = None,
    has_line: bool = False,
) -> Any:
    """Why this act is not for this file, as a sentence; empty where it is. has_line: of its round (review.selectors)."""
    if kind == BulkAct.Kind.ASSIGN:
        return _why_not_assign(
            actor, row, standing, [(people or {}).get(choices[name]) for name in ("first", "second")]
        )
    if kind == BulkAct.Kind.ASK:
        return _why_not_ask(actor, row, standing)
    if kind == BulkAct.Kind.RECOMMEND_DECLINE:
        return _why_not_decline(actor, row, standing, choices["reason_codes"], has_line=has_line)
    return _why_not_decide(actor, row, standing, has_line=has_line)


def _why_not_assign(actor: User, row: Application, standing: Standing, readers: Sequence[User | None]) -> Any:
    answer = review_permissions.can_assign(actor, standing)
    if not answer:
        return answer.reason
    if not APPLICATION.allows("assign", row.state):
        return MOVED_ON
    for person in readers:
        if person is None:
            return _("This officer no longer reads files.")
        answer = review_permissions.can_be_reader(person, standing)
        if not answer:
            return answer.reason
    ids = {person.pk for person in readers if person}
    pair = [reader for reader in standing.readers if reader.place in review_selectors.PAIR]
    if any(reader.done and reader.user_id in standing.in_charge - ids for reader in pair):
        return _("One reading is in already, so its reader stays.")
    return ""


def _why_not_ask(actor: User, row: Application, standing: Standing) -> Any:
    answer = correspondence_permissions.can_ask(actor, standing)
    if not answer:
        return answer.reason
    if row.awaiting_firm:
        return _("The firm has a question to answer already.")
    return "" if row.state in ASKABLE_STATES else MOVED_ON


def _why_not_decline(actor: User, row: Application, standing: Standing, codes: Sequence[str], *, has_line: bool) -> Any:
    answer = review_permissions.can_recommend(actor, standing)
    if not answer:
        return answer.reason
    if not APPLICATION.allows("recommend", row.state):
        return MOVED_ON
    if row.awaiting_firm:
        return _("The firm has been asked: wait for its answer.")
    if standing.needs_third:
        return review_permissions.READINGS_DIFFER
    held = standing.gates_passed is not True
    if unfit_codes(codes, Outcome.DECLINE, on=today(), held=held):
        return _("This reason does not fit a file that failed a condition.")
    return _why_not_speak(codes, Outcome.DECLINE, has_line=has_line)


def _why_not_speak(codes: Sequence[str], outcome: Outcome | str, *, has_line: bool) -> Any:
    """Of a line that the round does not have."""
    return review_permissions.NO_LINE if unfit_codes(codes, outcome, on=today(), has_line=has_line) else ""


def _why_not_decide(actor: User, row: Application, standing: Standing, *, has_line: bool) -> Any:
    proposed = _proposed(row)
    if row.state != State.RECOMMENDED or proposed is None:
        return _("There is no recommendation that waits for a decision.")
    answer = review_permissions.can_decide(actor, standing, proposed.outcome)
    return _why_not_speak(proposed.reason_codes, proposed.outcome, has_line=has_line) if answer else answer.reason


def _beyond_the_seats(rows: Sequence[Application]) -> list[tuple[Application, Any]]:
    """Files that would be selected although their round has fewer free seats than all of them need: which of them get one
    is the director's choice, not that of an order in a list."""
    wanted = [row for row in rows if _proposed(row).outcome == Outcome.SELECT]
    numbers = Counter(row.round_id for row in wanted)
    free = {row.round_id: review_selectors.free_places(row.round) for row in wanted}
    return [
        (row, _("More files would be selected than seats are free (%(free)d). Choose fewer.") % {"free": max(0, left)})
        for row in wanted
        if numbers[row.round_id] > (left := free[row.round_id])
    ]


def _obstacles(rows: Sequence[Application]) -> dict[int, str]:
    """Why files that are proposed to be selected cannot be, by their ids."""
    wanted = [row for row in rows if (proposed := _proposed(row)) and proposed.outcome == Outcome.SELECT]
    return {pk: " ".join(each.text for each in found) for pk, found in obstacles_among(wanted).items()}


def _proposed(row: Application) -> Any:
    waiting = [made for made in row.recommendations.all() if made.returned_at is None]
    return max(waiting, key=lambda made: made.pk, default=None)


# --------------------------------------------------------------------------------------------------- running and sharing


def waiting_for_readers(round_: Round) -> int:
    """Files with a score and no readers yet, from the kept counts."""
    kept = DeskTally.objects.filter(round=round_, state=State.SCORED)
    return kept.aggregate(total=Sum("number"))["total"] or 0


def next_files(bulk: BulkAct, number: int) -> list[Application]:
    """The next files of a bulk act behind those that are done, in the order of their ids."""
    rows = Application.objects.filter(pk__gt=bulk.last_id)
    if bulk.kind == BulkAct.Kind.AUTO_ASSIGN:
        rows = rows.filter(round_id=bulk.round_id, state=State.SCORED)
    else:
        rows = rows.filter(pk__in=bulk.files)
    return list(rows.select_related("round", "sme").prefetch_related("recommendations").order_by("pk")[:number])


@dataclass(frozen=True, slots=True)
class BulkSeen:
    """How far a bulk act is, for somebody who looks. files: to which it was done so far, by their number; none of a round that
    was shared out, which are counted. left_out: numbers of files with the reason."""

    files: list[Application]
    left_out: list[tuple[str, str]]


def seen_of_bulk(user: User, bulk: BulkAct) -> BulkSeen:
    """Without the files of firms that the person is tied to: the act and the reasons tell what was proposed."""
    tied = review_selectors.firms_tied_to(user)
    chosen = Application.objects.filter(pk__in=bulk.files)
    hidden = set(chosen.filter(sme_id__in=tied).values_list("file_number", flat=True)) if tied else set()
    done = chosen.filter(pk__lte=bulk.last_id).exclude(file_number__in=[*hidden, *(n for n, _why in bulk.left_out)])
    return BulkSeen(
        list(done.order_by("file_number").only("public_id", "file_number", "sme_name")),
        [(number, why) for number, why in bulk.left_out if number not in hidden],
    )


def open_readings_of(officer_ids: Sequence[int]) -> dict[int, int]:
    """How many readings each officer has still to do; 0 for none."""
    rows = Reading.objects.filter(reader_id__in=officer_ids, done_at=None).values_list("reader_id")
    return dict.fromkeys(officer_ids, 0) | dict(rows.annotate(number=Count("pk")).order_by())


def bulk_for(user: User, public_id: str) -> BulkAct:
    """A bulk act of this person; directors see everybody's. Raises NotFound."""
    rows = BulkAct.objects.select_related("actor", "round").filter(public_id=public_id)
    row = rows.first() if review_permissions.can_use_desk(user) else None
    if row is None or (row.actor_id != user.pk and not review_permissions.can_decide(user, Standing())):
        raise NotFound
    return row
