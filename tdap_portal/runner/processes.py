"""Child processes that never outlive the command that started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: loading a library between fork and exec is not safe.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class CannotRun(RuntimeError):
    """A server or the portal cannot start or go on; the text says why and what to do."""


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def die_with_parent(with_signal: int) -> Callable[[], None] | None:
    """A `preexec_fn` by which the kernel ends a child when its parent dies, even by kill -9; None where no kernel can."""
    libc = _LIBC
    if libc is None:
        return None
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return ask_the_kernel


class Service:
    """One running child, leader of its own process group, with a fresh log file; the one before stays beside it.

    name: what a person calls it. command, env, cwd, user: as subprocess.Popen takes them. stop_signal: the
    signal that ends it cleanly; the kernel sends the same one when the parent dies.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                start_new_session=True,
                preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509  no threads here; one prctl call
            )

    @property
    def is_alive(self) -> bool:
        """True as long as the child runs."""
        return self.process.poll() is None

    def tail(self, lines: int = 30) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """True once `ready()` holds; False when the child died or the time ran out first."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.is_alive:
            if ready():
                return True
            time.sleep(0.05)
        return False

    def stop(self, *, seconds: float = 10) -> None:
        """End the child with its own signal, then by force what is left of its group."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def answers(port: int, *, host: str = "127.0.0.1") -> bool:
    """True when something accepts a TCP connection there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
