"""Scoring in the worker: frozen facts and stored trade evidence go into the engine, a sealed card comes out."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from selection.applications import tallies
from selection.applications.freezing import COLUMNS, profile_now, refreeze
from selection.applications.selectors import card_of, numbers_of_states
from selection.engine.card import CardError
from selection.engine.facts import INDICATORS, Evidence, Facts, FactsError, Figure
from selection.engine.measures import Case
from selection.engine.points import tie_key
from selection.engine.policy import PolicyError
from selection.engine.score import score
from selection.models import Application, LevelStudy, Rescoring, RescoringPiece, Round, ScoreCard
from selection.policy.selectors import policy_of
from selection.rounds import permissions as rounds_permissions
from selection.states import APPLICATION, OPEN_STATES, SCORABLE_STATES, Happened, State
from selection.trade import selectors as trade_selectors
from selection.trade.selectors import SourceKind
from smes.papers import selectors as papers_selectors
from smes.profile.proofs import still_hold
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today

from .levels import Counted, Standing, count_into, nothing_counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from selection.engine.card import Card
    from selection.engine.policy import Policy
    from tdap_portal.accounts.models import User

VINTAGE_LENGTH = 60
RESCORED_IN_BULK = (State.SCORED, State.IN_REVIEW, State.REVIEWED)
VERIFIED_KEYS = ("documents_verified", "certifications", "bank_account_verified", "owner_cnic_held", "proofs")
PIECE = 100  # files a transaction: about a second, for which an act on one of them waits
STOOD_STILL = timedelta(minutes=10)
logger = logging.getLogger(__name__)


@transaction.atomic
def score_application(*, application_id: int) -> ScoreCard | None:
    """Score the file as it is frozen now; what the worker calls. Safe to call twice: a score is kept once.

    A file that just came in becomes scored, or held where a gate is shut. A file in review keeps its readers: it goes
    back to them where its points changed. Returns the card that counts, None where there is nothing to score.
    """
    row = Application.objects.select_for_update(of=("self",)).select_related("round").filter(pk=application_id).first()
    if row is None or row.state not in SCORABLE_STATES or row.facts is None:
        return None
    card = _score(row)
    kept, is_new = _keep(row, card)
    if not is_new and row.scored_version == row.facts_version:
        return kept
    before = tallies.cell_of(row)
    was, points_were = row.state, row.points
    _apply(row, card)
    row.scored_version = row.facts_version
    event = _settle(row, card)
    row.save(update_fields=["state", "points", "has_score", "tie_key", "scored_version", "updated_at"])
    tallies.shift(row, before=before)
    if event is not None:
        record(
            event,
            subject=row,
            actor=None,
            was=was,
            points=str(card.total),
            points_were=str(points_were),
            passed=card.passed,
            gates=[gate.code for gate in card.refusals],
            card=kept.pk,
            policy=kept.policy_version,
            vintage=kept.vintage,
            seal=kept.seal,
        )
    return kept


@transaction.atomic
def start_rescoring(*, actor: User, round: Round) -> Rescoring:  # noqa: A002  the domain's word
    """Move a round to the newest trade figures and begin to score all its files that are not yet recommended by them; the worker
    does it, for all at once.

    Facts stay as frozen and states as they are; a file whose gates would now say otherwise is left to a person and
    counted. While a rescoring of the round runs, starting again gives that one, and wakes it where it stood still.
    Raises NotAllowed.
    """
    rounds_permissions.can_run_rounds(actor).require()
    numbers = numbers_of_states([round.pk])[round.pk]
    planned = sum(numbers.get(state, 0) for state in RESCORED_IN_BULK)
    row, is_new = Rescoring.objects.select_for_update().get_or_create(
        round=round, finished_at=None, defaults={"actor": actor, "planned": planned}
    )
    if is_new:
        flows, platform = trade_selectors.vintages_in_use()
        Round.objects.filter(pk=round.pk).update(flows_vintage=flows, platform_vintage=platform)
    if is_new or row.updated_at < timezone.now() - STOOD_STILL:
        row.save(update_fields=["updated_at"])
        kept = Round.objects.select_related("flows_vintage", "platform_vintage").get(pk=round.pk)
        names = [vintage.name for vintage in (kept.flows_vintage, kept.platform_vintage) if vintage]
        record("rescoring.started", subject=row, actor=actor, round=round.code, planned=row.planned, vintages=names)
    return row


@transaction.atomic
def run_rescoring(*, rescoring_id: int) -> bool:
    """Score the next files of a rescoring; more of them leave one event that carries it on. Safe to run twice.

    At the end one history row holds the digest of all results instead of a row per file: the SHA-256 of a line
    "<public id>:<seal>" a file, in the order of their ids. A file that a fault keeps from it is noted and left out.
    Returns False when all was done.
    """
    job = (
        Rescoring.objects.select_for_update(of=("self",))
        .select_related("round", "actor")
        .filter(pk=rescoring_id)
        .first()
    )
    if job is None or job.finished_at is not None:
        return False
    rows = _next_files(job)
    lines = [_rescore(job, row) for row in rows]
    RescoringPiece.objects.create(rescoring=job, lines="".join(lines))
    job.last_id = rows[-1].pk if rows else job.last_id
    is_over = len(rows) < PIECE
    if is_over:
        job.finished_at = timezone.now()
    job.save()
    numbers = {
        "scored": job.scored,
        "changed": job.changed,
        "gate_changed": job.gate_changed,
        "failed": len(job.failed),
    }
    if is_over:
        digest = _take_digest(job)
        record(Happened.ROUND_RESCORED.value, subject=job.round, actor=job.actor, **numbers, digest=digest)
    else:
        record("rescoring.continued", subject=job, actor=job.actor, **numbers)
    return True


@transaction.atomic
def start_level_study(*, actor: User, round: Round, policy: str) -> LevelStudy:  # noqa: A002  the domain's word
    """Begin to count what a policy makes of the round's files at each level of evidence; the worker does it from their kept cards.

    No file is changed. While a study of the same round and policy runs, starting again gives that one, and wakes it where it
    stood still. Raises NotAllowed; PolicyError for an unknown policy.
    """
    rounds_permissions.can_run_rounds(actor).require()
    nothing = {standing.value: counted.to_json() for standing, counted in nothing_counted(policy_of(policy)).items()}
    planned = _studied_files(round.pk).count()
    row, is_new = LevelStudy.objects.select_for_update().get_or_create(
        round=round,
        policy=policy,
        finished_at=None,
        defaults={"actor": actor, "planned": planned, "counted": nothing},
    )
    if is_new or row.updated_at < timezone.now() - STOOD_STILL:
        row.save(update_fields=["updated_at"])
        record("level_study.started", subject=row, actor=actor, round=round.code, policy=policy, planned=row.planned)
    return row


@transaction.atomic
def run_level_study(*, study_id: int) -> bool:
    """Count the next files of a study; more of them leave one event that carries it on. Safe to run twice.

    Returns False when all was done.
    """
    study = LevelStudy.objects.select_for_update(of=("self",)).select_related("actor").filter(pk=study_id).first()
    if study is None or study.finished_at is not None:
        return False
    policy = policy_of(study.policy)
    files = _studied_files(study.round_id).filter(pk__gt=study.last_id).order_by("pk")
    ids = list(files.values_list("pk", flat=True)[:PIECE])
    newest = ScoreCard.objects.filter(application=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    cards = ScoreCard.objects.filter(
        pk__in=Application.objects.filter(pk__in=ids).annotate(newest=Subquery(newest)).values("newest")
    )
    counted = {standing: Counted.from_json(study.counted[standing]) for standing in Standing}
    readable = [card for kept in cards if (card := _readable(kept, policy)) is not None]
    count_into(counted, readable, policy)
    study.counted = {standing.value: here.to_json() for standing, here in counted.items()}
    study.done += len(ids)
    study.left_out += len(ids) - len(readable)
    study.last_id = ids[-1] if ids else study.last_id
    is_over = len(ids) < PIECE
    study.finished_at = timezone.now() if is_over else None
    study.save()
    event = "level_study.finished" if is_over else "level_study.continued"
    record(event, subject=study, actor=study.actor, done=study.done, left_out=study.left_out)
    return True


@transaction.atomic
def take_up_papers(*, application_id: int) -> bool:
    """Bring what officers verified since the submission into the frozen facts, as a new version; True if anything changed.

    Nothing else is taken anew: what the firm itself says stays as it was frozen.
    """
    row = Application.objects.select_for_update().filter(pk=application_id, state__in=SCORABLE_STATES).first()
    if row is None or row.facts is None:
        return False
    now = profile_now(row)
    now["certifications"] = with_verdicts(row.facts.get("certifications"), now["certifications"])
    if "proofs" in row.facts:
        now["proofs"] = still_hold(row.facts, now, papers_selectors.states_of_papers(row.sme_id))
    else:
        del now["proofs"]  # frozen before facts had proofs: what was frozen then is scored as it was
    changed = refreeze(row, keys=VERIFIED_KEYS, now=now)
    if changed:
        row.save(update_fields=["facts", "facts_version", *COLUMNS, "updated_at"])
        record(
            Happened.PAPERS_TAKEN_UP.value,
            subject=row,
            actor=None,
            changed=changed,
            facts_version=row.facts_version,
        )
    return bool(changed)


def with_verdicts(
    frozen: Sequence[Mapping[str, Any]] | None, now: Sequence[Mapping[str, Any]] | None
) -> list[dict[str, Any]] | None:
    """The frozen certificates with what officers said of them since: a verified one counts as it is now, also a new one;
    one that is verified no more stays as told. What the firm changed by itself is left out. None stays None without a verdict.
    """
    today_by_kind = {row["kind"]: dict(row) for row in now or ()}
    verified = {kind: row for kind, row in today_by_kind.items() if row["verified"]}
    kept = {
        row["kind"]: verified.get(row["kind"])
        or {**row, "verified": bool(row["verified"]) and row["kind"] not in today_by_kind}
        for row in frozen or ()
    }
    merged = list((kept | verified).values())
    return merged if merged or frozen is not None else None


def open_applications_of(sme_id: int) -> list[int]:
    """Ids of the firm's files that are still being judged, in the order in which everybody locks them."""
    rows = Application.objects.filter(sme_id=sme_id, state__in=OPEN_STATES).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def keep_card(row: Application, card: Card) -> ScoreCard:
    """Let a card that was computed from the file's newest facts count from now on, as the answer to an appeal does.

    row: locked; the caller saves points, has_score, tie_key and scored_version.
    """
    kept, _is_new = _keep(row, card)
    _apply(row, card)
    row.scored_version = row.facts_version
    return kept


