"""Questions and letters of a file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from selection.models import Application, Letter, Question

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User


def questions_of(row: Application) -> QuerySet[Question]:
    return Question.objects.filter(application=row).select_related("asked_by", "answered_by").order_by("-pk")


def letters_in_the_last_hour(row: Application, *, author: User) -> int:
    since = timezone.now() - timedelta(hours=1)
    return Letter.objects.filter(application=row, author=author, created_at__gt=since).count()


def letters_of(row: Application) -> QuerySet[Letter]:
    """The letters of a file, oldest first."""
    return Letter.objects.filter(application=row).select_related("author").order_by("pk")
