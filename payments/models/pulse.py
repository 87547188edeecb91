"""The series of SME finance, point by point with its source."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.states import Indicator
from tdap_portal.core.models import PublicId, known_values

from .labels import INDICATOR_LABELS, choices_of


class PulsePoint(PublicId):
    """One value on one day. A correction is another row that replaces the old one, which stays. is_article: as the article of May 2017 that
    the programme goes back to says it; shown beside the series, never in it."""

    indicator = models.CharField(max_length=16, choices=choices_of(INDICATOR_LABELS))
    day = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=200)
    is_article = models.BooleanField(default=False)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    words = models.CharField(max_length=300, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints = [
            known_values("indicator", Indicator, "pulse_indicator_known"),
            models.UniqueConstraint(
                fields=["indicator", "day", "is_article"],
                condition=Q(replaces__isnull=True),
                name="one_pulse_point_a_day",
            ),
        ]
        indexes = [models.Index(fields=["indicator", "day"], name="pulse_by_indicator")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.day} {self.value}"
