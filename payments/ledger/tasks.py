"""The nightly look through the books."""

from celery import shared_task

from . import services


@shared_task(name="payments.check_ledger")
def check_ledger() -> None:
    services.check_books()
