"""`manage.py run` as a person meets it: real processes in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from pathlib import Path

import pytest

from tdap_portal.runner.portal import CannotRun, Portal
from tdap_portal.runner.processes import Service, free_port
from tests.setup.conftest import HEALTH_KEY, are_gone, portals_of

pytestmark = pytest.mark.slow


def test_it_says_where_it_is_and_serves_a_page_there(portal):
    assert f"The portal is ready:  {portal.address}" in portal.words
    assert "<html" in portal.open()
    assert {name for name, pids in portal.children().items() if pids} >= {"web", "worker", "beat"}


def test_ready_means_that_beat_has_rung_and_the_worker_has_answered(portal):
    assert "core.heartbeat" in (portal.data / "log" / "worker.log").read_text()
    lines = json.loads(portal.open("health/", **{"X-Health-Key": HEALTH_KEY}))["lines"]

    assert [line["ok"] for line in lines if line["name"] == "Worker"] == [True]


def test_second_portal_in_the_same_folder_is_refused(portal, project_copy: Path):
    with portals_of(project_copy, portal.data) as start:
        second = start()

        assert second.wait_until_it_ends() == 1
    assert f"The portal already runs from this folder: {portal.address}" in second.words
    assert "<html" in portal.open()


def test_host_of_ones_own_is_served_and_stands_in_the_links(run_portal):
    """127.0.0.2 stands for the machine's address in its network: both are unknown to the settings."""
    portal = run_portal(HOST="127.0.0.2")
    portal.wait_until_it_says(f"The portal is ready:  http://127.0.0.2:{portal.port}/")
    worker = Path(f"/proc/{portal.children()['worker'][0]}/environ").read_text().split("\0")

    assert f"SITE_URL=http://127.0.0.2:{portal.port}" in worker


@pytest.mark.parametrize(
    ("host", "address", "served"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000/", "127.0.0.1"),
        ("192.0.2.7", "http://192.0.2.7:9000/", "192.0.2.7"),
        ("portal.lan", "http://portal.lan:9000/", "portal.lan"),
        ("::1", "http://[::1]:9000/", "[::1]"),
        ("2001:db8::7", "http://[2001:db8::7]:9000/", "[2001:db8::7]"),
    ],
)
def test_links_and_host_names_follow_the_address(host: str, address: str, served: str, monkeypatch):
    for name in ("SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    portal = Portal(host=host, port=9000)

    assert (portal.address, portal.environment["SITE_URL"]) == (address, address.rstrip("/"))
    assert portal.environment["ALLOWED_HOSTS"].split(",") == list(
        dict.fromkeys(["127.0.0.1", "localhost", "[::1]", served])
    )
    assert f"{served}:9000" in portal._web_command()


def test_what_the_environment_says_of_the_address_stays(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://portal.example")
    monkeypatch.setenv("ALLOWED_HOSTS", "portal.example")
    told = Portal(host="127.0.0.1", port=9000).environment

    assert (told["SITE_URL"], told["ALLOWED_HOSTS"]) == ("https://portal.example", "portal.example,127.0.0.1")


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(run_portal, data: Path):
    first = run_portal()
    first.wait_until_it_says("Stop with Ctrl-C.")
    children = [pid for pids in first.children().values() for pid in pids]
    database = next(data.glob("*.sqlite3")).stat().st_ino

    assert first.interrupt() == 0
    assert first.words.endswith("Stopped. All data is kept; the next start takes seconds.\n")
    assert are_gone(children, seconds=1)

    second = run_portal()
    second.wait_until_it_says("Stop with Ctrl-C.")
    children = [pid for pids in second.children().values() for pid in pids]
    assert next(data.glob("*.sqlite3")).stat().st_ino == database
    second.process.terminate()  # as an init system ends it
    assert second.wait_until_it_ends() == 0
    assert are_gone(children, seconds=1)


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


def test_dead_worker_ends_the_portal_with_the_tail_of_its_log(run_portal):
    portal = run_portal()
    portal.wait_until_it_says("Stop with Ctrl-C.")
    children = portal.children()
    os.kill(children["worker"][0], signal.SIGKILL)

    assert portal.wait_until_it_ends() == 1
    told = portal.words.split("Stop with Ctrl-C.")[1]
    assert "The worker died (exit code -9), so everything is stopped." in told
    assert "worker.log:" in told
    assert "core.heartbeat" in told
    assert are_gone([pid for pids in children.values() for pid in pids], seconds=1)


@pytest.mark.parametrize("victim", ["redis", "web", "worker", "beat"])
def test_watch_ends_with_the_words_of_whichever_process_dies(victim: str, tmp_path: Path):
    group = Portal(host="127.0.0.1", port=free_port())
    for name in ("redis", "web", "worker", "beat"):
        log = tmp_path / f"{name}.log"
        group.services.append(Service(name, ["sh", "-c", f"echo last words of {name}; exec sleep 300"], log=log))
    assert all(service.wait_until(lambda one=service: "last" in one.tail(), seconds=10) for service in group.services)
    processes = [service.process for service in group.services]
    next(service for service in group.services if service.name == victim).process.kill()

    with pytest.raises(CannotRun, match=rf"The {victim} died \(exit code -9\)[\s\S]*last words of {victim}"):
        group.watch()
    group.stop()
    assert [process.poll() is None for process in processes] == [False] * 4


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
