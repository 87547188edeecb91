"""Questions and letters of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import Application, Letter, Question

if TYPE_CHECKING:
    from django.db.models import QuerySet


def questions_of(row: Application) -> QuerySet[Question]:
    return Question.objects.filter(application=row).select_related("asked_by", "answered_by").order_by("-pk")


def letters_of(row: Application) -> QuerySet[Letter]:
    """The letters of a file, oldest first."""
    return Letter.objects.filter(application=row).select_related("author").order_by("pk")
