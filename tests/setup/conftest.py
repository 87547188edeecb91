"""A copy of the project in which a portal can be run and killed without touching this one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tdap_portal.runner.processes import die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HEALTH_KEY = "key-of-these-tests"
PARTS = (
    "manage.py",
    "tdap_portal",
    "smes",
    "selection",
    "training",
    "payments",
    "templates",
    "static",
    "locale",
    "requirements",
)


class RunningPortal:
    """`manage.py run` in a tree of its own, its words collected as they come."""

    def __init__(self, tree: Path, **environment: str) -> None:
        self.port = int(environment.setdefault("PORT", str(free_port())))
        self.address = f"http://{environment.get('HOST', '127.0.0.1')}:{self.port}/"
        self.data = Path(environment["VAR_DIR"])
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=tree,
            env=clean_environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  one prctl call
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.process.stdout as lines:  # closed as soon as it has ended, whoever waits for that
            for line in lines:
                self._lines.append(line)

    @property
    def words(self) -> str:
        """What it has said so far."""
        return "".join(self._lines)

    def wait_until_it_says(self, words: str, *, seconds: float = 300) -> None:
        """Wait for these words; fails with all it said when they do not come."""
        until = time.monotonic() + seconds
        while words not in self.words:
            assert time.monotonic() < until, self.words
            assert self.process.poll() is None or self._reader.is_alive(), self.words
            time.sleep(0.05)

    def wait_until_it_ends(self, *, seconds: float = 60) -> int:
        """Its exit code."""
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=30)
        assert not self._reader.is_alive(), f"a process that it started still holds its output\n{self.words}"
        return code

    def open(self, path: str = "", **headers: str) -> str:
        """The body of a page."""
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310  our own address
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.read().decode()

    def children(self) -> dict[str, list[int]]:
        """web, worker, beat, redis -> process ids, a parent before its children."""
        found: dict[str, list[int]] = {"web": [], "worker": [], "beat": [], "redis": []}
        # Celery renames its processes where setproctitle is installed.
        marks = {
            "web": ("gunicorn",),
            "worker": ("celery\0-A\0tdap_portal.celery\0worker", "celeryd:"),
            "beat": ("\0beat\0", "celery beat"),
            "redis": ("redis-server",),
        }
        for pid in descendants(self.process.pid):
            line = command_line(pid)
            for name, either in marks.items():
                if any(mark in line for mark in either):
                    found[name].append(pid)
        return found

    def environment_of(self, name: str) -> str:
        """NAME=value, each with a zero behind it, as that child was started."""
        return Path(f"/proc/{self.children()[name][0]}/environ").read_text()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    """Process ids below this one, parents first."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            found += [child, *descendants(child)]
    return found


def are_gone(children: dict[str, list[int]], *, seconds: float = 20) -> bool:
    """True when none of these runs any more, at the latest after `seconds`."""
    until = time.monotonic() + seconds
    while any(command_line(pid) for pids in children.values() for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def hear_ctrl_c() -> None:
    """A shell that starts tests in the background lets them ignore Ctrl-C, and what they start inherits that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def clean_environment(**told: str) -> dict[str, str]:
    """This process's environment without what the test run itself has set for its own portal."""
    ours = ("DJANGO", "DATABASE_URL", "REDIS_URL", "CELERY", "VAR_DIR", "PORT", "HOST", "DEMO", "PYTEST", "LOG_LEVEL")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(ours)}, **told}


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the project that a portal needs, copied once."""
    folder = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("*.mo")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignored)
        elif source.exists():
            shutil.copy(source, folder)
    return folder


@contextlib.contextmanager
def portals_of(project: Path, data: Path):
    """Gives a function that starts a portal without the demo's data; whatever still runs afterwards is ended."""
    started: list[RunningPortal] = []

    def start(**environment: str) -> RunningPortal:
        started.append(
            RunningPortal(project, **{"DEMO": "0", "HEALTH_KEY": HEALTH_KEY, "VAR_DIR": str(data), **environment})
        )
        return started[-1]

    try:
        yield start
    finally:
        for portal in started:
            portal.process.terminate()  # does nothing to one that has ended
            portal.wait_until_it_ends()


@pytest.fixture(scope="session")
def data_with_tables(project_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose SQLite has its tables and nobody in it: to be copied, since making them takes seconds."""
    folder = tmp_path_factory.mktemp("tables") / "var"
    (folder / "static").mkdir(parents=True)
    environment = clean_environment(DEMO="0", VAR_DIR=str(folder))
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=project_copy, env=environment, check=True)
    return folder


@pytest.fixture
def data(data_with_tables: Path, tmp_path: Path) -> Path:
    """The data folder of the portals that this test starts."""
    return shutil.copytree(data_with_tables, tmp_path / "var")


@pytest.fixture
def run_portal(project_copy: Path, data: Path):
    """Start a portal of this test's own."""
    with portals_of(project_copy, data) as start:
        yield start


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
