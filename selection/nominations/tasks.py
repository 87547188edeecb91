"""Periodic work on nominations."""

from celery import shared_task

from . import services


@shared_task(name="selection.end_nominations")
def end_nominations() -> None:
    """Those that nobody answered; and rows of old sheets."""
    services.lapse_due()
    services.empty_old_sheets()


@shared_task(name="selection.remind_nominees")
def remind_nominees() -> None:
    services.remind_due()
