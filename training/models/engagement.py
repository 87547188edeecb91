"""Who falls behind, what they were written, and what was said when somebody called."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import CallOutcome, CannotCome, LagReason

from .labels import CALL_OUTCOME_LABELS, CANNOT_COME_LABELS, LAG_LABELS, choices_of


class EngagementRule(TimeStamped):
    """From a day on, when somebody counts as falling behind. The newest row that is in force counts; a rule without one is as
    engagement/rules.py has it. threshold: in the unit of the rule."""

    code = models.CharField(max_length=12, choices=choices_of(LAG_LABELS))
    is_on = models.BooleanField(_("is looked at"), default=True)
    threshold = models.PositiveSmallIntegerField(_("threshold"))
    starts_on = models.DateField(_("from"))
    words = models.CharField(_("why"), max_length=500)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="engagement_rule_once_a_day"),
            known_values("code", LagReason, "engagement_rule_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.starts_on}"


class NudgePolicy(TimeStamped):
    """From a day on, how often people are written to: at most so many in so many days, between two hours of Pakistan's time."""

    most = models.PositiveSmallIntegerField(_("messages at most"), validators=[MaxValueValidator(20)])
    within_days = models.PositiveSmallIntegerField(
        _("in so many days"), validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    from_hour = models.PositiveSmallIntegerField(_("not before"), validators=[MaxValueValidator(23)])
    until_hour = models.PositiveSmallIntegerField(_("not from"), validators=[MaxValueValidator(24)])
    starts_on = models.DateField(_("from"), unique=True)
    words = models.CharField(_("why"), max_length=500)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_hour__gt=models.F("from_hour"), until_hour__lte=24, within_days__gte=1),
                name="nudge_policy_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.most} in {self.within_days} from {self.starts_on}"


class WatchNight(TimeStamped):
    """How far the look at everybody has come in one night. at: the moment for which it is made; after: id of the place looked at last.
    nudged_after: id of the line written to last on the day after it; nudged_at: when all were."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    after = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    behind = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    nudged_after = models.BigIntegerField(default=0)
    nudged_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.day}: {self.seen}"


class WatchLine(PublicId, TimeStamped):
    """One person falls behind, from a day until a day; at most one open line a place. main: the reason that weighs most. since: the first
    day it can be told of. rests_until: nobody calls before that day. claimed_by: who calls the firm, until claimed_until."""

    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="watch_lines")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey("training.Cohort", on_delete=models.PROTECT, related_name="+")
    main = models.CharField(max_length=12, choices=choices_of(LAG_LABELS))
    since = models.DateField()
    noted_on = models.DateField()
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=8, blank=True)  # "back" or "over"
    rests_until = models.DateField(null=True)
    last_outcome = models.CharField(max_length=12, blank=True, choices=choices_of(CALL_OUTCOME_LABELS))
    claimed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"], condition=models.Q(ended_on__isnull=True), name="one_open_watch_line_a_place"
            ),
            known_values("main", LagReason, "watch_line_main_known"),
        ]
        indexes = [
            models.Index(fields=["since", "id"], condition=models.Q(ended_on__isnull=True), name="watch_line_open"),
            models.Index(
                fields=["cohort", "since", "id"], condition=models.Q(ended_on__isnull=True), name="watch_line_cohort"
            ),
            models.Index(fields=["claimed_by"], condition=models.Q(ended_on__isnull=True), name="watch_line_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} since {self.since}"

    @property
    def claimed_now(self) -> bool:
        return bool(self.claimed_by_id and self.claimed_until and self.claimed_until > timezone.now())


class WatchReason(models.Model):
    """Why somebody falls behind, with the figure that tells it: see engagement/watch.py."""

    line = models.ForeignKey("training.WatchLine", on_delete=models.CASCADE, related_name="reasons")
    code = models.CharField(max_length=12, choices=choices_of(LAG_LABELS))
    figure = models.PositiveIntegerField(null=True)
    of = models.PositiveIntegerField(null=True)
    since = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "code"], name="watch_reason_once"),
            known_values("code", LagReason, "watch_reason_known"),
        ]
        indexes = [models.Index(fields=["code", "line"], name="watch_reason_code")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.code}"


class WatchNote(models.Model):
    """What a night found of one person, where it differs from the night before. reasons: [{"code", "figure", "of", "since"}], none where
    the person is back on track."""

    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="watch_notes")
    day = models.DateField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="watch_note_once_a_night")]

    def __str__(self) -> str:
        return f"{self.place_id} on {self.day}"


class Nudge(TimeStamped):
    """A person was written to because the firm falls behind; created_at says when."""

    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="nudges")
    line = models.ForeignKey("training.WatchLine", on_delete=models.PROTECT, related_name="nudges")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    code = models.CharField(max_length=12, choices=choices_of(LAG_LABELS))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="nudged_once_a_day")]
        indexes = [models.Index(fields=["place", "day"], name="nudge_place")]

    def __str__(self) -> str:
        return f"{self.place_id} on {self.day}"


class Call(PublicId, TimeStamped):
    """What was said on the telephone; never changed. key: of the form that was sent, so that twice is once."""

    line = models.ForeignKey("training.WatchLine", on_delete=models.PROTECT, related_name="calls")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=choices_of(CALL_OUTCOME_LABELS))
    why = models.CharField(max_length=12, blank=True, choices=choices_of(CANNOT_COME_LABELS))
    words = models.CharField(_("what was said"), max_length=1000, blank=True)
    again_on = models.DateField(null=True)
    key = models.CharField(max_length=32, unique=True)

    class Meta:
        constraints = [
            known_values("outcome", CallOutcome, "call_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(why="") | models.Q(why__in=[code.value for code in CannotCome]),
                name="call_why_known",
            ),
        ]
        indexes = [models.Index(fields=["sme", "-id"], name="call_firm")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.outcome}"
