"""Shapes of the API of the training. What may be seen is decided before a row comes here."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from smes.vocabulary.wording import MODES
from training.models.labels import (
    ATTENDANCE_LABELS,
    CERTIFICATE_STATE_LABELS,
    COHORT_STATE_LABELS,
    LANGUAGE_LABELS,
    SESSION_STAGE_LABELS,
    SOURCE_LABELS,
    TIME_OF_DAY_LABELS,
)

COHORT_STATES = [(code.value, str(label)) for code, label in COHORT_STATE_LABELS.items()]
STAGES = [(code.value, str(label)) for code, label in SESSION_STAGE_LABELS.items()]
STATUSES = [(code.value, str(label)) for code, label in ATTENDANCE_LABELS.items()]
SOURCES = [(code.value, str(label)) for code, label in SOURCE_LABELS.items()]
CERTIFICATE_STATES = [(code.value, str(label)) for code, label in CERTIFICATE_STATE_LABELS.items()]
MODE_CHOICES = [(code, str(label)) for code, label in MODES.items()]
LANGUAGES = [(code, str(label)) for code, label in LANGUAGE_LABELS.items()]
TIMES = [(code, str(label)) for code, label in TIME_OF_DAY_LABELS.items()]


class CohortSerializer(serializers.Serializer):
    """Firms that go through a programme together."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    programme = serializers.CharField(source="programme.name")
    programme_ur = serializers.CharField(source="programme.name_ur", allow_blank=True)
    state = serializers.ChoiceField(choices=COHORT_STATES)
    mode = serializers.ChoiceField(choices=MODE_CHOICES)
    language = serializers.ChoiceField(choices=LANGUAGES)
    time_of_day = serializers.ChoiceField(choices=TIMES)
    city = serializers.CharField(allow_blank=True, help_text="Empty where all of it is online.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    places = serializers.IntegerField()
    places_left = serializers.IntegerField()


class SessionSerializer(serializers.Serializer):
    """One meeting of a cohort, as it is published."""

    id = serializers.CharField(source="public_id")
    cohort = serializers.CharField(source="cohort.code")
    cohort_id = serializers.CharField(source="cohort.public_id")
    position = serializers.IntegerField()
    title = serializers.CharField()
    title_ur = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    stage = serializers.SerializerMethodField(help_text="to_come, in_progress, held or cancelled.")
    trainer = serializers.CharField(source="trainer.name", default="")
    venue = serializers.CharField(source="venue.name", default="")
    city = serializers.CharField(source="venue.city", default="", help_text="Empty for a room online.")

    def get_stage(self, row: Any) -> str:
        return str(row.stage(timezone.now()).value)


class AttendanceSerializer(serializers.Serializer):
    """What counts of one person in one session."""

    session_id = serializers.CharField(source="session.public_id")
    session = serializers.CharField(source="session.title")
    starts_at = serializers.DateTimeField(source="session.starts_at", allow_null=True)
    cohort = serializers.CharField(source="session.cohort.code")
    person = serializers.CharField(source="place.attendee")
    firm = serializers.CharField(source="place.sme.name")
    status = serializers.ChoiceField(choices=STATUSES, help_text="open: two observations disagree.")
    minutes = serializers.DecimalField(
        max_digits=6, decimal_places=2, allow_null=True, help_text="Null for the whole session, or none of it."
    )
    source = serializers.ChoiceField(
        source="mark.source",
        choices=SOURCES,
        allow_null=True,
        default=None,
        help_text="How it is known; null while open.",
    )


class CertificateSerializer(serializers.Serializer):
    """A certificate as it was issued."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=CERTIFICATE_STATES)
    issued_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    person = serializers.CharField(source="facts.person")
    firm = serializers.CharField(source="facts.firm")
    programme = serializers.CharField(source="place.cohort.programme.name")
    cohort = serializers.CharField(source="place.cohort.code")


class NomineeSerializer(serializers.Serializer):
    """A firm that you nominated and that agreed and claimed it, by the name that you wrote."""

    nomination = serializers.CharField(source="nomination.public_id")
    firm = serializers.CharField(source="nomination.firm")
    round = serializers.CharField(source="nomination.round.code")
    cohort = serializers.CharField(
        source="cohort.code", allow_null=True, default=None, help_text="Null without a place."
    )
    minutes_held = serializers.SerializerMethodField(help_text="Of sessions that were held; null without a place.")
    minutes_attended = serializers.SerializerMethodField(help_text="Of these; null without a place.")
    meets_rule = serializers.SerializerMethodField(help_text="Of the programme, so far; null while nothing was held.")
    has_certificate = serializers.BooleanField()

    def get_minutes_held(self, row: Any) -> float | None:
        return float(row.hours.held) if row.hours is not None else None

    def get_minutes_attended(self, row: Any) -> float | None:
        return float(row.hours.there) if row.hours is not None else None

    def get_meets_rule(self, row: Any) -> bool | None:
        return row.hours.is_met if row.hours is not None and row.hours.held else None
