"""Where papers lie: a private folder, random names, nothing of it below a public address."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files import File

_stored_together: ContextVar[list[str] | None] = ContextVar("stored_together", default=None)


def _storage() -> FileSystemStorage:
    return FileSystemStorage(
        location=settings.VAULT_ROOT, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


def store(content: bytes, extension: str) -> str:
    """Keep the bytes under a random name in one of 256 folders; gives the name."""
    name = secrets.token_hex(20)
    stored_as = str(_storage().save(f"{name[:2]}/{name}.{extension}", ContentFile(content)))
    together = _stored_together.get()
    if together is not None:
        together.append(stored_as)
    return stored_as


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