# ---------------------------------------------------------------------------------------------------------- details


def _score(row: Application) -> Card:
    """The firm is judged by the day of its submission, whenever the worker comes to it; the trade figures are those that the round
    keeps. Where it keeps none, those in use now, and after it has closed those in use when it closed."""
    facts = Facts.from_frozen(row.facts or {})
    day = timezone.localdate(row.submitted_at) if row.submitted_at else today()
    figures_on = min(today(), timezone.localdate(row.round.closes_at))
    kept = {
        SourceKind.FLOWS: row.round.flows_vintage_id,
        SourceKind.PLATFORM: row.round.platform_vintage_id,
    }
    return score(
        facts, evidence_of(facts, on=figures_on, vintages=kept), policy_of(row.round.policy), on=day, track=row.track
    )


def evidence_of(
    facts: Facts, *, on: date, vintages: Mapping[SourceKind, int | None] = trade_selectors.NO_VINTAGES
) -> Evidence:
    """Stored trade and platform figures about the firm's main product, in the engine's own terms. on, vintages: see evidence_for."""
    figures = trade_selectors.evidence_for(facts.main_hs6, facts.sector, facts.services or (), on=on, vintages=vintages)
    return Evidence(
        {
            name: Figure.of(
                name,
                row["value"],
                period=row["period"],
                source=row["source"],
                vintage=row["vintage"],
                missing_reason=row["missing_reason"],
            )
            for name, row in figures.items()
            if name in INDICATORS
        }
    )


