"""What waits for a firm, a file's place in its round, and its score receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Q, Subquery
from django.db.models.functions import Floor
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from selection.appeals import selectors as appeals_selectors
from selection.applications import clock
from selection.applications.copy_words import groups_of
from selection.applications.reasons import words_of
from selection.applications.selectors import applications_visible_to, decision_of, newest_score
from selection.engine.card import Card
from selection.intake import permissions as intake_permissions
from selection.models import Application, FrozenFacts
from selection.policy.selectors import policy_of
from selection.review import selectors as review_selectors
from selection.seats.composer import wording as seats_wording
from selection.seats.offers import selectors as offers_selectors
from selection.states import DECIDED_STATES, OPEN_STATES, State
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.profile.facts import label_of
from smes.vocabulary import wording
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from .gates import STEP_OF, levels_of
from .journey import apply_url, holiday_words
from .receipt import prepare
from .task_list import FirmFacts, PaperFacts, RoundFacts, StepFacts, task_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from selection.applications.copy_words import Row
    from selection.models import Decision, Question, Round, ScoreCard
    from smes.models import Sme
    from smes.papers.selectors import Standing
    from tdap_portal.accounts.models import User
    from tdap_portal.core.promise import PromiseClock

    from .receipt import Receipt, ReceiptPart

RANKED_STATES = tuple(state for state in (*OPEN_STATES, *DECIDED_STATES) if state not in (State.SUBMITTED, State.HELD))
BIN_POINTS = 2
PLACES_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands among those of its round that passed the gates. bins: (lowest points, files) in steps of two
    points. seats_from: points of the last seat, None while that is open."""

    place: int
    of: int
    bins: tuple[tuple[int, int], ...]
    seats_from: Decimal | None


def number_of_receipt(row: Application) -> int:
    """The how-manieth firm of its round this is, by the first submission of each; taken back or withdrawn since, it counts.

    Counted in the rows: they are written one after the other, since each submission has the round to itself.
    """
    first = FrozenFacts.objects.filter(application__round=row.round_id, version=1)
    own = first.filter(application__sme=row.sme_id).order_by("pk").values("pk")[:1]
    return first.filter(pk__lte=Subquery(own)).aggregate(firms=Count("application__sme", distinct=True))["firms"]


def place_of(row: Application) -> Place | None:
    """The file's place in its round by points, then by the policy's tie-break; None without a score."""
    if not row.has_score:
        return None
    ranked = Application.objects.filter(round_id=row.round_id, has_score=True, state__in=RANKED_STATES)
    before = ranked.filter(Q(points__gt=row.points) | Q(points=row.points, tie_key__lt=row.tie_key)).count()
    bins = _bins(row.round_id)
    return Place(before + 1, max(before + 1, sum(n for _low, n in bins)), bins, appeals_selectors.line_of(row.round))


def _bins(round_id: int) -> tuple[tuple[int, int], ...]:
    """Counting a whole round for every receipt would be slow; ten minutes old is new enough."""
    key = f"selection.bins.{round_id}"
    found = cache.get(key)
    if found is None:
        rows = (
            Application.objects.filter(round_id=round_id, has_score=True, state__in=RANKED_STATES)
            .annotate(step=Floor("points") / BIN_POINTS)
            .values_list("step")
            .annotate(number=Count("pk"))
            .order_by("step")
        )
        found = _merged((int(step) * BIN_POINTS, number) for step, number in rows)
        cache.set(key, found, PLACES_SECONDS)
    return found


def _merged(rows: Any) -> tuple[tuple[int, int], ...]:
    sums: dict[int, int] = {}
    for low, number in rows:
        sums[low] = sums.get(low, 0) + number
    return tuple(sorted(sums.items()))


# ----------------------------------------------------------------------------------------------------------- tasks


