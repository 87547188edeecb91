"""`manage.py run` as a person meets it: real processes in a copy of the project."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.setup.conftest import are_gone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_it_serves_a_page_and_ctrl_c_leaves_nothing_behind(run_portal):
    portal = run_portal()
    portal.wait_until_it_says("Stop with Ctrl-C.")
    children = portal.children()

    assert f"The portal is ready:  {portal.address}" in portal.words
    assert "<html" in portal.open()
    assert {name for name, pids in children.items() if pids} >= {"web", "worker", "beat"}

    assert portal.interrupt() == 0
    assert portal.words.endswith("Stopped. All data is kept; the next start takes seconds.\n")
    assert are_gone([pid for pids in children.values() for pid in pids], seconds=1)


def test_sigterm_stops_it_cleanly_too(run_portal):
    portal = run_portal()
    portal.wait_until_it_says("Stop with Ctrl-C.")
    children = portal.children()
    portal.process.terminate()

    assert portal.wait_until_it_ends() == 0
    assert are_gone([pid for pids in children.values() for pid in pids], seconds=1)


def test_ready_means_that_the_worker_of_this_start_has_answered(run_portal, data: Path):
    for _start in range(2):
        portal = run_portal()
        portal.wait_until_it_says("The portal is ready")
        assert re.search(r"core\.heartbeat\[.*\] succeeded", (data / "log" / "worker.log").read_text())
        assert portal.interrupt() == 0


def test_second_start_keeps_the_data_and_takes_seconds(run_portal, data: Path):
    run_portal_once(run_portal)
    database = next(data.glob("*.sqlite3"))
    born = database.stat().st_ino

    began = time.monotonic()
    run_portal_once(run_portal)

    assert time.monotonic() - began < 60  # a few seconds on a quiet machine
    assert database.stat().st_ino == born


def run_portal_once(run_portal) -> None:
    portal = run_portal()
    portal.wait_until_it_says("The portal is ready")
    assert portal.interrupt() == 0


def test_taken_port_is_told_before_anything_is_started(run_portal, data: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        portal = run_portal(PORT=str(port))

        assert portal.wait_until_it_ends() == 1
    assert f"Port {port} is taken by another program." in portal.words
    assert re.search(r"PORT=\d+ python3 manage\.py run", portal.words)
    assert not list(data.glob("*.sqlite3"))


def test_second_portal_in_the_same_folder_is_refused(run_portal):
    first = run_portal()
    first.wait_until_it_says("The portal is ready")
    second = run_portal()

    assert second.wait_until_it_ends() == 1
    assert f"The portal already runs from this folder: {first.address}" in second.words
    assert "<html" in first.open()


@pytest.mark.parametrize("victim", ["web", "worker", "beat"])
def test_dead_process_ends_the_portal_with_the_tail_of_its_log(run_portal, victim: str):
    portal = run_portal()
    portal.wait_until_it_says("Stop with Ctrl-C.")
    children = portal.children()
    os.kill(children[victim][0], signal.SIGKILL)

    assert portal.wait_until_it_ends() == 1
    told = portal.words.split("Stop with Ctrl-C.")[1]
    assert f"The {victim} died (exit code -9), so everything is stopped." in told
    assert f"{victim}.log:" in told
    assert len(told.splitlines()) > 4
    assert are_gone([pid for pids in children.values() for pid in pids], seconds=1)


def test_kill_9_of_the_command_itself_leaves_no_orphan(run_portal):
    portal = run_portal()
    portal.wait_until_it_says("Stop with Ctrl-C.")
    children = [pid for pids in portal.children().values() for pid in pids]
    portal.process.kill()
    portal.wait_until_it_ends()

    assert len(children) >= 5
    assert are_gone(children)


def test_redis_that_does_not_answer_is_told(run_portal):
    portal = run_portal(REDIS_URL="redis://127.0.0.1:1/0")

    assert portal.wait_until_it_ends() == 1
    assert "REDIS_URL names 127.0.0.1:1, and nothing answers there." in portal.words


def test_database_that_does_not_answer_is_told(run_portal):
    portal = run_portal(DATABASE_URL="postgres://portal@127.0.0.1:1/portal")

    assert portal.wait_until_it_ends() == 1
    assert "The database named by DATABASE_URL does not answer" in portal.words
    assert "Traceback" not in portal.words


def test_without_any_redis_it_runs_on_files(run_portal, data: Path):
    portal = run_portal(CELERY_BROKER_URL="filesystem://")
    portal.wait_until_it_says("The portal is ready")

    assert portal.children()["redis"] == []
    assert (data / "broker" / "queue").is_dir()
    assert portal.interrupt() == 0


@pytest.mark.postgres
@pytest.mark.redis
def test_the_same_code_runs_on_postgresql_and_redis(run_portal, data: Path, redis_url: str, empty_database: str):
    portal = run_portal(DATABASE_URL=empty_database, REDIS_URL=redis_url)
    portal.wait_until_it_says("The portal is ready")

    assert "<html" in portal.open()
    assert portal.children()["redis"] == []
    assert not list(data.glob("*.sqlite3"))
    assert portal.interrupt() == 0


@pytest.fixture
def empty_database():
    """A database of its own on the tests' PostgreSQL; its address."""
    from urllib.parse import urlsplit

    import psycopg2

    server = urlsplit(os.environ["DATABASE_URL"])
    with_server = server._replace(path="/postgres").geturl()
    name = f"run_{os.getpid()}"

    def do(statement: str) -> None:
        line = psycopg2.connect(with_server)
        line.autocommit = True
        line.cursor().execute(statement)
        line.close()

    do(f"CREATE DATABASE {name}")
    yield server._replace(path=f"/{name}").geturl()
    do(f"DROP DATABASE {name} WITH (FORCE)")