def _keep(row: Application, card: Card) -> tuple[ScoreCard, bool]:
    return ScoreCard.objects.get_or_create(
        application=row,
        facts_version=row.facts_version,
        policy_version=card.policy_version,
        vintage=", ".join(card.evidence.vintages)[:VINTAGE_LENGTH],
        engine_version=card.engine_version,
        defaults={
            "scored_on": card.on,
            "gates_passed": card.passed,
            "points": card.total,
            "card": card.to_json(),
            "seal": card.seal,
        },
    )


def _apply(row: Application, card: Card) -> None:
    """A file at a shut gate has no points on the desk; its card still says where it stands."""
    row.has_score = card.passed
    row.points = card.total if card.passed else Decimal(0)
    row.tie_key = f"{tie_key(Case(card.facts, card.evidence, card.on), policy_of(card.policy_version)):020d}"


def _settle(row: Application, card: Card) -> str | None:
    """Move the file to where its score puts it; returns the event's name, None where a held file stays held."""
    if not card.passed:
        if row.state == State.HELD:
            return None
        move = APPLICATION.move("hold", row.state)
    elif row.state == State.SUBMITTED:
        move = APPLICATION.move("score", row.state)
    else:
        move = APPLICATION.move("rescore", row.state)
    row.state = move.target.value
    return move.event.value