def firm_facts(user: User, sme: Sme, *, files: Sequence[Application], rounds: Sequence[Round]) -> FirmFacts:
    """A firm as far as its tasks go, for one of its people; asks nothing of the database.

    sme: with its rows read (smes.profile.selectors.read_facts). files: all of the firm, newest first, with their rounds.
    rounds: those that are open now.
    """
    closed = profile_selectors.closed_steps(user, sme)
    steps = tuple(
        StepFacts(
            row.step.code,
            gettext(row.step.title),
            gettext(row.step.question),
            reverse("smes:step", args=[sme.public_id, row.step.code]),
            missing=tuple(gettext(label_of(fact)) for fact in row.missing),
            error_count=row.error_count,
            is_saved=row.saved,
            closed_because=closed.get(row.step.code, ""),
        )
        for row in profile_selectors.completeness(sme).steps
    )
    may_send = papers_selectors.sends_papers(user, sme)
    role = people_selectors.role_of(user, sme)
    return FirmFacts(
        registered_on=sme.created_at,
        person=user.name,
        role=str(wording.MEMBER_ROLES[role]) if role else "",
        steps=steps,
        papers=tuple(_paper_facts(sme, row, may_send=may_send) for row in papers_selectors.papers_standing(sme)),
        rounds=tuple(_rounds_to_apply_in(user, sme, files, rounds)),
    )


def _paper_facts(sme: Sme, row: Standing, *, may_send: bool) -> PaperFacts:
    papers = reverse("smes:papers", args=[sme.public_id])
    url = {
        "missing": f"{papers}?kind={row.kind}#send",
        "sent": papers,
        "verified": papers,
    }.get(row.state) or reverse("smes:replace_paper", args=[sme.public_id, row.document.public_id])  # type: ignore[union-attr]  # came back or ran out, so it is there
    judged = row.document.judged_at if row.document else None
    return PaperFacts(
        row.kind,
        wording.paper_name(row.kind),
        gettext(KINDS[row.kind].help),
        row.state,
        url if may_send else "",
        is_needed=row.is_needed,
        reason=row.document.reason if row.document else "",
        day=row.document.expires_on if row.document and row.state == "expired" else judged,
        days_left=row.days_left,
    )


def _rounds_to_apply_in(
    user: User, sme: Sme, files: Sequence[Application], rounds: Sequence[Round]
) -> list[RoundFacts]:
    """The open rounds in which the firm has nothing but a draft, the one with the draft first; then a draft that its round
    closed over."""
    living = {row.round_id: row for row in files if row.state != State.WITHDRAWN}
    found = [(round_, living.get(round_.pk)) for round_ in rounds]
    found = [(round_, row) for round_, row in found if row is None or row.state == State.DRAFT]
    found.sort(key=lambda pair: pair[1] is None)
    open_ids = {round_.pk for round_ in rounds}
    late = [(row.round, row) for row in living.values() if row.state == State.DRAFT and row.round_id not in open_ids]
    may_write = intake_permissions.can_apply(user, sme)
    return [
        RoundFacts(
            round_.number,
            round_.closes_at,
            round_.promise_days,
            apply_url(round_, sme),
            is_open=round_.pk in open_ids,
            is_started=row is not None,
            is_written=row is not None and bool(row.motivation and row.commitment_name),
            write_because="" if may_write else str(may_write.reason),
            submit_because=""
            if row is None or (owner := intake_permissions.can_submit(user, row))
            else str(owner.reason),
        )
        for round_, row in [*found, *late[:1]]
    ]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A fact as it would be frozen, where the firm changes it or what it is computed from, and how well it stands."""

    fact: Row
    url: str
    levels: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    title: str
    rows: tuple[AnswerRow, ...]


def answers_of(sme: Sme, facts: Mapping[str, object]) -> list[AnswerGroup]:
    """What would be frozen, in words, each with the way to change it. facts: smes.profile.selectors.frozen_copy."""
    urls = {key: reverse("smes:step", args=[sme.public_id, step]) for key, step in STEP_OF.items()}
    levels = levels_of(facts, on=today())
    urls["documents_verified"] = reverse("smes:papers", args=[sme.public_id])
    return [
        AnswerGroup(
            group.title, tuple(AnswerRow(row, urls.get(row.key, ""), levels.get(row.key, ())) for row in group.rows)
        )
        for group in groups_of(facts)
    ]


def has_round_to_apply_in(files: Sequence[Application], rounds: Sequence[Round]) -> bool:
    """Whether a round is open for which the firm has not applied, or withdrew."""
    applied = {row.round_id for row in files if row.state != State.WITHDRAWN}
    return any(round_.pk not in applied for round_ in rounds)


def main_file(files: Sequence[Application], rounds: Sequence[Round]) -> Application | None:
    """The file that the firm's home shows: the newest that lives, else the newest; None where the home shows its tasks,
    since nothing is submitted, or a file ended without a place and another round is open. files: of one firm, newest first."""
    row = next((row for row in files if not row.is_ended), files[0] if files else None)
    if row is None or row.state == State.DRAFT:
        return None
    if row.state in (State.DECLINED, State.WITHDRAWN) and has_round_to_apply_in(files, rounds):
        return None
    return row


@dataclass(frozen=True, slots=True)
class FirmOfMine:
    """One of several firms of a person. number: of its open tasks."""

    sme: Sme
    number: int
    is_here: bool


def firms_of_mine(
    user: User, firms: Sequence[Sme], here: Sme, *, files: Sequence[Application], rounds: Sequence[Round]
) -> list[FirmOfMine]:
    """The firms of a person with what waits in each; empty for somebody with one. The firms come with their rows read."""
    if len(firms) < 2:
        return []
    return [FirmOfMine(sme, _open_tasks(user, sme, files, rounds), sme.pk == here.pk) for sme in firms]


def _open_tasks(user: User, sme: Sme, files: Sequence[Application], rounds: Sequence[Round]) -> int:
    own = [row for row in files if row.sme_id == sme.pk]
    tasks = task_list(firm_facts(user, sme, files=own, rounds=rounds))
    row = main_file(own, rounds)
    if row is None:
        return tasks.open
    papers = sum(task.is_yours for group in tasks.groups if group.code == "papers" for task in group.tasks)
    return papers + (row.awaiting_firm or row.state == State.HELD)


# -------------------------------------------------------------------------------------------------------- receipts


def application_with_receipt_for(user: User, public_id: str) -> Application:
    """A submitted file: any for officials who judge, one's own firm's for everybody else. Raises NotFound."""
    rows = (
        Application.objects.select_related("round", "sme", "officer")
        if user.has_role(*DESK_ROLES)
        else applications_visible_to(user)
    )
    row = rows.filter(public_id=public_id, submitted_at__isnull=False).first()
    if row is None:
        raise NotFound
    return row


def card_shown(row: Application, decision: Decision | None) -> ScoreCard | None:
    """The score card of a file's receipt: the one it was decided by, else the newest; None before it is scored."""
    return (decision.score_card if decision else None) or newest_score(row)


