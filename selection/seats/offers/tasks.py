"""Periodic work on offers and waiting lists."""

from celery import shared_task

from . import promoting, services


@shared_task(name="selection.expire_offers")
def expire_offers() -> None:
    services.expire_offers()


@shared_task(name="selection.fill_free_seats")
def fill_free_seats() -> None:
    promoting.sweep()


@shared_task(name="selection.remind_of_offers")
def remind_of_offers() -> None:
    services.remind_of_offers()
