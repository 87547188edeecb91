"""Rounds and files for administrators: to look, not to touch. Acts go through the services, so that history knows."""

from __future__ import annotations

from django.contrib import admin

from .models import Application, Decision, Question, Round, ScoreCard


class LookOnly(admin.ModelAdmin):
    """Nothing is added, changed or deleted here; no page counts a million rows."""

    show_full_result_count = False

    def has_add_permission(self, *_args: object) -> bool:
        return False

    def has_change_permission(self, *_args: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object) -> bool:
        return False


@admin.register(Round)
class RoundAdmin(LookOnly):
    list_display = ("number", "name", "state", "opens_at", "closes_at", "seats", "policy", "line_points")
    list_filter = ("state",)


@admin.register(Application)
class ApplicationAdmin(LookOnly):
    list_display = ("file_number", "sme_name", "round", "track", "state", "points", "due_on", "submitted_at")
    list_filter = ("state", "track")
    list_select_related = ("round",)
    search_fields = ("=file_number", "=public_id")
    ordering = ("-id",)


@admin.register(ScoreCard)
class ScoreCardAdmin(LookOnly):
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
class DecisionAdmin(LookOnly):
    list_display = ("application", "outcome", "approver", "created_at")
    list_filter = ("outcome",)
    list_select_related = ("application", "approver")
    ordering = ("-id",)


@admin.register(Question)
class QuestionAdmin(LookOnly):
    list_display = ("application", "title", "asked_by", "asked_at", "answer_by", "answered_at", "cancelled_at")
    list_select_related = ("application", "asked_by")
    ordering = ("-id",)
