"""Questions, answers and letters: who hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from selection.applications import clock
from selection.applications import selectors as applications_selectors
from selection.applications.notices import tell, tell_firm
from selection.intake.permissions import WRITERS
from selection.review.notices import tell_desk
from selection.states import Happened
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.reminders import channels_of

if TYPE_CHECKING:
    from selection.models import Application, Question
    from tdap_portal.audit.models import Event


@on(Happened.ASKED.value, name="selection.tell_question")
def tell_question(event: Event) -> None:
    """Nothing to tell where the question was answered or taken back meanwhile."""
    row = applications_selectors.application_by_id(event.subject_id)
    question = _still_open(row, event)
    if row is None or question is None:
        return
    tell_firm(
        row,
        event,
        url=reverse("selection:question", args=[row.public_id]),
        question=question,
        decide_by=clock.due_if_answered(row, on=timezone.localdate(event.at)),
    )


@on(Happened.QUESTION_DUE_SOON.value, name="selection.remind_of_question")
def remind_of_question(event: Event) -> None:
    """Those who can answer; nothing where the question was answered or taken back meanwhile."""
    row = applications_selectors.application_by_id(event.subject_id)
    question = _still_open(row, event)
    if row is None or question is None:
        return
    url = reverse("selection:question", args=[row.public_id])
    channels = channels_of(event.name, event.data.get("days"))
    for person in people_selectors.people_of(row.sme_id, *WRITERS):
        tell(person, row, event, url=url, question=question, channels=channels)


@on(Happened.QUESTION_PASSED.value, name="selection.tell_passed")
def tell_passed(event: Event) -> None:
    """The officer, who can give more days or recommend; and the firm, which can still answer."""
    row = applications_selectors.application_by_id(event.subject_id)
    question = _still_open(row, event)
    if row is None or question is None:
        return
    tell_desk(row, event, template="question.passed_desk")
    tell_firm(row, event, url=reverse("selection:question", args=[row.public_id]), question=question)


@on(Happened.QUESTION_EXTENDED.value, name="selection.tell_extended")
def tell_extended(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    question = _still_open(row, event)
    if row is not None and question is not None:
        tell_firm(row, event, url=reverse("selection:question", args=[row.public_id]), question=question)


def _still_open(row: Application | None, event: Event) -> Question | None:
    """The question of the event, where it still waits for the firm."""
    question = applications_selectors.open_question_of(row) if row is not None else None
    return question if question is not None and question.public_id == event.data["question"] else None


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
