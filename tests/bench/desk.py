"""The desk's list over ROWS applications on PostgreSQL, beside a bare Django view under the same gunicorn.

Run as `python -m tests.bench.desk` with ROWS=1000000 (the default), or `python -m tests.bench desk`. It starts its own
PostgreSQL and Redis, fills one database with ROWS applications and one with 10,000, and puts the portal as it runs in
production (gunicorn, gthread, 2 workers of 8 threads, sessions cached in Redis) on each. A signed-in officer with 8
connections asks for every tab, order, filter, search and for pages deep in the queue, in a mixed order.

BENCH_ONLY="unfit=yes" asks for nothing but the addresses that hold these words.

One JSON line: p95_ratio_to_bare (95th percentile of the page over the bare view's, both under the same gunicorn and
measured in turn), flat_ratio (95th percentile at ROWS over that at 10,000), queries (the most of any page, with a cold
cache), worst (the slowest addresses in milliseconds, median). peak_mb: of the largest web process.
"""

# ruff: noqa: S608  the SQL is put together from our own columns

from __future__ import annotations

import json
import os
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdap_portal.runner.processes import Service, answers, free_port
from tdap_portal.runner.redis import RedisServer, find_redis_server
from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT_ROWS = 1_000_000
SMALL_ROWS = 10_000
CONNECTIONS = 8
TURNS = 6
SECONDS_A_TURN = float(os.environ.get("BENCH_SECONDS", "3"))
SEED = 20_270_316
SETTINGS = "tests.bench._desk_settings"


def main(rows: int = DEFAULT_ROWS) -> dict[str, Any]:
    """Start what is needed, fill, measure, stop it again. Raises RuntimeError where PostgreSQL or Redis is missing."""
    programs, redis_program = find_postgres(), find_redis_server()
    if not programs or not redis_program:
        raise RuntimeError("This benchmark needs PostgreSQL and Redis on this machine.")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        postgres = PostgresServer(programs)
        redis = RedisServer(redis_program, folder / "redis", log=folder / "redis.log", keep_data=False)
        portals: list[Portal] = []
        try:
            for size in (SMALL_ROWS, rows):
                portals.append(Portal.filled(size, folder, postgres, redis, database=len(portals)))
            figures = measured(*portals)
            return {"name": "desk", "rows": rows, "seconds": round(time.perf_counter() - began, 1), **figures}
        finally:
            for portal in portals:
                portal.stop()
            redis.stop()
            postgres.stop()


# ------------------------------------------------------------------------------------------------------ the portals


class Portal:
    """One database with its own gunicorn. told: what the filling process said (cookie, addresses, queries)."""

    def __init__(self, environment: dict[str, str], told: dict[str, Any], folder: Path) -> None:
        self.told = told
        self.port = free_port()
        command = [
            *(sys.executable, "-m", "gunicorn", "tdap_portal.wsgi:application", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--preload", "--no-control-socket"),
            *("--keep-alive", "60"),
        ]
        self.service = Service("gunicorn", command, log=folder / f"web-{self.port}.log", env=environment, cwd=ROOT)
        if not self.service.wait_until(lambda: answers(self.port), seconds=60):
            raise RuntimeError(self.service.tail())

    @classmethod
    def filled(cls, rows: int, folder: Path, postgres: Any, redis: RedisServer, *, database: int) -> Portal:
        import psycopg2

        name = f"desk_{rows}_{database}"
        with closing(psycopg2.connect(postgres.url)) as line:
            line.autocommit = True
            line.cursor().execute(f"CREATE DATABASE {name}")
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": postgres.url.removesuffix("postgres") + name,
            "REDIS_URL": redis.url.removesuffix("0") + str(database),
            "VAR_DIR": str(folder / name),
            "DEMO": "0",
            "LOG_LEVEL": "ERROR",
        }
        filling = Service(
            "fill",
            [sys.executable, "-m", "tests.bench.desk", "--fill", str(rows)],
            log=folder / f"{name}.log",
            env=environment,
            cwd=ROOT,
        )
        if filling.process.wait():
            raise RuntimeError(filling.tail())
        return cls(environment, json.loads(filling.tail(1)), folder)

    def peak_mb(self) -> float:
        """The largest resident set any process of this gunicorn ever had."""
        found = [0.0]
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                if os.getpgid(int(status.parent.name)) == self.service.process.pid:
                    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
                    found.append(int(peak.split()[1]) / 1024)
            except (OSError, StopIteration):
                continue
        return max(found)

    def stop(self) -> None:
        self.service.stop()


