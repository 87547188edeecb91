"""Periodic work on accounts and sessions."""

from celery import shared_task
from django.core.management import call_command

from . import services


@shared_task(name="accounts.purge_unfinished")
def purge_unfinished() -> None:
    services.purge_unfinished_registrations()


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Sessions that ran out are only rows: nobody can use them, and they would pile up for ever."""
    call_command("clearsessions")
