"""Deciding many files of a round at once: sent by one director, signed by another, carried out by the worker line by line."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock
from selection.applications.locking import locked_round
from selection.applications.notices import take_back_letters
from selection.applications.reasons import unfit_codes
from selection.applications.selectors import newest_score
from selection.models import Application, Decision, DecisionLine, Offer, RoundDecision
from selection.review import obstacles, places
from selection.review import selectors as review_selectors
from selection.seats.composer import selectors as composer_selectors
from selection.seats.composer import services as composer_services
from selection.seats.composer.pools import candidates_of, seal_of
from selection.seats.offers import services as offers_services
from selection.states import (
    APPLICATION,
    CompositionState,
    Happened,
    OfferState,
    Outcome,
    RoundState,
    State,
)
from smes.people import services as people_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors
from .plan import Line, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from selection.models import Composition, Round
    from selection.review.obstacles import Obstacle
    from tdap_portal.accounts.models import User

PIECE = 50  # lines a transaction
logger = logging.getLogger(__name__)
IN_ROUND = MappingProxyType(
    {
        Outcome.SELECT: "select_in_round",
        Outcome.WAITLIST: "waitlist_in_round",
        Outcome.DECLINE: "decline_in_round",
    }
)
AGAIN = MappingProxyType({Outcome.WAITLIST: "waitlist_again", Outcome.DECLINE: "decline_again"})
STATE_OF = MappingProxyType(
    {Outcome.SELECT: State.SELECTED, Outcome.WAITLIST: State.WAITLISTED, Outcome.DECLINE: State.DECLINED}
)


# ---------------------------------------------------------------------------------------------------------- sending


@dataclass(frozen=True, slots=True)
class Override:
    """What a director wants for one file against the composition."""

    file: int
    outcome: Outcome
    reason_code: str
    words: str


@transaction.atomic
def send_composition(
    *,
    actor: User,
    composition: Composition,
    waiting: int,
    words: str,
    words_ur: str = "",
    overrides: Sequence[Override] = (),
) -> RoundDecision:
    """Send a composition to decision: a line for each file that was read or stands at a gate; nothing is decided before another
    director signs.

    waiting: places on the waiting list; who has none is declined. words: why these rules, as the public reads it. Sending the
    same twice is one. Raises NotAllowed; WrongState; DomainError "not_ready", "moved" where a file came, went or changed since it
    was worked out, "seats_exceed" where its seats were given otherwise since, "waits_already" where another decision of the round
    waits, "no_words", "unknown_reason", "seats_full".
    """
    round_ = locked_round(composition.round_id)
    composition.round = round_
    candidates = candidates_of(round_)
    plan = selectors.ranked_of(composition, candidates) if composition.state == CompositionState.READY else None
    files = [row.pk for row in candidates]
    part = composer_selectors.part_in(
        actor, Application.objects.filter(pk__in=files + (list(plan.held) if plan else []))
    )
    permissions.can_send(actor, part).require()
    if round_.state != RoundState.IN_REVIEW:
        raise WrongState(_("A round is decided once it is closed, and before it is final."))
    if plan is None or composition.finished_at is None or composition.result["checked"]:
        raise DomainError(_("This composition is not worked out, so it cannot be sent."), code="not_ready")
    if seal_of(candidates) != composition.pool_seal:
        raise DomainError(_("Files came, went or changed since this was worked out. Work it out again."), code="moved")
    composer_services.require_free(round_, seats=composition.seats, reserve=composition.reserve)
    if not words.strip():
        raise DomainError(_("Write why these rules, in words the public will read."), code="no_words")
    lines = lines_of(plan, waiting=waiting, overrides=_as_lines(overrides, files))
    _require_seats(composition, lines)
    points = {row.pk: row.points for row in candidates}
    by_score = [line for line in lines if line.outcome == Outcome.SELECT and not (line.by_rule or line.is_override)]
    return _send(
        actor=actor,
        round_=round_,
        composition=composition,
        lines=lines,
        words=words.strip(),
        words_ur=words_ur.strip(),
        waiting=waiting,
        line_points=min((points[line.file] for line in by_score), default=None),
    )


@transaction.atomic
def send_change(
    *,
    actor: User,
    round: Round,  # noqa: A002  the domain's word
    files: Sequence[Application],
    outcome: str,
    reason_code: str,
    words: str,
) -> RoundDecision:
    """Send a change of decisions that were made: these files wait, or are declined, for one reason. What can be changed is seen
    when it is signed, not now.

    Raises NotAllowed; DomainError "waits_already", "no_words", "unknown_reason", "nothing_to_do".
    """
    round_ = locked_round(round.pk)
    rows = Application.objects.filter(pk__in=[row.pk for row in files], round=round_)
    permissions.can_send(actor, composer_selectors.part_in(actor, rows)).require()
    wanted = Outcome(outcome)
    _check_reason(wanted, reason_code, words)
    if wanted not in AGAIN:
        raise DomainError(_("A decision is changed to waiting or to declined here."), code="unknown_reason")
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise DomainError(_("None of these files is in this round."), code="nothing_to_do")
    lines = [Line(pk, wanted, (reason_code,), words=words.strip(), is_override=True) for pk in ids]
    return _send(actor=actor, round_=round_, composition=None, lines=lines, words=words.strip(), words_ur="", waiting=0)


def _send(
    *,
    actor: User,
    round_: Round,
    composition: Composition | None,
    lines: Sequence[Line],
    words: str,
    words_ur: str,
    waiting: int,
    line_points: Decimal | None = None,
) -> RoundDecision:
    basis = selectors.basis_of(lines)
    waits = selectors.waiting_of(round_)
    if waits is not None:
        if (waits.sent_by_id, waits.basis, waits.words) == (actor.pk, basis, words):
            return waits
        raise DomainError(
            _("Another decision of this round waits for its second signature. Sign or return that one first."),
            code="waits_already",
        )
    made = RoundDecision.objects.create(
        round=round_,
        composition=composition,
        sent_by=actor,
        words=words,
        words_ur=words_ur,
        waiting=waiting,
        basis=basis,
        planned=len(lines),
        line_points=line_points,
    )
    DecisionLine.objects.bulk_create(
        (
            DecisionLine(
                round_decision=made,
                application_id=line.file,
                outcome=line.outcome.value,
                reason_codes=list(line.reason_codes),
                by_rule=line.by_rule,
                is_override=line.is_override,
                words=line.words,
            )
            for line in lines
        ),
        batch_size=1000,
    )
    letter = composition.letter if composition else ""
    record(Happened.DECISION_SENT.value, subject=made, actor=actor, round=round_.code, letter=letter, files=len(lines))
    return made


def _as_lines(overrides: Sequence[Override], files: Sequence[int]) -> dict[int, Line]:
    """Raises DomainError "unknown_file" for a file that is not decided here, or is named twice."""
    known = set(files)
    if len({one.file for one in overrides}) < len(overrides) or any(one.file not in known for one in overrides):
        raise DomainError(
            _("A file that is decided otherwise must be among these, and only once."), code="unknown_file"
        )
    for one in overrides:
        _check_reason(one.outcome, one.reason_code, one.words)
    return {
        one.file: Line(one.file, one.outcome, (one.reason_code,), is_override=True, words=one.words.strip())
        for one in overrides
    }


def _check_reason(outcome: Outcome, code: str, words: str) -> None:
    if unfit_codes([code], outcome, on=today()):
        raise DomainError(_("Choose a reason that fits this outcome."), code="unknown_reason")
    if not words.strip():
        raise DomainError(_("Write the reason in words that the firm will read."), code="no_words")


def _require_seats(composition: Composition, lines: Sequence[Line]) -> None:
    selected = sum(line.outcome == Outcome.SELECT for line in lines)
    if selected > composition.seats:
        raise DomainError(
            _("With these changes %(selected)d files would be selected for %(seats)d seats. Take others out.")
            % {"selected": selected, "seats": composition.seats},
            code="seats_full",
        )


# ---------------------------------------------------------------------------------------------- the second signature


@transaction.atomic
def sign(*, actor: User, decision: RoundDecision, basis: str) -> RoundDecision:
    """Sign what another director sent; from here on the worker carries it out. Signing twice is once.

    basis: of the decision as it was read. Raises NotAllowed; WrongState where it was returned; DomainError "changed", "moved"
    where a file came, went or changed since it was sent, "seats_exceed" where its seats were given otherwise since, "already_signed"
    where another director was first.
    """
    round_, row = _locked(decision)
    part = composer_selectors.part_in(actor, selectors.files_of(row))
    permissions.can_sign(actor, row, part).require()
    if row.signed_at is not None:
        if row.signed_by_id == actor.pk:
            return row
        raise DomainError(_("Another director has signed this already."), code="already_signed")
    _require_open(row)
    if basis != row.basis:
        raise DomainError(_("This is not what you read. Open the page again."), code="changed")
    if row.composition is not None:
        if seal_of(candidates_of(round_)) != row.composition.pool_seal:
            raise DomainError(
                _("Files came, went or changed since this was sent. Return it, so that it is worked out again."),
                code="moved",
            )
        composer_services.require_free(round_, seats=row.composition.seats, reserve=row.composition.reserve)
        round_.appeal_reserve = row.composition.reserve
        round_.save(update_fields=["appeal_reserve", "updated_at"])
    row.signed_by, row.signed_at = actor, timezone.now()
    row.save(update_fields=["signed_by", "signed_at", "updated_at"])
    record(Happened.DECISION_SIGNED.value, subject=row, actor=actor, round=round_.code, files=row.planned)
    return row


@transaction.atomic
def return_decision(*, actor: User, decision: RoundDecision, words: str) -> RoundDecision:
    """Send it back with a reason; nothing of it is done. Whoever sent it takes it back so. Raises NotAllowed, WrongState once it is
    signed, DomainError "no_words"."""
    _round, row = _locked(decision)
    permissions.can_return(actor, composer_selectors.part_in(actor, selectors.files_of(row))).require()
    if row.signed_at is not None:
        raise WrongState(_("This is signed and is being carried out."))
    _require_open(row)
    if not words.strip():
        raise DomainError(_("Write why it goes back."), code="no_words")
    row.returned_by, row.returned_at, row.returned_words = actor, timezone.now(), words.strip()
    row.save(update_fields=["returned_by", "returned_at", "returned_words", "updated_at"])
    record(Happened.DECISION_RETURNED.value, subject=row, actor=actor, round=row.round.code, words=row.returned_words)
    return row


def _locked(decision: RoundDecision) -> tuple[Round, RoundDecision]:
    """The decision's lock first, as the worker takes it that carries it out; then the round's, for which seats, other decisions
    and the closing wait."""
    rows = RoundDecision.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("composition", "round", "sent_by").get(pk=decision.pk)
    return locked_round(row.round_id), row


def _require_open(row: RoundDecision) -> None:
    if row.returned_at is not None:
        raise WrongState(_("This was returned. What takes its place is sent anew."))


# ------------------------------------------------------------------------------------------------------ carrying out


@transaction.atomic
def carry_out(*, decision_id: int) -> bool:
    """Do the next lines of a signed decision; more of them leave one event that carries it on. Safe to run twice.

    What a file's state or the rules no longer allow is left as it was, with the reason. Returns False when all was done.
    """
    row = (
        RoundDecision.objects.select_for_update(of=("self",), no_key=True)
        .select_related("signed_by", "composition")
        .get(pk=decision_id)
    )
    if row.signed_at is None or row.finished_at is not None:
        return False
    lines = list(row.lines.filter(pk__gt=row.last_id).order_by("pk")[:PIECE])
    work = _Work.of(row, lines)
    for line in lines:
        line.left_as_was = work.do(line)
        line.done_at = timezone.now()
        row.last_id = line.pk
        row.done += not line.left_as_was
    DecisionLine.objects.bulk_update(lines, ["left_as_was", "done_at"])
    is_over = len(lines) < PIECE
    row.finished_at = timezone.now() if is_over else None
    row.save(update_fields=["last_id", "done", "finished_at", "updated_at"])
    event = Happened.DECISION_DONE if is_over else Happened.DECISION_CONTINUED
    record(event.value, subject=row, actor=row.signed_by, done=row.done, planned=row.planned)
    return True


@dataclass
class _Work:
    """The files of one piece, locked, with all that is read for them at once. Files are locked in the order of their ids, then
    their firms, then the round: as in every act that decides."""

    decision: RoundDecision
    files: dict[int, Application]
    against: dict[int, list[Obstacle]]
    free: int

    @classmethod
    def of(cls, decision: RoundDecision, lines: Sequence[DecisionLine]) -> _Work:
        ids = [line.application_id for line in lines]
        rows = Application.objects.select_for_update(of=("self",)).select_related("round", "sme").filter(pk__in=ids)
        files = {row.pk: row for row in rows.order_by("pk")}
        selected = [files[line.application_id] for line in lines if line.outcome == Outcome.SELECT]
        for sme_id in sorted({row.sme_id for row in selected}):
            people_services.hold_still(sme_id)
        round_ = locked_round(decision.round_id)
        return cls(decision, files, obstacles.obstacles_among(selected), review_selectors.free_places(round_))

    def do(self, line: DecisionLine) -> str:
        """Carry out one line; returns the code of why the file was left as it was, "" where it was done."""
        row = self.files[line.application_id]
        outcome = Outcome(line.outcome)
        why_not = self._why_not(row, outcome)
        if why_not:
            return why_not
        try:
            with transaction.atomic():
                self._decide(row, outcome, line)
        except OperationalError:  # of the database, not of this file: the whole piece is done again
            raise
        except Exception:
            logger.exception("decision %s failed for %s", self.decision.public_id, row.file_number)
            self.files[row.pk] = Application.objects.select_related("round", "sme").get(pk=row.pk)
            return "fault"
        self.free -= outcome == Outcome.SELECT
        return ""

    def _why_not(self, row: Application, outcome: Outcome) -> str:
        is_round = self.decision.composition_id is not None
        can_move = APPLICATION.allows((IN_ROUND if is_round else AGAIN)[outcome], row.state)
        is_taken = outcome == Outcome.SELECT
        reasons = (
            ("withdrawn", row.state == State.WITHDRAWN),
            ("given_back", row.state == State.GIVEN_BACK),
            ("same", row.state == STATE_OF[outcome]),
            ("asked", is_round and row.awaiting_firm),
            ("accepted", row.state == State.SELECTED and bool(selectors.with_accepted_offer([row.pk]))),
            ("decided", is_round and not can_move and row.is_ended),
            ("not_decided", not can_move),
            ("obstacle", is_taken and bool(self.against.get(row.pk))),
            ("seats_full", is_taken and self.free < 1),
        )
        return next((code for code, applies in reasons if applies), "")

    def _decide(self, row: Application, outcome: Outcome, line: DecisionLine) -> None:
        moves: Mapping[Outcome, Any] = IN_ROUND if self.decision.composition_id is not None else AGAIN
        move = APPLICATION.move(moves[outcome], row.state)
        if row.state in STATE_OF.values():
            take_back_letters(row)
        open_offer = Offer.objects.filter(application=row, state=OfferState.OPEN).first()
        signed_by = self.decision.signed_by
        assert signed_by is not None  # noqa: S101  carry_out looked
        made = Decision.objects.create(
            application=row,
            recommendation=review_selectors.newest_recommendation(row),
            approver=signed_by,
            outcome=outcome.value,
            reason_codes=line.reason_codes,
            words=line.words,
            score_card=newest_score(row),
            round_decision=self.decision,
            by_rule=line.by_rule,
        )
        if row.decided_at is None:
            clock.stop(row, on=today())
        row.decided_at, row.nobody_since = timezone.now(), None
        places.move_file(row, move, "decided_at", "nobody_since", *clock.FIELDS)
        record(
            move.event.value,
            subject=row,
            actor=signed_by,
            decision=made.public_id,
            reasons=made.reason_codes,
            round_decision=self.decision.public_id,
            offer_taken_back=open_offer is not None,
        )
        if open_offer is not None:
            offers_services.take_back(offer=open_offer, actor=signed_by, words=line.words)
        if outcome == Outcome.SELECT:
            offers_services.make_offer(application=row, decision=made)
