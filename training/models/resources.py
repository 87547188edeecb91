"""Who teaches and where: trainers, rooms, and when they cannot."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped


class Trainer(PublicId, TimeStamped):
    """Who teaches: of TDAP, or of a partner such as the platform. skills, languages: codes; cities: towns where they teach on site;
    weekdays: 0 is Monday. weekly_sessions: at most. time_zone: where they live, for their own calendar."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(
        "accounts.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    home_city = models.CharField(_("lives in"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Karachi")
    skills = models.JSONField(_("teaches"), default=list)
    languages = models.JSONField(_("languages"), default=list)
    cities = models.JSONField(_("teaches on site in"), default=list, blank=True)
    is_online = models.BooleanField(_("teaches online"), default=True)
    weekdays = models.JSONField(_("days of the week"), default=list)
    weekly_sessions = models.PositiveSmallIntegerField(_("sessions a week, at most"), default=5)
    is_active = models.BooleanField(_("teaches at present"), default=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name_here

    @property
    def name_here(self) -> str:
        return (self.name_ur or self.name) if get_language() == "ur" else self.name


class Absence(PublicId, TimeStamped):
    """A time in which a trainer cannot teach."""

    trainer = models.ForeignKey("training.Trainer", on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    words = models.CharField(_("why"), max_length=200, blank=True)
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_has_a_length")
        ]

    def __str__(self) -> str:
        return f"{self.trainer_id}: {self.starts_at} – {self.ends_at}"


class Venue(PublicId, TimeStamped):
    """A room, or a room online (city ""). opening: {"0": ["09:00", "17:00"], …}, Pakistan time, 0 is Monday; a day left out is shut.
    link: of a room online; seen only by those who are in the session."""

    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_ur = models.CharField(_("address in Urdu"), max_length=200, blank=True)
    directions = models.TextField(_("how to get there"), max_length=1000, blank=True)
    directions_ur = models.TextField(_("the same in Urdu"), max_length=1000, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"))
    equipment = models.JSONField(_("what is there"), default=list, blank=True)
    opening = models.JSONField(_("opening hours"), default=dict)
    link = models.URLField(_("link of the meeting"), blank=True, max_length=500)
    is_active = models.BooleanField(_("used at present"), default=True)

    class Meta:
        ordering = ["city", "name", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(seats__gte=1), name="venue_has_seats")]

    def __str__(self) -> str:
        return self.name_here

    @property
    def is_online(self) -> bool:
        return not self.city

    @property
    def address_here(self) -> str:
        return (self.address_ur or self.address) if get_language() == "ur" else self.address

    @property
    def directions_here(self) -> str:
        return (self.directions_ur or self.directions) if get_language() == "ur" else self.directions

    @property
    def name_here(self) -> str:
        return (self.name_ur or self.name) if get_language() == "ur" else self.name


class VenueClosing(PublicId, TimeStamped):
    """A time in which a room cannot be had."""

    venue = models.ForeignKey("training.Venue", on_delete=models.CASCADE, related_name="closings")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    words = models.CharField(_("why"), max_length=200, blank=True)
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="closing_has_a_length")
        ]

    def __str__(self) -> str:
        return f"{self.venue_id}: {self.starts_at} – {self.ends_at}"
