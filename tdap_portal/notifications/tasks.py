"""Sending what is due and reading what came in, as tasks of the worker."""

from celery import shared_task

from . import inbound, sending


@shared_task(name="notify.send_due")
def send_due() -> None:
    sending.send_due()


@shared_task(name="notify.sweep")
def sweep() -> None:
    sending.sweep()


@shared_task(name="notify.read_inbound")
def read_inbound() -> None:
    inbound.read_due()


@shared_task(name="notify.blank_inbound")
def blank_inbound() -> None:
    inbound.blank_old()