# -------------------------------------------------------------------------------------------------------- measuring


def measured(small: Portal, big: Portal) -> dict[str, Any]:
    """The three are asked in turn, a few seconds each, so that what else the machine does hits all of them."""
    times: dict[str, list[tuple[float, str]]] = {"bare": [], "small": [], "big": []}
    for portal in (small, big):
        load(portal, portal.told["addresses"], seconds=SECONDS_A_TURN, seed=0)  # warm
    for turn in range(TURNS):
        times["bare"] += load(big, ["/bare/"], seconds=SECONDS_A_TURN, seed=turn)
        times["small"] += load(small, small.told["addresses"], seconds=SECONDS_A_TURN, seed=turn)
        times["big"] += load(big, big.told["addresses"], seconds=SECONDS_A_TURN, seed=turn)
    p95 = {name: percentile([spent for spent, _address in found], 95) for name, found in times.items()}
    by_address: dict[str, list[float]] = {}
    for spent, address in times["big"]:
        by_address.setdefault(address, []).append(spent)
    worst = sorted(((statistics.median(spent), address) for address, spent in by_address.items()), reverse=True)[:5]
    return {
        "p95_ratio_to_bare": round(p95["big"] / p95["bare"], 2),
        "flat_ratio": round(p95["big"] / p95["small"], 2),
        "queries": big.told["queries"],
        "peak_mb": round(big.peak_mb(), 1),
        "p95_ms": {name: round(value * 1000, 2) for name, value in p95.items()},
        "requests_a_second": {name: round(len(found) / TURNS / SECONDS_A_TURN) for name, found in times.items()},
        "worst": {address[:90]: round(spent * 1000, 1) for spent, address in worst},
    }


def percentile(values: list[float], which: int) -> float:
    return statistics.quantiles(values, n=100)[which - 1]


