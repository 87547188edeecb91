"""Rounds, applications and everything that explains a decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped

from .states import ENDED_STATES, OPEN_STATES, SCORABLE_STATES, Outcome, RoundState, State, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

NO_DUE_DATE = date(9999, 12, 31)  # sorts behind every real date: the clock stands still or the file is decided

STATE_LABELS = {
    State.DRAFT: _("Draft"),
    State.SUBMITTED: _("Waiting for its score"),
    State.HELD: _("A condition is not met"),
    State.SCORED: _("Waiting for its readers"),
    State.IN_REVIEW: _("Being reviewed"),
    State.REVIEWED: _("Both readings are in"),
    State.RECOMMENDED: _("Waiting for the decision"),
    State.SELECTED: _("Selected"),
    State.WAITLISTED: _("On the waiting list"),
    State.DECLINED: _("Declined"),
    State.WITHDRAWN: _("Withdrawn"),
}
TRACK_LABELS = {
    Track.GENERAL: _("General"),
    Track.CARPET_REVIVAL: _("Carpet revival"),
    Track.STARTUP: _("Start-up"),
    Track.SERVICES: _("Services"),
}
ROUND_STATE_LABELS = {
    RoundState.PLANNED: _("Planned"),
    RoundState.OPEN: _("Open"),
    RoundState.IN_REVIEW: _("In review"),
    RoundState.DECIDED: _("Decided"),
}
OUTCOME_LABELS = {
    Outcome.SELECT: _("Select"),
    Outcome.WAITLIST: _("Put on the waiting list"),
    Outcome.DECLINE: _("Decline"),
}


def _choices(labels: Mapping[Any, object]) -> list[tuple[str, object]]:
    return [(key.value, label) for key, label in labels.items()]


def _known(column: str, values: Iterable[StrEnum], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": [v.value for v in values]}), name=name)


class Round(PublicId, TimeStamped):
    """An intake: its dates, seats, tracks and the policy it is judged by."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    seats = models.PositiveIntegerField(_("seats"))
    tracks = models.JSONField(_("tracks"), default=list)
    policy = models.CharField(_("policy version"), max_length=20)
    promise_days = models.PositiveSmallIntegerField(_("promised working days"), default=15)
    training_note = models.CharField(_("training: when and where"), max_length=200, blank=True)
    training_note_ur = models.CharField(_("the same in Urdu"), max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=_choices(ROUND_STATE_LABELS), default=RoundState.PLANNED.value)
    line_points = models.DecimalField(_("points of the last seat"), max_digits=5, decimal_places=2, null=True)
    last_file_number = models.PositiveIntegerField(default=0)
    calendar = models.CharField(max_length=16, blank=True, default="", db_default="")  # by which dates were reckoned

    class Meta:
        ordering = ["-number"]
        constraints = [
            _known("state", RoundState, "round_state_known"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="round_closes_after_opening"
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="round_has_seats"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"R{self.number}"


class Application(PublicId, TimeStamped):
    """One firm in one round. The columns from `sme_name` to `main_hs6` are copied from the frozen facts for the desk."""

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="applications")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    file_number = models.CharField(_("file"), max_length=16, unique=True)
    track = models.CharField(_("track"), max_length=16, choices=_choices(TRACK_LABELS), default=Track.GENERAL.value)
    state = models.CharField(_("state"), max_length=12, choices=_choices(STATE_LABELS), default=State.DRAFT.value)
    motivation = models.TextField(_("what you want to reach"), max_length=1500, blank=True)
    commitment_name = models.CharField(_("who will do the work"), max_length=120, blank=True)

    facts = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    facts_version = models.PositiveSmallIntegerField(default=0)
    scored_version = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # of the facts; an older one waits for its score
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    sme_name = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    province = models.CharField(max_length=5, blank=True)
    sector = models.CharField(max_length=24, blank=True)
    main_hs6 = models.CharField(max_length=6, blank=True)
    women_led = models.BooleanField(default=False)

    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, default=Decimal(0))
    has_score = models.BooleanField(default=False)
    tie_key = models.CharField(max_length=64, blank=True)

    clock_started_on = models.DateField(null=True)
    clock_pauses = models.JSONField(default=list)  # [[from, to or null], …] ISO dates
    due_on = models.DateField(default=NO_DUE_DATE)
    is_asked = models.BooleanField(_("waits for the firm"), default=False)
    days_used = models.PositiveSmallIntegerField(_("working days used"), null=True)  # set when the clock stops
    due_noted_on = models.DateField(null=True)  # the due date that the desk was warned of
    late_noted_at = models.DateTimeField(null=True)
    officer = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sme"], condition=~models.Q(state="withdrawn"), name="one_application_a_round"
            ),
            _known("state", State, "application_state_known"),
            _known("track", Track, "application_track_known"),
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
            # The whole round in each order, one state of it in each order, and a corner of it (selectors_desk), which
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
            models.Index(fields=["round", "due_on", "id"], condition=models.Q(is_asked=True), name="desk_asked"),
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


