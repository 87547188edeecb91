"""History: one append-only row an act, which is the audit line and the outbox message at once."""

from __future__ import annotations

import secrets

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from .chain import Link


def new_nonce() -> str:
    return secrets.token_hex(8)


class Event(models.Model):
    """What happened. Written in the act's own transaction; the database refuses to change or delete it.

    position and hash are set once by the worker that lays the chain; mac proves that the portal wrote the row.
    """

    name = models.CharField(_("event"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=80, blank=True)
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    data = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    request_id = models.CharField(max_length=16, blank=True)
    nonce = models.CharField(max_length=16, default=new_nonce)
    mac = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True, unique=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mac"], name="event_signed_once")]  # a copy of a row is refused
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["id"], condition=models.Q(position__isnull=True), name="event_unsealed"),
            models.Index(fields=["name", "id"], name="event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name} {self.subject_type}:{self.subject_id}"

    def as_link(self) -> Link:
        """The row as the chain's arithmetic sees it. The id of a row not yet saved counts as 0 (the mac leaves it out)."""
        return Link(
            id=self.pk or 0,
            name=self.name,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            subject_label=self.subject_label,
            actor_id=self.actor_id,
            at=self.at,
            data=self.data,
            request_id=self.request_id,
            nonce=self.nonce,
            mac=self.mac,
            position=self.position,
            hash=self.hash,
        )


class ChainEnd(models.Model):
    """Where the chain of hashes ends: one row, locked by whoever lays the next links."""

    position = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    mac = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


class Delivery(models.Model):
    """One event for one handler: pending until the handler's own transaction marked it done."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivered_to_each_handler_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "done", "failed"]), name="delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=models.Q(state="pending"), name="delivery_due"),
            models.Index(fields=["id"], condition=models.Q(state="failed"), name="delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} -> {self.handler}: {self.state}"
