"""Where papers lie: a private folder, random names, nothing of it below a public address.

A paper is written under another name first and put in place whole: what a full disk or a lost machine leaves is never
taken for a paper, and is swept away.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.errors import DomainError
from tdap_portal.web.faults import is_full_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.core.files import File

HALF = ".half"  # the end of a name that no paper has yet
HALF_IS_OLD_SECONDS = 60 * 60

_stored_together: ContextVar[list[str] | None] = ContextVar("stored_together", default=None)


def _storage() -> FileSystemStorage:
    return FileSystemStorage(location=settings.VAULT_ROOT, base_url=None)


def store(content: bytes, extension: str) -> str:
    """Keep the bytes under a random name in one of 256 folders; gives the name. Raises DomainError "no_room"."""
    name = secrets.token_hex(20)
    stored_as = f"{name[:2]}/{name}.{extension}"
    try:
        _write_whole(settings.VAULT_ROOT / stored_as, content)
    except OSError as fault:
        if not is_full_disk(fault):
            raise
        raise DomainError(
            _("We have no room for papers just now, so this one was not kept. Send it again in an hour."),
            code="no_room",
        ) from fault
    together = _stored_together.get()
    if together is not None:
        together.append(stored_as)
    return stored_as


def _write_whole(path: Path, content: bytes) -> None:
    """On the disk whole under this name, or not at all; for the portal's own user only."""
    settings.VAULT_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    half = path.with_name(path.name + HALF)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # some disks say only here that they are full
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def sweep_halves() -> int:
    """Take away what a lost machine left half written; returns how many. A paper being written now is younger."""
    old = time.time() - HALF_IS_OLD_SECONDS
    halves = [path for path in settings.VAULT_ROOT.glob(f"??/*{HALF}") if path.stat().st_mtime < old]
    for path in halves:
        path.unlink(missing_ok=True)
    return len(halves)


def open_paper(stored_as: str) -> File[bytes]:
    """The kept file, for reading. Raises FileNotFoundError where it is gone."""
    return _storage().open(stored_as, "rb")


def forget(stored_as: str) -> None:
    """Take a file away whose row was never written."""
    _storage().delete(stored_as)


@contextmanager
def kept_together() -> Iterator[None]:
    """Take all files away that were stored inside, if it ends in an error: their rows are rolled back, files are not."""
    stored: list[str] = []
    token = _stored_together.set(stored)
    try:
        yield
    except BaseException:
        for name in stored:
            forget(name)
        raise
    finally:
        _stored_together.reset(token)
