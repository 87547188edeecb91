"""Periodic work on cases: what is late, offers that ran out, consents that ended."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="payments.look_at_cases")
def look_at_cases() -> None:
    one_by_one(lambda pk: services.end_with_consent(case_id=pk), selectors.cases_past_their_consent())
    one_by_one(lambda pk: services.lapse_offer(case_id=pk), selectors.offers_past_their_day())
    one_by_one(lambda pk: services.note_late(case_id=pk), selectors.late_cases())
