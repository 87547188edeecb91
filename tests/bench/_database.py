"""A PostgreSQL of its own with an empty, migrated portal in it, for the benches that read tables in this process."""

from __future__ import annotations

import os
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATABASE = "portal_bench"
TURNS = 5


@contextmanager
def portal() -> Iterator[None]:
    """Django is set up inside, with the settings of the tests. Raises RuntimeError where PostgreSQL is missing."""
    programs = find_postgres()
    if not programs:
        raise RuntimeError("This benchmark needs PostgreSQL on this machine.")
    postgres = PostgresServer(programs)
    try:
        import psycopg2

        with closing(psycopg2.connect(postgres.url)) as line:
            line.autocommit = True
            line.cursor().execute(f"CREATE DATABASE {DATABASE}")
        os.environ["DATABASE_URL"] = postgres.url.removesuffix("postgres") + DATABASE
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        from django.db import connections

        connections.close_all()
        postgres.stop()


def copied(table: str, columns: dict[str, str], source: str) -> None:
    """Rows made in the database itself. columns: what each is, as SQL over `source`; the others take a sample row's values.

    source: what stands behind FROM, such as "generate_series(1, 1000) AS n".
    """
    from django.db import connection

    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {source}')  # noqa: S608  our own words


def like(sample: Any, **columns: str) -> dict[str, str]:
    """Columns for `copied`: those of a sample row as they are, but for the named ones. Without its id."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for field in sample._meta.concrete_fields:
            if field.primary_key or field.column in columns:
                continue
            value = field.get_db_prep_save(getattr(sample, field.attname), connection)
            found[field.column] = cursor.cursor.mogrify("%s", [value]).decode()
    return found | columns


def analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def median(act: Callable[[], object], *, clock: Callable[[], float] = time.perf_counter, turns: int = TURNS) -> float:
    """Seconds of the middle one of some turns, after one that does not count."""
    act()
    found = []
    for _turn in range(turns):
        began = clock()
        act()
        found.append(clock() - began)
    return round(sorted(found)[turns // 2], 3)


def queries(act: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def slow_plans(act: Callable[[], object], *, over_ms: float) -> list[str]:
    """The statements of an act that take longer than so many milliseconds, each with its plan."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        act()
    plans = []
    for query in found.captured_queries:
        if float(query["time"]) * 1000 >= over_ms and query["sql"].lstrip().upper().startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"].replace("%", "%%"), [])
                plans.append("\n".join([query["sql"][:600], *(row[0] for row in cursor.fetchall())]))
    return plans