def shown_on_receipt(row: Application) -> dict[str, Any]:
    """What `_receipt.html` shows of a file: the receipt with its code, the place on the list, the decision with its reasons and the
    rule behind it."""
    decision = decision_of(row)
    kept = card_shown(row, decision)
    shown: dict[str, Any] = {
        "receipt": receipt_of(row, decision),
        "place": offers_selectors.place_of(row) if row.state == State.WAITLISTED else None,
        "code": kept.code_shown if kept else "",
    }
    if decision:
        signed = [waiver for waiver in review_selectors.waivers_of(row) if waiver.signed_at]
        shown |= {"decision": decision, "decision_reasons": words_of(decision.reason_codes), "waivers": signed}
        shown["decision_rule"] = seats_wording.rule_behind(decision)
        shown["appeal"] = appeals_selectors.window_of(row)
    return shown


def receipt_of(row: Application, decision: Decision | None) -> Receipt | None:
    """The score receipt of a file in the language of the page; None before the worker has scored it.

    decision: the one in force. A decided file shows the card it was decided by, however often it is scored again.
    """
    kept = card_shown(row, decision)
    if kept is None:
        return None
    card = Card.from_json(kept.card)
    receipt = prepare(
        card,
        policy_of(card.policy_version),
        standing=place_of(row),
        seats=row.round.seats,
        on=timezone.localdate(row.decided_at) if row.decided_at else timezone.localdate(),
        translate=gettext,
    )
    there = papers_selectors.states_of_papers(row.sme_id) if card.facts.proofs else {}
    return replace(receipt, parts=tuple(_leading_to_papers(part, row.sme, there) for part in receipt.parts))


def _leading_to_papers(part: ReceiptPart, sme: Sme, there: Mapping[str, object]) -> ReceiptPart:
    """The same part; its evidence leads to the papers that the firm still has."""
    return replace(
        part,
        evidence=tuple(
            replace(line, url=reverse("smes:paper", args=[sme.public_id, line.document]))
            if line.document in there
            else line
            for line in part.evidence
        ),
    )


def holidays_in_the_promise(row: Application, promise: PromiseClock | None, question: Question | None) -> str:
    """Named days off between the start of the promise and the day we promised."""
    if promise is None or row.clock_started_on is None:
        return ""
    end = clock.due_if_answered(row, on=today()) if question else promise.due
    return holiday_words(row.clock_started_on, end) if end else ""
