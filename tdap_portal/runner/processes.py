"""Child processes that never outlive the command that started them."""

from __future__ import annotations

import contextlib
import ctypes
import grp
import os
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


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def port_is_free(host: str, port: int) -> bool:
    """True when a server could listen there now; host: a name or an address of either family. Raises socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _name, address = min(found)  # IPv4 where the name has both, as servers do
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: old connections do not count
        try:
            listener.bind(address)
        except OSError:
            return False
    return True


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
    """One running child, leader of its own process group, with its output in a log file.

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
        with log.open("ab") as output:
            self._log_start = output.tell()
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                user=user,
                group="nogroup" if user == "nobody" and _has_group("nogroup") else None,
                extra_groups=[] if user else None,
                start_new_session=True,
                preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509  no threads here; one prctl call
            )

    @property
    def is_alive(self) -> bool:
        """True as long as the child runs."""
        return self.process.poll() is None

    def tail(self, lines: int = 30) -> str:
        """The last lines that this child wrote to its log, nothing of earlier starts."""
        with self.log.open("rb") as written:
            written.seek(self._log_start)
            return "\n".join(written.read().decode(errors="replace").splitlines()[-lines:])

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


def _has_group(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(grp.getgrnam(name))
    return False


def answers(port: int, *, host: str = "127.0.0.1") -> bool:
    """True when something accepts a TCP connection there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
