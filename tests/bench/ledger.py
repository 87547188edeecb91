"""ROWS lines in the books on PostgreSQL: `make bench BENCH=ledger ROWS=1000000`.

Entries of two to four lines over two years, 10,000 accounts of firms, one wallet on which a third of all lines lie.
Everything durable is on (fsync, synchronous_commit), so that a commit costs what it costs. One JSON object:

- balance_ms: the median of the balance of an ordinary account at the end of any day, months kept; balance_ms_p95;
  balance_ms_best: the fastest, which tells of the work where others use the machine; hot_balance_ms, …: the same of
  the wallet; without_months_ms: of the wallet before balances of months were kept;
- postings_per_s: entries a second by `post_many`, 100 a transaction, one client, in the median stretch of a thousand;
  postings_per_s_best: in the fastest; one_by_one_per_s, …: by `post`, one a transaction;
- ratio_to_copy: the same lines by COPY into a bare table without key, index or foreign key (copy_lines_per_s), over
  lines a second by COPY into the books with all guards (guarded_lines_per_s); ratio_to_indexed_copy: the same beside
  COPY into the books with keys, foreign keys and indexes, guards off (indexed_lines_per_s); ratio_of_posting: the
  bare COPY over lines a second of post_many at its fastest;
- months_s: of keeping the balances of all months; check_s: of check_ledger; trial_ms: of the trial balance.
"""

from __future__ import annotations

