"""Appeals: the window of a file, what a person may see, who can decide, what the public reads. Not visible reads as not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from selection.applications.selectors import decision_of
from selection.models import Appeal, Application, Conflict, Decision, Reading, Round, RoundDecision
from selection.review import selectors as review_selectors
from selection.seats.offers.terms import full_term_ends
from selection.states import APPEALABLE, AppealOutcome, AppealState, State
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import working_day_test
from tdap_portal.core.errors import NotFound

from .permissions import PartInFile, can_be_drawn
from .rules import appeal_rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal
    from typing import Any

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

MAX_DIGITS_OF_ROUND = 5

# ------------------------------------------------------------------------------------------------------- the window


def window_ends(decision: Decision) -> datetime:
    """Until when the firm can appeal against a decision."""
    rule = appeal_rule(timezone.localdate(decision.created_at))
    return full_term_ends(
        decision.created_at,
        days=rule.window_days,
        hour=rule.closing_hour,
        zone=timezone.get_default_timezone(),
        is_working_day=working_day_test(),
    )


def database_now() -> datetime:
    """The moment by the one clock that all processes share. Needs any round to be there, as every appeal has one."""
    return Round.objects.annotate(moment=Now()).values_list("moment", flat=True)[:1].get()


@dataclass(frozen=True, slots=True)
class Window:
    """Where a file stands. ends: None where nothing can be appealed against. appeal: None before anything was written. is_sent:
    the firm has had its one appeal."""

    ends: datetime | None
    is_open: bool
    appeal: Appeal | None
    is_sent: bool


def window_of(row: Application, *, now: datetime | None = None) -> Window:
    """now: the database's clock where left out."""
    appeal = appeal_of(row)
    decision = decision_of(row) if row.state in APPEALABLE else None
    ends = window_ends(decision) if decision else None
    is_open = ends is not None and (now or database_now()) <= ends
    return Window(ends, is_open, appeal, has_appealed(row, appeal))


def has_appealed(row: Application, appeal: Appeal | None) -> bool:
    """Whether the firm has had its one appeal. One that was closed without an answer is written anew where the file is declined or
    waits again."""
    if appeal is None or appeal.state == AppealState.DRAFT:
        return False
    return appeal.state != AppealState.CLOSED or row.state not in APPEALABLE


# ------------------------------------------------------------------------------------------------------ one appeal


def appeal_of(row: Application) -> Appeal | None:
    return _with_people(Appeal.objects.filter(application=row)).first()


def appeal_by_id(pk: int | str) -> Appeal | None:
    """For the portal's own background work, which looks at its state before it acts."""
    return _with_people(Appeal.objects.filter(pk=pk)).first()


def appeals_seen_by(user: User) -> QuerySet[Appeal]:
    """What was sent, for officers and directors; nothing of a firm that the person is tied to, and no draft."""
    if not user.has_role(Role.OFFICER, Role.APPROVER):
        return Appeal.objects.none()
    rows = _with_people(Appeal.objects.filter(sent_at__isnull=False))
    return rows.exclude(application__sme__in=review_selectors.firms_tied_to(user))


def appeals_listed(user: User, *, state: str = "", round_code: str = "") -> QuerySet[Appeal]:
    """The list of the desk, as page, table and program read it. state, round_code: "" for all; an unknown round has none."""
    rows = appeals_seen_by(user)
    if state:
        rows = rows.filter(state=state)
    if round_code:
        number = round_code.upper().removeprefix("R")
        is_number = number.isdecimal() and len(number) < MAX_DIGITS_OF_ROUND
        rows = rows.filter(round__number=int(number)) if is_number else rows.none()
    return rows


def appeal_at_desk(user: User, row: Application) -> Appeal | None:
    """The appeal of a file where it was sent and the person may know of it."""
    if not Appeal.objects.filter(application=row, sent_at__isnull=False).exists():  # most files have none
        return None
    return appeals_seen_by(user).filter(application=row).first()


