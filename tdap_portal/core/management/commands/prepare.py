"""All that must be true before the processes start: translations, fonts, tables, and in the demo its people and firms."""

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from tdap_portal.core import selectors, services
from tdap_portal.core.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile translations, cut fonts, migrate, load the demo on the first start; prints the demo's accounts as JSON."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(Path(folder))
        finders.find("fonts/urdu.woff2")  # fonts are cut when they are first looked for: now, not for the first visitor
        try:
            connection.ensure_connection()
        except OperationalError as reason:
            raise SystemExit(f"The database named by DATABASE_URL does not answer:\n{reason}") from None
        self._migrate()
        if selectors.holds_half_a_demo():
            self._forget_half_a_demo()
        services.forget_beat("worker")  # what the last start's worker said is no sign that this one's lives
        if settings.DEMO and "seed_demo" in get_commands() and not get_user_model().objects.exists():
            began = time.monotonic()
            with services.demo_being_loaded():
                self.stderr.write("Loading the demo (first start) …")
                call_command("seed_demo", verbosity=0)
            self.stderr.write(f"… loaded in {time.monotonic() - began:.0f} s.")
        self.stdout.write(json.dumps(self._accounts()))

    def _migrate(self) -> None:
        self.stderr.write("Bringing the tables up to date …")
        call_command("migrate", verbosity=0, interactive=False)

    def _forget_half_a_demo(self) -> None:
        """The last start was cut off while it loaded the demo into this database: begin again from an empty one."""
        if not settings.DEMO:
            raise SystemExit(
                "The database named by DATABASE_URL holds half a demo: its loading was cut off. "
                "Start once with DEMO=1 to load it anew, or name another database."
            )
        if get_user_model().objects.filter(is_demo=False).exists():
            raise SystemExit(
                "The database named by DATABASE_URL holds half a demo, and people who are not of the demo: "
                "it is not emptied. Name another database."
            )
        self.stderr.write("The last start was cut off while it loaded the demo: emptying the database …")
        # Not row by row: the triggers of history refuse that, and that tables are emptied.
        if connection.vendor == "sqlite":
            connection.close()
            for tail in ("", "-wal", "-shm"):
                Path(f"{connection.settings_dict['NAME']}{tail}").unlink(missing_ok=True)
        else:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
        self._migrate()

    def _accounts(self) -> list[dict[str, str]]:
        if not settings.DEMO or "demo_accounts" not in get_commands():
            return []
        output = StringIO()
        call_command("demo_accounts", "--json", stdout=output)
        return list(json.loads(output.getvalue() or "[]"))
