"""One file as an official sees it: who may judge it, its readings, papers, letters, history. Not visible reads as not there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery

from selection.applications.selectors import newest_score
from selection.models import Application, Conflict, Decision, Question, Reading, Recommendation, ScoreCard, Waiver
from selection.states import OPEN_STATES, SCORABLE_STATES, RoundState, State
from selection.trade.selectors import simulated_among
from smes.duplicates import selectors as duplicates_selectors
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.errors import NotFound

from .agreement import disagree
from .permissions import Reader, Standing, can_see_readings, can_use_desk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from selection.models import Round
    from smes.models import Sme
    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event


PAIR = (Reading.Place.FIRST, Reading.Place.SECOND)
"""Every file has these readings; the third only where the two disagree."""


def files_visible_to(user: User) -> QuerySet[Application]:
    """Every submitted file, for officers and directors; nothing for anybody else. A draft is the firm's own affair."""
    if not can_use_desk(user):
        return Application.objects.none()
    return Application.objects.exclude(state=State.DRAFT).filter(submitted_at__isnull=False)


def files_to_judge_by(user: User) -> QuerySet[Application]:
    """Of these the ones that the person may judge: not of a firm they belong to or declared a conflict with."""
    declared = Conflict.objects.filter(official=user, sme=OuterRef("sme_id"))
    return files_visible_to(user).filter(~Exists(declared)).exclude(sme__members__user=user)


def firms_tied_to(user: User) -> list[int]:
    """Ids of the firms that the person belongs to or declared a conflict with; one query."""
    declared = Conflict.objects.filter(official=user).values_list("sme_id")
    return [pk for (pk,) in declared.union(people_selectors.smes_of(user).order_by().values_list("pk"))]