class ScoreCard(models.Model):
    """A score with everything needed to compute it again. Never changed; the newest of an application counts."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="score_cards")
    facts_version = models.PositiveSmallIntegerField()
    policy_version = models.CharField(max_length=20)
    engine_version = models.CharField(max_length=20)
    vintage = models.CharField(_("vintage of the trade data"), max_length=60, blank=True)
    scored_on = models.DateField()
    gates_passed = models.BooleanField()
    points = models.DecimalField(max_digits=5, decimal_places=2)
    card = models.JSONField(encoder=DjangoJSONEncoder)  # the engine's card: facts, evidence, gates, parts
    seal = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="card_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "facts_version", "policy_version", "vintage", "engine_version"],
                name="scored_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.points}"


class Reading(TimeStamped):
    """One official's own judgement of a file, hidden from the other reader until both are in."""

    class Place(models.IntegerChoices):
        FIRST = 1, _("first reading")
        SECOND = 2, _("second reading")

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="readings")
    place = models.PositiveSmallIntegerField(choices=Place.choices)
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    commitment = models.PositiveSmallIntegerField(_("will the owner carry it through?"), null=True)  # 0 to 10
    product_fit = models.PositiveSmallIntegerField(
        _("is the product fit for sale online abroad?"), null=True
    )  # 0 to 10
    outcome = models.CharField(max_length=10, choices=_choices(OUTCOME_LABELS), blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    facts_version = models.PositiveSmallIntegerField(null=True)  # the version that was read; an older one is read again
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "place"], name="one_reading_a_place"),
            models.UniqueConstraint(fields=["application", "reader"], name="reader_reads_once"),
            models.CheckConstraint(condition=models.Q(place__in=[1, 2]), name="reading_place_known"),
            models.CheckConstraint(
                condition=models.Q(commitment__isnull=True) | models.Q(commitment__lte=10), name="commitment_to_10"
            ),
            models.CheckConstraint(
                condition=models.Q(product_fit__isnull=True) | models.Q(product_fit__lte=10), name="product_fit_to_10"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reader", "application"], condition=models.Q(done_at__isnull=True), name="reading_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.place}"


class Conflict(TimeStamped):
    """An official's own word that they must not judge this firm: kin, business or dispute. It is never taken back."""

    official = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("what ties you to the firm"), max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["official", "sme"], name="conflict_declared_once")]

    def __str__(self) -> str:
        return f"{self.official_id} {self.sme_id}"


class Recommendation(models.Model):
    """What the officer proposes, in words the firm will read. The newest counts."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="recommendations")
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=_choices(OUTCOME_LABELS))
    reason_codes = models.JSONField(default=list)
    words = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    returned_at = models.DateTimeField(null=True)
    returned_words = models.TextField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"


class Decision(PublicId):
    """The decision by the second person. Never changed: a later one (from the waiting list) is a new row."""

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="decisions")
    recommendation = models.ForeignKey(
        "selection.Recommendation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    approver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=_choices(OUTCOME_LABELS))
    reason_codes = models.JSONField(default=list)
    words = models.TextField(max_length=2000)
    score_card = models.ForeignKey("selection.ScoreCard", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"


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
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.title}"


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
        return f"{self.application_id}: {self.created_at:%Y-%m-%d}"


class DeskTally(models.Model):
    """Kept counts of files: one cell a combination, so that no page counts a million rows.

    Acts append +1 and -1 rows with folded=False; the worker folds them into one row a cell.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)
    sector = models.CharField(max_length=24, blank=True)
    province = models.CharField(max_length=5, blank=True)
    track = models.CharField(max_length=16)
    is_asked = models.BooleanField(default=False)
    number = models.IntegerField()
    folded = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["round", "state"], name="tally_round")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "state", "sector", "province", "track", "is_asked"],
                condition=models.Q(folded=True),
                name="one_folded_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state} {self.number}"


class SavedView(TimeStamped):
    """An official's own filter of the desk."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=400)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name


class Rescoring(PublicId, TimeStamped):
    """One scoring of a round's files again: the worker does them piece by piece, and one that is killed goes on where it was.

    last_id: done up to here. gate_changed: files whose gates would now say otherwise, left to a person. failed: numbers of
    files that a fault kept from it.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned = models.PositiveIntegerField()
    scored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gate_changed = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list)
    last_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(finished_at__isnull=True), name="one_rescoring_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.so_far}/{self.planned}"

    @property
    def so_far(self) -> int:
        return self.scored + self.gate_changed + len(self.failed)


class RescoringPiece(models.Model):
    """What one piece found, a line a file, kept until the digest over all pieces is taken."""

    rescoring = models.ForeignKey("selection.Rescoring", on_delete=models.CASCADE, related_name="pieces")
    lines = models.TextField()

    def __str__(self) -> str:
        return f"{self.rescoring_id}: {len(self.lines.splitlines())}"


class BulkAct(PublicId):
    """One confirmed plan over many files: the worker does them one by one, and one that is killed goes on where it was.

    files: ids in ascending order, empty where the act finds its files itself (assigning a whole round). last_id: done up
    to here. left_out: [file number, reason] of files that had moved on meanwhile.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Assign readers")
        AUTO_ASSIGN = "auto_assign", _("Share out the round")
        ASK = "ask", _("Ask the same question")
        RECOMMEND_DECLINE = "recommend_decline", _("Recommend to decline")
        DECIDE = "decide", _("Decide as recommended")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, unique=True)  # of the plan: confirming it twice is one act
    choices = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    planned = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    last_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["assign", "auto_assign", "ask", "recommend_decline", "decide"]),
                name="bulk_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.planned}"
