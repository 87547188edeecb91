"""Pages of loans over ROWS cases on PostgreSQL: `make bench BENCH=loans ROWS=100000`.

A tenth as many firms, ten lenders; half of the cases are with the first of them, and one firm has two hundred. A fifth of the firms are counted
without a name. A line a page: queries, and seconds of the best of five turns, by Django's test client in this process.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ROWS = 100_000
DATABASE = "portal_bench"
LENDERS, TURNS, OF_ONE_FIRM, PIECE = 10, 5, 200, 5_000
ENDED = ("refused", "declined", "lapsed")


def main(rows: int = DEFAULT_ROWS) -> Iterator[dict[str, Any]]:
    """Raises RuntimeError where PostgreSQL is missing."""
    programs = find_postgres()
    if not programs:
        raise RuntimeError("This benchmark needs PostgreSQL on this machine.")
    postgres = PostgresServer(programs)
    try:
        _set_up(postgres)
        yield from _measured(rows)
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


def _measured(rows: int) -> Iterator[dict[str, Any]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tdap_portal.accounts.roles import PartnerKind
    from tests.factories.payments import finance_officer
    from tests.payments.finance.made import bank_of, banker

    setup_test_environment()
    people = [banker(PartnerKind.MICROFINANCE_BANK), *(banker() for _one in range(LENDERS - 1))]
    firms = _firms(max(LENDERS, rows // 10))
    _cases(rows, firms, [bank_of(person) for person in people])
    _wishes(firms[: len(firms) // 5])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    owner = firms[0]
    pages = (
        ("queue", people[0], "/payments/lender/"),
        ("queue_late", people[0], "/payments/lender/?tab=late"),
        ("queue_over", people[0], "/payments/lender/?tab=over"),
        ("queue_program", people[0], "/api/v1/payments/finance/queue/"),
        ("one_case", people[0], f"/payments/lender/cases/{_open_case(bank_of(people[0]))}/"),
        ("demand", people[0], "/payments/lender/demand/"),
        ("firm", owner.created_by, f"/payments/firm/{owner.public_id}/finance/"),
        ("firm_program", owner.created_by, "/api/v1/payments/finance/cases/"),
        ("overview", finance_officer(), "/payments/finance/"),
        ("overview_late", finance_officer(), "/payments/finance/?late=1"),
        ("figures", None, "/payments/finance/figures/"),
        ("pulse", None, "/payments/pulse/"),
    )
    for name, person, address in pages:
        client = Client()
        if person is not None:
            client.force_login(person)
        assert client.get(address).status_code == 200, address
        asked: list[str] = []
        with connection.execute_wrapper(_noting(asked)):
            client.get(address)
        seconds = min(_seconds(client, address) for _turn in range(TURNS))
        yield {"page": name, "queries": len(asked), "seconds_page": round(seconds, 3)}


def _noting(asked: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    return note


def _seconds(client: Any, address: str) -> float:
    began = time.perf_counter()
    client.get(address)
    return time.perf_counter() - began


def _firms(number: int) -> list[Any]:
    from smes.models import Sme
    from tdap_portal.core.models import new_public_id
    from tests.factories.smes import SmeFactory

    first = SmeFactory(complete=True)
    values = {field.attname: getattr(first, field.attname) for field in Sme._meta.concrete_fields}
    others = [
        Sme(**values | {"id": None, "public_id": new_public_id(), "form_token": None, "name": f"Workshop {at:06d}"})
        for at in range(1, number)
    ]
    Sme.objects.bulk_create(others, batch_size=PIECE)
    return [first, *others]


def _cases(rows: int, firms: list[Any], lenders: list[Any]) -> None:
    from payments.models import Consent, FinanceCase
    from payments.money import rupees
    from tdap_portal.core.calendar import today

    day = today()
    for begin in range(0, rows, PIECE):
        consents, cases = [], []
        for at in range(begin, min(rows, begin + PIECE)):
            firm = firms[0] if at < OF_ONE_FIRM else firms[at % len(firms)]
            lender = lenders[0] if at % 2 else lenders[1 + at // 2 % (len(lenders) - 1)]
            is_open = OF_ONE_FIRM <= at < OF_ONE_FIRM + len(firms)
            asked = day - timedelta(days=at % 20 if is_open else 40 + at % 300)
            consent = Consent(
                sme=firm,
                lender=lender,
                purpose="decide",
                ends_on=day + timedelta(days=at % 90),
                given_by=firm.created_by,
            )
            consents.append(consent)
            state = "with_lender" if is_open else ENDED[at % 3]
            cases.append(
                FinanceCase(
                    number=at + 1, sme=firm, lender=lender, consent=consent, amount=rupees(1_000_000), days=180,
                    use="Leather.", sector=firm.sector, city=firm.city, asked_by=firm.created_by, state=state,
                    promise_days=15, clock_started_on=asked, due_on=asked + timedelta(days=15) if is_open else None,
                    offer_amount=None if is_open else rupees(900_000), offer_rate_bp=900, offer_days=180,
                    reasons=["B2"] if state == "refused" else [], answered_days=None if is_open else 9,
                    decided_at=None if is_open else _moment(asked),
                )
            )  # fmt: skip
        Consent.objects.bulk_create(consents)
        FinanceCase.objects.bulk_create(cases)


def _moment(day: Any) -> Any:
    from datetime import datetime, time

    from django.utils import timezone

    return timezone.make_aware(datetime.combine(day, time(12)))


def _wishes(firms: list[Any]) -> None:
    from payments.models import FinanceWish
    from payments.money import rupees
    from smes.vocabulary.codes import SECTORS
    from smes.vocabulary.places import CITIES

    cities, sectors = list(CITIES)[:40], list(SECTORS)
    FinanceWish.objects.bulk_create(
        [
            FinanceWish(
                sme=firm, amount=rupees(100_000 + at % 20 * 100_000), days=180, use="Looms.", city=cities[at % len(cities)],
                sector=sectors[at // len(cities) % len(sectors)], asked_by=firm.created_by,
            )
            for at, firm in enumerate(firms)
        ],
        batch_size=PIECE,
    )  # fmt: skip


def _open_case(lender: Any) -> str:
    from payments.models import FinanceCase

    return FinanceCase.objects.filter(lender=lender, state="with_lender").values_list("public_id", flat=True)[0]
