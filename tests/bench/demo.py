"""Building the demo, as the first start of `manage.py run` does: SQLite in an empty folder, all of it through the services.

Run by `make bench BENCH=demo`; the number of rows is the demo's own. One JSON object:

- seconds: of `seed_demo` alone, on one core; statements: SQL statements in it;
- applications, history_rows: what was built;
- loop_seconds: a plain loop of twenty million additions just before and after, the larger one. The machine may be
  shared: two figures can only be compared where their loops agree.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LOOP = 20_000_000


def main(rows: int | None = None) -> dict[str, Any]:
    """Migrate, build, measure. Raises ValueError for a number of rows: the demo has its own."""
    if rows is not None:
        raise ValueError("The demo has its own number of firms: leave ROWS out.")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tdap_portal.settings.dev",
            DATABASE_URL=f"sqlite:///{folder / 'db.sqlite3'}",
            VAR_DIR=str(folder),
            DEMO="1",
            LOG_LEVEL="ERROR",
        )
        return _measured()


def _measured() -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from selection.models import Application
    from smes.models import Sme
    from tdap_portal.audit.models import Event

    call_command("migrate", verbosity=0)
    counted = [0]

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        counted[0] += 1
        return execute(*arguments)

    before = _loop_seconds()
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        call_command("seed_demo", stdout=io.StringIO())
    seconds = time.perf_counter() - began
    return {
        "rows": Sme.objects.count(),
        "seconds": round(seconds, 1),
        "statements": counted[0],
        "applications": Application.objects.count(),
        "history_rows": Event.objects.count(),
        "loop_seconds": round(max(before, _loop_seconds()), 2),
    }


def _loop_seconds() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(LOOP):
        total += number
    return time.perf_counter() - began
