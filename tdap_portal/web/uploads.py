"""What may come in with a request: how much in all, and which files are written to the disk while it is read.

The form's token is looked for in the body, so a body is read before any page is asked. What is too much has to be
stopped before that, and files of somebody who has not signed in are let go by unwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.urls import Resolver404, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

View = TypeVar("View", bound="Callable[..., Any]")
MARK = "takes_files"
SMALL = "reads_small_files"
BYTES = "reads_bytes"


def takes_files(view: View) -> View:
    """A page to which files are sent; every other page takes a few words only."""
    setattr(view, MARK, True)
    return view


def reads_small_files(view: View) -> View:
    """A page that looks at a small file and keeps nothing. Visitors may send it too: it lies within the body of an ordinary page,
    and what is small enough for that is taken into memory up to FILE_UPLOAD_MAX_MEMORY_SIZE, not to the disk."""
    setattr(view, SMALL, True)
    return view


def reads_bytes(view: View) -> View:
    """A door of programs that are believed by a signature over the bytes: nothing reads the body as a form before it, which would turn some
    away that have to be kept."""
    setattr(view, BYTES, True)
    return view


def max_bytes(request: HttpRequest) -> int:
    """How large the body of a request to this address may be."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return int(settings.UPLOAD_MAX_BYTES if getattr(view, MARK, False) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class LimitedUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep files: lets a file through up to the limit and a piece more, by which the
    form sees that it is too large and says so beside its field. Nothing else of the form is lost."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if (user is None or not user.is_authenticated) and not self._is_small():
            raise SkipFile

    def _is_small(self) -> bool:
        """Whether the page looks at small files; a body that could reach the disk is not let through to it."""
        if self.request is None:
            return False
        try:
            view = resolve(self.request.path_info).func
        except Resolver404:
            return False
        length = int(self.request.META.get("CONTENT_LENGTH") or 0)
        return getattr(view, SMALL, False) and length <= int(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= settings.PAPER_MAX_BYTES else None

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one hold the file."""
