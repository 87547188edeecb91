"""What is proposed, and what is decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped

from .labels import OUTCOME_LABELS, choices_of


class Recommendation(models.Model):
    """What the officer proposes, in words the firm will read. The newest counts."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="recommendations")
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=choices_of(OUTCOME_LABELS))
    reason_codes = models.JSONField(default=list)
    words = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    returned_at = models.DateTimeField(null=True)
    returned_words = models.TextField(max_length=2000, blank=True)
    papers_looked_at = models.BooleanField(default=False, db_default=False)  # made since papers must be verified

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"


class Waiver(PublicId, TimeStamped):
    """That a file may be selected without certain papers: an officer proposes it with the reason, a director signs it.

    kinds: of papers. A proposal that another took the place of has `dropped_at`. A signed one counts for its file alone.
    """

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="waivers")
    kinds = models.JSONField(default=list)
    words = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(signed_at__isnull=True, dropped_at__isnull=True),
                name="one_waiver_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("proposed_by")),
                name="waiver_of_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {', '.join(self.kinds)}"


class Decision(PublicId):
    """The decision by the second person. Never changed: a later one (from the waiting list) is a new row.

    round_decision: where many files were decided at once; its words stand beside the file's own, which may be empty then.
    """

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="decisions")
    recommendation = models.ForeignKey(
        "selection.Recommendation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    approver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=choices_of(OUTCOME_LABELS))
    reason_codes = models.JSONField(default=list)
    words = models.TextField(max_length=2000)
    score_card = models.ForeignKey("selection.ScoreCard", on_delete=models.PROTECT, null=True, related_name="+")
    round_decision = models.ForeignKey("selection.RoundDecision", on_delete=models.PROTECT, null=True, related_name="+")
    by_rule = models.CharField(max_length=80, blank=True, default="", db_default="")  # of the composition; "" by score
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"

    @property
    def words_here(self) -> str:
        """What was written to the firm; of a decision of many without words of its own, those of all, in the reader's language."""
        if self.words or self.round_decision is None:
            return self.words
        return self.round_decision.words_here
