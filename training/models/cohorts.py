"""Cohorts, their sessions, and the places in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.wording import MODES
from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.codes import LANGUAGES, TIMES_OF_DAY
from training.states import CohortState, PlaceState, SessionStage

from .labels import (
    COHORT_STATE_LABELS,
    LANGUAGE_LABELS,
    PLACE_STATE_LABELS,
    TIME_OF_DAY_LABELS,
    choices_of,
)

if TYPE_CHECKING:
    from datetime import datetime


def meeting_address() -> models.URLField:
    """A column for the address of a meeting: with https alone, "" for none. Nobody reads it on a page before joining."""
    only_safe = URLValidator(schemes=["https"])
    return models.URLField(_("address of the meeting"), max_length=500, blank=True, default="", validators=[only_safe])


class Cohort(PublicId, TimeStamped):
    """Firms that go through a programme together. code: "LHR-3". round: whose firms it is for, None for those of every round.
    city: "" where it is online. starts_on, ends_on: between which its sessions lie. places: at most. join_url: of its meetings
    online; who joins through the portal is marked present, so a cohort that nobody may join from elsewhere has none."""

    programme = models.ForeignKey("training.Programme", on_delete=models.PROTECT, related_name="cohorts")
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("short name"), max_length=12, unique=True)
    mode = models.CharField(_("how"), max_length=12, choices=list(MODES.items()))
    language = models.CharField(_("language"), max_length=2, choices=list(LANGUAGE_LABELS.items()), default="ur")
    city = models.CharField(_("city"), max_length=80, blank=True)
    time_of_day = models.CharField(
        _("time of day"), max_length=12, choices=list(TIME_OF_DAY_LABELS.items()), default="morning"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1), MaxValueValidator(1000)])
    weekly_sessions = models.PositiveSmallIntegerField(
        _("sessions a week, at most"), default=2, validators=[MinValueValidator(1), MaxValueValidator(6)]
    )
    join_url = meeting_address()
    state = models.CharField(max_length=12, choices=choices_of(COHORT_STATE_LABELS), default=CohortState.PLANNED.value)
    cloned_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["starts_on", "code"]
        constraints = [
            known_values("state", CohortState, "cohort_state_known"),
            known_values("mode", MODES, "cohort_mode_known"),
            known_values("language", LANGUAGES, "cohort_language_known"),
            known_values("time_of_day", TIMES_OF_DAY, "cohort_time_known"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"), places__gte=1), name="cohort_in_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(mode="online") | ~models.Q(city=""), name="cohort_on_site_has_a_city"
            ),
            models.CheckConstraint(
                condition=models.Q(join_url="") | models.Q(join_url__startswith="https://"), name="cohort_joined_safely"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "starts_on"], name="cohort_state_start"),
            models.Index(fields=["starts_on", "id"], name="cohort_start"),
            models.Index(fields=["places", "id"], name="cohort_places"),
        ]

    def __str__(self) -> str:
        return self.code


class Session(PublicId, TimeStamped):
    """One meeting of a cohort, as it is published. A plan that is not published yet does not stand here.

    starts_at, ends_at, trainer, venue: None before it is first published. sequence: raised when a published time, room, trainer
    or cancelling changes, never lowered (iCalendar's SEQUENCE). changed_at: when it was raised last. join_url: of this session,
    where it is another one than its cohort's.
    """

    cohort = models.ForeignKey("training.Cohort", on_delete=models.PROTECT, related_name="sessions")
    position = models.PositiveSmallIntegerField(_("place in the order"))
    module = models.ForeignKey("training.Module", on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    title_ur = models.CharField(_("title in Urdu"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=180)
    skill = models.CharField(_("what the trainer must be able to teach"), max_length=24)
    equipment = models.JSONField(_("what the room must have"), default=list, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    trainer = models.ForeignKey("training.Trainer", on_delete=models.PROTECT, null=True, related_name="sessions")
    venue = models.ForeignKey("training.Venue", on_delete=models.PROTECT, null=True, related_name="sessions")
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    join_url = meeting_address()

    class Meta:
        ordering = ["cohort", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "position"], name="session_position_once"),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="session_has_a_length",
            ),
            models.CheckConstraint(
                condition=models.Q(join_url="") | models.Q(join_url__startswith="https://"),
                name="session_joined_safely",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="session_start"),
            models.Index(fields=["trainer", "starts_at"], name="session_trainer"),
            models.Index(fields=["venue", "starts_at"], name="session_venue"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.position}"

    @property
    def title_here(self) -> str:
        return (self.title_ur or self.title) if get_language() == "ur" else self.title

    def stage(self, now: datetime) -> SessionStage:
        if self.cancelled_at is not None:
            return SessionStage.CANCELLED
        if self.starts_at is None or self.ends_at is None:
            return SessionStage.UNPLACED
        if now < self.starts_at:
            return SessionStage.TO_COME
        return SessionStage.IN_PROGRESS if now < self.ends_at else SessionStage.HELD


class Place(PublicId, TimeStamped):
    """The place of a firm in a cohort: one person comes. asked_at: when it was taken or when waiting began, the order of the
    cohort's waiting list. instead_of: the place that the firm left for this one. comes_since: where somebody else came before, since
    when this person does: what was attended and tried before is not theirs; None for who came from the beginning."""

    cohort = models.ForeignKey("training.Cohort", on_delete=models.PROTECT, related_name="places_taken")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=choices_of(PLACE_STATE_LABELS), default=PlaceState.HELD.value)
    attendee = models.CharField(_("who comes"), max_length=120)
    attendee_user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    comes_since = models.DateTimeField(null=True)
    instead_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            known_values("state", PlaceState, "place_state_known"),
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state="held"), name="one_place_held_a_file"
            ),
            models.UniqueConstraint(
                fields=["application", "cohort"],
                condition=models.Q(state__in=["held", "waiting"]),
                name="place_in_a_cohort_once",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state", "asked_at"], name="place_cohort")]

    def __str__(self) -> str:
        return f"{self.application_id} in {self.cohort_id}: {self.state}"
