"""An import of ROWS lines of a bank on PostgreSQL: `make bench BENCH=reconciliation ROWS=10000`.

Made payments and lines: most lines name their payment as people type it, some are joined, split, short, paid twice, misread, by
name alone, or of nobody. seconds_look: of looking at the file; seconds: of booking all of it with what is matched by
itself, without the messages about it; seconds_cpu: what this process worked of those; lines_a_second; seconds_offers: of the
offers of all that wait. precision, recall: of lines matched by themselves, recall over all that belong to a payment, by name
alone too; recall_named: over those that name their one payment in a reference that was not misread and give exactly it, alone
or with their other part; precision_offers, recall_offers: of the first
offer where it is clear, over the lines that were left. seconds_again: of looking at the same file once it is in.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ROWS = 10_000
DATABASE = "portal_bench"
SEED = 20270412
AMOUNTS = (500_000, 750_000, 2_500_000)
FIRST = (
    "Noor", "Chenab", "Ravi", "Indus", "Karakoram", "Jhelum", "Soan", "Swat", "Hunza", "Kurram", "Bolan", "Makran", "Zhob",
    "Sutlej", "Gomal", "Khyber", "Margalla", "Thar", "Kirthar", "Deosai", "Nanga", "Rakaposhi", "Bahar", "Zarin", "Gulshan",
)  # fmt: skip
SECOND = (
    "Sports", "Towels", "Gloves", "Knives", "Caps", "Textiles", "Surgical", "Leather", "Carpets", "Gems", "Honey", "Rugs",
    "Garments", "Furniture", "Ceramics", "Dates", "Spices", "Footwear", "Fans", "Cutlery",
)  # fmt: skip
THIRD = (
    "Works",
    "House",
    "Traders",
    "Enterprises",
    "International",
    "Brothers",
    "Industries",
    "Exports",
    "Pvt Ltd",
    "Company",
)


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
    from payments.ledger import checking
    from payments.models import BankLine, BankMatch
    from payments.reconciliation import matches, matching, selectors, services
    from payments.reconciliation.files.table import Mapping
    from payments.reconciliation.preview import preview_of
    from tdap_portal.audit.outbox import held_back
    from tests.factories.payments import finance_officer

    officer = finance_officer()
    account = services.set_account(actor=officer, name="Bench", iban="PK36SCBL0000001123456702")
    payments = _asked(rows * 6 // 5)
    made = list(_lines(payments, rows))
    content = _written(made)
    began = time.perf_counter()
    row = services.read_in(actor=officer, account=account, file_name="bench.csv", content=content)
    row = services.map_columns(actor=officer, file=row, mapping=Mapping(day=0, text=1, amount=2, balance=3))
    looked = preview_of(row)
    seconds_look = time.perf_counter() - began
    assert len(looked.fresh) == rows, looked.counts
    began, cpu = time.perf_counter(), time.process_time()
    with held_back():  # whoever is told of a payment is told by further tasks of the worker
        services.take_file(actor=officer, file=row)
        while services.book_lines(file_id=row.pk):
            pass
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    faults = [fault for fault in checking.faults() if fault.kind != "guard"]
    assert not faults, faults
    truth = dict(enumerate(made, start=2))
    shares = BankMatch.objects.filter(by=None).prefetch_related("shares")
    found = {
        match.line.number: {share.payment_id for share in match.shares.all()} for match in shares.select_related("line")
    }
    right = sum(set(truth[number][2]) == pks for number, pks in found.items())
    belong = [number for number, (_words, _amount, pks) in truth.items() if pks]
    began = time.perf_counter()
    waiting = list(BankLine.objects.filter(state="open").select_related("account"))
    offered = matches.offers_for(waiting)
    clear = matching.clear_ones(offered)
    seconds_offers = time.perf_counter() - began
    left = {line.pk: line.number for line in waiting}
    first_right = sum(
        {share.of for share in offered[pk][0].shares} == set(truth[left[pk]][2]) for pk in clear if offered[pk]
    )
    left_with = [pk for pk, number in left.items() if truth[number][2]]
    return {
        "seconds_look": round(seconds_look, 2),
        "seconds": round(seconds, 2),
        "seconds_cpu": round(cpu, 2),
        "lines_a_second": round(rows / seconds),
        "matched": len(found),
        "precision": round(right / len(found), 4) if found else None,
        "recall": round(right / len(belong), 4),
        "recall_named": _share_of_named(truth, payments, found),
        "waiting": len(waiting),
        "seconds_offers": round(seconds_offers, 2),
        "clear": len(clear),
        "precision_offers": round(first_right / len(clear), 4) if clear else None,
        "recall_offers": round(first_right / len(left_with), 4) if left_with else None,
        "seconds_again": round(_again(officer, account, content), 2),
        "queue": selectors.queue_count().number,
    }


def _share_of_named(
    truth: dict[int, tuple[str, int, list[int]]], payments: list[tuple[int, str, str, int]], found: dict[int, set[int]]
) -> float | None:
    """Without the second one of two equal payments, of which only one is asked for."""
    from payments.references import Reading, found_in

    numbers = {reference: (pk, amount) for pk, reference, _firm, amount in payments}
    named: dict[int, list[int]] = {}
    for number, (words, _amount, pks) in truth.items():
        read = found_in(words)
        is_well = len(read) == 1 and not read[0].corrections and read[0].reading is not Reading.MISTYPED
        if is_well and numbers.get(read[0].reference, (0, 0))[0] in pks:
            named.setdefault(pks[0], []).append(number)
    amounts = dict(numbers.values())
    sure = [
        number
        for pk, some in named.items()
        for number in some
        if truth[number][1] == amounts[pk] or sum(truth[each][1] for each in some) == amounts[pk]
    ]
    sure = [number for number in sure if not truth[number][0].endswith("AGAIN")]
    return round(sum(number in found for number in sure) / len(sure), 4) if sure else None


def _again(officer: Any, account: Any, content: bytes) -> float:
    from payments.reconciliation import services

    began = time.perf_counter()
    row = services.read_in(actor=officer, account=account, file_name="again.csv", content=content)
    assert row.is_taken
    return time.perf_counter() - began


def _asked(number: int) -> list[tuple[int, str, str, int]]:
    """(id, reference, firm, paisa) of payments of so many firms, several of which bear like names; some firms have two."""
    from datetime import timedelta

    from django.utils import timezone

    from payments.models import Payment
    from payments.references import written
    from smes.models import Sme
    from tests.factories.smes import SmeFactory

    random_ = random.Random(SEED)
    one = SmeFactory()
    names = sorted(
        {f"{random_.choice(FIRST)} {random_.choice(SECOND)} {random_.choice(THIRD)}" for _n in range(number)}
    )
    firms = [Sme(name=name, created_by=one.created_by, legal_form=one.legal_form) for name in names]
    firms = Sme.objects.bulk_create(firms, batch_size=1000)
    now = timezone.now()
    rows = [
        Payment(
            reference=f"B{at}", purpose="deposit", sme=firms[at % len(firms)], opened_for=f"bench:{at}", words="Deposit",
            words_ur="ضمانت", amount=random_.choice(AMOUNTS), due_at=now + timedelta(days=20),
        )
        for at in range(number)
    ]  # fmt: skip
    rows = Payment.objects.bulk_create(rows, batch_size=1000)
    for row in rows:
        row.reference = written("DEP", row.pk)
    Payment.objects.bulk_update(rows, ["reference"], batch_size=1000)
    return [(row.pk, row.reference or "", row.sme.name, row.amount) for row in rows]


def _lines(payments: list[tuple[int, str, str, int]], number: int) -> Iterator[tuple[str, int, list[int]]]:
    """(words, paisa, payments to which it belongs; none for one of nobody)."""
    random_ = random.Random(SEED + 1)
    order = payments[:]
    random_.shuffle(order)
    made: list[tuple[str, int, list[int]]] = []
    while len(made) < number:
        kind = random_.choices(KINDS, weights=SHARES)[0]
        made += kind(random_, order)
    yield from made[:number]


Payment = tuple[int, str, str, int]
Made = list[tuple[str, int, list[int]]]


def _name(firm: str) -> str:
    """As a bank cuts it."""
    return firm.upper()[:22]


def _exact(random_: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    bare = reference[:-2]
    written = random_.choice((reference, bare, bare.replace("-", " "), bare.lower()))
    return [(f"IBFT {written} {_name(firm)}", amount, [pk])]


def _by_name(_random: random.Random, order: list[Payment]) -> Made:
    pk, _reference, firm, amount = order.pop()
    return [(f"RAAST IN {_name(firm)}", amount, [pk])]


def _joined(_random: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    other = order.pop()
    return [(f"{reference[:-2]} {other[1][:-2]} {_name(firm)}", amount + other[3], [pk, other[0]])]


def _split(random_: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    part = amount * random_.choice((30, 40, 50)) // 100
    said = f"{reference[:-2]} {_name(firm)}"
    return [(f"{said} PART 1", part, [pk]), (f"{said} REST", amount - part, [pk])]


def _short(random_: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    return [(f"{reference[:-2]} {_name(firm)}", amount - random_.choice((2_500, 5_000, 50_000)), [pk])]


def _twice(_random: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    said = f"IBFT {reference} {_name(firm)}"
    return [(said, amount, [pk]), (f"{said} AGAIN", amount, [pk])]


def _misread(_random: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    return [(f"{reference[:-2].replace('0', 'O', 2)} {_name(firm)}", amount, [pk])]


def _mistyped(random_: random.Random, order: list[Payment]) -> Made:
    pk, reference, firm, amount = order.pop()
    return [(f"{reference[:-1]}{random_.choice('ACDEFGH')} {_name(firm)}", amount, [pk])]


def _unknown(random_: random.Random, _order: list[Payment]) -> Made:
    return [
        (f"IBFT DEP {random_.randrange(10**6, 10**7)} {random_.choice(FIRST).upper()}", random_.choice(AMOUNTS), [])
    ]


def _nobody(random_: random.Random, _order: list[Payment]) -> Made:
    return [(f"CASH DEP BRANCH {random_.randrange(10**6)}", random_.choice(AMOUNTS), [])]


KINDS = (_exact, _by_name, _joined, _split, _short, _twice, _misread, _mistyped, _unknown, _nobody)
SHARES = (40, 15, 7, 8, 6, 4, 6, 4, 5, 5)


def _written(made: list[tuple[str, int, list[int]]]) -> bytes:
    from django.utils import timezone

    day, balance, rows = timezone.localdate(), 0, ["Date,Narrative,Amount,Balance"]
    for words, amount, _pks in made:
        balance += amount
        rows.append(f"{day:%d/%m/%Y},{words},{amount // 100}.{amount % 100:02d},{balance // 100}.{balance % 100:02d}")
    return "\n".join(rows).encode()
