"""Files: one firm in one round, and each version of the facts it was judged by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.states import ENDED_STATES, OPEN_STATES, SCORABLE_STATES, State
from smes.states import NeededPapers
from smes.vocabulary.codes import Track
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import STATE_LABELS, TRACK_LABELS, choices_of

NO_DUE_DATE = date(9999, 12, 31)  # sorts behind every real date: the clock stands still or the file is decided


class Application(PublicId, TimeStamped):
    """One firm in one round. The columns from `sme_name` to `does_not_fit` are kept for the desk, most of them copied from the
    frozen facts."""

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="applications")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    file_number = models.CharField(_("file"), max_length=16, unique=True)
    track = models.CharField(_("track"), max_length=16, choices=choices_of(TRACK_LABELS), default=Track.GENERAL.value)
    state = models.CharField(_("state"), max_length=12, choices=choices_of(STATE_LABELS), default=State.DRAFT.value)
    motivation = models.TextField(_("what you want to reach"), max_length=1500, blank=True)
    commitment_name = models.CharField(_("who will do the work"), max_length=120, blank=True)

    facts = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    facts_version = models.PositiveSmallIntegerField(default=0)
    scored_version = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # of the facts; an older one waits for its score
    submitted_at = models.DateTimeField(null=True)
    before_reopening = models.JSONField(null=True)  # what the firm had submitted, while it corrects it
    reminded_at = models.DateTimeField(null=True)  # that the round closes
    decided_at = models.DateTimeField(null=True)

    sme_name = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    province = models.CharField(max_length=5, blank=True)
    sector = models.CharField(max_length=24, blank=True)
    main_hs6 = models.CharField(max_length=6, blank=True)
    search_text = models.TextField(blank=True, default="")  # name and town as the desk's search compares them
    women_led = models.BooleanField(default=False)
    new_exporter = models.BooleanField(default=False, db_default=False)  # tells of no exports in its own name
    size_class = models.CharField(max_length=16, blank=True, default="", db_default="")
    needed_papers = models.CharField(  # how far those have come that the firm must send
        max_length=8, default=NeededPapers.MISSING.value, db_default=NeededPapers.MISSING.value
    )
    readings_differ = models.BooleanField(default=False, db_default=False)  # both are in, and would not do the same
    does_not_fit = models.BooleanField(default=False, db_default=False)  # of what the firm says and sends, unexplained

    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, default=Decimal(0))
    has_score = models.BooleanField(default=False)
    tie_key = models.CharField(max_length=64, blank=True)

    clock_started_on = models.DateField(null=True)
    clock_pauses = models.JSONField(default=list)  # [[from, to or null], …] ISO dates
    due_on = models.DateField(default=NO_DUE_DATE)
    awaiting_firm = models.BooleanField(_("waits for the firm"), default=False)
    unanswered_since = models.DateField(null=True)  # the day on which a question ran out that is still not answered
    days_used = models.PositiveSmallIntegerField(_("working days used"), null=True)  # set when the clock stops
    due_noted_on = models.DateField(null=True)  # the due date that the desk was warned of
    late_noted_at = models.DateTimeField(null=True)
    officer = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    nominated_by = models.ForeignKey(  # set once, when the file is submitted; the firm had agreed to it before
        "accounts.Partner", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("nominated by")
    )
    nobody_since = models.DateTimeField(null=True)  # an officer or a reader fell away, and nobody has the work yet

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sme"], condition=~models.Q(state="withdrawn"), name="one_application_a_round"
            ),
            known_values("state", State, "application_state_known"),
            known_values("track", Track, "application_track_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(facts__isnull=False),
                name="submitted_has_facts",
            ),
        ]
        indexes = [
            models.Index(fields=["sme", "-id"], name="application_sme"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(
                    state__in=[state.value for state in SCORABLE_STATES], scored_version__lt=models.F("facts_version")
                ),
                name="application_unscored",
            ),
            # The whole round in each order, one state of it in each order, and a corner of it (desk/selectors.py), which
            # the index alone answers.
            models.Index(fields=["round", "due_on", "id"], name="desk_due"),
            models.Index(fields=["round", "points", "id"], name="desk_points"),
            models.Index(fields=["round", "submitted_at", "id"], name="desk_submitted"),
            models.Index(fields=["round", "state", "due_on", "id"], name="desk_state"),
            models.Index(fields=["round", "state", "points", "id"], name="desk_state_points"),
            models.Index(fields=["round", "state", "submitted_at", "id"], name="desk_state_submitted"),
            models.Index(
                fields=["round", "state", "sector", "province", "track", "due_on", "id"],
                condition=models.Q(submitted_at__isnull=False),
                name="desk_corner",
            ),
            models.Index(
                fields=["round", "state", "sector", "province", "track", "points", "id"],
                condition=models.Q(submitted_at__isnull=False),
                name="desk_corner_points",
            ),
            models.Index(
                fields=["round", "state", "sector", "province", "track", "submitted_at", "id"],
                condition=models.Q(submitted_at__isnull=False),
                name="desk_corner_submitted",
            ),
            models.Index(fields=["round", "main_hs6", "due_on", "id"], name="desk_hs6"),
            models.Index(fields=["round", "due_on", "id"], condition=models.Q(awaiting_firm=True), name="desk_asked"),
            # A filter that fits few files must not walk the whole round to find them.
            models.Index(fields=["round", "due_on", "id"], condition=models.Q(women_led=True), name="desk_women"),
            models.Index(fields=["round", "size_class", "due_on", "id"], name="desk_size"),
            models.Index(fields=["round", "needed_papers", "due_on", "id"], name="desk_papers"),
            models.Index(
                fields=["round", "due_on", "id"], condition=models.Q(readings_differ=True), name="desk_differ"
            ),
            models.Index(
                fields=["round", "due_on", "id"], condition=models.Q(does_not_fit=True), name="desk_does_not_fit"
            ),
            models.Index(fields=["round", "points", "id"], condition=models.Q(has_score=True), name="desk_scored"),
            models.Index(
                fields=["officer", "due_on", "id"],
                condition=models.Q(state__in=[state.value for state in OPEN_STATES]),
                name="desk_mine",
            ),
            models.Index(
                fields=["officer", "points", "id"],
                condition=models.Q(state__in=[state.value for state in OPEN_STATES]),
                name="desk_mine_points",
            ),
            models.Index(
                fields=["nobody_since", "id"], condition=models.Q(nobody_since__isnull=False), name="desk_nobody"
            ),
            models.Index(
                fields=["decided_at"], condition=models.Q(decided_at__isnull=False), name="application_decided"
            ),
        ]

    def __str__(self) -> str:
        return self.file_number

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED_STATES


class FrozenFacts(models.Model):
    """Each version of the facts an application was judged by; version 1 is what was submitted. Never changed."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="frozen")
    version = models.PositiveSmallIntegerField()
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    changed_fields = models.JSONField(default=list)
    frozen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "version"], name="facts_version_once")]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.version}"
