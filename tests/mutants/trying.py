"""Tries faults in a copy of the tree, which is the working folder: reads a job, prints a line of JSON for each fault.

__main__ starts this file as a script, so that nothing of ours is imported before a fault stands in its file. All
libraries are imported once; each fault then gets a forked process, which has the portal imported and pytest running
after a third of a second. It runs the tests that reach the faulty function, up to the first that fails.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

# A transactional test empties the database, and the next fault would meet it empty.
QUICK = "not slow and not browser and not redis and not django_db(transaction=True)"
MEMORY = 6 * 1024**3
CPU_SECONDS = 120
NOT_REACHED, SURVIVED, NOTICED = "not reached", "survived", "noticed"
BROKEN = 99  # exit code where even the import fails


def main() -> int:
    job = json.load(sys.stdin)
    sys.path[0] = str(Path.cwd())
    # A property that fails is enough; its smallest example is not asked for.
    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None, deadline=None)
    settings.load_profile("mutants")
    options = [word for name in job["plugins"] for word in ("-p", name)]
    options += ["-q", "-p", "no:cacheprovider", "-m", QUICK]
    if job["plugins"]:
        options += ["--reuse-db", "--hypothesis-seed=0"]
    watched = {f"--cov={Path(mutant['path']).parent}" for mutant in job["mutants"]}
    without = [*options, *job["guards"], "-p", "pytest_cov.plugin", "--cov-context=test", "--cov-report=", *watched]
    if code := in_child(lambda: list_libraries(pytest.main(without), job["plugins"])):
        return code
    for name in Path("libraries").read_text().split():
        with contextlib.suppress(Exception):  # some can only be imported after Django's set-up
            importlib.import_module(name)
    data = coverage.CoverageData(os.environ["COVERAGE_FILE"])
    data.read()
    for mutant in job["mutants"]:
        print(json.dumps([mutant["number"], try_one(mutant, options, job["guards"], data)]), flush=True)
    return 0


class Nearest:
    """The tests of the file's own room come first; pytest-django would put those without a database last."""

    def __init__(self, guards: list[str]) -> None:
        self.guards = guards

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]):
        yield
        items.sort(key=lambda item: self.guards.index(item.nodeid.partition("::")[0]))


def list_libraries(code: int, plugins: list[str]) -> int:
    """Write the names of the modules that are loaded and not ours; pytest wants to import its plugins itself."""
    plugins = {name.split(".")[0] for name in (*plugins, "pytest_cov", "__main__")}
    found = [
        name
        for name, module in sys.modules.items()
        if name.split(".")[0] not in plugins
        and Path.cwd() not in Path(getattr(module, "__file__", None) or "/").parents
    ]
    Path("libraries").write_text("\n".join(found))
    return code


def try_one(mutant: dict, options: list[str], guards: list[str], data: coverage.CoverageData) -> str:
    """What became of the fault: NOTICED, SURVIVED, NOT_REACHED, or how its process ended."""
    tests = guards
    if mutant["lines"]:
        first, last = mutant["lines"]
        by_line = data.contexts_by_lineno(str(Path(mutant["path"]).resolve()))
        reaching = {context for line in range(first, last + 1) for context in by_line.get(line, ())}
        if not reaching:
            return NOT_REACHED
        if "" not in reaching:  # "" is the import
            names = {context.rpartition("|")[0] for context in reaching}
            tests = sorted(names, key=lambda name: (guards.index(name.partition("::")[0]), name))
    path = Path(mutant["path"])
    kept = path.with_suffix(".kept")
    path.rename(kept)  # and not rewritten: with its old time the compiled module stays good
    try:
        path.write_text(mutant["source"], "utf-8")
        code = in_child(lambda: pytest.main([*options, "-x", *tests], plugins=[Nearest(guards)]), quiet=True)
    finally:
        kept.replace(path)
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return SURVIVED
    return {pytest.ExitCode.TESTS_FAILED: NOTICED, BROKEN: "broken on import"}.get(code, f"exit code {code}")


def in_child(work: Callable[[], int], *, quiet: bool = False) -> int:
    """Do it in a forked process; returns its exit code, negative for the signal that ended it."""
    pid = os.fork()
    if not pid:
        code = BROKEN
        with contextlib.suppress(BaseException):
            if quiet:
                sys.dont_write_bytecode = True
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
                signal.setitimer(signal.ITIMER_REAL, 5 * CPU_SECONDS)
            else:
                os.dup2(2, 1)
            code = int(work())
        sys.stdout.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
