"""Where papers lie: a private folder, random names, nothing of it below a public address."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.core.files import File


def _storage() -> FileSystemStorage:
    return FileSystemStorage(
        location=settings.VAULT_ROOT, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


def store(content: bytes, extension: str) -> str:
    """Keep the bytes under a random name in one of 256 folders; gives the name."""
    name = secrets.token_hex(20)
    return str(_storage().save(f"{name[:2]}/{name}.{extension}", ContentFile(content)))


def open_paper(stored_as: str) -> File[bytes]:
    """The kept file, for reading. Raises FileNotFoundError where it is gone."""
    return _storage().open(stored_as, "rb")


def forget(stored_as: str) -> None:
    """Take a file away whose row was never written."""
    _storage().delete(stored_as)
