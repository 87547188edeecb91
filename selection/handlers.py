"""What selection does when it hears of an event: scores, and tells people. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import current_app
from django.urls import reverse
from django.utils import timezone

from selection.applications import selectors as applications_selectors
from selection.applications.notices import desk_url, tell, tell_firm
from smes.states import Happened as FirmHappened
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.selectors import people_with_role
from tdap_portal.audit import outbox
from tdap_portal.audit.outbox import on

from . import services_scoring
from .applications import clock
from .states import Happened

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.SUBMITTED.value, Happened.ANSWERED.value, Happened.PAPERS_TAKEN_UP.value, name="selection.score")
def score_it(event: Event) -> None:
    """Ring the scoring queue; a process that works off its events by itself (the demo) scores at once."""
    application_id = int(event.subject_id)
    if outbox.is_held():
        services_scoring.score_application(application_id=application_id)
    else:
        ring = current_app.signature("scoring.score_application", kwargs={"application_id": application_id})
        ring.apply_async(retry=False)


@on(FirmHappened.PAPER_VERIFIED.value, FirmHappened.PAPER_REFUSED.value, name="selection.take_up_papers")
def take_up_papers(event: Event) -> None:
    """What an officer found in a paper counts for the files of that firm that are still being judged."""
    sme_id = event.data.get("sme_id")
    for application_id in services_scoring.open_applications_of(sme_id) if sme_id else ():
        services_scoring.take_up_papers(application_id=application_id)


@on("rescoring.started", "rescoring.continued", name="selection.continue_rescoring")
def go_on_rescoring(event: Event) -> None:
    """The next files of a rescoring, in one transaction with the mark that they are done."""
    services_scoring.run_rescoring(rescoring_id=int(event.subject_id))


@on(Happened.ASKED.value, name="selection.tell_question")
def tell_the_question(event: Event) -> None:
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
def tell_the_desk(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    if row is not None and row.officer is not None:
        tell(row.officer, row, event, template="question.answered_desk", url=desk_url(row))


@on(Happened.WROTE.value, name="selection.tell_letter")
def tell_the_letter(event: Event) -> None:
    """A letter of the firm goes to its officer, or to all officers while nobody has the file."""
    row = applications_selectors.application_by_id(event.subject_id)
    if row is None:
        return
    if not event.data.get("from_firm"):
        tell_firm(row, event, url=reverse("selection:letters", args=[row.public_id]))
        return
    for officer in [row.officer] if row.officer else people_with_role(Role.OFFICER):
        tell(officer, row, event, template="letter.written_desk", url=desk_url(row))
