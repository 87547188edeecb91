"""What the clock rings for tries."""

from celery import shared_task

from . import services


@shared_task(name="training.close_attempts")
def close_attempts() -> None:
    services.close_over()
