"""The sign of life that the health page looks for."""

from celery import shared_task

from . import services


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    services.beat("worker")
