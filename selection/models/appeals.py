"""Appeals: what a firm says is wrong with a decision, and what a director who had no part in it found."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.states import AppealOutcome, AppealState, Verdict
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import APPEAL_OUTCOME_LABELS, APPEAL_STATE_LABELS, VERDICT_LABELS, choices_of

MAX_WORDS = 1500


class Appeal(PublicId, TimeStamped):
    """The one appeal of a file. Its words are the firm's own until they are sent; never changed after that.

    number: within the round, from 1; None before it is sent. decision, score_card: in force when it was sent. drawn_of: how
    many directors the lot was drawn among. points, points_after: of the card of the decision, and with the corrections; None before the
    answer. decision_after: what the answer made of the file, None where it stays as it was. from_reserve: with a seat that
    was kept for appeals. earlier_readings: the readings that two new officers take the place of, as they were.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="appeals")
    application = models.OneToOneField("selection.Application", on_delete=models.PROTECT, related_name="appeal")
    number = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=choices_of(APPEAL_STATE_LABELS), default=AppealState.DRAFT.value)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    typed_name = models.CharField(_("name"), max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    decision = models.ForeignKey("selection.Decision", on_delete=models.PROTECT, null=True, related_name="+")
    score_card = models.ForeignKey("selection.ScoreCard", on_delete=models.PROTECT, null=True, related_name="+")
    director = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    drawn_of = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=choices_of(APPEAL_OUTCOME_LABELS), blank=True)
    words = models.TextField(_("reason the firm will read"), max_length=2000, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    points_after = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    decision_after = models.ForeignKey("selection.Decision", on_delete=models.PROTECT, null=True, related_name="+")
    from_reserve = models.BooleanField(default=False)
    earlier_readings = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    due_noted_on = models.DateField(null=True)  # the due date that the director was warned of
    late_noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("state", AppealState, "appeal_state_known"),
            known_values("outcome", ["", *AppealOutcome], "appeal_outcome_known"),
            models.UniqueConstraint(fields=["round", "number"], name="appeal_number_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["sent", "answered"])
                | (
                    models.Q(number__isnull=False, sent_at__isnull=False, due_on__isnull=False)
                    & ~models.Q(typed_name="")
                ),
                name="appeal_sent_by_name",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered")
                | (~models.Q(outcome="") & ~models.Q(words="") & models.Q(answered_by=models.F("director"))),
                name="appeal_answered_by_its_director",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=models.Q(state="sent"), name="appeal_waiting"),
            models.Index(fields=["round", "outcome"], name="appeal_counted"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """A3-017; without a number before it is sent."""
        return f"A{self.round.number}-{self.number:03d}" if self.number else f"A{self.round.number}"


class AppealPoint(models.Model):
    """One thing that went wrong, as the firm says it, and what the director says of it.

    ground: code of appeals/grounds.py. papers: public ids of papers that were there at the submission. corrections, where the
    point is right: {key of a frozen fact, or of a year of exports: the value it should have had} and {"proofs/" and the key of a
    proof: public id of the paper that shows it after all}.
    """

    appeal = models.ForeignKey("selection.Appeal", on_delete=models.CASCADE, related_name="points_made")
    position = models.PositiveSmallIntegerField()
    ground = models.CharField(max_length=4)
    words = models.TextField(_("what should be different"), max_length=MAX_WORDS, blank=True)
    papers = models.JSONField(default=list)
    verdict = models.CharField(max_length=8, choices=choices_of(VERDICT_LABELS), blank=True)
    answer = models.TextField(_("reason the firm will read"), max_length=1000, blank=True)
    corrections = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["position"]
        constraints = [
            known_values("verdict", ["", *Verdict], "appeal_verdict_known"),
            models.UniqueConstraint(fields=["appeal", "position"], name="appeal_point_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}/{self.position}"