import io
import os
import random
import time
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_ROWS = 1_000_000
FIRMS, DAYS = 5_000, 730  # two accounts a firm
FIRST = date(2024, 11, 1)
PIECE = 100_000  # lines a transaction
COMPARED = 300_000  # lines of each COPY that is compared
ASKED = 400
POSTED, ONE_BY_ONE = 20_000, 400
DATABASE = "portal_bench"
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
ENTRY = "id, kind, booked_on, created_at, words, effect, subject, currency, parts"
LINE = "id, entry_id, account_id, day, amount, about"


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
        cursor = line.cursor()
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        for name in (*DURABLE, "autovacuum"):
            cursor.execute(f"ALTER SYSTEM SET {name} = on")
        cursor.execute("SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = postgres.url.removesuffix("postgres") + DATABASE
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _measured(rows: int) -> dict[str, Any]:
    from payments.ledger import checking, selectors, services
    from payments.models import Account

    _accounts()
    compared = _compared(min(rows, COMPARED))
    _fill(rows)
    _sql("ANALYZE")
    wallet = Account.objects.get(kind="clearing").pk
    dice = random.Random(11)
    firms = list(Account.objects.filter(kind="held").values_list("pk", flat=True))

    def day() -> date:
        return FIRST + timedelta(days=dice.randrange(DAYS))

    without = _times(lambda: selectors.signed_balance(wallet, day()), 60)
    _close_all()
    months_s = _seconds(services.keep_balances)
    _sql("VACUUM ANALYZE payments_line")
    ordinary = _times(lambda: selectors.signed_balance(dice.choice(firms), day()), ASKED)
    hot = _times(lambda: selectors.signed_balance(wallet, day()), ASKED)
    trial = _times(selectors.trial_balance, 5)
    found: list[Any] = []
    check_s = _seconds(lambda: found.extend(fault for fault in checking.faults() if fault.kind != "closed_day"))
    if found:
        raise RuntimeError(f"The books are not whole: {found[:3]}")
    posted, one_by_one = _posted(POSTED, 100, stretch=1000), _posted(ONE_BY_ONE, 1, stretch=50)
    return {
        "balance_ms": ordinary[0],
        "balance_ms_p95": ordinary[1],
        "balance_ms_best": ordinary[2],
        "hot_balance_ms": hot[0],
        "hot_balance_ms_p95": hot[1],
        "hot_balance_ms_best": hot[2],
        "without_months_ms": without[0],
        "without_months_ms_best": without[2],
        "postings_per_s": posted[0],
        "postings_per_s_best": posted[1],
        "one_by_one_per_s": one_by_one[0],
        "one_by_one_per_s_best": one_by_one[1],
        **compared,
        "ratio_of_posting": round(compared["copy_lines_per_s"] / (2 * posted[1]), 1),
        "months_s": months_s,
        "trial_ms": trial[0],
        "check_s": check_s,
    }


def _accounts() -> None:
    """Ids 1 to FIRMS are held, the next FIRMS credit, the two after them the wallet and the bank."""
    from payments.models import Account
    from tests.factories.smes import SmeFactory

    owner = SmeFactory().created_by
    from smes.models import Sme

    Sme.objects.bulk_create([Sme(name=f"Firm {n}", created_by=owner) for n in range(FIRMS)], batch_size=1000)
    firms = list(Sme.objects.order_by("pk").values_list("pk", flat=True)[1:])
    rows = [Account(kind=kind, sme_id=firm) for kind in ("held", "credit") for firm in firms]
    Account.objects.bulk_create([*rows, Account(kind="clearing", code="wallet"), Account(kind="bank", code="bank")])


def _texts(first_entry: int, lines: int) -> tuple[str, str, int]:
    """Rows for COPY, entries and lines, and how many entries. Most take the wallet on one side."""
    dice = random.Random(first_entry)
    wallet, bank = 2 * FIRMS + 1, 2 * FIRMS + 2
    entries, made, number, entry = [], [], first_entry * 10, first_entry
    while len(made) < lines:
        day = FIRST + timedelta(days=dice.randrange(DAYS))
        parts = min(dice.choice((2, 3, 3, 4)), max(2, lines - len(made)))
        amounts = [dice.randrange(1, 10**6) for _ in range(parts - 1)]
        accounts = [dice.randrange(1, 2 * FIRMS + 1) for _ in amounts]
        other = wallet if dice.random() < 0.9 else bank
        entries.append(f"{entry}\tdeposit_paid\t{day}\t{day}\t\tbench:{entry}\t\tPKR\t{parts}")
        for account, amount in [
            (other, sum(amounts)),
            *((account, -amount) for account, amount in zip(accounts, amounts, strict=True)),
        ]:
            number += 1
            made.append(f"{number}\t{entry}\t{account}\t{day}\t{amount}\t")
        number = (entry + 1) * 10
        entry += 1
    return "\n".join(entries) + "\n", "\n".join(made) + "\n", entry - first_entry


def _copy(entries: str, lines: str, table: str = "payments_") -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if entries:
            cursor.cursor.copy_expert(f"COPY {table}entry ({ENTRY}) FROM STDIN", io.StringIO(entries))
        cursor.cursor.copy_expert(f"COPY {table}line ({LINE}) FROM STDIN", io.StringIO(lines))


def _compared(lines: int) -> dict[str, Any]:
    """The same lines by three kinds of COPY, taken in turns; the best of each counts, since the machine may be busy."""
    _sql(f"CREATE TABLE bare_line AS SELECT {LINE} FROM payments_line WHERE false")  # noqa: S608
    entries, texts, number = _texts(1, lines)
    best = dict.fromkeys(("bare", "indexed", "guarded"), 0.0)
    for _turn in range(3):
        seconds = _seconds(lambda: _copy("", texts, "bare_"))
        best["bare"] = max(best["bare"], lines / seconds)
        for kind in ("indexed", "guarded"):
            if kind == "indexed":
                _switch("DISABLE")
            seconds = _seconds(lambda: _copy(entries, texts))
            best[kind] = max(best[kind], lines / seconds)
            _switch("ENABLE")
            _empty()
        _sql("TRUNCATE bare_line")
    return {
        "copy_lines_per_s": round(best["bare"]),
        "indexed_lines_per_s": round(best["indexed"]),
        "guarded_lines_per_s": round(best["guarded"]),
        "ratio_to_copy": round(best["bare"] / best["guarded"], 1),
        "ratio_to_indexed_copy": round(best["indexed"] / best["guarded"], 2),
        "compared_entries": number,
    }


def _switch(how: str) -> None:
    for table in ("entry", "line", "receipt"):
        _sql(f"ALTER TABLE payments_{table} {how} TRIGGER USER")


def _empty() -> None:
    """Past the guards, with the tables of other rooms that point at entries, which are empty here."""
    _sql("SET session_replication_role = replica")
    _sql("TRUNCATE payments_line, payments_entry, payments_receipt CASCADE")
    _sql("SET session_replication_role = DEFAULT")


def _fill(rows: int) -> None:
    entry, left = 1, rows
    while left > 0:
        entries, lines, number = _texts(entry, min(PIECE, left))
        _copy(entries, lines)
        entry, left = entry + number, left - PIECE
    for table in ("entry", "line"):
        last = f"(SELECT max(id) FROM payments_{table})"  # noqa: S608
        _sql(f"SELECT setval(pg_get_serial_sequence('payments_{table}', 'id'), {last})")


def _close_all() -> None:
    """The last day is closed past the services: they want each day prepared."""
    from django.utils import timezone

    from payments.models import DayClose
    from tests.factories.payments import finance_officer

    day = FIRST + timedelta(days=DAYS - 1)
    DayClose.objects.create(
        day=day, prepared_by=finance_officer(), prepared_at=timezone.now(), entries=0, moved=0, digest="",
        closed_by=finance_officer(), closed_at=timezone.now(),
    )  # fmt: skip


def _posted(number: int, at_once: int, *, stretch: int) -> tuple[int, int]:
    """Entries a second, each of two lines: in the median stretch and in the fastest."""
    from payments.ledger import books, services
    from smes.models import Sme

    firms = list(Sme.objects.order_by("pk").values_list("pk", flat=True)[1:])
    dice = random.Random(number)
    wanted = [
        services.Wanted(
            books.deposit_paid(dice.choice(firms), dice.randrange(1, 10**6), into=books.clearing("wallet")),
            f"posted:{at_once}:{at}",
        )
        for at in range(number)
    ]

    def post(first: int) -> None:
        for at in range(first, first + stretch, at_once):
            services.post_many(wanted=wanted[at : at + at_once], actor=None)

    found = sorted(_seconds_of(lambda first=first: post(first)) for first in range(0, number, stretch))
    return round(stretch / found[len(found) // 2]), round(stretch / found[0])


def _sql(text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 3)


def _times(act: Callable[[], object], turns: int) -> tuple[float, float, float]:
    """Median, 95th percentile and fastest, in milliseconds."""
    found = sorted(_seconds_of(act) * 1e3 for _turn in range(turns))
    return round(found[len(found) // 2], 2), round(found[int(len(found) * 0.95)], 2), round(found[0], 2)


def _seconds_of(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
