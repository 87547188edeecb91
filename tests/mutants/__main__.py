"""`make mutants`: puts faults into rules, tables and services, one at a time, and counts how many the tests notice.

    python -m tests.mutants                           a sample of each file's faults, the same each time
    python -m tests.mutants selection/engine/*.py     all faults of these files
    python -m tests.mutants --again                   only what was not noticed last time

It works in two copies of the tree. What was not noticed is printed and kept in var/mutants.json; the last line is the
share that was noticed, without the faults that change nothing (equivalent.toml).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

from tdap_portal.runner.suite import PLUGINS
from tests.servers.postgres import PostgresServer, find_postgres

from .making import Mutant, mutants_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20261101
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LAST = ROOT / "var" / "mutants.json"
NOT_NOTICED = ("survived", "not reached")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tests.mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="*", help="files that get all their faults")
    parser.add_argument("--rules", type=int, default=60, help="how many faults of a file of rules are tried")
    parser.add_argument("--services", type=int, default=40, help="how many faults of a file of services are tried")
    parser.add_argument("--again", action="store_true", help="try what was not noticed last time")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    if chosen.again:
        wanted = {tuple(key) for key in json.loads(LAST.read_text())}
        mutants = [mutant for path in sorted({key[0] for key in wanted}) for mutant in faults_of(path)]
        mutants = [mutant for mutant in mutants if key_of(mutant) in wanted]
    else:
        limits = dict.fromkeys(chosen.paths) if chosen.paths else limit_by_path(chosen.rules, chosen.services)
        mutants = [mutant for path, limit in limits.items() for mutant in faults_of(path, limit)]
    outcomes = try_all(mutants)
    report(outcomes)
    print(f"{len(outcomes)} faults in {round((time.monotonic() - began) / 60)} minutes")
    if len(outcomes) < len(mutants):
        print(f"{len(mutants) - len(outcomes)} faults could not be tried: see above.")
    noticed = sum(outcome not in NOT_NOTICED for outcome in outcomes.values())
    print(f"noticed_percent {100 * noticed / max(1, len(outcomes)):.1f}")
    return int(len(outcomes) < len(mutants))


def read_config(name: str) -> dict:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def limit_by_path(rules: int, services: int) -> dict[str, int]:
    """Each file that gets faults, and how many. Raises ValueError where a pattern names no file, since rooms move."""
    config, found = read_config("config"), {}
    for kind, limit in (("services", services), ("rules", rules)):
        for pattern in config[kind]:
            files = [file.relative_to(ROOT) for file in sorted(ROOT.glob(pattern))]
            files = [file for file in files if not any(file.match(other) for other in config["left_out"])]
            if not files:
                raise ValueError(f"{pattern} names no file")
            found |= {str(file): limit for file in files}
    return found


def faults_of(path: str, limit: int | None = None) -> list[Mutant]:
    """A file's faults without those that change nothing; with a limit, as many of them, drawn with a fixed seed.

    Raises ValueError where equivalent.toml names one that cannot be made any more.
    """
    source = text_of(path)
    found = {mutant.key(source): mutant for mutant in mutants_of(path, source)}
    for row in read_config("equivalent").get("fault", ()):
        key = (row["path"], row["place"], row["before"], row["after"])
        if row["path"] == path and not (row["why"] and found.pop(key, None)):
            raise ValueError(f"equivalent.toml names a fault that cannot be made any more: {key}")
    mutants = [*found.values()]
    if limit:
        random.Random(SEED).shuffle(mutants)  # so that a larger sample holds the smaller one
    return [*islice((mutant for mutant in mutants if mutant.compiles(source)), limit)]


def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def key_of(mutant: Mutant) -> tuple[str, str, str, str]:
    return mutant.key(text_of(mutant.path))


def guards_of(path: str) -> tuple[str, ...]:
    """Test files of the folder that mirrors the file's, and those that config.toml adds; its own test comes first.

    tdap_portal/audit/outbox.py is guarded by tests/audit, selection/review/services.py by tests/selection/review.
    """
    parts = Path(path).parent.parts
    folder = ROOT / "tests" / Path(*(parts[1:] if parts[0] == "tdap_portal" else parts))
    config = read_config("config")
    found = {*folder.glob("test_*.py")}
    for pattern, tests in config["guards"].items():
        found |= {file for test in tests for file in ROOT.glob(test) if Path(path).match(pattern)}
    found = {file for file in found if not any(file.match(other) for other in config["left_out"])}
    own = folder / f"test_{Path(path).name}"
    return tuple(str(file.relative_to(ROOT)) for file in sorted(found, key=lambda file: (file != own, file)))


def try_all(mutants: list[Mutant]) -> dict[Mutant, str]:
    """What became of each fault. Those with the same guards are tried together, two such groups at a time."""
    groups: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        groups[guards_of(mutant.path)].append(mutant)
    server = PostgresServer(find_postgres())
    trees: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory(prefix="portal-mutants-") as folder, ThreadPoolExecutor(2) as pool:

        def work(guards: tuple[str, ...]) -> dict[Mutant, str]:
            tree = trees.get()
            try:
                return try_group(tree, guards, groups[guards], PLUGINS, server.url.removesuffix("postgres") + tree.name)
            finally:
                trees.put(tree)

        try:
            for number in range(2):
                copy_tree(Path(folder) / f"portal{number}")
                trees.put(Path(folder) / f"portal{number}")
            largest_first = sorted(groups, key=lambda guards: -len(groups[guards]))
            return {one: outcome for found in pool.map(work, largest_first) for one, outcome in found.items()}
        finally:
            pool.shutdown(cancel_futures=True)
            server.stop()


def copy_tree(to: Path) -> None:
    """What git knows or would know, with its catalogues compiled."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    subprocess.run([sys.executable, "manage.py", "compile_catalogues"], cwd=to, check=True, capture_output=True)


