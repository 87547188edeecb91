"""A level study of a round of ROWS files on PostgreSQL: what the worker does after a director asked for it.

Run by `make bench BENCH=levels`, 5,000 files where ROWS is left out: 25 files scored through the services, and copies of
them with their kept cards. One JSON object; worker_seconds: all pieces of the study, one after the other; longest_piece:
the seconds of the longest of them, for which the study's row is locked; pieces: their number.
"""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from selection.models import Round

SCORED = 25


def main(rows: int = 5_000) -> dict[str, Any]:
    """Migrate, fill, count. Raises RuntimeError where PostgreSQL is missing."""
    programs = find_postgres()
    if not programs:
        raise RuntimeError("This benchmark needs PostgreSQL on this machine.")
    postgres = PostgresServer(programs)
    try:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            os.environ.update(
                DJANGO_SETTINGS_MODULE="tdap_portal.settings.dev",
                DATABASE_URL=postgres.url,
                VAR_DIR=folder,
                DEMO="0",
                LOG_LEVEL="ERROR",
            )
            return _measured(rows)
    finally:
        postgres.stop()


def _measured(rows: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from selection.scoring import services
    from tdap_portal.audit.outbox import held_back
    from tests.factories.accounts import director
    from tests.factories.selection import RoundFactory

    call_command("migrate", verbosity=0)
    pieces = []
    with held_back():
        round_ = RoundFactory(number=4)
        _fill(round_, rows)
        study = services.start_level_study(actor=director(), round=round_, policy="2026-2")
        while study.finished_at is None:
            began = time.perf_counter()
            services.run_level_study(study_id=study.pk)
            pieces.append(time.perf_counter() - began)
            study.refresh_from_db()
    connection.close()
    return {
        "rows": study.done,
        "worker_seconds": round(sum(pieces), 2),
        "longest_piece": round(max(pieces), 2),
        "pieces": len(pieces),
    }


def _fill(round_: Round, rows: int) -> None:
    from selection.models import Application, ScoreCard
    from smes.models import Sme
    from tdap_portal.core.models import new_public_id
    from tests.factories.selection import ApplicationFactory

    files = [ApplicationFactory(round=round_, scored=True) for _number in range(SCORED)]
    templates = [(row.sme, row, ScoreCard.objects.get(application=row)) for row in files]
    firms, copies, cards = [], [], []
    for number in range(rows - SCORED):
        firm, file, card = templates[number % SCORED]
        values = {field.attname: getattr(firm, field.attname) for field in Sme._meta.concrete_fields}
        firms.append(Sme(**values | {"id": None, "public_id": new_public_id(), "form_token": None}))
        values = {field.attname: getattr(file, field.attname) for field in Application._meta.concrete_fields}
        copies.append(
            Application(**values | {"id": None, "public_id": new_public_id(), "file_number": f"R4-{number + 1000}"})
        )
        values = {field.attname: getattr(card, field.attname) for field in ScoreCard._meta.concrete_fields}
        cards.append(ScoreCard(**values | {"id": None}))
    for firm, copy in zip(Sme.objects.bulk_create(firms), copies, strict=True):
        copy.sme_id = firm.pk
    for copy, card in zip(Application.objects.bulk_create(copies), cards, strict=True):
        card.application_id = copy.pk
    ScoreCard.objects.bulk_create(cards)
