"""Practical tasks, what firms hand in for them, and how it is marked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import WorkState

from .labels import WORK_STATE_LABELS, choices_of


class PracticalTask(PublicId, TimeStamped):
    """What a firm does with its own product. criteria: [{"en", "ur", "levels": [{"points", "en", "ur"}]}], the rubric; a work keeps the one
    under which it was handed in. pass_points: from which on it is accepted. differ_points: two marks that lie further apart are not
    averaged. since: asked of cohorts that begin on this day or later."""

    programme = models.ForeignKey("training.Programme", on_delete=models.PROTECT, related_name="practical_tasks")
    title = models.CharField(_("title"), max_length=120)
    title_ur = models.CharField(_("title in Urdu"), max_length=120)
    words = models.TextField(_("what is to be done"), max_length=3000)
    words_ur = models.TextField(_("the same in Urdu"), max_length=3000)
    criteria = models.JSONField()
    pass_points = models.PositiveSmallIntegerField(_("points to reach"))
    differ_points = models.PositiveSmallIntegerField(_("points that two markers may lie apart"), default=2)
    needs_file = models.BooleanField(_("a file must come with it"), default=True)
    since = models.DateField(_("asked of cohorts that begin from"))
    is_active = models.BooleanField(_("asked for the certificate"), default=True)

    class Meta:
        ordering = ["programme", "created_at", "pk"]

    def __str__(self) -> str:
        return self.title_here

    @property
    def title_here(self) -> str:
        return self.title_ur if get_language() == "ur" else self.title

    @property
    def words_here(self) -> str:
        return self.words_ur if get_language() == "ur" else self.words


class Work(PublicId, TimeStamped):
    """What a firm handed in for a task, a version of its own each time. rubric: {"criteria", "pass_points", "differ_points"}, as the task
    was then. points: None until it is settled; a half where two marks were averaged."""

    task = models.ForeignKey("training.PracticalTask", on_delete=models.PROTECT, related_name="works")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="works")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=5000, blank=True)
    rubric = models.JSONField()
    state = models.CharField(max_length=10, choices=choices_of(WORK_STATE_LABELS), default=WorkState.WAITING.value)
    handed_in_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField()
    points = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "application", "number"], name="work_number_once"),
            models.UniqueConstraint(
                fields=["task", "application"],
                condition=models.Q(state__in=["waiting", "differing", "accepted"]),
                name="one_living_work",
            ),
            known_values("state", WorkState, "work_state_known"),
        ]
        indexes = [models.Index(fields=["state", "handed_in_at", "id"], name="work_queue")]

    def __str__(self) -> str:
        return f"{self.application_id}, {self.task_id}: {self.state}"


class WorkFile(PublicId, TimeStamped):
    """One file of a work. stored_as: below settings.VAULT_ROOT; sha256: of its content."""

    work = models.ForeignKey("training.Work", on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=130)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Marking(TimeStamped):
    """What one marker found. place: 1, 2, and 3 where the first two lay too far apart. levels: for each criterion the position of the
    level. words: the firm reads them once the work is settled. agreed_levels, agreed_points, agreed_words: what the marker came to
    after reading the other one, and why; what was marked first stays."""

    work = models.ForeignKey("training.Work", on_delete=models.PROTECT, related_name="markings")
    place = models.PositiveSmallIntegerField()
    marker = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField()
    points = models.PositiveSmallIntegerField()
    words = models.TextField(_("what the firm should know"), max_length=2000)
    agreed_levels = models.JSONField(null=True)
    agreed_points = models.PositiveSmallIntegerField(null=True)
    agreed_words = models.CharField(_("why it is changed"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "place"], name="marking_place_once"),
            models.UniqueConstraint(fields=["work", "marker"], name="marking_marker_once"),
            models.CheckConstraint(condition=models.Q(place__gte=1, place__lte=3), name="marking_place_known"),
        ]

    def __str__(self) -> str:
        return f"{self.work_id} by {self.marker_id}: {self.points}"

    @property
    def counts(self) -> int:
        """The points of this marker that count."""
        return self.points if self.agreed_points is None else self.agreed_points
