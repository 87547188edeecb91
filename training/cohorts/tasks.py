"""What the clock rings for cohorts."""

from celery import shared_task

from . import services


@shared_task(name="training.keep_cohorts")
def keep_cohorts() -> None:
    services.keep_cohorts()
