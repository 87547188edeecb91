"""Scoring in the worker: frozen facts and stored trade evidence go into the engine, a sealed card comes out."""

from __future__ import annotations

import hashlib
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today

from . import permissions, tallies
from .engine.facts import INDICATORS, Evidence, Facts, Figure
from .engine.measures import Case
from .engine.points import tie_key
from .engine.score import score
from .models import Application, ScoreCard
from .selectors import policy_of
from .services import COLUMNS, profile_now, refreeze
from .states import APPLICATION, OPEN_STATES, SCORABLE_STATES, Happened, State
from .trade.selectors import evidence_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tdap_portal.accounts.models import User

    from .engine.card import ScoreCard as Card
    from .models import Round

VINTAGE_LENGTH = 60
RESCORED_IN_BULK = (State.SCORED, State.IN_REVIEW, State.REVIEWED)
VERIFIED_KEYS = ("documents_verified", "certifications", "bank_account_verified", "owner_cnic_held")
CHUNK = 500


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
def rescore_round(*, actor: User, round: Round) -> int:  # noqa: A002  the domain's word
    """Score all files of a round that are not yet recommended again, as after new trade figures; returns how many changed.

    Facts stay as frozen and states as they are; a file whose gates would now say otherwise is left to a person and
    counted. One history row holds the digest of all results instead of a row a file. Raises NotAllowed.
    """
    permissions.can_run_rounds(actor).require()
    numbers: Counter[str] = Counter()
    digest = hashlib.sha256()
    for row in _chunks(round):
        card = _score(row)
        if not card.passed:
            numbers["gate_changed"] += 1
            continue
        kept, is_new = _keep(row, card)
        numbers["scored"] += 1
        if is_new and row.points != card.total:
            numbers["changed"] += 1
        if is_new:
            _apply(row, card)
            row.save(update_fields=["points", "has_score", "tie_key", "updated_at"])
        digest.update(f"{row.public_id}:{kept.seal}\n".encode())
    record(Happened.ROUND_RESCORED.value, subject=round, actor=actor, **numbers, digest=digest.hexdigest())
    return numbers["changed"]


@transaction.atomic
def take_up_papers(*, application_id: int) -> bool:
    """Bring what officers verified since the submission into the frozen facts, as a new version; True if anything changed.

    Nothing else is taken anew: what the firm itself says stays as it was frozen.
    """
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("round", "sme")
        .filter(pk=application_id, state__in=SCORABLE_STATES)
        .first()
    )
    if row is None or row.facts is None:
        return False
    now = profile_now(row)
    now["certifications"] = with_verdicts(row.facts.get("certifications"), now["certifications"])
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


# ---------------------------------------------------------------------------------------------------------- details


def _score(row: Application) -> Card:
    """The firm is judged by the day of its submission, whenever the worker comes to it; the trade figures are those in use
    now, and after the round has closed those in use when it closed, so that all its files can be scored by the same."""
    facts = Facts.from_frozen(row.facts or {})
    day = timezone.localdate(row.submitted_at) if row.submitted_at else today()
    figures_on = min(today(), timezone.localdate(row.round.closes_at))
    return score(facts, evidence_of(facts, on=figures_on), policy_of(row.round.policy), on=day, track=row.track)


def evidence_of(facts: Facts, *, on: date) -> Evidence:
    """Stored trade and platform figures about the firm's main product, in the engine's own terms. on: whose vintages count."""
    told = evidence_for(facts.main_hs6, facts.sector, facts.services or (), on=on)
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
            for name, row in told.items()
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


def _chunks(round_: Round) -> Iterator[Application]:
    last = 0
    while True:
        rows = list(
            Application.objects.select_for_update(of=("self",))
            .select_related("round")
            .filter(round=round_, state__in=RESCORED_IN_BULK, pk__gt=last)
            .order_by("pk")[:CHUNK]
        )
        if not rows:
            return
        yield from rows
        last = rows[-1].pk
