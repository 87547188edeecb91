"""The nightly search for duplicates."""

from __future__ import annotations

from celery import shared_task

from tdap_portal.core.calendar import today
from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="smes.look_for_duplicates_again")
def look_for_duplicates_again() -> None:
    """Every night: firms saved since yesterday, and a thirtieth of all others, so that none waits over a month."""
    one_by_one(
        lambda sme_id: services.flag_duplicates(sme_id=sme_id), selectors.firms_to_compare_again(today()).iterator()
    )
