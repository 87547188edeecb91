"""Scoring in the background."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="scoring.score_application")
def score_application(*, application_id: int) -> None:
    services.score_application(application_id=application_id)


@shared_task(name="scoring.sweep")
def sweep_scoring() -> None:
    """Score what waits although its bell was lost with a broker."""
    one_by_one(
        lambda application_id: services.score_application(application_id=application_id),
        selectors.waiting_for_score(),
    )
