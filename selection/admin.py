"""Rounds and files for administrators: to look, not to touch. Acts go through the services, so that history knows."""

from __future__ import annotations

from django.contrib import admin

from tdap_portal.core.admin import LookOnlyAdmin

from .models import Application, Decision, Question, Round, ScoreCard


@admin.register(Round)
class RoundAdmin(LookOnlyAdmin):
    list_display = ("number", "name", "state", "opens_at", "closes_at", "seats", "policy", "line_points")
    list_filter = ("state",)


@admin.register(Application)
class ApplicationAdmin(LookOnlyAdmin):
    list_display = ("file_number", "sme_name", "round", "track", "state", "points", "due_on", "submitted_at")
    list_filter = ("state", "track")
    list_select_related = ("round",)
    search_fields = ("=file_number", "=public_id")
    ordering = ("-id",)


@admin.register(ScoreCard)
class ScoreCardAdmin(LookOnlyAdmin):
    list_display = (
        "application",
        "points",
        "gates_passed",
        "policy_version",
        "engine_version",
        "vintage",
        "created_at",
    )
    list_select_related = ("application",)
    ordering = ("-id",)


@admin.register(Decision)
class DecisionAdmin(LookOnlyAdmin):
    list_display = ("application", "outcome", "approver", "created_at")
    list_filter = ("outcome",)
    list_select_related = ("application", "approver")
    ordering = ("-id",)


@admin.register(Question)
class QuestionAdmin(LookOnlyAdmin):
    list_display = ("application", "title", "asked_by", "asked_at", "answer_by", "answered_at", "cancelled_at")
    list_select_related = ("application", "asked_by")
    ordering = ("-id",)
