"""Faults that pass by themselves, told from those that we have to mend: the database is away, the disk is full."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Passing:
    """status of the answer and name of its page; code and detail for programs; after how many seconds to try again."""

    status: int
    code: str
    detail: StrPromise
    retry_after: int

    @property
    def template(self) -> str:
        return f"{self.status}.html"


DATABASE_AWAY = Passing(503, "unavailable", _("The portal's database does not answer just now. Try again."), 30)
DISK_FULL = Passing(507, "no_room", _("The portal has no room for this just now. Nothing was stored."), 60 * 60)


def passing_fault(fault: BaseException | None) -> Passing | None:
    """What kind of passing fault this is, or was caused by; None for any other, or for none."""
    while fault is not None:
        if isinstance(fault, (OperationalError, InterfaceError)):
            return DATABASE_AWAY
        if is_full_disk(fault):
            return DISK_FULL
        fault = fault.__cause__ or fault.__context__
    return None


def is_full_disk(fault: BaseException) -> bool:
    return isinstance(fault, OSError) and fault.errno in NO_ROOM
