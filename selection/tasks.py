"""Doorbells of selection."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import selectors, services_rounds, services_scoring


@shared_task(name="scoring.score_application")
def score_application(*, application_id: int) -> None:
    services_scoring.score_application(application_id=application_id)


@shared_task(name="scoring.sweep")
def sweep_scoring() -> None:
    """Score what waits although its bell was lost with a broker."""
    one_by_one(
        lambda application_id: services_scoring.score_application(application_id=application_id),
        selectors.waiting_for_score(),
    )


@shared_task(name="selection.keep_calendar")
def keep_calendar() -> None:
    services_rounds.keep_calendar()


@shared_task(name="selection.redate")
def redate_open_files() -> None:
    services_rounds.redate_open_files()


@shared_task(name="selection.promise_alarms")
def promise_alarms() -> None:
    services_rounds.sound_promise_alarms()
