"""`manage.py run` as a person meets it: real processes in a copy of the project."""

from __future__ import annotations

import json
import shutil
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from tdap_portal.runner.portal import Portal
from tdap_portal.runner.processes import CannotRun, Service, free_port
from tests.setup.conftest import HEALTH_KEY, are_gone, portals_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(project_copy: Path, data_with_tables: Path, tmp_path_factory: pytest.TempPathFactory):
    """One portal that is ready, for all tests that only look at it; `portal.data` is its folder.

    127.0.0.2 stands for the machine's address in its network: both are unknown to the settings.
    """
    data = shutil.copytree(data_with_tables, tmp_path_factory.mktemp("portal") / "var")
    with portals_of(project_copy, data) as start:
        running = start(HOST="127.0.0.2", CELERY_BROKER_URL="filesystem://")
        running.wait_until_it_says("Stop with Ctrl-C.")
        yield running
        assert running.process.poll() is None, f"it ended by itself\n{running.words}"


def test_it_says_where_it_is_and_serves_a_page_there(portal):
    assert f"The portal is ready:  http://127.0.0.2:{portal.port}/" in portal.words
    assert "<html" in portal.open()
    assert f"SITE_URL=http://127.0.0.2:{portal.port}\0" in portal.environment_of("worker")


def test_ready_means_that_beat_has_rung_and_the_worker_has_answered(portal):
    assert "core.heartbeat" in (portal.data / "log" / "worker.log").read_text()
    lines = json.loads(portal.open("health/", **{"X-Health-Key": HEALTH_KEY}))["lines"]

    assert [line["ok"] for line in lines if line["name"] == "Worker"] == [True]


def test_without_any_redis_it_runs_on_files(portal):
    assert {name for name, pids in portal.children().items() if pids} == {"web", "worker", "beat"}
    assert (portal.data / "broker" / "queue").is_dir()


def test_second_portal_in_the_same_folder_is_refused(portal, project_copy: Path):
    with portals_of(project_copy, portal.data) as start:
        second = start()

        assert second.wait_until_it_ends() == 1
    assert f"The portal already runs from this folder: {portal.address}" in second.words
    assert "<html" in portal.open()


@pytest.mark.parametrize(
    ("host", "address", "served"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000/", "127.0.0.1"),
        ("192.0.2.7", "http://192.0.2.7:9000/", "192.0.2.7"),
        ("portal.lan", "http://portal.lan:9000/", "portal.lan"),
        ("2001:db8::7", "http://[2001:db8::7]:9000/", "[2001:db8::7]"),
        ("0.0.0.0", "http://127.0.0.1:9000/", "*"),  # noqa: S104  nothing is bound here
    ],
)
def test_links_and_host_names_follow_the_address(host: str, address: str, served: str, monkeypatch):
    for name in ("SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    portal = Portal(host=host, port=9000)

    assert (portal.address, portal.environment["SITE_URL"]) == (address, address.rstrip("/"))
    assert set(portal.environment["ALLOWED_HOSTS"].split(",")) == {"127.0.0.1", "localhost", "[::1]", served}


def test_what_the_environment_says_of_the_address_stays(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://portal.example")
    monkeypatch.setenv("ALLOWED_HOSTS", "portal.example")
    environment = Portal(host="127.0.0.1", port=9000).environment

    assert (environment["SITE_URL"], environment["ALLOWED_HOSTS"]) == (
        "https://portal.example",
        "portal.example,127.0.0.1",
    )


def test_ctrl_c_keeps_the_data_for_the_next_start_and_not_even_kill_9_leaves_a_process(run_portal, data: Path):
    first = run_portal()
    first.wait_until_it_says("Stop with Ctrl-C.")
    children = first.children()
    database = (data / "portal.sqlite3").stat().st_ino
    assert all(children[name] for name in ("web", "worker", "beat"))

    first.process.send_signal(signal.SIGINT)
    assert first.wait_until_it_ends() == 0
    assert first.words.endswith("Stopped. All data is kept; the next start takes seconds.\n")
    assert are_gone(children, seconds=1)

    second = run_portal()
    second.wait_until_it_says("Stop with Ctrl-C.")
    children = second.children()
    assert (data / "portal.sqlite3").stat().st_ino == database
    second.process.kill()
    second.wait_until_it_ends()
    assert are_gone(children)


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_taken_port_is_told_before_anything_is_started(host: str, family: int, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    try:
        other = socket.create_server((host, 0), family=family)
    except OSError:
        return  # a machine, or a container, without IPv6
    with other:
        portal = Portal(host=host, port=other.getsockname()[1])
        with pytest.raises(CannotRun, match=rf"Port {portal.port} .* Address already in use[\s\S]* PORT=\d+ python3"):
            portal.start()

    assert (portal.services, portal.folder.exists()) == ([], False)


@pytest.mark.parametrize("victim", ["redis", "web", "worker", "beat"])
def test_dead_process_ends_the_watch_with_the_tail_of_its_log(victim: str, tmp_path: Path):
    group = Portal(host="127.0.0.1", port=free_port())
    for name in ("redis", "web", "worker", "beat"):
        log = tmp_path / f"{name}.log"
        group.services.append(Service(name, ["sh", "-c", f"echo last words of {name}; exec sleep 300"], log=log))
    assert all(service.wait_until(lambda one=service: "last" in one.tail(), seconds=10) for service in group.services)
    children = {service.name: [service.process.pid] for service in group.services}
    next(service for service in group.services if service.name == victim).process.kill()

    with pytest.raises(CannotRun, match=rf"The {victim} died \(exit code -9\)[\s\S]*last words of {victim}"):
        group.watch()
    group.stop()
    assert are_gone(children, seconds=1)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL names 127.0.0.1:1, and nothing answers there."),
        (
            {"DATABASE_URL": "postgres://portal@127.0.0.1:1/portal"},
            "The database named by DATABASE_URL does not answer",
        ),
    ],
)
def test_server_that_does_not_answer_is_told(run_portal, address: dict[str, str], message: str):
    portal = run_portal(**address)

    assert portal.wait_until_it_ends() == 1
    assert message in portal.words
    assert "Traceback" not in portal.words


@pytest.mark.postgres
@pytest.mark.redis
def test_the_same_code_runs_on_postgresql_and_redis_until_an_init_system_ends_it(
    run_portal, data: Path, redis_url: str, empty_database: str
):
    portal = run_portal(DATABASE_URL=empty_database, REDIS_URL=redis_url)
    portal.wait_until_it_says("The portal is ready")
    children = portal.children()

    assert "<html" in portal.open()
    assert {name for name, pids in children.items() if pids} == {"web", "worker", "beat"}
    assert "portal@" not in portal.words  # nor, then, a password
    portal.process.terminate()
    assert portal.wait_until_it_ends() == 0
    assert are_gone(children, seconds=1)
