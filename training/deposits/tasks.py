"""The sweep that finds what was not rung."""

from celery import shared_task

from . import services


@shared_task(name="training.ask_for_deposits")
def ask_for_deposits() -> None:
    services.sweep()
