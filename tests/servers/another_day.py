"""The tests as if they began at another moment: `make anotherday DAY="2027-03-10 18:40" ARGS=tests/payments`.

The moment is UTC. Python, PostgreSQL, Redis, the workers and the browser are all told it, by a small library that is built here; libfaketime is
kept and would do, but Python's waits with a limit never end under it. Needs Linux and a C compiler. The times of files are the kernel's and stay.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_suffix(".c")
NAMES = ("LD_PRELOAD", "PORTAL_CLOCK_SECONDS")  # who starts a server with an environment of its own hands these on


def handed_on() -> dict[str, str]:
    """What a server needs to live on the same day as the tests; empty on this one."""
    return {name: os.environ[name] for name in NAMES if name in os.environ}


def environment_of(moment: datetime, folder: Path) -> dict[str, str]:
    """In which it is `moment` now. folder: where the library is built; others must be able to read it. Raises CalledProcessError without a compiler."""
    library = folder / "another_day.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    seconds = round((moment - datetime.now(UTC)).total_seconds())
    return {"LD_PRELOAD": str(library), "PORTAL_CLOCK_SECONDS": str(seconds)}


def main(day: str, *words: str) -> int:
    with TemporaryDirectory(prefix="portal-day-") as folder:
        Path(folder).chmod(0o755)
        told = environment_of(datetime.fromisoformat(day).replace(tzinfo=UTC), Path(folder))
        command = [sys.executable, ROOT / "manage.py", "test", *words]
        return subprocess.run(command, env=os.environ | told, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
