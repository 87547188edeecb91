"""Who can sign in to the demo."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SOURCES = ("tdap_portal.accounts.demo", "training.demo", "smes.demo")


class Command(BaseCommand):
    help = "List the demo's accounts: role, login, password."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="a list of objects with the keys role, login, password")

    def handle(self, *args: Any, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("There is no demo here (DEMO is off).")
        rows = [row for name in SOURCES for row in import_module(name).accounts()]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=1))
            return
        for row in rows:
            self.stdout.write(f"{row['role']:24} {row['login']:36} {row['password']}")
