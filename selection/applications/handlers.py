"""What the firm is told of its file, and what the file keeps of its papers. Each handler first checks whether its work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selection.states import Happened, State
from smes.papers import selectors as papers_selectors
from smes.states import Happened as FirmHappened
from tdap_portal.audit.outbox import on

from . import freezing, selectors
from .notices import tell_firm

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event

TOLD_THE_FIRM = (
    Happened.SUBMITTED,
    Happened.HELD,
    Happened.RESTORED,
    Happened.SCORED,
    Happened.WITHDRAWN,
    Happened.QUESTION_CANCELLED,
    Happened.ANSWERED,
)


@on(*(event.value for event in TOLD_THE_FIRM), name="selection.tell_firm")
def tell_of_file(event: Event) -> None:
    row = selectors.application_by_id(event.subject_id)
    if row is not None and row.submitted_at is not None:  # nobody is told of a draft that was withdrawn
        tell_firm(row, event, **_about_gates(event))


PAPERS = (
    FirmHappened.PAPER_UPLOADED,
    FirmHappened.PAPER_VERIFIED,
    FirmHappened.PAPER_REFUSED,
    FirmHappened.PAPER_REPLACED,
    FirmHappened.PAPER_REOPENED,
)


@on(*(event.value for event in PAPERS), name="selection.note_papers", last_of=lambda event: event.data.get("sme_id"))
def note_papers(event: Event) -> None:
    """The desk filters by how far a firm's papers have come; of many that were judged in a row, the last one says it."""
    if event.data.get("sme_id") and not papers_selectors.has_later_verdict(event):
        freezing.note_papers(event.data["sme_id"])


@on(
    FirmHappened.CONTRADICTIONS_FOUND.value,
    FirmHappened.CONTRADICTIONS_CHANGED.value,
    name="selection.note_contradictions",
)
def note_contradictions(event: Event) -> None:
    """The desk filters by firms of which something does not fit."""
    freezing.note_contradictions(int(event.subject_id))


@on(FirmHappened.CONTRADICTION_EXPLAINED.value, name="selection.note_explanation")
def note_explanation(event: Event) -> None:
    freezing.note_contradictions(event.data["sme_id"])


# ---------------------------------------------------------------------------------------------------------- details


def _about_gates(event: Event) -> dict[str, Any]:
    """For a held file: what is unmet and what would meet it, as the engine's reasons."""
    if event.name != Happened.HELD:
        return {}
    row = selectors.application_by_id(event.subject_id)
    card = selectors.newest_card(row) if row is not None and row.state == State.HELD else None
    return {"gates": card.refusals if card else ()}
