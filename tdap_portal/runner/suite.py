"""`manage.py test`: all tests on PostgreSQL, then a short leg on SQLite, the database of `manage.py run`.

docs/testing.md says what the second leg runs, and what keeps both short.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tdap_portal.core.catalogues import compile_catalogues

from .processes import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
# Looking for plugins costs five seconds a start; these are the ones that the tests use.
PLUGINS = (
    "pytest_django.plugin",
    "xdist.plugin",
    "pytest_playwright.pytest_playwright",
    "_hypothesis_pytestplugin",
    "time_machine",
)
# A file stays with one worker. Files are handed out in the order of tests/conftest.py, the longest first.
# A test that kills its worker is given to the next one, again and again: the second death ends the run.
IN_PARALLEL = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "1")


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments; without any, all tests and then those marked sqlite_leg on SQLite.

    Returns pytest's exit code, of the first leg that failed.
    """
    compile_catalogues(ROOT / "locale")
    if arguments:
        return _pytest(arguments)
    outcome = _pytest([*IN_PARALLEL])
    print("\nOnce more on SQLite, the database of `manage.py run`:", flush=True)
    marked = ["-m", "sqlite_leg and not postgres", *files_of_tests_that_name("sqlite_leg")]
    on_sqlite = _pytest([*IN_PARALLEL, *marked], DATABASE_URL="sqlite://:memory:")
    return outcome or on_sqlite


def files_of_tests_that_name(mark: str) -> list[str]:
    """Paths below the root: to read all files of tests for the few that carry a mark would take half of a short leg."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file.relative_to(ROOT)) for file in files if mark in file.read_text("utf-8")]


def _pytest(arguments: list[str], **environment: str) -> int:
    plugins = [word for name in PLUGINS for word in ("-p", name)]
    variables = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}
    variables.pop("DJANGO_SETTINGS_MODULE", None)  # manage.py's; pytest takes the tests' own
    if variables.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Where __pycache__ is not wanted, a hundred processes would each compile Django anew, three seconds a time.
        kept = ROOT / "var" / "bytecode"
        shutil.rmtree(kept / tempfile.gettempdir().lstrip("/"), ignore_errors=True)  # of the copies of earlier runs
        variables.setdefault("PYTHONPYCACHEPREFIX", str(kept))
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=ROOT,
        env=variables,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  no threads here; one prctl call
    )
    while True:
        try:
            return run.wait()
        except KeyboardInterrupt:
            continue  # pytest got it too and ends with its summary
