"""Shared columns, and the days on which TDAP is closed or open against the calendar."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on the telephone


LIKE_A_NUMBER = re.compile("[0-9]+(e[0-9]+)?")


def new_public_id() -> str:
    """Twelve random characters (31**12, about 59 bits): what we show outside instead of row numbers. None that a spreadsheet
    would take for a number, such as 219e26, and turn into another one."""
    while LIKE_A_NUMBER.fullmatch(code := "".join(secrets.choice(ID_ALPHABET) for _ in range(12))):
        pass
    return code


def known_values(column: str, values: Iterable[str], name: str) -> models.CheckConstraint:
    """The database refuses any other value of a column of codes. values: members of a StrEnum, or plain text."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": [str(value) for value in values]}), name=name)


class PublicId(models.Model):
    public_id = models.CharField(max_length=12, unique=True, editable=False, default=new_public_id)

    class Meta:
        abstract = True


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ClosedDay(models.Model):
    """A day that differs from the calendar of the library: Eid moved by the moon, a closure, a working Saturday."""

    day = models.DateField(_("day"), unique=True)
    is_open = models.BooleanField(_("TDAP works on this day"), default=False)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source (notification, number)"), max_length=200)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("closed or open day")
        verbose_name_plural = _("closed and open days")

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


class Heartbeat(models.Model):
    """The last time a background process said it lives. One row per name. ahead_seconds: of its clock before the database's."""

    DEMO_LOADER = "demo loader"  # its row is there only while it works, or when it was cut off

    name = models.CharField(max_length=40, unique=True)
    beaten_at = models.DateTimeField()
    ahead_seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {timezone.localtime(self.beaten_at).isoformat(' ', 'seconds')}"
