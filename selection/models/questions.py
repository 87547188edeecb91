"""What the desk and the firm write to each other."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId


class Question(PublicId):
    """A request for information: reopens only the named fields and stops the clock until it is answered."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("the question, in one line"), max_length=160)
    words = models.TextField(_("why we ask and what would answer it"), max_length=2000)
    fields = models.JSONField(default=list)  # keys of the frozen facts that are open
    document_kinds = models.JSONField(default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer_by = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(max_length=2000, blank=True)
    papers_not_sent = models.JSONField(default=list, db_default=[])  # kinds; `answer` says why
    cancelled_at = models.DateTimeField(null=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # the last reminder: working days before the day
    passed_at = models.DateTimeField(null=True)  # the day went by without an answer, and the clock runs again
    extended_at = models.DateTimeField(null=True)
    extension_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_question",
            )
        ]
        indexes = [
            models.Index(
                fields=["answered_at"], condition=models.Q(answered_at__isnull=False), name="question_answered"
            ),
            models.Index(
                fields=["answer_by"],
                condition=models.Q(answered_at__isnull=True, cancelled_at__isnull=True, passed_at__isnull=True),
                name="question_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.title}"

    @property
    def is_running(self) -> bool:
        """Whether it waits for the firm and its day has not been found past."""
        return self.answered_at is None and self.cancelled_at is None and self.passed_at is None


class Letter(PublicId):
    """A plain message between the firm and the desk; it changes nothing and stops no clock."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="letters")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    from_firm = models.BooleanField()
    words = models.TextField(_("message"), max_length=2000)
    token = models.CharField(max_length=32, blank=True)  # of the form: a double click is one letter
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="letter_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "token"], condition=~models.Q(token=""), name="letter_sent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {timezone.localdate(self.created_at)}"
