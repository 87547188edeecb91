"""What people say of a session they came to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import FeedbackVia

from .labels import FEEDBACK_VIA_LABELS, choices_of


class FeedbackAsk(TimeStamped):
    """Somebody who came to a session was asked for it, once; created_at says when. person: who was asked, None where there was nobody
    to ask."""

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="feedback_asks")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="feedback_asks")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "place"], name="feedback_asked_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="feedback_ask_person"),
            models.Index(fields=["place", "-id"], name="feedback_ask_place"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}, {self.place_id}"


class SessionFeedback(PublicId, TimeStamped):
    """The answer of one person to the three questions. useful, clear: 1 to 5. words: telephone numbers in them are masked before they
    are kept. counted_at: when it went into what the trainer sees, None before."""

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="feedback")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="feedback")
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    useful = models.PositiveSmallIntegerField(_("how useful it was"))
    clear = models.PositiveSmallIntegerField(_("how well it could be followed"))
    words = models.CharField(_("in words"), max_length=500, blank=True)
    via = models.CharField(max_length=4, choices=choices_of(FEEDBACK_VIA_LABELS))
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "place"], name="feedback_once"),
            models.CheckConstraint(
                condition=models.Q(useful__gte=1, useful__lte=5, clear__gte=1, clear__lte=5), name="feedback_in_bounds"
            ),
            known_values("via", FeedbackVia, "feedback_via_known"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.public_id}"


class FeedbackCount(TimeStamped):
    """What the trainer and the programme manager see of a session: five answers or more at a time, without names, written anew only when
    five further ones are there. useful, clear: how many gave 1, 2, … 5. words: what was written, in no order of time."""

    session = models.OneToOneField("training.Session", on_delete=models.PROTECT, related_name="feedback_count")
    answers = models.PositiveIntegerField()
    useful = models.JSONField(default=list)
    clear = models.JSONField(default=list)
    useful_mean = models.DecimalField(max_digits=3, decimal_places=2)
    clear_mean = models.DecimalField(max_digits=3, decimal_places=2)
    words = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    cohort = models.ForeignKey("training.Cohort", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "id"], name="feedback_count_start"),
            models.Index(fields=["cohort", "starts_at", "id"], name="feedback_count_cohort"),
            models.Index(fields=["useful_mean", "id"], name="feedback_count_useful"),
            models.Index(fields=["clear_mean", "id"], name="feedback_count_clear"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.answers}"
