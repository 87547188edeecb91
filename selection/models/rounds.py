"""Rounds: the intakes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from selection.states import RoundState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import ROUND_STATE_LABELS, choices_of


class Round(PublicId, TimeStamped):
    """An intake: its dates, seats, tracks, the policy it is judged by and the figures.

    flows_vintage, platform_vintage: those in use when it opened, or when its files were last scored again; null where there
    were none, or where it opened before this was kept.
    """

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True, default="", db_default="")
    is_public = models.BooleanField(_("in the public calendar"), default=True, db_default=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    seats = models.PositiveIntegerField(_("seats"))
    tracks = models.JSONField(_("tracks"), default=list)
    policy = models.CharField(_("policy version"), max_length=20)
    promise_days = models.PositiveSmallIntegerField(_("promised working days"), default=15)
    training_note = models.CharField(_("training: when and where"), max_length=200, blank=True)
    training_note_ur = models.CharField(_("the same in Urdu"), max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=choices_of(ROUND_STATE_LABELS), default=RoundState.PLANNED.value)
    line_points = models.DecimalField(_("points of the last seat"), max_digits=5, decimal_places=2, null=True)
    appeal_reserve = models.PositiveIntegerField(_("seats kept for appeals"), default=0, db_default=0)
    seats_given = models.PositiveIntegerField(null=True)  # fixed when the round is decided, with its line
    last_file_number = models.PositiveIntegerField(default=0)
    flows_vintage = models.ForeignKey("trade.Vintage", on_delete=models.PROTECT, null=True, related_name="+")
    platform_vintage = models.ForeignKey("trade.Vintage", on_delete=models.PROTECT, null=True, related_name="+")
    calendar = models.CharField(max_length=16, blank=True, default="", db_default="")  # by which dates were reckoned

    class Meta:
        ordering = ["-number"]
        constraints = [
            known_values("state", RoundState, "round_state_known"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="round_closes_after_opening"
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="round_has_seats"),
            models.CheckConstraint(
                condition=models.Q(is_public=True) | models.Q(state=RoundState.PLANNED.value),
                name="round_is_public_once_open",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name_here(self) -> str:
        """Its name in the reader's language, else in the other one; empty where it has none."""
        names = (self.name_ur, self.name) if get_language() == "ur" else (self.name, self.name_ur)
        return names[0] or names[1]

    @property
    def places(self) -> int:
        """How many firms can be selected at a time; once the round is decided only a place that fell free is given again."""
        return self.seats if self.seats_given is None else self.seats_given

    @property
    def code(self) -> str:
        return f"R{self.number}"
