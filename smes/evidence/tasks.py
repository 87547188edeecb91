"""Verifications that end with a paper."""

from __future__ import annotations

from celery import shared_task

from tdap_portal.core.calendar import today
from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="smes.end_verifications")
def end_verifications() -> None:
    """Every morning: firms of which a paper has run out. A second run ends nothing twice."""
    one_by_one(
        lambda sme: services.recheck_firm(sme_id=sme.pk), selectors.firms_verified_until_before(today()).iterator()
    )
