"""Doorbells."""

from __future__ import annotations

from celery import shared_task

from tdap_portal.core.calendar import today

from . import selectors, services


@shared_task(name="smes.remind_expiries")
def remind_expiries() -> None:
    """Rings every morning: papers that end within 30, 7 or 1 days. A second ring tells nobody twice."""
    day = today()
    for document in selectors.documents_to_remind_of(day).iterator():
        services.remind_of_expiry(document=document, on=day)
