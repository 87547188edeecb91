"""The timetable: what is planned, what was published and what changed with it, and the calendars that people subscribe to."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped


def new_nonce() -> str:
    return secrets.token_hex(16)


class DraftSession(TimeStamped):
    """Where a session is planned to be, which people do not see before it is published. Without a row it is as published.

    moved_by: None where the solver placed it. is_locked: no proposal moves it. reason: why a rule that blocks is broken here.
    """

    session = models.OneToOneField("training.Session", on_delete=models.CASCADE, related_name="draft")
    starts_at = models.DateTimeField(null=True)
    trainer = models.ForeignKey("training.Trainer", on_delete=models.PROTECT, null=True, related_name="+")
    venue = models.ForeignKey("training.Venue", on_delete=models.PROTECT, null=True, related_name="+")
    is_cancelled = models.BooleanField(default=False)
    is_locked = models.BooleanField(default=False)
    moved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.starts_at}"


class TimetableVersion(PublicId, TimeStamped):
    """What was published at once. people: how many were told."""

    number = models.PositiveIntegerField(unique=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("why"), max_length=500, blank=True)
    people = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class SessionChange(models.Model):
    """What one version changed of one session. before, after: {"starts_at", "ends_at", "trainer", "venue", "cancelled"}, ids and ISO
    moments. trainer_before: who taught it until then, whose calendar shows it as cancelled."""

    version = models.ForeignKey("training.TimetableVersion", on_delete=models.PROTECT, related_name="changes")
    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    trainer_before = models.ForeignKey("training.Trainer", on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "session"], name="session_changed_once_a_version")]

    def __str__(self) -> str:
        return f"{self.session_id} in {self.version_id}"


class CalendarFeed(PublicId, TimeStamped):
    """The secret address of a person's calendar. nonce: goes into the address; another one ends the old address."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32, default=new_nonce)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public_id
