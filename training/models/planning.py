"""What the timetable keeps to: hours, holidays, roads between cities, the level of each rule; and what a solver proposed."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import HoursKind, ProposalState


class TeachingHours(PublicId, TimeStamped):
    """When sessions may be, or, of kind "prayer", may not be. A row with dates (Ramazan) takes the place of those without on its days.

    weekdays: 0 is Monday. starts: ["09:30", …], at which a proposal lets sessions begin; a person may choose any other time.
    is_online: for cohorts online (True), for the others (False), for all (None).
    """

    kind = models.CharField(max_length=8, default=HoursKind.TEACHING.value)
    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    weekdays = models.JSONField(_("days of the week"), default=list)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))
    starts = models.JSONField(default=list)
    is_online = models.BooleanField(null=True)
    is_provisional = models.BooleanField(_("not certain yet"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            known_values("kind", HoursKind, "teaching_hours_kind_known"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="teaching_hours_have_a_length"
            ),
        ]

    def __str__(self) -> str:
        return self.name_here

    @property
    def name_here(self) -> str:
        return (self.name_ur or self.name) if get_language() == "ur" else self.name


class Holiday(PublicId, TimeStamped):
    """Days on which nothing is held, as they were announced. is_provisional: the moon has yet to be seen."""

    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    is_provisional = models.BooleanField(_("not certain yet"), default=True)
    source = models.CharField(_("source"), max_length=200)
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="holiday_has_a_day")
        ]

    def __str__(self) -> str:
        return self.name_here

    @property
    def name_here(self) -> str:
        return (self.name_ur or self.name) if get_language() == "ur" else self.name


class Road(models.Model):
    """How long a trainer is under way from door to door between two cities, in either direction."""

    one = models.CharField(_("from"), max_length=80)
    other = models.CharField(_("to"), max_length=80)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="road_once")]

    def __str__(self) -> str:
        return f"{self.one} – {self.other}"


class RuleLevel(models.Model):
    """From a day on, whether a rule of the timetable blocks or warns, and what a warning costs. The newest row that is in force counts;
    a rule without one is as the solver has it."""

    code = models.CharField(max_length=24)
    is_hard = models.BooleanField(_("blocks"))
    cost = models.PositiveSmallIntegerField(_("cost"), default=0)
    limit = models.PositiveSmallIntegerField(_("limit"), default=0)
    starts_on = models.DateField(_("from"))
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("why"), max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "starts_on"], name="rule_level_once_a_day")]

    def __str__(self) -> str:
        return f"{self.code} from {self.starts_on}"


class TimetableProposal(PublicId, TimeStamped):
    """A timetable that the worker works out. seed, steps: make it again from the same plan. basis: of all that it rests on, so that a plan
    which moved since is noticed. result: as timetable/proposals.py writes it; {} before."""

    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    steps_done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, default=ProposalState.WORKING.value)
    basis = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    finished_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [known_values("state", ProposalState, "timetable_proposal_state_known")]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.state}"
