"""What ties the deposit of a firm to its seat."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Deposit(models.Model):
    """The deposit of an accepted offer, asked for once. confirmed_at: when it was first paid, which makes the place firm. ended_at: when the
    seat was no longer the firm's; ended: why, "unpaid" or "left", "" while it lasts."""

    offer = models.OneToOneField("selection.Offer", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = [models.Index(fields=["application"], condition=models.Q(ended_at=None), name="deposit_living")]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.payment_id}"