def load(portal: Portal, addresses: list[str], *, seconds: float, seed: int) -> list[tuple[float, str]]:
    """Eight connections that are kept open, each asking for one address after another; (seconds, address) of each answer."""
    found: list[tuple[float, str]] = []
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_ask, args=(portal, addresses, until, seed * CONNECTIONS + number, found))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _ask(portal: Portal, addresses: list[str], until: float, seed: int, found: list[tuple[float, str]]) -> None:
    chance = random.Random(seed)
    with socket.create_connection(("127.0.0.1", portal.port), timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < until:
            address = chance.choice(addresses)
            asked = time.perf_counter()
            line.sendall(
                f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {portal.told['cookie']}\r\n\r\n".encode()
            )
            status = _read(line)
            found.append((time.perf_counter() - asked, address))
            if status != b"200":
                raise RuntimeError(f"{address} answered {status!r}")


def _read(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = line.recv(65536)
        if not part:
            raise RuntimeError("The server hung up.")
        got += part
    head, _end, body = got.partition(b"\r\n\r\n")
    size = next(int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))
    have = len(body)
    while have < size:
        have += len(line.recv(65536))
    return head.split(b" ", 2)[1]


# ---------------------------------------------------------------------------------- in a process of its own: filling


def fill(rows: int) -> dict[str, Any]:
    """Migrate, fill by the server's own generate_series, sign an officer in, count the queries of each address."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    user, round_ = _people_and_round()
    _applications(rows, user, round_)
    return {
        "cookie": _cookie_of(user),
        "addresses": (found := [each for each in _addresses(round_) if os.environ.get("BENCH_ONLY", "") in each]),
        "queries": _queries(user, found),
    }


def _people_and_round() -> tuple[Any, Any]:
    from datetime import timedelta

    from django.utils import timezone

    from selection.models import Round
    from selection.states import RoundState
    from smes.vocabulary.codes import Track
    from tdap_portal.accounts.roles import Role
    from tdap_portal.accounts.services import create_person

    people = [
        create_person(actor=None, name=f"Officer {n}", email=f"officer{n}@example.pk", roles=[Role.OFFICER])
        for n in range(40)
    ]
    now = timezone.now()
    round_ = Round.objects.create(
        number=3,
        opens_at=now - timedelta(days=60),
        closes_at=now - timedelta(days=30),
        seats=500,
        tracks=[track.value for track in Track],
        policy="2026-1",
        state=RoundState.IN_REVIEW.value,
    )
    return people[0], round_


WEIGHED = {
    "state": "CASE WHEN d < 2 THEN 'draft' WHEN d < 4 THEN 'submitted' WHEN d < 12 THEN 'held' WHEN d < 40 THEN 'scored'"
    " WHEN d < 64 THEN 'in_review' WHEN d < 74 THEN 'reviewed' WHEN d < 82 THEN 'recommended' WHEN d < 86 THEN 'selected'"
    " WHEN d < 88 THEN 'waitlisted' WHEN d < 98 THEN 'declined' ELSE 'withdrawn' END",
    "province": "CASE WHEN p < 52 THEN 'PK-PB' WHEN p < 77 THEN 'PK-SD' WHEN p < 90 THEN 'PK-KP' WHEN p < 95 THEN 'PK-BA'"
    " WHEN p < 97 THEN 'PK-IS' WHEN p < 99 THEN 'PK-JK' ELSE 'PK-GB' END",
    "track": "CASE WHEN t < 70 THEN 'general' WHEN t < 80 THEN 'services' WHEN t < 93 THEN 'startup' ELSE 'carpet_revival' END",
}
FIRST_WORDS = (
    "Noor",
    "Mehran",
    "Chenab",
    "Hala",
    "Attock",
    "Swat",
    "Indus",
    "Ravi",
    "Zari",
    "Multan",
    "Quetta",
    "Hunza",
)
SECOND_WORDS = (
    "Sports",
    "Seafoods",
    "Carpets",
    "Surgical",
    "Rice Mills",
    "Leather",
    "Textiles",
    "Pottery",
    "Foods",
    "Cutlery",
)
CITIES = ("Sialkot", "Karachi", "Lahore", "Faisalabad", "Peshawar", "Gujrat", "Multan", "Quetta")


def _applications(rows: int, user: Any, round_: Any) -> None:
    """A template row through the models, then copies of it with other values, made by the server."""
    from django.db import connection

    from selection.models import Application, DeskTally, Reading
    from smes.models import Sme
    from smes.vocabulary.sectors import SECTORS

    firm = Sme.objects.create(name="Noor Sports", created_by=user)
    file = Application.objects.create(
        round=round_, sme=firm, started_by=user, file_number="T", state="scored", facts={"schema": 1}, has_score=True
    )
    texts = {
        "sectors": list(SECTORS),
        "cities": list(CITIES),
        "hs": sorted({f"{prefix:0<6}" for sector in SECTORS.values() for prefix in sector.hs_prefixes}),
        "first": list(FIRST_WORDS),
        "second": list(SECOND_WORDS),
    }
    pick = "(%({0})s::text[])[1 + abs(hashint8(g * 31 + {1})) %% array_length(%({0})s::text[], 1)]"
    name = f"{pick.format('first', 1)} || ' ' || {pick.format('second', 2)} || ' ' || (g %% 9973)"
    is_open = "s IN ('submitted', 'held', 'scored', 'in_review', 'reviewed', 'recommended')"
    asked = "s IN ('held', 'scored', 'in_review', 'reviewed') AND a < 3"
    with _without_indexes(Sme, Application), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys hold by construction
        _copy(
            cursor,
            Sme,
            firm.pk,
            {"id": "%(sme)s + g", "public_id": "lpad(g::text, 12, '0')", "name": name, "form_token": "NULL"},
            f"generate_series(1, {rows}) AS g",
            texts | {"sme": firm.pk},
        )
        _copy(
            cursor,
            Application,
            file.pk,
            {
                "id": "%(file)s + g",
                "public_id": "lpad(g::text, 12, '0')",
                "file_number": "'R3-' || lpad(g::text, 7, '0')",
                "sme_id": "%(sme)s + g",
                "sme_name": name,
                "search_text": f"lower({name})",
                "sector": pick.format("sectors", 3),
                "city": pick.format("cities", 4),
                "main_hs6": pick.format("hs", 5),
                "province": "where_from",
                "track": "on_track",
                "state": "s",
                "points": "round((20 + 35 * u + 35 * v)::numeric, 2)",
                "has_score": "s NOT IN ('draft', 'submitted', 'held')",
                "submitted_at": "CASE WHEN s = 'draft' THEN NULL ELSE now() - make_interval(secs => 3600 + g * 2.0) END",
                "awaiting_firm": asked,
                "women_led": "p %% 3 = 0",
                "size_class": "CASE WHEN w < 60 THEN 'micro' WHEN w < 90 THEN 'small' WHEN w < 95 THEN 'medium'"
                " WHEN w < 99 THEN 'startup_small' ELSE 'startup_medium' END",
                "needed_papers": "CASE WHEN x < 55 THEN 'missing' WHEN x < 96 THEN 'sent' ELSE 'verified' END",
                "readings_differ": "s IN ('reviewed', 'recommended', 'selected', 'declined') AND x < 5",
                "does_not_fit": "w < 4",
                "clock_started_on": "current_date - (30 * u)::int",
                "due_on": f"CASE WHEN {is_open} AND NOT ({asked}) THEN current_date - 2 + (22 * v)::int ELSE DATE '9999-12-31' END",
                "days_used": f"CASE WHEN {is_open} THEN NULL ELSE 3 + (12 * u)::int END",
                "officer_id": "CASE WHEN s IN ('in_review', 'reviewed', 'recommended') THEN %(user)s + g %% 40 END",
            },
            f"""(SELECT g, a, u, v, p, w, x, {WEIGHED["state"]} AS s, {WEIGHED["province"]} AS where_from, {WEIGHED["track"]} AS on_track
                 FROM (SELECT g, abs(hashint8(g)) %% 100 AS d, abs(hashint8(g * 3 + 7)) %% 100 AS p,
                              abs(hashint8(g * 17 + 11)) %% 100 AS w, abs(hashint8(g * 19 + 4)) %% 100 AS x,
                              abs(hashint8(g * 5 + 1)) %% 100 AS t, abs(hashint8(g * 7 + 5)) %% 100 AS a,
                              abs(hashint8(g * 11 + 3)) %% 10000 / 10000.0 AS u, abs(hashint8(g * 13 + 9)) %% 10000 / 10000.0 AS v
                       FROM generate_series(1, {rows}) AS g) AS numbers) AS made""",
            texts | {"file": file.pk, "sme": firm.pk, "user": user.pk},
        )
        cursor.execute(
            f"""INSERT INTO {Reading._meta.db_table} (application_id, reader_id, place, outcome, comment, created_at, updated_at)
                SELECT id, %s, 2, '', '', now(), now() FROM {Application._meta.db_table}
                WHERE state = 'in_review' AND officer_id <> %s AND hashint8(id) %% 100 = 0 LIMIT 400""",
            [user.pk, user.pk],
        )
        cells = "round_id, state, sector, province, track, awaiting_firm"
        cursor.execute(
            f"""INSERT INTO {DeskTally._meta.db_table} ({cells}, number, folded)
                SELECT {cells}, count(*), true FROM {Application._meta.db_table} GROUP BY {cells}"""
        )
        cursor.execute("SET session_replication_role = origin")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(*models: Any) -> Iterator[None]:
    """Indexes are built once over all rows instead of row by row."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for model in models:
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
    with connection.schema_editor() as editor:
        for model in models:
            for index in model._meta.indexes:
                editor.add_index(model, index)


def _copy(cursor: Any, model: Any, template: int, other: dict[str, str], source: str, values: dict[str, Any]) -> None:
    """Rows like the template row, but for the columns named in `other` (SQL by column)."""
    columns = [field.column for field in model._meta.concrete_fields]
    told = ", ".join(other.get(column, f"template.{column}") for column in columns)
    cursor.execute(
        f"""INSERT INTO {model._meta.db_table} ({", ".join(columns)})
            SELECT {told} FROM {source}, (SELECT * FROM {model._meta.db_table} WHERE id = %(template)s) AS template""",
        values | {"template": template},
    )


def _cookie_of(user: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _addresses(round_: Any) -> Iterator[str]:
    """Tabs, orders, single filters, filters together, searches, and places deep in the queue."""
    from selection.models import Application

    desk = "/desk/?"
    yield from (f"{desk}tab={tab}" for tab in ("mine", "late", "asked", "second", "line", "decision", "all"))
    yield from (f"{desk}tab=all&order={order}" for order in ("due", "points", "submitted"))
    filters = (
        "sector=textile",
        "sector=carpets&order=points",
        "province=PK-PB",
        "province=PK-GB",
        "province=PK-BA&order=points",
        "track=carpet_revival",
        "track=startup&order=submitted",
        "state=recommended",
        "state=withdrawn&order=points",
        "state=in_review&order=submitted",
        "sector=rice&province=PK-SD",
        "sector=leather&state=held",
        "women=yes",
        "women=yes&province=PK-GB&track=carpet_revival",
        "doubled=yes",
        "size=medium",
        "size=startup_medium&order=points",
        "size=too_large",
        "size=medium&sector=rice",
        "size=startup_medium&sector=rice&province=PK-GB",
        "size=medium&sector=surgical_goods&province=PK-PB&order=submitted",
        "papers=verified",
        "papers=verified&order=points",
        "papers=verified&size=startup_medium&women=yes",
        "papers=missing&state=recommended",
        "differ=yes",
        "unfit=yes",
        "differ=yes&order=points",
        "differ=yes&size=medium&state=recommended",
        "sector=rice&province=PK-GB&track=services&state=selected",
        "province=PK-IS&track=carpet_revival&order=points",
        "sector=surgical_goods&province=PK-JK&state=reviewed&order=submitted",
        "q=R3-0004",
        "q=R3-0000123",
        "q=9506",
        "q=9506.00",
        "q=Mehran",
        "q=Hunza+Cutlery+77",
        "q=Noor+Sports&state=recommended",
    )
    yield from (f"{desk}tab=all&{words}" for words in filters)
    yield from (f"{desk}tab=mine&{words}" for words in ("sector=rice", "order=points", "q=Ravi"))
    middle = Application.objects.order_by("pk")[5000]
    for order, names, values in (
        ("due", ["due_on", "id"], ["9999-12-31", middle.pk]),
        ("points", ["-points", "id"], ["55.00", middle.pk]),
        ("submitted", ["submitted_at", "id"], [middle.created_at.isoformat(), middle.pk]),
    ):
        for way in ("n", "p"):
            cursor = urlsafe_b64encode(json.dumps([way, names, values]).encode()).decode().rstrip("=")
            yield f"{desk}tab=all&order={order}&cursor={cursor}"
            yield f"{desk}tab=all&order={order}&sector=textile&cursor={cursor}"


def _queries(user: Any, addresses: list[str]) -> int:
    """The most queries of any address, each with an empty cache: session, person, roles and all."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    client.get("/desk/?tab=all&q=warm")  # a process asks once whether names are indexed inside
    most = 0
    for address in addresses:
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        most = max(most, len(asked))
        if os.environ.get("BENCH_SHOW_QUERIES"):
            sys.stderr.write(
                f"{address}\n" + "".join(f"   {q['time']} {q['sql'][:9000]}\n" for q in asked.captured_queries)
            )
    return most


if __name__ == "__main__":
    if "--fill" in sys.argv:
        print(json.dumps(fill(int(sys.argv[-1]))), flush=True)
    else:
        print(json.dumps(main(int(os.environ.get("ROWS", DEFAULT_ROWS)))), flush=True)
