"""Acts of the ground that belong to no app."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone

from .models import Heartbeat
from .selectors import seconds_ahead_of_database

if TYPE_CHECKING:
    from collections.abc import Iterator


def beat(name: str) -> None:
    """Note that the background process `name` lives."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"beaten_at": timezone.now(), "ahead_seconds": seconds_ahead_of_database()}
    )


def forget_beat(name: str) -> None:
    Heartbeat.objects.filter(name=name).delete()


@contextmanager
def demo_being_loaded() -> Iterator[None]:
    """A mark in the database itself, which stays when the loading is cut off: it can speak of no other database."""
    beat(Heartbeat.DEMO_LOADER)
    yield
    forget_beat(Heartbeat.DEMO_LOADER)
