"""Periodic work on accounts and sessions."""

from celery import shared_task
from django.core.management import call_command

from . import services
from .role_requests import services as role_requests_services


@shared_task(name="accounts.purge_unfinished")
def purge_unfinished() -> None:
    services.purge_unfinished_registrations()


@shared_task(name="accounts.lapse_role_requests")
def lapse_role_requests() -> None:
    role_requests_services.lapse_requests()


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Sessions that ran out are only rows: nobody can use them, and they would pile up for ever."""
    call_command("clearsessions")