def try_group(
    tree: Path, guards: Sequence[str], mutants: list[Mutant], plugins: Sequence[str], database: str
) -> dict[Mutant, str]:
    """What became of each fault in this copy of the tree; {} where the guards fail without any fault, which is printed."""
    sources = {one.path: (tree / one.path).read_text("utf-8") for one in mutants}
    rows = [
        {"number": number, "path": one.path, "lines": one.lines, "source": one.apply(sources[one.path])}
        for number, one in enumerate(mutants)
    ]
    temporary = tree / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "COVERAGE_FILE": str(temporary / "coverage"),
        "DATABASE_URL": database,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPYCACHEPREFIX": str(tree.parent / "bytecode"),
        "TMPDIR": str(temporary),
    }
    job, errors = temporary / "job", temporary / "errors"
    job.write_text(json.dumps({"guards": guards, "mutants": rows, "plugins": plugins}))
    outcomes: dict[Mutant, str] = {}
    with (
        job.open() as stdin,
        errors.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, HERE / "trying.py"],
            cwd=tree,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as run,
    ):
        for number, outcome in map(json.loads, run.stdout):
            outcomes[mutants[number]] = outcome
            if outcome in NOT_NOTICED:
                print(described(mutants[number], sources[mutants[number].path], outcome), flush=True)
    if run.returncode:
        print(errors.read_text()[-5000:], flush=True)
    figures = ", ".join(f"{count} {outcome}" for outcome, count in Counter(outcomes.values()).items())
    print(f"{', '.join(sorted({one.path for one in mutants}))}: {figures}\n", flush=True)
    return outcomes


def described(mutant: Mutant, source: str, outcome: str) -> str:
    path, place, before, after = mutant.key(source)
    line = source.count("\n", 0, mutant.start) + 1
    return f"{path}:{line} {place} ({outcome})\n- {before}\n+ {after}\n"


def report(outcomes: dict[Mutant, str]) -> None:
    """Print each file's figures; keep what was not noticed for --again."""
    missed = [mutant for mutant, outcome in outcomes.items() if outcome in NOT_NOTICED]
    print()
    made, left = (Counter(mutant.path for mutant in mutants) for mutants in (outcomes, missed))
    for path in sorted(made):
        print(f"{path:<50} {made[path]:>5} faults {100 * (made[path] - left[path]) / made[path]:6.1f} % noticed")
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps([key_of(mutant) for mutant in missed], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
