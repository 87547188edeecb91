"""A real Celery worker process on the test's own database and Redis."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tdap_portal.runner.processes import Service

ROOT = Path(__file__).resolve().parent.parent.parent
QUEUES = "default,trade,notify,scoring"


class RealWorker:
    """Starts, stops and kills one worker.

    environment: what its settings read (DATABASE_URL, REDIS_URL). log: its output; `.tail()` shows the last lines.
    """

    def __init__(self, *, environment: dict[str, str], log: Path, queues: str = QUEUES, concurrency: int = 2) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._queues = queues
        self._concurrency = concurrency
        self.service: Service | None = None

    def start(self) -> RealWorker:
        """Start it and wait until it takes tasks; raises RuntimeError with its log when it does not."""
        self.service = Service(
            "worker",
            [
                *(sys.executable, "-m", "celery", "-A", "tdap_portal.celery", "worker", "--loglevel", "INFO"),
                *("-Q", self._queues, "-c", str(self._concurrency), "--without-gossip", "--without-mingle"),
                *("-n", f"test-{os.getpid()}@%h"),
            ],
            log=self._log,
            env=self._environment,
            cwd=ROOT,
        )
        if not self.service.wait_until(lambda: "ready." in self.service.tail(200), seconds=60):
            tail = self.service.tail()
            self.stop()
            raise RuntimeError(f"The worker did not start.\n{tail}")
        return self

    def kill(self) -> None:
        """End it in the middle of its work, as a power cut would: SIGKILL to the whole group."""
        os.killpg(self.service.process.pid, signal.SIGKILL)
        self.service.process.wait()

    def stop(self) -> None:
        """End it at once: nobody waits for what it still holds, and a quiet end takes three seconds."""
        if self.service and self.service.is_alive:
            self.kill()

    def tail(self, lines: int = 30) -> str:
        """The last lines of its log."""
        return self.service.tail(lines)
