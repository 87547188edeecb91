"""Sending what is due, as tasks of the worker."""

from celery import shared_task

from . import sending


@shared_task(name="notify.send_due")
def send_due() -> None:
    sending.send_due()


@shared_task(name="notify.sweep")
def sweep() -> None:
    sending.sweep()
