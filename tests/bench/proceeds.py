"""Pages of export proceeds over ROWS shipments and as many receipts on PostgreSQL: `make bench BENCH=proceeds ROWS=200000`.

A third of the shipments is open, most of them of one firm in fifty that exports a lot, through ten banks of which one has two fifths of
all. One JSON object a page: seconds: the middle one of three turns of the whole answer, worst: the slowest of its filters and positions, and
its name; queries: the most that one of them asks.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.bench._database import analyze, copied, like, median, portal, queries, slow_plans

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ROWS = 200_000
FIRMS, BANKS, MONTHS = 5_000, 10, 30
FAR = SimpleNamespace(board_on=date(9999, 12, 31), came_on=date(9999, 12, 31), id=2**60)
TURNS = 3


def main(rows: int = DEFAULT_ROWS) -> Iterator[dict[str, Any]]:
    """Raises RuntimeError where PostgreSQL is missing. With PLANS=1 in the environment also the plans of statements above 100 ms."""
    with portal():
        from django.conf import settings
        from django.test.utils import setup_test_environment

        setup_test_environment()
        settings.ALLOWED_HOSTS = ["testserver"]
        made = _filled(rows)
        for name, pages in _pages(made).items():
            yield {"page": name, "rows": rows, **_measured(pages)}
        yield {"page": "a month is worked out", "rows": rows, **_month(made)}


def _measured(pages: dict[str, tuple[Any, str]]) -> dict[str, Any]:
    found = {name: _turn(*page) for name, page in pages.items()}
    worst = max(found, key=lambda name: found[name][0])
    first = next(iter(found))
    return {
        "seconds": found[first][0],
        "worst": found[worst][0],
        "worst_is": worst,
        "queries": max(number for _seconds, number in found.values()),
        "of": len(found),
    }


def _turn(person: Any, url: str) -> tuple[float, int]:
    def act() -> None:
        _answer(person, url)

    seconds = median(act, turns=TURNS)
    if os.environ.get("PLANS") and seconds > 0.3:
        for plan in slow_plans(act, over_ms=100):
            print(f"-- {url}\n{plan}\n")
    return seconds, queries(act)


_clients: dict[Any, Any] = {}


def _answer(person: Any, url: str) -> None:
    from django.test import Client

    if person not in _clients:
        _clients[person] = Client()
        if person is not None:
            _clients[person].force_login(person)
    answer = _clients[person].get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    if answer.streaming:
        b"".join(answer.streaming_content)


def _pages(made: SimpleNamespace) -> dict[str, dict[str, tuple[Any, str]]]:
    from django.urls import reverse

    from tdap_portal.web.paging import _write_cursor

    board, own, queue = (
        reverse("payments:board"),
        reverse("payments:proceeds", args=[made.sme.public_id]),
        reverse("payments:proceeds_queue"),
    )
    filters = [
        "", "age=over", "age=week", "age=later", "age=no_day", "state=paid", "state=withdrawn", "state=held", "kind=parcel",
        "kind=service&age=over", "sector=rice", "sector=none", "sector=rice&kind=service", f"bank={made.small.public_id}",
        f"bank={made.bank.public_id}&state=paid", f"bank={made.bank.public_id}&sector=rice&kind=parcel&age=no_day",
        f"bank={made.small.public_id}&sector=carpets&age=over", "state=paid&kind=service&sector=carpets",
        "state=withdrawn&kind=service", "state=refused",
    ]  # fmt: skip
    last = {name: _write_cursor("p", FAR, order) for name, order in (("board", ("board_on", "id")), ("own", ("-id",)))}
    first_id = _write_cursor("p", SimpleNamespace(id=0), ("-id",))
    queue_end = _write_cursor("p", FAR, ("came_on", "id"))
    return {
        "board": {
            **{one or "all": (made.officer, f"{board}?{one}") for one in filters},
            "last page": (made.officer, f"{board}?cursor={last['board']}"),
            "last page of paid ones": (made.officer, f"{board}?state=paid&cursor={last['board']}"),
            "last page of a sector": (made.officer, f"{board}?sector=rice&cursor={last['board']}"),
        },
        "board as CSV": {one or "all": (made.officer, f"{reverse('payments:board_csv')}?{one}") for one in filters[:3]},
        "home of a finance officer": {"": (made.officer, reverse("payments:desk"))},
        "exports of a firm": {
            "first page": (made.owner, own),
            "last page": (made.owner, f"{own}?cursor={first_id}"),
        },
        "one receipt to match": {"": (made.owner, reverse("payments:proceeds_receipt", args=[made.free.public_id]))},
        "one shipment": {"": (made.owner, reverse("payments:shipment", args=[made.shipment.public_id]))},
        "files of a firm": {"": (made.owner, reverse("payments:proceeds_xlsx", args=[made.sme.public_id]))},
        "queue of a bank": {
            **{show: (made.clerk, f"{queue}?show={show}") for show in ("said", "confirmed", "disputed")},
            "last page": (made.clerk, f"{queue}?cursor={queue_end}"),
            "last page of confirmed ones": (made.clerk, f"{queue}?show=confirmed&cursor={queue_end}"),
        },
        "one of the queue": {"": (made.clerk, reverse("payments:bank_receipt", args=[made.said.public_id]))},
        "statement": {
            "page": (None, reverse("payments:proceeds_statement")),
            "CSV": (None, reverse("payments:statement_csv")),
            "PDF": (None, reverse("payments:statement_pdf")),
        },
        "months to publish": {"": (made.officer, reverse("payments:statement_months"))},
        "API": {
            "shipments": (made.officer, "/api/v1/payments/shipments/"),
            "of a sector": (made.officer, "/api/v1/payments/shipments/?sector=carpets&kind=parcel"),
            "receipts": (made.officer, "/api/v1/payments/proceeds/?state=disputed"),
            "of a bank": (made.clerk, "/api/v1/payments/proceeds/"),
            "of a firm": (made.owner, "/api/v1/payments/shipments/"),
        },
    }


def _month(made: SimpleNamespace) -> dict[str, Any]:
    """What publishing reads and counts, in the month with most receipts."""
    from payments.statement import selectors
    from payments.statement.suppress import cut

    def act() -> None:
        for sectors in selectors.by_firm(made.month).values():
            cut(sectors)

    return {"seconds": median(act, turns=TURNS), "queries": queries(act)}


def _filled(rows: int) -> SimpleNamespace:
    """Rows as the services write them, copied in the database from one of each."""
    from django.db import connection

    from payments.models import Allocation, ProceedsReceipt, Shipment, StatementMonth
    from payments.proceeds import allocating
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner
    from tdap_portal.core.calendar import today
    from tests.factories.payments import finance_officer
    from tests.factories.proceeds import bank_of, bank_person, came, confirmed, first_of, rate, shipped
    from tests.factories.smes import SmeFactory

    day, officer, clerk = today(), finance_officer(), bank_person()
    rate(day=day - timedelta(days=3))
    big = SmeFactory()
    sample, money = shipped(big), came(big, bank=bank_of(clerk))
    allocating.match(actor=big.created_by, receipt=money, parts={sample.public_id: 1}, seen=0)
    confirmed(money, person=clerk)
    for _bank in range(BANKS - 1):
        bank_person()
    banks = list(Partner.objects.filter(kind="bank").order_by("pk"))
    banks.sort(key=lambda one: one.pk != bank_of(clerk).pk)
    copied(
        "smes_sme",
        like(big, public_id="'f' || lpad(n::text, 11, '0')", name="'Workshop ' || n", check_name="'workshop ' || n")
        if hasattr(big, "check_name")
        else like(big, public_id="'f' || lpad(n::text, 11, '0')", name="'Workshop ' || n"),
        f"generate_series(1, {FIRMS}) AS n",
    )
    firms = list(Sme.objects.order_by("pk").values_list("pk", flat=True))
    firm = f"CASE WHEN n % 20 = 0 THEN {big.pk} ELSE {firms[1]} + (n::bigint * 7919) % {len(firms) - 1} END"
    bank = f"(ARRAY{[one.pk for one in banks]})[CASE WHEN n % 5 < 2 THEN 1 ELSE 2 + (n / 5) % {BANKS - 1} END]"
    days = f"date '{day}' - 60 + (n * 31) % 240"
    series = f"generate_series(1, {rows}) AS n"
    sector = "(ARRAY['sports_goods','carpets','rice','leather','','ict'])[1 + (n % 6)]"
    state = "CASE WHEN n % 1000 = 7 THEN 'withdrawn' WHEN n % 3 = 0 THEN 'open' ELSE 'paid' END"
    kind = "CASE WHEN n % 6 = 5 THEN 'service' WHEN n % 97 = 0 THEN 'parcel' ELSE 'goods' END"
    due = f"CASE WHEN n % 50 = 1 THEN NULL ELSE {days} END"
    copied(
        "payments_shipment",
        like(
            sample, sme_id=firm, bank_id=bank, state=state, kind=kind, sector=sector, due_on=due, matched="0",
            board_on=f"COALESCE({due}, date '9999-12-31')", public_id="'s' || lpad(n::text, 11, '0')",
            number="'PSW-' || n", number_key="'PSW' || n", invoice_number="'I-' || n", key="md5('s' || n)",
            currency="(ARRAY['USD','USD','USD','EUR','GBP'])[1 + n % 5]", shipped_on=f"{days} - 120", warned_at="now()",
        ),
        series,
    )  # fmt: skip
    months = f"date_trunc('month', date '{day}' - 45 - (n % {MONTHS}) * 30)::date"
    copied(
        "payments_proceedsreceipt",
        like(
            money, sme_id=firm, bank_id=bank, public_id="'r' || lpad(n::text, 11, '0')", bank_reference="'FT-' || n",
            reference_key="'FT' || n", key="md5('r' || n)", is_service="n % 6 = 5", matched="1",
            service="CASE WHEN n % 6 = 5 THEN 'SI21' ELSE '' END", came_on=f"{months} + (n % 28)",
            state="CASE WHEN n % 25 = 3 THEN 'said' WHEN n % 70 = 4 THEN 'disputed' ELSE 'confirmed' END",
            counts_in=months,
        ),
        series,
    )  # fmt: skip
    late = "n % 40 = 0"
    copied(
        "payments_allocation",
        like(
            Allocation.objects.get(), receipt_id="r.id", shipment_id="s.id", is_late=late, amount="1",
        ),
        f"{series} JOIN payments_proceedsreceipt r ON r.public_id = 'r' || lpad(n::text, 11, '0') "
        "JOIN payments_shipment s ON s.public_id = 's' || lpad(n::text, 11, '0') WHERE n % 6 <> 5",
    )  # fmt: skip
    lines = [{"sectors": [one], "firms": 40, "paisa": 10**12} for one in ("sports_goods", "carpets", "rice", "leather")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT counts_in, count(*) FROM payments_proceedsreceipt WHERE state = 'confirmed' GROUP BY 1")
        found = dict(cursor.fetchall())
    waiting = sorted(found)[-2:]
    StatementMonth.objects.bulk_create(
        StatementMonth(month=month, published_by=officer, lines={
            kind: {"lines": lines, "is_hidden": False} for kind in ("goods", "services")
        })
        for month in sorted(found) if month not in waiting
    )  # fmt: skip
    free = came(big, bank=banks[0], is_another=True)
    analyze()
    return SimpleNamespace(
        officer=officer, clerk=clerk, owner=big.created_by, sme=big, bank=banks[0], small=banks[-1], free=free,
        shipment=Shipment.objects.filter(sme=big, state="open").first(), month=first_of(waiting[0]),
        said=ProceedsReceipt.objects.filter(bank=banks[0], state="said").first(),
    )  # fmt: skip
