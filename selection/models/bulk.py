"""Acts on many files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId


class BulkAct(PublicId):
    """One confirmed plan over many files: the worker does them one by one, and one that is killed goes on where it was.

    files: ids in ascending order, empty where the act finds its files itself (assigning a whole round). last_id: done up
    to here. left_out: [file number, reason] of files that had moved on meanwhile.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Assign readers")
        AUTO_ASSIGN = "auto_assign", _("Assign readers to the whole round")
        ASK = "ask", _("Ask the same question")
        RECOMMEND_DECLINE = "recommend_decline", _("Recommend to decline")
        DECIDE = "decide", _("Decide as recommended")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, unique=True)  # of the plan: confirming it twice is one act
    choices = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    planned = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    last_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["assign", "auto_assign", "ask", "recommend_decline", "decide"]),
                name="bulk_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.planned}"