def file_for(user: User, public_id: str) -> Application:
    """One of them with its round, firm and officer. Raises NotFound."""
    row = (
        files_visible_to(user)
        .select_related("round", "sme", "officer", "nominated_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


# ------------------------------------------------------------------------------------------------- who may judge it


def standing_of(row: Application) -> Standing:
    return standings_of([row])[row.pk]


def standings_of(rows: Iterable[Application]) -> dict[int, Standing]:
    """What the rules need to know of each file, by its id: five queries for any number of files."""
    rows = list(rows)
    ids = [row.pk for row in rows]
    sme_ids = {row.sme_id for row in rows}
    tied: dict[int, set[int | None]] = defaultdict(set)
    in_charge = Exists(officers().filter(pk=OuterRef("officer_id")))  # who can still work
    people = Application.objects.filter(pk__in=ids).annotate(able=in_charge)
    charge: dict[int, int | None] = {}
    for pk, officer_id, is_able, sme_id, member_id in people.values_list(
        "pk", "officer_id", "able", "sme_id", "sme__members__user_id"
    ):
        charge[pk] = officer_id if is_able else None
        tied[sme_id].add(member_id)
    for sme_id, user_id in Conflict.objects.filter(sme_id__in=sme_ids).values_list("sme_id", "official_id"):
        tied[sme_id].add(user_id)
    readers: dict[int, list[Reader]] = defaultdict(list)
    judged: dict[int, dict[int, Reading]] = defaultdict(dict)
    able = Exists(officers().filter(pk=OuterRef("reader_id")))
    for reading in Reading.objects.filter(application_id__in=ids).annotate(able=able).order_by("place"):
        is_in = reading.done_at is not None
        readers[reading.application_id].append(Reader(reading.reader_id, reading.place, is_in, reading.able))
        judged[reading.application_id][reading.place] = reading
    recommended: dict[int, set[int]] = defaultdict(set)
    made = Recommendation.objects.filter(application_id__in=ids).values_list("application_id", "officer_id")
    proposed = Waiver.objects.filter(application_id__in=ids).values_list("application_id", "proposed_by_id")
    for application_id, officer_id in made.union(proposed):
        recommended[application_id].add(officer_id)
    gates = dict(
        ScoreCard.objects.filter(application_id__in=ids).order_by("pk").values_list("application_id", "gates_passed")
    )
    return {
        row.pk: Standing(
            in_conflict=frozenset(user for user in tied[row.sme_id] if user is not None),
            readers=tuple(readers[row.pk]),
            recommended_by=frozenset(recommended[row.pk]),
            gates_passed=gates.get(row.pk),
            officer_id=charge.get(row.pk),
            needs_third=needs_third(judged[row.pk].values()),
        )
        for row in rows
    }


def needs_third(readings: Iterable[Reading]) -> bool:
    """Whether the first two of a file's readings are in and disagree, and the third is not in."""
    done = {reading.place: reading for reading in readings if reading.done_at is not None}
    pair = [done[place] for place in PAIR if place in done]
    return len(pair) == len(PAIR) and disagree(*pair) and Reading.Place.THIRD not in done


def third_reader_of(row: Application, public_id: str) -> User | None:
    """That person, where the file's third reading is theirs and not in."""
    readings = row.readings.filter(place=Reading.Place.THIRD, reader__public_id=public_id, done_at=None)
    reading = readings.select_related("reader").first()
    return reading.reader if reading else None


def has_line(round_: Round) -> bool:
    """Whether a reason may speak of the line of a round: it is closed, and each of its files is scored as its facts stand."""
    unscored = Application.objects.filter(
        round=round_, state__in=SCORABLE_STATES, submitted_at__isnull=False, scored_version__lt=F("facts_version")
    )
    return round_.state in (RoundState.IN_REVIEW, RoundState.DECIDED) and not unscored.exists()


def waivers_of(row: Application) -> QuerySet[Waiver]:
    """What was proposed and signed for a file, the newest first; what another proposal took the place of is left out."""
    return row.waivers.filter(dropped_at=None).select_related("proposed_by", "signed_by").order_by("-pk")


def waiver_of(row: Application, public_id: str) -> Waiver:
    """One of them. Raises NotFound."""
    found = waivers_of(row).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def waived_kinds(application_ids: Iterable[int]) -> dict[int, set[str]]:
    """The kinds of papers without which each file may be selected, by signed waivers; files without one are left out."""
    found: dict[int, set[str]] = defaultdict(set)
    signed = Waiver.objects.filter(application__in=list(application_ids), signed_at__isnull=False, dropped_at=None)
    for application_id, kinds in signed.values_list("application_id", "kinds"):
        found[application_id] |= set(kinds)
    return found


def free_places(round_: Round) -> int:
    """Seats of a round that nobody has and that are not kept for appeals; below 0 where more were given before this was asked."""
    held = Application.objects.filter(round=round_, state=State.SELECTED).count()
    return round_.places - held - round_.appeal_reserve


def officers() -> QuerySet[User]:
    """Who can read files, by name."""
    return accounts_selectors.people_with_role(Role.OFFICER)


MAX_LOAD = 100  # an officer's work is counted up to here, so that no page counts a round


class Counted(Subquery):
    """How many rows a query has."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def officers_with_load() -> QuerySet[Any]:
    """Who can read files, the least loaded first, each with to_read (readings to give) and files (in charge of, and not
    waiting for the firm), both up to MAX_LOAD, and since (when the oldest of those readings was asked for; None)."""
    me = OuterRef("pk")
    readings = Reading.objects.filter(reader=me, done_at=None).order_by().values("pk")
    files = Application.objects.filter(officer=me, state__in=OPEN_STATES, awaiting_firm=False).order_by().values("pk")
    oldest = Reading.objects.filter(reader=me, done_at=None).order_by("created_at").values("created_at")[:1]
    people = officers().annotate(
        to_read=Counted(readings[:MAX_LOAD]), files=Counted(files[:MAX_LOAD]), since=Subquery(oldest)
    )
    return people.order_by(F("to_read") + F("files"), "name", "pk")


def people_who_stay(row: Application) -> list[User]:
    """Readers whose reading counts although they have left."""
    standing = standing_of(row)
    gone = [reader.user_id for reader in standing.readers if reader.done and reader.user_id not in standing.in_charge]
    readings = row.readings.filter(reader__in=set(gone) - standing.in_conflict, facts_version=row.facts_version)
    return [reading.reader for reading in readings.select_related("reader").order_by("place")]


def people_in_charge(row: Application) -> list[User]:
    """The officer of a file; where that one has left or is tied, its readers who can still work, else who asked last; or nobody."""
    standing = standing_of(row)
    if standing.officer_id in standing.in_charge:
        return list(officers().filter(pk=standing.officer_id))
    asked_by = Question.objects.filter(application=row).order_by("-pk").values("asked_by")[:1]
    who = Q(pk__in=standing.in_charge) if standing.in_charge else Q(pk__in=asked_by)
    return list(officers().filter(who).exclude(pk__in=standing.in_conflict))


def people_who_may_take(row: Application) -> list[User]:
    """For a file that nobody has: the officers who are not tied to its firm; without any the directors, then administrators."""
    tied = standing_of(row).in_conflict
    for role in (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR):
        people = list(accounts_selectors.people_with_role(role).exclude(pk__in=tied))
        if people:
            return people
    return []


def declared_a_conflict(user: User, smes: tuple[Sme, ...]) -> bool:
    return Conflict.objects.filter(official=user, sme__in=smes).exists()


# --------------------------------------------------------------------------------------------------- what was judged


@dataclass(frozen=True, slots=True)
class ReadingSeen:
    """A reading as this person may see it. judged: what it says, None while it is sealed for them (or not yet in)."""

    place: int
    reader: str
    is_own: bool
    is_in: bool
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Judged:
    commitment: int
    product_fit: int
    outcome: str
    comment: str
    at: datetime


def readings_for(user: User, row: Application, standing: Standing) -> list[ReadingSeen]:
    """Both readings of a file; of a sealed one only that it is in. One's own is always open."""
    if not can_use_desk(user):
        return []
    opened = bool(can_see_readings(user, standing))
    return [
        ReadingSeen(
            place=reading.place,
            reader=reading.reader.name,
            is_own=reading.reader_id == user.pk,
            is_in=reading.done_at is not None,
            judged=_judged(reading) if opened or reading.reader_id == user.pk else None,
        )
        for reading in row.readings.select_related("reader").order_by("place")
    ]


def _judged(reading: Reading) -> Judged | None:
    if reading.done_at is None or reading.commitment is None or reading.product_fit is None:
        return None
    return Judged(reading.commitment, reading.product_fit, reading.outcome, reading.comment, reading.done_at)


@dataclass(frozen=True, slots=True)
class ReadingsOf:
    """How far a reader is in a round: readings that are in, of all; next: the file to read that is due first, None where
    nothing can be read now."""

    done: int
    all: int
    next: Application | None


def readings_of(user: User, row: Application) -> ReadingsOf | None:
    """Of the round of this file, which is not the next one itself. None for who reads nothing in it."""
    mine = Reading.objects.filter(reader=user, application__round=row.round_id)
    numbers = mine.aggregate(done=Count("pk", filter=Q(done_at__isnull=False)), all=Count("pk"))
    if not numbers["all"]:
        return None
    to_read = mine.filter(done_at=None, application__state=State.IN_REVIEW, application__awaiting_firm=False)
    waiting = files_to_judge_by(user).filter(pk__in=to_read.values("application")).exclude(pk=row.pk)
    return ReadingsOf(numbers["done"], numbers["all"], waiting.order_by("due_on", "pk").first())


def basis_of(row: Application) -> str:
    """What a decision rests on: the ids of the newest recommendation and, for a file decided before, of that decision.

    "12", "12-3", or "" before both. A page carries it to the act, which is refused where it has changed.
    """
    return _basis(row.recommendations.order_by("-pk")[:1], row.decisions.order_by("-pk")[:1])


def _basis(*newest_first: Iterable[Recommendation] | Iterable[Decision]) -> str:
    return "-".join(str(rows[0].pk) for made in newest_first if (rows := list(made)))


def newest_recommendation(row: Application) -> Recommendation | None:
    """The recommendation that waits for or led to the decision; None where it was returned."""
    return row.recommendations.filter(returned_at=None).select_related("officer").order_by("-pk").first()


def recommendations_of(row: Application) -> QuerySet[Recommendation]:
    """All of them, the newest first, with those that were returned."""
    return row.recommendations.select_related("officer").order_by("-pk")


def decisions_of(row: Application) -> QuerySet[Decision]:
    return row.decisions.select_related("approver").order_by("-pk")


def simulated_vintages_of(kept: ScoreCard | None) -> frozenset[str]:
    """Of the vintages that a score stands on, those with made-up figures."""
    figures = kept.card["evidence"].values() if kept else ()
    return simulated_among(figure["vintage"] for figure in figures)


def history_of(row: Application) -> QuerySet[Event]:
    """The audit trail of the file, oldest first; it holds nothing of a sealed reading but that it is in."""
    return timeline(row)


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """What was judged of a file, as far as this person may see it; pages and API read it here and nowhere else.

    is_tied: the person belongs to the firm or declared a conflict. Then there is no card, no reading says anything, nothing
    proposed or decided is listed, and the history is to be told without outcomes. recommendations, decisions: newest first.
    """

    is_tied: bool
    card: ScoreCard | None
    points: Decimal | None
    readings: list[ReadingSeen]
    recommendations: list[Recommendation]
    decisions: list[Decision]

    @property
    def basis(self) -> str:
        """As basis_of gives it; "" for somebody tied."""
        return _basis(self.recommendations, self.decisions)

    @property
    def readings_differ(self) -> bool:
        """The first two readings disagree, where this person may see both."""
        pair = [reading.judged for reading in self.readings if reading.judged and reading.place in PAIR]
        return len(pair) == len(PAIR) and disagree(*pair)


def judged_for(user: User, row: Application, standing: Standing) -> JudgedFile:
    readings = readings_for(user, row, standing)
    if user.pk in standing.in_conflict:
        return JudgedFile(True, None, None, readings, [], [])
    return JudgedFile(
        False,
        newest_score(row),
        row.points if row.has_score else None,
        readings,
        list(recommendations_of(row)),
        list(decisions_of(row)),
    )


# ----------------------------------------------------------------------------------------------------------- papers


def papers_of(row: Application) -> QuerySet[Any]:
    """The firm's papers in force, by kind."""
    return papers_selectors.documents_of(row.sme).order_by("kind", "pk")


def paper_of(row: Application, public_id: str) -> Any:
    """One paper of the file's firm. Raises NotFound."""
    paper = papers_of(row).select_related("sme").filter(public_id=public_id).first()
    if paper is None:
        raise NotFound
    return paper


def lookalikes_of(row: Application) -> QuerySet[Any]:
    """Pairs of this firm and another that may be the same business, the most alike first."""
    return duplicates_selectors.duplicates_of(row.sme)
