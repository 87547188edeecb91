"""Certificates of a cohort of ROWS people on PostgreSQL: `make bench BENCH=certificates ROWS=1000`.

The manager asks for them; the worker issues them piece by piece, with their history, and tells every person; then each is drawn,
both languages on one sheet, and signed. seconds: of all of it, per_second: certificates in one of them. issue_seconds: of the
worker's pieces and messages; pdf_seconds: of the drawing and signing. cpu_seconds: of this process alone, where others use
the machine. statements: in the worker's pieces, for each certificate. load: how many processes the machine served meanwhile.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ._database import portal

if TYPE_CHECKING:
    from training.models import Cohort

DEFAULT_ROWS = 1_000
SESSIONS = 8


def main(rows: int = DEFAULT_ROWS) -> dict[str, Any]:
    """Raises RuntimeError where PostgreSQL is missing, AssertionError where not everybody gets one that checks."""
    with portal():
        return _measured(rows)


def _measured(rows: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tdap_portal.audit.outbox import deliver_all, held_back
    from tests.factories.training import programme_manager
    from training.certificates import keys, sealing, services
    from training.models import Certificate

    cohorts = [_filled(min(1000, rows - at)) for at in range(0, rows, 1000)]
    manager = programme_manager()
    deliver_all()
    began, used = time.perf_counter(), time.process_time()
    with held_back():
        for cohort in cohorts:
            services.issue_for_cohort(actor=manager, cohort=cohort)
        deliver_all()
    issued = time.perf_counter() - began
    papers = Certificate.objects.select_related("place__sme", "place__cohort__programme", "application")
    bytes_drawn = 0
    for certificate in papers.order_by("pk").iterator(chunk_size=200):
        content = services.signed_pdf(certificate)
        bytes_drawn += len(content)
        if not sealing.read_seal(content, keys=keys.public_keys()).is_whole:
            raise AssertionError(certificate.number)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    if papers.count() != rows:
        raise AssertionError(papers.count())
    small = _filled(20)
    with held_back(), CaptureQueriesContext(connection) as statements:
        services.issue_next(cohort_id=small.pk, actor=manager)
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "per_second": round(rows / seconds, 1),
        "issue_seconds": round(issued, 1),
        "pdf_seconds": round(seconds - issued, 1),
        "cpu_seconds": round(cpu, 1),
        "kb_each": round(bytes_drawn / rows / 1024, 1),
        "statements": round(len(statements) / 20, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _filled(rows: int) -> Cohort:
    """A finished cohort in which everybody came to everything."""
    from django.utils import timezone

    from selection.models import Application
    from selection.states import State
    from tdap_portal.core.models import new_public_id
    from tests.factories.selection import RoundFactory
    from tests.factories.smes import SmeFactory
    from tests.factories.training_places import CohortFactory
    from tests.selection.seats.offers import world
    from training.models import Attendance, Cohort, Place, Session

    now = timezone.now()
    cohort = CohortFactory(places=1000, starts_on=now.date() - timedelta(days=60), ends_on=now.date())
    Cohort.objects.filter(pk=cohort.pk).update(state="finished")
    held = [
        Session(
            cohort=cohort, position=at + 1, title="Photographs that sell", minutes=120, skill="photography",
            starts_at=now - timedelta(days=50 - at), ends_at=now - timedelta(days=50 - at, minutes=-120),
            changed_at=now, public_id=new_public_id(),
        )
        for at in range(SESSIONS)
    ]  # fmt: skip
    Session.objects.bulk_create(held)
    first = world.put(RoundFactory(), State.SELECTED, 80, papers=False)
    files = []
    for at in range(rows):
        file = Application.objects.get(pk=first.pk) if not files else _copy(files[0])
        file.pk, file.public_id, file.sme = None, new_public_id(), SmeFactory()
        file.file_number = f"{first.file_number}-{at}"
        files.append(file)
    Application.objects.bulk_create(files)
    places = [
        Place(
            cohort=cohort, application=file, sme=file.sme, attendee="Rabia Noor", attendee_user=file.sme.created_by,
            asked_at=now - timedelta(days=100), public_id=new_public_id(),
        )
        for file in files
    ]  # fmt: skip
    Place.objects.bulk_create(places)
    Attendance.objects.bulk_create(
        [Attendance(session=session, place=place, status="present") for place in places for session in held]
    )
    return cohort


def _copy(row: Any) -> Any:
    return type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
