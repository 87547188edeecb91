"""The papers of a firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.states import ComparisonAnswer, PaperState
from smes.vocabulary import wording
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.models import PublicId, TimeStamped, known_values

if TYPE_CHECKING:
    from datetime import date


class Document(PublicId, TimeStamped):
    """A paper in the vault. The file lies under `stored_as`, a random name below settings.VAULT_ROOT."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind of paper"), max_length=32)
    certificate = models.CharField(_("certificate"), max_length=24, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=130)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    sha256 = models.CharField(max_length=64)
    picture_hash = models.CharField(max_length=16, blank=True, default="", db_default="")  # papers.checks.picture_hash
    stored_as = models.CharField(max_length=80, unique=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(
        max_length=12,
        default=PaperState.UPLOADED.value,
        choices=[(s.value, w[0]) for s, w in wording.PAPER_STATES.items()],
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reason_code = models.CharField(_("coded reason"), max_length=4, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # 30, 7 or 1: the last reminder that went out
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    drawn_as = models.JSONField(null=True, editable=False)  # names of the pictures of its pages; None: not drawn yet

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-pk"]
        constraints = [
            known_values("state", PaperState, "document_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=PaperState.REFUSED.value) | ~models.Q(reason=""), name="refusal_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["sme", "kind", "certificate", "sha256"],
                condition=~models.Q(state=PaperState.REPLACED.value),
                name="paper_sent_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="document_waiting"),
            models.Index(fields=["sha256", "id"], name="document_bytes"),
            models.Index(fields=["expires_on"], name="document_expiry", condition=models.Q(expires_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """A photograph, drawn anew when it came: any browser shows it safely in a page."""
        return self.content_type.startswith("image/")

    def is_in_force(self, on: date) -> bool:
        """Whether it still counts on that day: until its last one, and without one only where papers of its kind have none."""
        return not KINDS[self.kind].expires if self.expires_on is None else self.expires_on >= on


class PictureBand(models.Model):
    """A part of a picture's hash with the kind of its paper (papers.likeness.bands_of): only pictures that share one are compared."""

    document = models.ForeignKey("smes.Document", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=48)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="picture_band_once")]
        indexes = [models.Index(fields=["key", "document"], name="picture_band")]

    def __str__(self) -> str:
        return self.key


class Comparison(PublicId):
    """What an officer said after comparing one fact of the firm with one paper. An answer that was taken back stays.

    fact: the key of its proof (smes.profile.proofs). digest: of the value that was compared, so that a fact which changes
    afterwards is compared again.
    """

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="comparisons")
    document = models.ForeignKey("smes.Document", on_delete=models.PROTECT, related_name="comparisons")
    fact = models.CharField(max_length=80)
    answer = models.CharField(
        _("answer"), max_length=12, choices=[(a.value, w) for a, w in wording.COMPARISON_ANSWERS.items()]
    )
    note = models.CharField(_("what the paper says"), max_length=200, blank=True)
    digest = models.CharField(max_length=32)
    compared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    compared_at = models.DateTimeField()
    undone_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["pk"]
        constraints = [
            known_values("answer", ComparisonAnswer, "comparison_answer_known"),
            models.UniqueConstraint(
                fields=["document", "fact"],
                condition=models.Q(undone_at__isnull=True),
                name="fact_compared_once_a_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact}: {self.answer}"
