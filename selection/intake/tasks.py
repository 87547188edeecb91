"""Periodic work on applications that are not submitted."""

from celery import shared_task

from . import services


@shared_task(name="selection.remind_of_closing")
def remind_of_closing() -> None:
    services.remind_of_closing()


@shared_task(name="selection.restore_submitted")
def restore_submitted() -> None:
    services.restore_all()