def _studied_files(round_id: int) -> QuerySet[Application]:
    """All that were submitted and not taken back."""
    return Application.objects.filter(round_id=round_id, submitted_at__isnull=False).exclude(state=State.WITHDRAWN)


def _readable(kept: ScoreCard, policy: Policy) -> Card | None:
    """None, and a line for the administrators, for a card that cannot be read or whose track the policy does not know."""
    try:
        card = card_of(kept)
        policy.gates_of(card.track)
    except (CardError, FactsError, PolicyError):
        logger.exception("study of levels: card %s cannot be counted", kept.pk)
        return None
    return card


def _next_files(job: Rescoring) -> list[Application]:
    rows = Application.objects.select_for_update(of=("self",)).select_related("round")
    waiting = rows.filter(round_id=job.round_id, state__in=RESCORED_IN_BULK, pk__gt=job.last_id)
    return list(waiting.order_by("pk")[:PIECE])


def _rescore(job: Rescoring, row: Application) -> str:
    """One file, counted; returns its line of the digest, empty where it has none."""
    try:
        with transaction.atomic():
            card = _score(row)
            if not card.passed:
                job.gate_changed += 1
                return ""
            kept, is_new = _keep(row, card)
            has_changed = is_new and row.points != card.total
            if is_new:
                _apply(row, card)
                row.save(update_fields=["points", "has_score", "tie_key", "updated_at"])
    except OperationalError:  # of the database, not of this file: the whole piece is done again
        raise
    except Exception:
        logger.exception("rescoring %s failed for %s", job.public_id, row.file_number)
        job.failed.append(row.file_number)
        return ""
    job.scored += 1
    job.changed += has_changed
    return f"{row.public_id}:{kept.seal}\n"


def _take_digest(job: Rescoring) -> str:
    """Over all pieces, which are needed no longer."""
    digest = hashlib.sha256()
    for lines in job.pieces.order_by("pk").values_list("lines", flat=True).iterator():
        digest.update(lines.encode())
    job.pieces.all().delete()
    return digest.hexdigest()
