"""Questions, answers and letters: who hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from selection.applications import clock
from selection.applications import selectors as applications_selectors
from selection.applications.notices import tell_firm
from selection.review.notices import tell_desk
from selection.states import Happened
from tdap_portal.audit.outbox import on

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.ASKED.value, name="selection.tell_question")
def tell_question(event: Event) -> None:
    """Nothing to tell where the question was answered or taken back meanwhile."""
    row = applications_selectors.application_by_id(event.subject_id)
    question = applications_selectors.open_question_of(row) if row else None
    if row is None or question is None or question.public_id != event.data["question"]:
        return
    tell_firm(
        row,
        event,
        url=reverse("selection:question", args=[row.public_id]),
        question=question,
        decide_by=clock.due_if_answered(row, on=timezone.localdate(event.at)),
    )


@on(Happened.ANSWERED.value, name="selection.tell_answer")
def tell_answer(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    if row is not None and not row.is_ended:
        tell_desk(row, event, template="question.answered_desk")


@on(Happened.WROTE.value, name="selection.tell_letter")
def tell_letter(event: Event) -> None:
    """A letter of the firm goes to whoever has its file at the desk."""
    row = applications_selectors.application_by_id(event.subject_id)
    if row is None:
        return
    if not event.data.get("from_firm"):
        tell_firm(row, event, url=reverse("selection:letters", args=[row.public_id]))
        return
    tell_desk(row, event, template="letter.written_desk")
