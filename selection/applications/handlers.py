"""What the firm is told of its file. Each handler first checks whether its work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selection.states import Happened, State
from tdap_portal.audit.outbox import on

from . import selectors
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


# ---------------------------------------------------------------------------------------------------------- details


def _about_gates(event: Event) -> dict[str, Any]:
    """For a held file: what is unmet and what would meet it, as the engine's reasons."""
    if event.name != Happened.HELD:
        return {}
    row = selectors.application_by_id(event.subject_id)
    card = selectors.newest_card(row) if row is not None and row.state == State.HELD else None
    return {"gates": card.refusals if card else ()}
