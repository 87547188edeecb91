"""Doorbells of the people's room."""

from celery import shared_task

from . import services


@shared_task(name="accounts.purge_unfinished")
def purge_unfinished() -> None:
    services.purge_unfinished_registrations()
