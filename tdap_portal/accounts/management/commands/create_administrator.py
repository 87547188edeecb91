"""The first administrator of a new portal, and the second where nobody else could sign with the first.

Everybody else gets their roles in the portal, where two people stand behind each role that decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tdap_portal.accounts import services
from tdap_portal.core.cleaning import clean
from tdap_portal.core.errors import DomainError

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Make somebody an administrator. They sign in with a code to this e-mail, set up a second step and a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--reason", default="", help="why not in the portal, where two people can sign; for history"
        )

    def handle(self, *args: Any, email: str, name: str, reason: str, **options: object) -> None:
        email, name = clean(email).strip(), clean(name).strip()
        try:
            services.create_administrator(name=name, email=email, reason=reason)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{email} is an administrator: {settings.SITE_URL}{reverse('account_request_login_code')}")
