"""The question bank of a programme, its assessment, and the tries of people at it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import AttemptState, QuestionKind

from .labels import ATTEMPT_STATE_LABELS, QUESTION_KIND_LABELS, choices_of


class Question(PublicId, TimeStamped):
    """A question of a module. What it says stands in its versions. retired_at: it is drawn no more."""

    module = models.ForeignKey("training.Module", on_delete=models.PROTECT, related_name="questions")
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.public_id


class QuestionVersion(TimeStamped):
    """What a question says; never changed, another wording is another version. options: [{"en", "ur"}]; right: positions in them.
    is_newest: the one that is drawn from now on."""

    question = models.ForeignKey("training.Question", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    is_newest = models.BooleanField(default=True)
    kind = models.CharField(_("kind"), max_length=8, choices=choices_of(QUESTION_KIND_LABELS))
    text = models.CharField(_("question"), max_length=600)
    text_ur = models.CharField(_("question in Urdu"), max_length=600)
    options = models.JSONField()
    right = models.JSONField()
    points = models.PositiveSmallIntegerField(_("points"), default=1)
    explanation = models.CharField(_("why it is so"), max_length=1000, blank=True)
    explanation_ur = models.CharField(_("the same in Urdu"), max_length=1000, blank=True)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_once"),
            models.UniqueConstraint(
                fields=["question"], condition=models.Q(is_newest=True), name="question_one_newest_version"
            ),
            models.CheckConstraint(condition=models.Q(points__gte=1, points__lte=20), name="question_points"),
            known_values("kind", QuestionKind, "question_kind_known"),
        ]
        indexes = [
            models.Index(fields=["is_newest", "created_at", "id"], name="question_newest"),
            models.Index(fields=["is_newest", "points", "id"], name="question_points_order"),
        ]

    def __str__(self) -> str:
        return self.text_here

    @property
    def text_here(self) -> str:
        return self.text_ur if get_language() == "ur" else self.text

    @property
    def explanation_here(self) -> str:
        one, other = self.explanation, self.explanation_ur
        return (other or one) if get_language() == "ur" else (one or other)

    @property
    def options_here(self) -> list[str]:
        language = "ur" if get_language() == "ur" else "en"
        return [option[language] for option in self.options]

    @property
    def is_multiple(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE


class Assessment(TimeStamped):
    """The rules of a programme's assessment; an attempt keeps those under which it was begun.

    modules: from which questions are drawn, none for all. opens_percent: of the sessions of a cohort that must be over before.
    since: asked of cohorts that begin on this day or later. pause_hours: between two tries. spare_minutes: which everybody may ask for
    once in a try, without a reason.
    """

    programme = models.OneToOneField("training.Programme", on_delete=models.PROTECT, related_name="assessment")
    is_active = models.BooleanField(_("asked for the certificate"), default=True)
    since = models.DateField(_("asked of cohorts that begin from"))
    modules = models.ManyToManyField("training.Module", related_name="+", blank=True)
    questions_number = models.PositiveSmallIntegerField(_("questions in a try"), default=20)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    spare_minutes = models.PositiveSmallIntegerField(_("minutes more, for whoever asks"), default=15)
    tries = models.PositiveSmallIntegerField(_("tries"), default=2)
    pause_hours = models.PositiveSmallIntegerField(_("hours between two tries"), default=24)
    opens_percent = models.PositiveSmallIntegerField(_("opens after so much of the sessions, per cent"), default=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    questions_number__gte=1, minutes__gte=5, tries__gte=1, opens_percent__lte=100, minutes__lte=480
                ),
                name="assessment_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}"


class MoreGiven(TimeStamped):
    """What a programme manager gave one person beyond the rules, and why: minutes in each try, and further tries."""

    assessment = models.ForeignKey("training.Assessment", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes more"), default=0)
    tries = models.PositiveSmallIntegerField(_("tries more"), default=0)
    words = models.CharField(_("why"), max_length=500)
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "application"], name="more_given_once")]

    def __str__(self) -> str:
        return f"{self.application_id}: +{self.minutes}"


class Attempt(PublicId, TimeStamped):
    """One try. seed: of its questions and their order. minutes, extra_minutes, spare_minutes, pass_mark: as they hold for it.

    spare_at: when the spare minutes were asked for. closes_at: the end with its grace, from which on nothing is taken.
    points, possible: once it is closed; percent is rounded down.
    """

    assessment = models.ForeignKey("training.Assessment", on_delete=models.PROTECT, related_name="attempts")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="attempts")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    begun_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    spare_minutes = models.PositiveSmallIntegerField(default=0)
    spare_at = models.DateTimeField(null=True)
    pass_mark = models.PositiveSmallIntegerField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices_of(ATTEMPT_STATE_LABELS), default=AttemptState.OPEN.value)
    closed_at = models.DateTimeField(null=True)
    points = models.PositiveSmallIntegerField(default=0)
    possible = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    is_passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "application", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["assessment", "application"], condition=models.Q(state="open"), name="one_attempt_under_way"
            ),
            known_values("state", AttemptState, "attempt_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="open", is_passed=None, closed_at=None)
                | (~models.Q(state="open") & models.Q(is_passed__isnull=False, closed_at__isnull=False)),
                name="attempt_closed_with_a_result",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"], name="attempt_to_close")]

    def __str__(self) -> str:
        return f"{self.application_id}, try {self.number}"


class AttemptQuestion(models.Model):
    """One question of a try, in the wording it had. chosen: positions as the question has them; answered_at: when it was saved, None
    where nothing ever was. is_flagged: to come back to."""

    attempt = models.ForeignKey("training.Attempt", on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey("training.QuestionVersion", on_delete=models.PROTECT, related_name="uses")
    chosen = models.JSONField(default=list)
    answered_at = models.DateTimeField(null=True)
    is_flagged = models.BooleanField(default=False)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attempt_question_position_once"),
            models.UniqueConstraint(fields=["attempt", "version"], name="attempt_question_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"


class LateSending(models.Model):
    """What arrived for a try after it had ended: kept, shown to officials, never counted. answers: {position: positions chosen}."""

    attempt = models.ForeignKey("training.Attempt", on_delete=models.CASCADE, related_name="late")
    received_at = models.DateTimeField()
    sent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()

    class Meta:
        ordering = ["received_at", "pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.received_at}"
