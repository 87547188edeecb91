"""Firms that may be the same."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.states import FlagState
from smes.vocabulary import wording
from tdap_portal.core.models import PublicId, TimeStamped, known_values


class DuplicateKey(models.Model):
    """Blocking keys of a firm (smes.duplicates): only firms that share one are compared. Numbers are fingerprints."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sme", "key"], name="duplicate_key_once")]
        indexes = [models.Index(fields=["key", "sme"], name="duplicate_key")]

    def __str__(self) -> str:
        return self.key


class DuplicateFlag(PublicId, TimeStamped):
    """Two firms that may be one; `one` is the older row."""

    one = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField(_("likeness, in %"))
    reasons = models.JSONField(default=list)  # [[kind, percent], …], strongest first
    state = models.CharField(
        max_length=12, default=FlagState.OPEN.value, choices=[(s.value, w[0]) for s, w in wording.FLAG_STATES.items()]
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    judged_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="flagged_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="flag_in_order"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="likeness_to_100"),
            known_values("state", FlagState, "flag_state_known"),
        ]
        indexes = [models.Index(fields=["state", "-percent", "id"], name="flags_to_judge")]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}"
