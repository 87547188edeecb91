"""Who leases rows: a name with a sign of life that ends with the sender, however it ends. So the sweeper need not wait for
the lease of a sender that was killed.

On PostgreSQL the sign is an advisory lock of the sender's own session: the server drops it with the session, also when the
machine that held it is another one. SQLite means one machine: the sign is the process itself, told from a later one of the
same number by the moment it began. Where neither can be told (another machine on SQLite, no /proc) the lease decides, as it
does for a sender that lives and hangs. Behind a pooler that hands out transactions the lock says nothing: use its session mode.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import Error, connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOCKS = 0x54444150  # "TDAP": the first of the two numbers of the lock, so that nobody else's locks are ours
BY_LOCK = re.compile(r".*/lock:(\d+)")
BY_PROCESS = re.compile(r"(.*):(\d+)/since:(\d+):\w+")


@contextmanager
def on_duty() -> Iterator[str]:
    """The name under which to lease rows, for as long as this lasts."""
    here = f"{_host()}:{os.getpid()}"
    if connection.vendor == "postgresql":
        number = _lock()
        try:
            yield f"{here}/lock:{number}"
        finally:
            _unlock(number)
    else:
        yield f"{here}/since:{_began(os.getpid()) or 0}:{secrets.token_hex(4)}"


def gone(owners: Iterable[str]) -> list[str]:
    """Those of these owners that certainly send no more. Look for the rows first and ask then: a sender locks, then leases."""
    if connection.vendor == "postgresql":
        living = _living()
        return [owner for owner in owners if (sign := BY_LOCK.fullmatch(owner)) and int(sign[1]) not in living]
    return [owner for owner in owners if (sign := BY_PROCESS.fullmatch(owner)) and _is_over(*sign.groups())]


def _lock() -> int:
    """Lock a number that nobody has at the moment, in this session."""
    while True:
        number = secrets.randbits(31)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, number])
            if cursor.fetchone()[0]:
                return number


def _unlock(number: int) -> None:
    with suppress(Error), connection.cursor() as cursor:  # a session that broke has no lock any more
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, number])


def _living() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
            "AND classid::bigint = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCKS],
        )
        return {number for (number,) in cursor.fetchall()}


def _is_over(host: str, pid: str, began: str) -> bool:
    return host == _host() and _began(os.getpid()) is not None and _began(int(pid)) != int(began)


def _began(pid: int) -> int | None:
    """When this process began, in the kernel's ticks since the machine's start; None where it runs no more, or no /proc tells."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # the name may hold anything
    except OSError:
        return None
    return int(fields[18]) if state not in {"Z", "X"} else None


def _host() -> str:
    return socket.gethostname()[:40]
