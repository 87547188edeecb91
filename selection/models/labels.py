"""What states, tracks and outcomes are called on pages. Each code has its words here and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

from selection.states import (
    AppealOutcome,
    AppealState,
    CompositionState,
    NominationState,
    OfferState,
    Outcome,
    RoundState,
    State,
    Verdict,
)
from smes.vocabulary.codes import TRACKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=StrEnum)

STATE_LABELS = {
    State.DRAFT: _("Draft"),
    State.SUBMITTED: _("Waiting for its score"),
    State.HELD: _("A condition is not met"),
    State.SCORED: _("Waiting for its readers"),
    State.IN_REVIEW: _("Being reviewed"),
    State.REVIEWED: _("Both readings are in"),
    State.RECOMMENDED: _("Waiting for the decision"),
    State.SELECTED: _("Selected"),
    State.WAITLISTED: _("On the waiting list"),
    State.DECLINED: _("Declined"),
    State.GIVEN_BACK: _("Seat given back"),
    State.WITHDRAWN: _("Withdrawn"),
}


TRACK_LABELS = {track: _(name.alone) for track, name in TRACKS.items()}


ROUND_STATE_LABELS = {
    RoundState.PLANNED: _("Planned"),
    RoundState.OPEN: _("Open"),
    RoundState.IN_REVIEW: _("In review"),
    RoundState.DECIDED: _("Decided"),
}


OUTCOME_LABELS = {
    Outcome.SELECT: _("Select"),
    Outcome.WAITLIST: _("Put on the waiting list"),
    Outcome.DECLINE: _("Decline"),
}


COMPOSITION_STATE_LABELS = {
    CompositionState.WORKING: _("Being worked out"),
    CompositionState.READY: _("Worked out"),
    CompositionState.CLASH: _("The rules clash"),
    CompositionState.FAILED: _("Could not be worked out"),
}


OFFER_STATE_LABELS = {
    OfferState.OPEN: _("Waits for an answer"),
    OfferState.ACCEPTED: _("Accepted"),
    OfferState.DECLINED: _("Declined by the firm"),
    OfferState.EXPIRED: _("Ran out"),
    OfferState.TAKEN_BACK: _("Taken back"),
    OfferState.GIVEN_BACK: _("Given back"),
}


NOMINATION_STATE_LABELS = {
    NominationState.INVITED: _("Asked, no answer yet"),
    NominationState.AGREED: _("Agreed"),
    NominationState.REFUSED: _("Said no"),
    NominationState.LAPSED: _("Time ran out"),
    NominationState.WITHDRAWN: _("Taken back by the partner"),
}


APPEAL_STATE_LABELS = {
    AppealState.DRAFT: _("Being written"),
    AppealState.SENT: _("Waits for its answer"),
    AppealState.ANSWERED: _("Answered"),
    AppealState.CLOSED: _("Closed without an answer"),
}


APPEAL_OUTCOME_LABELS = {
    AppealOutcome.UPHELD: _("Upheld"),
    AppealOutcome.REJECTED: _("Rejected"),
    AppealOutcome.REREAD: _("Back to reading"),
}


VERDICT_LABELS = {
    Verdict.RIGHT: _("Right"),
    Verdict.WRONG: _("Not right"),
    Verdict.UNCLEAR: _("Cannot tell"),
}


def choices_of(labels: Mapping[Code, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    """Labels as a model field wants its choices."""
    return [(key.value, label) for key, label in labels.items()]
