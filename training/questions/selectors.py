"""The question bank of a programme, and the rules of its assessment."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tdap_portal.core.errors import NotFound
from tdap_portal.web.paging import keyset_page
from training.models import Assessment, AttemptQuestion, Module, Programme, Question, QuestionVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from tdap_portal.web.paging import KeysetPage

ORDERS = {
    "new": ["-created_at", "-pk"],
    "old": ["created_at", "pk"],
    "points": ["-points", "-pk"],
}


def programme_for(public_id: str) -> Programme:
    """Raises NotFound."""
    row = Programme.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def modules_of(programme: Programme) -> QuerySet[Module]:
    return programme.modules.order_by("position")


def questions_page(programme: Programme, filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of the newest versions, each with its question and module and `used`, in how many tries. filters: module (its public id),
    kind, state ("in_use", "retired"), q, order; "" for any."""
    rows = QuestionVersion.objects.filter(is_newest=True, question__module__programme=programme)
    if filters["module"]:
        rows = rows.filter(question__module__public_id=filters["module"])
    if filters["kind"]:
        rows = rows.filter(kind=filters["kind"])
    if filters["state"]:
        rows = rows.filter(question__retired_at__isnull=filters["state"] == "in_use")
    if filters["q"]:
        rows = rows.filter(Q(text__icontains=filters["q"]) | Q(text_ur__icontains=filters["q"]))
    uses = AttemptQuestion.objects.filter(version__question=OuterRef("question")).order_by()
    number = Subquery(uses.values("version__question").annotate(n=Count("pk")).values("n"))
    rows = rows.select_related("question__module").annotate(used=Coalesce(number, 0, output_field=IntegerField()))
    return keyset_page(rows, order=ORDERS.get(filters["order"]) or ORDERS["new"], cursor=cursor)


def question_in(programme: Programme, public_id: str) -> Question:
    """Raises NotFound."""
    rows = Question.objects.filter(module__programme=programme, public_id=public_id).select_related("module__programme")
    row = rows.first()
    if row is None:
        raise NotFound
    return row


def versions_of(question: Question) -> list[QuestionVersion]:
    """The newest first, each with `used`, in how many tries."""
    rows = question.versions.select_related("written_by").annotate(used=Count("uses"))
    return list(rows.order_by("-number"))


def newest_of(question: Question) -> QuestionVersion:
    return question.versions.get(is_newest=True)


def is_used(version: QuestionVersion) -> bool:
    return version.uses.exists()


def assessment_of(programme: Programme) -> Assessment | None:
    """The rules, also where the assessment is not asked at present; None before any were set."""
    return Assessment.objects.filter(programme=programme).prefetch_related("modules").first()


def in_use(programme: Programme, modules: Iterable[Module] = ()) -> QuerySet[QuestionVersion]:
    """The versions that can be drawn. modules: of these; all where none is named."""
    rows = QuestionVersion.objects.filter(
        is_newest=True, question__retired_at=None, question__module__programme=programme
    )
    chosen = [module.pk for module in modules]
    return rows.filter(question__module__in=chosen) if chosen else rows


def pool_of(assessment: Assessment) -> dict[int, list[int]]:
    """By module, ids of the versions that a try is drawn from."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = in_use(assessment.programme, assessment.modules.all())
    for pk, module in rows.values_list("pk", "question__module_id"):
        found[module].append(pk)
    return dict(found)


def numbers_by_module(programme: Programme) -> dict[int, int]:
    """How many questions each module has in use."""
    rows = in_use(programme).order_by().values_list("question__module").annotate(n=Count("pk"))
    return dict(rows)
