"""What does not fit in what a firm says and sends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.states import ContradictionState
from smes.vocabulary import wording
from tdap_portal.core.models import PublicId, TimeStamped, known_values


class Contradiction(PublicId, TimeStamped):
    """Two facts or papers of a firm that do not fit, found by a rule (smes.profile.contradictions) and never decided by it.

    about: what it is about where a rule finds several. digest: of the two values: other values are another row. facts: keys of
    their proofs. data: what the rule's sentence is filled from. explanation: an officer's, kept when the row is solved.
    """

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="contradictions")
    code = models.CharField(max_length=32)
    about = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=32)
    facts = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    stops = models.BooleanField(default=False)  # as its rule says; a file is not selected while it is open
    state = models.CharField(
        max_length=12,
        default=ContradictionState.OPEN.value,
        choices=[(s.value, w[0]) for s, w in wording.CONTRADICTION_STATES.items()],
    )
    explanation = models.CharField(_("what explains it"), max_length=500, blank=True)
    explained_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("contradiction")
        verbose_name_plural = _("contradictions")
        ordering = ["pk"]
        constraints = [
            known_values("state", ContradictionState, "contradiction_state_known"),
            models.UniqueConstraint(fields=["sme", "code", "about", "digest"], name="contradiction_once"),
            models.CheckConstraint(
                condition=~models.Q(state=ContradictionState.EXPLAINED.value) | ~models.Q(explanation=""),
                name="explained_in_words",
            ),
        ]
        indexes = [models.Index(fields=["sme"], condition=models.Q(state="open"), name="contradiction_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.about}".strip()
