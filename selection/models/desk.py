"""What the desk keeps beside the files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import TimeStamped


class DeskTally(models.Model):
    """Kept counts of files: one cell a combination, so that no page counts a million rows.

    Acts append +1 and -1 rows with folded=False; the worker folds them into one row per cell.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)
    sector = models.CharField(max_length=24, blank=True)
    province = models.CharField(max_length=5, blank=True)
    track = models.CharField(max_length=16)
    awaiting_firm = models.BooleanField(default=False)
    number = models.IntegerField()
    folded = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["round", "state"], name="tally_round")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "state", "sector", "province", "track", "awaiting_firm"],
                condition=models.Q(folded=True),
                name="one_folded_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state} {self.number}"


class SavedView(TimeStamped):
    """An official's own filter of the desk."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=400)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name
