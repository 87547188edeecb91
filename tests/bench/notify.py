"""Sending ROWS SMS in leased chunks, beside one Celery task a message; then the same with the worker killed at a third.

Run by `make bench BENCH=notify ROWS=20000` or as `python -m tests.bench.notify` with ROWS. Everything is real: PostgreSQL,
Redis, a Celery worker with two processes (prefork), the file drop. One JSON object:

- seconds: from the ring to the last row marked as sent, in chunks; rows_per_second the same turned round;
- ratio_to_one_per_message: our rows per second over those of one task a message (one_per_message_per_second), which claims
  its row, sends it to the same folder and marks it, with Celery's own acknowledgement and prefetch; measured on at most
  1,000 messages that lie in the queue before its worker starts. Both take turns, three times; the best of each counts,
  since the machine may be busy. The folder lies in memory where it can: it stands for the provider;
- killed_at, lost, doubled: the worker's whole group gets SIGKILL once a third of the files is there; a new worker and the
  sweeper's clock finish the work. lost: rows without a file or not marked. doubled: files more than rows. offered_again:
  rows that the dead worker had leased, those that the key had to protect. recovered_seconds: from the new worker, which is
  ready by then, to the last row; nearly all of it waiting for the sweeper's next turn;
- peak_mb: the largest process of the worker.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdap_portal.runner.processes import Service
from tdap_portal.runner.redis import RedisServer, find_redis_server
from tests.servers.postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT_ROWS = 20_000
ROUNDS = 3
ONE_PER_MESSAGE_AT_MOST = 1_000
WAIT_SECONDS = 600
DATABASE = "portal_bench"
IN_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it


def main(rows: int = DEFAULT_ROWS) -> dict[str, Any]:
    """Start what is needed, measure, stop it again. Raises RuntimeError where PostgreSQL or Redis is missing."""
    postgres_programs, redis_program = find_postgres(), find_redis_server()
    if not postgres_programs or not redis_program:
        raise RuntimeError("This benchmark needs PostgreSQL and Redis on this machine.")
    with tempfile.TemporaryDirectory(prefix="portal-bench-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        folder = Path(name)
        postgres = PostgresServer(postgres_programs)
        redis = RedisServer(redis_program, folder / "redis", log=folder / "redis.log", keep_data=False)
        try:
            _set_up(folder, postgres, redis)
            return _measured(rows, folder)
        finally:
            _close_connections()
            redis.stop()
            postgres.stop()


def _set_up(folder: Path, postgres: PostgresServer, redis: RedisServer) -> None:
    """The portal as in production, on these servers; this process is its web side."""
    import psycopg2

    with closing(psycopg2.connect(postgres.url)) as line:
        line.autocommit = True
        line.cursor().execute(f"CREATE DATABASE {DATABASE}")
    os.environ.update(
        DJANGO_SETTINGS_MODULE=os.environ.get("BENCH_SETTINGS", "tdap_portal.settings.dev"),
        DATABASE_URL=postgres.url.removesuffix("postgres") + DATABASE,
        REDIS_URL=redis.url,
        VAR_DIR=str(folder),
        DEMO="0",
        LOG_LEVEL="WARNING",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _measured(rows: int, folder: Path) -> dict[str, Any]:
    rounds = [
        (_in_chunks(rows, folder), _one_by_one(min(rows, ONE_PER_MESSAGE_AT_MOST), folder)) for _round in range(ROUNDS)
    ]
    chunks = min(seconds for (seconds, _mb), _rate in rounds)
    peak_mb = max(mb for (_seconds, mb), _rate in rounds)
    one_by_one = max(rate for _chunks, rate in rounds)
    return {
        "name": "notify",
        "rows": rows,
        "seconds": round(chunks, 3),
        "peak_mb": peak_mb,
        "rows_per_second": round(rows / chunks),
        "one_per_message_per_second": round(one_by_one),
        "ratio_to_one_per_message": round(rows / chunks / one_by_one, 1),
        **_killed(rows, folder),
    }


def _in_chunks(rows: int, folder: Path) -> tuple[float, float]:
    from tdap_portal.notifications import services

    _seed(rows)
    worker = _Worker(folder)
    began = time.perf_counter()
    services.ring(urgent=True)
    _wait(_all_sent, worker)
    seconds = time.perf_counter() - began
    peak_mb = worker.peak_mb()
    worker.stop()
    return seconds, peak_mb


def _one_by_one(rows: int, folder: Path) -> float:
    """Messages per second."""
    from tdap_portal.celery import app
    from tdap_portal.notifications.models import Dispatch

    _seed(rows)
    with app.connection_for_write() as line, app.amqp.Producer(line) as producer:
        for pk in Dispatch.objects.values_list("pk", flat=True):
            app.send_task("notify.bench_one", kwargs={"pk": pk}, producer=producer)
    worker = _Worker(folder, "--include", "tests.bench._one_per_message", "--prefetch-multiplier", "4")
    _wait(Dispatch.objects.filter(state="sent").exists, worker)
    began, first = time.perf_counter(), Dispatch.objects.filter(state="sent").count()
    _wait(_all_sent, worker)
    rate = (rows - first) / (time.perf_counter() - began)
    worker.stop()
    return rate


def _killed(rows: int, folder: Path) -> dict[str, Any]:
    from tdap_portal.notifications import services
    from tdap_portal.notifications.models import Dispatch

    keys = _seed(rows)
    beat = ("--beat", "--schedule", str(folder / "beat"))
    worker = _Worker(folder, *beat)
    services.ring(urgent=True)
    _wait(lambda: len(_files(folder) & keys) >= rows / 3, worker, every=0.002)
    worker.kill()
    there = len(_files(folder) & keys)
    leased = Dispatch.objects.filter(state="leased").count()
    worker = _Worker(folder, *beat)
    began = time.perf_counter()
    _wait(_all_sent, worker)
    recovered = time.perf_counter() - began
    worker.stop()
    files = _files(folder)
    unmarked = Dispatch.objects.exclude(state="sent").count()
    return {
        "killed_at": there,
        "lost": len(keys - files) + unmarked,
        "doubled": len(files) - len(files & keys),
        "offered_again": leased,
        "recovered_seconds": round(recovered, 1),
    }


def _seed(rows: int) -> set[str]:
    """Rows that wait, in an empty table, with an empty folder; returns their keys."""
    from django.conf import settings

    from tdap_portal.notifications.models import Dispatch

    Dispatch.objects.all().delete()
    for file in Path(settings.SMS_DROP_FOLDER).glob("*.json"):
        file.unlink()
    made = Dispatch.objects.bulk_create(
        (
            Dispatch(
                template="bench.told",
                channel="sms",
                language="en",
                address=f"+9230{number:08d}",
                address_hint="+92•••",
                text="Your application is scored. Open your file to read the receipt and the reasons.",
            )
            for number in range(rows)
        ),
        batch_size=2000,
    )
    return {row.public_id for row in made}


def _files(folder: Path) -> set[str]:
    return {file.stem for file in (folder / "sent" / "sms").glob("*.json") if not file.name.startswith(".")}


def _all_sent() -> bool:
    from tdap_portal.notifications.models import Dispatch

    return not Dispatch.objects.filter(state__in=("waiting", "leased")).exists()


def _wait(until: Callable[[], bool], worker: _Worker, *, every: float = 0.02) -> None:
    give_up = time.monotonic() + WAIT_SECONDS
    while not until():
        if time.monotonic() > give_up or not worker.service.is_alive:
            raise RuntimeError(f"The worker did not finish.\n{worker.service.tail()}")
        time.sleep(every)


class _Worker:
    """One Celery worker with two processes on the queue of messages; `more` goes to its command line."""

    def __init__(self, folder: Path, *more: str) -> None:
        (folder / "sent" / "sms").mkdir(parents=True, exist_ok=True)
        self.service = Service(
            "worker",
            [
                *(sys.executable, "-m", "celery", "-A", "tdap_portal.celery", "worker", "--loglevel", "INFO"),
                *("-Q", "notify", "-c", "2", "--without-gossip", "--without-mingle", *more),
            ],
            log=folder / "worker.log",
            env=dict(os.environ),
            cwd=ROOT,
        )
        if not self.service.wait_until(self._is_ready, seconds=60):
            raise RuntimeError(f"The worker did not start.\n{self.service.tail()}")

    def _is_ready(self) -> bool:
        return "ready." in self.service.tail(200)

    def peak_mb(self) -> float:
        """The high-water mark of its largest process."""
        pid = self.service.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max(_high_water_mb(number) for number in (str(pid), *children))

    def kill(self) -> None:
        os.killpg(self.service.process.pid, signal.SIGKILL)
        self.service.process.wait()

    def stop(self) -> None:
        self.service.stop(seconds=20)


def _high_water_mb(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024, 1)


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(main(int(os.environ.get('ROWS', DEFAULT_ROWS))))}\n")
