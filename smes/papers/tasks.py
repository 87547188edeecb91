"""Reminders of papers that run out."""

from __future__ import annotations

from celery import shared_task

from tdap_portal.core.calendar import today
from tdap_portal.core.sweeping import one_by_one

from . import selectors, services, vault


@shared_task(name="smes.remind_expiries")
def remind_expiries() -> None:
    """Every morning: papers that end soon, by the rules on reminders. A second run reminds nobody twice."""
    day = today()
    one_by_one(
        lambda document: services.remind_of_expiry(document=document, on=day),
        selectors.documents_to_remind_of(day).iterator(),
    )


@shared_task(name="smes.draw_paper")
def draw_paper(document_id: int) -> None:
    document = selectors.document_by_id(document_id)
    if document is not None:
        services.draw_paper(document)


@shared_task(name="smes.sweep_vault")
def sweep_vault() -> None:
    vault.sweep_halves()
