"""A partner's board over ROWS nominees on PostgreSQL: `make bench BENCH=board ROWS=10000`.

Nine in ten nominees agreed, two in five of those who applied have a seat and go through eight sessions in ten cohorts.
seconds: of reading and counting all that the page shows; cpu_seconds: of this process alone, where others use the machine. seconds_xlsx, seconds_pdf: of the same with a file made of it. queries: of
the reading; queries_small: with a hundred nominees.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_ROWS = 10_000
SMALL_ROWS = 100
COHORTS = 10
TURNS = 5
DATABASE = "portal_bench"


def main(rows: int = DEFAULT_ROWS) -> dict[str, Any]:
    """Raises RuntimeError where PostgreSQL is missing."""
    programs = find_postgres()
    if not programs:
        raise RuntimeError("This benchmark needs PostgreSQL on this machine.")
    postgres = PostgresServer(programs)
    try:
        _set_up(postgres)
        return _measured(rows)
    finally:
        from django.db import connections

        connections.close_all()
        postgres.stop()


def _set_up(postgres: PostgresServer) -> None:
    import psycopg2

    with closing(psycopg2.connect(postgres.url)) as line:
        line.autocommit = True
        line.cursor().execute(f"CREATE DATABASE {DATABASE}")
    os.environ["DATABASE_URL"] = postgres.url.removesuffix("postgres") + DATABASE
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _measured(rows: int) -> dict[str, Any]:
    from training.board import overview, paper, selectors, workbook
    from training.board.figures import Wanted

    partner, small = _filled(rows), _filled(SMALL_ROWS)

    def page() -> Any:
        return overview.board_of(selectors.snapshot_of(partner), Wanted())

    return {
        "seconds": _median(page),
        "cpu_seconds": _median(page, time.process_time),
        "seconds_xlsx": _median(lambda: workbook.workbook_of(page())),
        "seconds_pdf": _median(lambda: paper.pdf_of(page())),
        "queries": _queries(partner),
        "queries_small": _queries(small),
    }


def _filled(rows: int) -> Any:
    from django.db import connection

    from tests.factories.accounts import partner_person
    from tests.factories.board import nominees, running, train
    from tests.factories.selection import RoundFactory
    from tests.factories.training_places import CohortFactory
    from tests.selection.nominations.made import organisation_of

    person, dice = partner_person(), random.Random(7)
    made = nominees(organisation_of(person), RoundFactory(), rows, made_by=person, dice=dice, agreed=0.9)
    train(made, [running(CohortFactory(places=1000)) for _ in range(COHORTS)], dice=dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return organisation_of(person)


def _median(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    act()
    found = []
    for _turn in range(TURNS):
        began = clock()
        act()
        found.append(clock() - began)
    return round(sorted(found)[TURNS // 2], 3)


def _queries(partner: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from training.board import selectors

    with CaptureQueriesContext(connection) as queries:
        selectors.snapshot_of(partner)
    return len(queries)
