"""When a firm is looked over for what does not fit, and whether its verification still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smes.papers import selectors as papers_selectors
from smes.states import ComparisonAnswer, Happened
from tdap_portal.audit.outbox import on
from tdap_portal.audit.selectors import later_events

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.STEP_SAVED, name="smes.look_for_contradictions", last_of=lambda event: event.subject_id)
def look_after_a_step(event: Event) -> None:
    """A firm that saves step after step is looked over once, for the last of them, or for the papers that it sent since; then
    it shows whether its verification still stands."""
    if later_events(event, Happened.STEP_SAVED).exists():
        return
    if not papers_selectors.has_sent_since(int(event.subject_id), event.at):
        services.look_for_contradictions(sme_id=int(event.subject_id))
    services.recheck_firm(sme_id=int(event.subject_id))


@on(
    Happened.PAPER_UPLOADED,
    Happened.PAPER_REFUSED,
    Happened.PAPER_REPLACED,
    Happened.PAPER_REOPENED,
    name="smes.look_for_contradictions",
    last_of=lambda event: event.data["sme_id"],
)
def look_after_a_paper(event: Event) -> None:
    """A firm that sends paper after paper is looked over once, for the last of them, whose own event comes later."""
    sent = event.name == Happened.PAPER_UPLOADED
    if sent and papers_selectors.has_newer_paper(event.data["sme_id"], int(event.subject_id)):
        return
    services.look_for_contradictions(sme_id=event.data["sme_id"])


@on(Happened.CONTRADICTIONS_FOUND, name="smes.recheck_firm")
def recheck_after_a_contradiction(event: Event) -> None:
    services.recheck_firm(sme_id=int(event.subject_id))


@on(
    Happened.PAPER_REFUSED,
    Happened.PAPER_REPLACED,
    Happened.PAPER_REOPENED,
    Happened.COMPARISON_UNDONE,
    Happened.FACT_COMPARED,
    name="smes.recheck_firm_of_paper",
    where=lambda data: data.get("answer") != ComparisonAnswer.SAME,  # what a paper shows takes nothing away
)
def recheck_after_a_verdict(event: Event) -> None:
    services.recheck_firm(sme_id=event.data["sme_id"])
