"""Periodic work on cases: days by a corrected calendar, what is late, offers that ran out, consents that ended."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="payments.redate_cases")
def redate_cases() -> None:
    """Mostly there is nothing to do: a case knows by which calendar its days were reckoned."""
    one_by_one(lambda pk: services.redate(case_id=pk), selectors.cases_of_another_calendar())


@shared_task(name="payments.look_at_cases")
def look_at_cases() -> None:
    redate_cases()
    one_by_one(lambda pk: services.end_with_consent(case_id=pk), selectors.cases_past_their_consent())
    one_by_one(lambda pk: services.lapse_offer(case_id=pk), selectors.offers_past_their_day())
    one_by_one(lambda pk: services.note_late(case_id=pk), selectors.late_cases())