def appeal_for(user: User, public_id: str) -> Appeal:
    """Raises NotFound."""
    row = appeals_seen_by(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def _with_people(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    return rows.select_related(
        "round", "application__round", "application__sme", "director", "score_card", "decision", "decision_after"
    )


def papers_there(row: Application) -> list[Any]:
    """The firm's papers that were with us when the file was submitted; later ones are no part of an appeal."""
    return list(papers_selectors.documents_there_at(row.sme_id, row.submitted_at)) if row.submitted_at else []


# -------------------------------------------------------------------------------------------------- who can decide


def part_in_file(row: Application) -> PartInFile:
    """Who is barred from an appeal of the file, and by what."""
    deciders = set(row.decisions.values_list("approver_id", flat=True))
    deciders |= set(row.waivers.filter(signed_by__isnull=False).values_list("signed_by_id", flat=True))
    of_round: set[int | None] = set()
    lines = RoundDecision.objects.filter(lines__application=row, returned_at=None)
    for people in lines.values_list("sent_by_id", "signed_by_id", "composition__made_by_id"):
        of_round |= set(people)
    standing = review_selectors.standing_of(row)
    appeal = Appeal.objects.filter(application=row).first()
    earlier = [one["reader_id"] for one in appeal.earlier_readings] if appeal else []
    return PartInFile(
        tied=standing.in_conflict,
        readers=frozenset([*(reader.user_id for reader in standing.readers), *earlier]),
        proposers=standing.recommended_by,
        deciders=frozenset(deciders),
        of_round=frozenset(person for person in of_round if person is not None),
    )


def free_directors(row: Application) -> list[User]:
    """Directors who had no part in the file, by name."""
    part = part_in_file(row)
    return [person for person in accounts_selectors.people_with_role(Role.APPROVER) if can_be_drawn(person, part)]


def appeals_to_draw() -> list[int]:
    """Ids of those that wait for a director, or whose director can no longer decide: left, lost the role, tied to the firm or
    with a part in a decision on the file since."""
    able = accounts_selectors.people_with_role(Role.APPROVER).order_by().values("pk")
    waiting = Appeal.objects.filter(state=AppealState.SENT)
    gone = waiting.filter(Q(director=None) | ~Q(director__in=able))
    tied = [
        pk
        for pk, director_id, sme_id in waiting.exclude(director=None).values_list(
            "pk", "director_id", "application__sme_id"
        )
        if Conflict.objects.filter(official=director_id, sme=sme_id).exists()
        or people_selectors.members_of(sme_id).filter(user=director_id).exists()
    ]
    person, file = OuterRef("director"), OuterRef("application")
    decided = Decision.objects.filter(approver=person, application=file)
    of_round = RoundDecision.objects.filter(
        Q(sent_by=person) | Q(signed_by=person) | Q(composition__made_by=person),
        lines__application=file,
        returned_at=None,
    )
    barred = waiting.filter(Exists(decided) | Exists(of_round))
    return sorted({*gone.values_list("pk", flat=True), *barred.values_list("pk", flat=True), *tied})


def readers_for_reading_again(row: Application) -> list[User]:
    """The two officers with least to read who had no part in the file; fewer where there are not so many."""
    part = part_in_file(row)
    able = review_selectors.officers_with_load().exclude(pk__in=part.everybody)
    return sorted(able, key=lambda officer: (officer.to_read, officer.files, officer.pk))[:2]


# ------------------------------------------------------------------------------------------------- lines and places


def line_of(round_: Round) -> Decimal | None:
    """The points of the last seat by score: the round's own line, else that of its newest decision that was carried out."""
    if round_.line_points is not None:
        return round_.line_points
    signed = RoundDecision.objects.filter(round=round_, signed_at__isnull=False, composition__isnull=False)
    return signed.order_by("-pk").values_list("line_points", flat=True).first()


def place_with(row: Application, points: Decimal, tie_key: str = "") -> int:
    """The place on the waiting list that the file would have with these points."""
    waiting = Application.objects.filter(round_id=row.round_id, state=State.WAITLISTED).exclude(pk=row.pk)
    return waiting.filter(Q(points__gt=points) | Q(points=points, tie_key__lt=tie_key or row.tie_key)).count() + 1


def reserve_used(round_: Round) -> int:
    return Appeal.objects.filter(round=round_, from_reserve=True).count()


# --------------------------------------------------------------------------------------------------- for everybody


@dataclass(frozen=True, slots=True)
class AppealCounts:
    """Appeals of a round that were sent, and what came of them. waiting: for their answer."""

    sent: int = 0
    upheld: int = 0
    rejected: int = 0
    reread: int = 0

    @property
    def waiting(self) -> int:
        return self.sent - self.upheld - self.rejected - self.reread


def counts_of(round_: Round | None = None) -> AppealCounts:
    """Of one round, or of all."""
    rows = Appeal.objects.filter(state__in=[AppealState.SENT, AppealState.ANSWERED])
    if round_ is not None:
        rows = rows.filter(round=round_)
    found = dict(rows.values_list("outcome").annotate(Count("pk")).order_by())
    return AppealCounts(
        sent=sum(found.values()), **{outcome.value: found.get(outcome.value, 0) for outcome in AppealOutcome}
    )


def last_answered_round(before: Round) -> Round | None:
    """The newest earlier round of which an appeal was answered; for what a firm reads of appeals before it writes one."""
    rows = Round.objects.filter(number__lt=before.number, appeals__state=AppealState.ANSWERED)
    return rows.order_by("-number").first()


def readings_kept(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Readings as JSON, before two new officers take their places."""
    return [
        {
            "place": one.place,
            "reader_id": one.reader_id,
            "commitment": one.commitment,
            "product_fit": one.product_fit,
            "outcome": one.outcome,
            "comment": one.comment,
            "facts_version": one.facts_version,
            "done_at": one.done_at,
        }
        for one in readings
    ]
