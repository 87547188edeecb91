"""Seats of a round: how they are to be filled, who signs it, what a firm is offered, and who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from selection.states import SEAT_HOLDING, CompositionState, OfferState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import COMPOSITION_STATE_LABELS, OFFER_STATE_LABELS, OUTCOME_LABELS, choices_of

if TYPE_CHECKING:
    from datetime import datetime


class Composition(PublicId, TimeStamped):
    """One way to fill the seats of a round under rules; the worker works it out. Never changed once it is finished.

    number: within the round, from 1; shown as a letter. seats: to be filled, without those kept for appeals. rules: as
    composer/rules.py reads them. costs: {"default": rupees a seat, "cities": {city: rupees}}, {} without a budget.
    locks: [{"file": id, "is_in": bool, "words": reason}]. pool: firms that could be taken.
    pool_seal: of all that the answer rests on, so that a round that moved since is noticed. steps, steps_done: for the
    progress line. result: as composer/working.py writes it; {} before.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="compositions")
    number = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    reserve = models.PositiveIntegerField(default=0)
    rules = models.JSONField(default=list)
    budget_rupees = models.BigIntegerField(null=True)
    costs = models.JSONField(default=dict)
    locks = models.JSONField(default=list)
    state = models.CharField(
        max_length=8, choices=choices_of(COMPOSITION_STATE_LABELS), default=CompositionState.WORKING.value
    )
    pool = models.PositiveIntegerField(default=0)
    pool_seal = models.CharField(max_length=64, blank=True)
    steps = models.PositiveSmallIntegerField(default=1)
    steps_done = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="composition_number_once"),
            known_values("state", CompositionState, "composition_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.letter}"

    @property
    def letter(self) -> str:
        """A to Z, then AA and so on."""
        letters, left = "", self.number
        while left > 0:
            left, at = divmod(left - 1, 26)
            letters = chr(ord("A") + at) + letters
        return letters


class RoundDecision(PublicId, TimeStamped):
    """What becomes of many files of a round at once, sent by one director and signed by another; the worker does it line by line.

    composition: where the seats of a whole round are filled; None for a change of decisions made before. words, words_ur: why
    these rules, as the public reads it, or the reason of the change. basis: of the lines as they were sent, so that the second
    director signs what was seen. line_points: of the last seat by score; None without one. last_id: line done up to here.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="decisions")
    composition = models.ForeignKey("selection.Composition", on_delete=models.PROTECT, null=True, related_name="+")
    sent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("why, in words the public will read"), max_length=2000)
    words_ur = models.TextField(_("the same in Urdu"), max_length=2000, blank=True)
    waiting = models.PositiveIntegerField(_("places on the waiting list"), default=0)
    basis = models.CharField(max_length=64)
    line_points = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_words = models.TextField(max_length=2000, blank=True)
    planned = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(finished_at__isnull=True, returned_at__isnull=True),
                name="one_round_decision_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("sent_by")),
                name="round_decision_of_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.done}/{self.planned}"

    @property
    def words_here(self) -> str:
        return (self.words_ur or self.words) if get_language() == "ur" else self.words


class DecisionLine(models.Model):
    """One file of a decision of many. override: what one director wants for this file against the composition, with words.

    by_rule: code of the rule of the composition that brought the file in, "" for by score. left_as_was: code of why the worker
    left the file as it was, "" where it did what the line says.
    """

    round_decision = models.ForeignKey("selection.RoundDecision", on_delete=models.CASCADE, related_name="lines")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=choices_of(OUTCOME_LABELS))
    reason_codes = models.JSONField(default=list)
    by_rule = models.CharField(max_length=80, blank=True)
    is_override = models.BooleanField(default=False)
    words = models.TextField(max_length=2000, blank=True)
    done_at = models.DateTimeField(null=True)
    left_as_was = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round_decision", "application"], name="decision_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"


class OfferTerms(PublicId, TimeStamped):
    """What an offer of a round includes and binds to, as a dated version; the newest counts for new offers, none is changed.

    term_days: working days to answer. closing_hour: of the last day, in Pakistan. last_moment: after it no offer of the round
    can be accepted; None without one. short_days: fewest working days of a shortened offer that goes out by itself; None: none
    does. choices: [{"mode", "city"}]. includes, commitments: [{"en", "ur"}].
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    term_days = models.PositiveSmallIntegerField(_("working days to answer"), default=10)
    closing_hour = models.PositiveSmallIntegerField(_("hour of the last day"), default=17)
    last_moment = models.DateTimeField(_("no offer is accepted after"), null=True)
    short_days = models.PositiveSmallIntegerField(_("fewest working days of a shortened offer"), null=True)
    deposit_paisa = models.BigIntegerField(default=0)
    choices = models.JSONField(default=list)
    includes = models.JSONField(default=list)
    commitments = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="terms_version_once"),
            models.CheckConstraint(
                condition=models.Q(term_days__gte=1, closing_hour__lte=23, deposit_paisa__gte=0),
                name="terms_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"


class Offer(PublicId, TimeStamped):
    """A seat held out to a selected firm until a moment; accepted, it is the firm's.

    from_place: on the waiting list when it was promoted, None from the first decision. instead_of: the offer whose seat this
    one got. is_short: with fewer days than the terms give. opened_at: when somebody of the firm first saw it. typed_name,
    mode, city, attendee: as the owner accepted. reason_code: why it was declined or given back. passed_over: {file id as text:
    code of the rule} of those who waited before this one, where it was promoted.
    """

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="offers")
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField("selection.Decision", on_delete=models.PROTECT, related_name="offer")
    terms = models.ForeignKey("selection.OfferTerms", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=choices_of(OFFER_STATE_LABELS), default=OfferState.OPEN.value)
    deadline = models.DateTimeField()
    is_short = models.BooleanField(default=False)
    from_place = models.PositiveIntegerField(null=True)
    instead_of = models.ForeignKey("selection.Offer", on_delete=models.PROTECT, null=True, related_name="+")
    passed_over = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    typed_name = models.CharField(max_length=120, blank=True)
    mode = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80, blank=True)
    attendee = models.CharField(max_length=120, blank=True)
    reason_code = models.CharField(max_length=24, blank=True)
    words = models.TextField(max_length=1000, blank=True)
    half_time_noted_at = models.DateTimeField(null=True)
    last_day_noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(state__in=[state.value for state in SEAT_HOLDING]),
                name="one_seat_a_file",
            ),
            known_values("state", OfferState, "offer_state_known"),
        ]
        indexes = [
            models.Index(fields=["round", "state", "deadline"], name="offer_round"),
            models.Index(fields=["deadline"], condition=models.Q(state="open"), name="offer_open"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.state}"

    def is_over(self, now: datetime) -> bool:
        return now > self.deadline


class PromotionHalt(TimeStamped):
    """A seat is free and nobody is promoted by itself: since when, and why. One a round while it lasts.

    reason: "rules" (nobody waiting fits the quotas), "too_late" (the full term does not fit), "nobody_waits". details: the
    rules that clash with what change would fill the seat, or the head of the list and the hours that are left.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16)
    seats = models.PositiveIntegerField()
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(ended_at__isnull=True), name="one_halt_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.reason}"


class SeatAct(PublicId, TimeStamped):
    """An act on the seats of a round that two directors sign: one proposes it with a reason, another signs or returns it.

    kind: of SeatAct.Kind. value: {"reserve": n} · {"deadline": ISO moment} · {"file": id, "deadline": ISO moment}.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve", _("Change the seats kept for appeals")
        EXTEND = "extend", _("Extend an offer")
        SHORT_OFFER = "short_offer", _("Make a shortened offer")

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey("selection.Offer", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.JSONField(default=dict)
    words = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("proposed_by")),
                name="seat_act_of_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["reserve", "extend", "short_offer"]), name="seat_act_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.kind}"
