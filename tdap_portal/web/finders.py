"""Finds the named files of installed packages for collectstatic and for the development server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from .packaged import packaged_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class NamedFiles(FileSystemStorage):
    """A read-only view of single files that lie in several folders."""

    def path(self, name: str) -> str:
        return str(packaged_files()[name])


class PackagedFinder(BaseFinder):
    """Only what `packaged_files()` lists: whole package folders would be copied and compressed for nothing."""

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: object) -> Any:  # noqa: FBT001, FBT002  Django's signature
        found = packaged_files().get(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        storage = NamedFiles()
        for name in packaged_files():
            yield name, storage
