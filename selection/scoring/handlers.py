"""When a file is scored, or scored again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import current_app

from selection.states import Happened
from smes.papers import selectors as papers_selectors
from smes.states import Happened as FirmHappened
from tdap_portal.audit import outbox
from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.SUBMITTED.value, Happened.ANSWERED.value, Happened.PAPERS_TAKEN_UP.value, name="selection.score")
def score(event: Event) -> None:
    """Ring the scoring queue; a process that works off its events by itself (the demo) scores at once."""
    application_id = int(event.subject_id)
    if outbox.is_held():
        services.score_application(application_id=application_id)
    else:
        ring = current_app.signature("scoring.score_application", kwargs={"application_id": application_id})
        ring.apply_async(retry=False)


@on(
    FirmHappened.PAPER_VERIFIED.value,
    FirmHappened.PAPER_REFUSED.value,
    FirmHappened.PAPER_REOPENED.value,
    FirmHappened.PAPER_REPLACED.value,
    name="selection.take_up_papers",
    last_of=lambda event: event.data.get("sme_id"),
)
def take_up_papers(event: Event) -> None:
    """What an officer found in a paper counts for the files of that firm that are still being judged; of many papers in a row
    it is taken up once, for the last of them."""
    sme_id = event.data.get("sme_id")
    if not sme_id or papers_selectors.has_later_verdict(event):
        return
    for application_id in services.open_applications_of(sme_id):
        services.take_up_papers(application_id=application_id)


@on("rescoring.started", "rescoring.continued", name="selection.continue_rescoring")
def continue_rescoring(event: Event) -> None:
    """The next files of a rescoring, in one transaction with the mark that they are done."""
    services.run_rescoring(rescoring_id=int(event.subject_id))


@on("level_study.started", "level_study.continued", name="selection.continue_level_study")
def continue_level_study(event: Event) -> None:
    """The next files of a study of levels, in one transaction with the mark that they are counted."""
    services.run_level_study(study_id=int(event.subject_id))
