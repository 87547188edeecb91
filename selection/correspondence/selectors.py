"""Questions and letters of a file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from selection.models import Application, Letter, Question
from selection.states import Happened
from smes.papers import selectors as papers_selectors
from tdap_portal.core.calendar import add_working_days
from tdap_portal.notifications.reminders import days_of

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User


def questions_of(row: Application) -> QuerySet[Question]:
    return Question.objects.filter(application=row).select_related("asked_by", "answered_by").order_by("-pk")


def running() -> QuerySet[Question]:
    """Questions that wait for the firm and whose day has not been found past."""
    return Question.objects.filter(answered_at=None, cancelled_at=None, passed_at=None)


def ids_to_remind(day: date) -> QuerySet[Question, int]:
    """Questions of whose day the rules remind by now; not on the day on which they were asked."""
    days = days_of(Happened.QUESTION_DUE_SOON, on=day)
    if not days:
        return Question.objects.none().values_list("pk", flat=True)
    near = running().filter(answer_by__gte=day, answer_by__lte=add_working_days(day, max(days)))
    waiting = near.filter(asked_at__date__lt=day).exclude(reminded_days=min(days))
    return waiting.order_by("answer_by", "pk").values_list("pk", flat=True)


def ids_past_their_day(day: date) -> QuerySet[Question, int]:
    return running().filter(answer_by__lt=day).order_by("answer_by", "pk").values_list("pk", flat=True)


def papers_since(question: Question) -> set[str]:
    """Kinds of papers, of those that the question asks for, that came since it was asked."""
    if not question.document_kinds:
        return set()
    papers = papers_selectors.documents_of(question.application.sme)
    came = papers.filter(kind__in=question.document_kinds, created_at__gte=question.asked_at)
    return set(came.values_list("kind", flat=True))


def letters_in_the_last_hour(row: Application, *, author: User) -> int:
    since = timezone.now() - timedelta(hours=1)
    return Letter.objects.filter(application=row, author=author, created_at__gt=since).count()


def letters_of(row: Application) -> QuerySet[Letter]:
    """The letters of a file, oldest first."""
    return Letter.objects.filter(application=row).select_related("author").order_by("pk")
