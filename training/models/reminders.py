"""What firms were reminded of."""

from __future__ import annotations

from django.db import models

from tdap_portal.core.models import TimeStamped


class PlaceReminder(TimeStamped):
    """A firm with a seat and without a place in a cohort was reminded, once a file; created_at says when."""

    application = models.OneToOneField("selection.Application", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.application_id}"
