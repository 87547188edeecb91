"""Acts of the ground that belong to no app."""

from __future__ import annotations

from django.utils import timezone

from .models import Heartbeat


def beat(name: str) -> None:
    """Note that the background process `name` lives."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beaten_at": timezone.now()})
