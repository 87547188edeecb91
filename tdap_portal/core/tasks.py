"""Doorbells of the ground."""

from celery import shared_task

from . import services


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    services.beat("worker")
