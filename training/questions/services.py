"""Questions in versions, and the rules of an assessment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.models import Assessment, Programme, Question, QuestionVersion
from training.states import Happened

from . import permissions, selectors
from .checks import wrong_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User
    from training.models import Module

TWICE = timedelta(minutes=1)  # within which the same form sent again is a second click, not a second question
MAX_QUESTIONS = 2_000  # of a programme
MAX_VERSIONS = 200
COLUMNS = ("kind", "text", "text_ur", "options", "right", "points", "explanation", "explanation_ur")


@transaction.atomic
def add_question(*, actor: User, module: Module, **values: Any) -> Question:
    """A question with its first version; the same sent again within a minute is once. values: COLUMNS.

    Raises NotAllowed; DomainError "not_a_question", "too_many_questions".
    """
    permissions.can_write_questions(actor).require()
    programme = _locked(module.programme)
    _require_sound(values)
    twice = QuestionVersion.objects.filter(
        question__module=module, written_by=actor, created_at__gte=timezone.now() - TWICE, is_newest=True,
        text=values["text"], text_ur=values["text_ur"],
    ).select_related("question").first()  # fmt: skip
    if twice is not None and _is_same(twice, values):
        return twice.question
    if Question.objects.filter(module__programme=programme).count() >= MAX_QUESTIONS:
        raise DomainError(
            _("A programme has at most %(number)d questions.") % {"number": MAX_QUESTIONS}, code="too_many_questions"
        )
    row = Question.objects.create(module=module)
    QuestionVersion.objects.create(question=row, number=1, written_by=actor, **values)
    record(Happened.QUESTION_ADDED.value, subject=row, actor=actor, module=module.public_id)
    return row


@transaction.atomic
def change_question(*, actor: User, question: Question, **values: Any) -> QuestionVersion:
    """Another version, which is drawn from now on; tries that were begun keep theirs. What changes nothing makes none.

    values: COLUMNS. Raises NotAllowed; DomainError "not_a_question", "too_many_versions".
    """
    permissions.can_write_questions(actor).require()
    _require_sound(values)
    row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    newest = selectors.newest_of(row)
    if _is_same(newest, values):
        return newest
    if newest.number >= MAX_VERSIONS:
        raise DomainError(_("This question was changed too often. Write it as a new one."), code="too_many_versions")
    newest.is_newest = False
    newest.save(update_fields=["is_newest", "updated_at"])
    made = QuestionVersion.objects.create(question=row, number=newest.number + 1, written_by=actor, **values)
    record(Happened.QUESTION_CHANGED.value, subject=row, actor=actor, number=made.number)
    return made


@transaction.atomic
def retire_question(*, actor: User, question: Question) -> Question:
    """It is drawn no more; tries that have it keep it. Twice is once. Raises NotAllowed; DomainError "too_few_questions"."""
    permissions.can_write_questions(actor).require()
    programme = _locked(question.module.programme)
    row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if row.retired_at is None:
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at", "updated_at"])
        rules = selectors.assessment_of(programme)
        if rules is not None and rules.is_active:
            _require_enough(programme, rules.modules.all(), rules.questions_number)
        record(Happened.QUESTION_RETIRED.value, subject=row, actor=actor)
    return row


@transaction.atomic
def take_up_question(*, actor: User, question: Question) -> Question:
    """It is drawn again. Twice is once. Raises NotAllowed."""
    permissions.can_write_questions(actor).require()
    row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if row.retired_at is not None:
        row.retired_at = None
        row.save(update_fields=["retired_at", "updated_at"])
        record(Happened.QUESTION_TAKEN_UP.value, subject=row, actor=actor)
    return row


@transaction.atomic
def set_assessment(*, actor: User, programme: Programme, modules: Sequence[Module], **values: Any) -> Assessment:
    """The rules from now on; a try that was begun keeps its own. modules: from which is drawn, none for all.

    values: the other columns. Raises NotAllowed; DomainError "too_few_questions".
    """
    permissions.can_write_questions(actor).require()
    row = _locked(programme)
    if values["is_active"]:
        _require_enough(row, modules, values["questions_number"])
    rules = selectors.assessment_of(row)
    if rules is None:
        rules = Assessment.objects.create(programme=row, **values)
        fields = sorted(values)
    else:
        fields = sorted(name for name, value in values.items() if getattr(rules, name) != value)
        if fields:
            for name in fields:
                setattr(rules, name, values[name])
            rules.save(update_fields=[*fields, "updated_at"])
    if {module.pk for module in modules} != set(rules.modules.values_list("pk", flat=True)):
        rules.modules.set(modules)
        fields.append("modules")
    if fields:
        record(Happened.ASSESSMENT_SET.value, subject=row, actor=actor, fields=fields)
    return rules


def _locked(programme: Programme) -> Programme:
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _require_sound(values: dict[str, Any]) -> None:
    if wrong := wrong_with(values["kind"], values["options"], values["right"]):
        raise DomainError(wrong, code="not_a_question")


def _is_same(version: QuestionVersion, values: dict[str, Any]) -> bool:
    return all(getattr(version, name) == values[name] for name in COLUMNS)


def _require_enough(programme: Programme, modules: Any, number: int) -> None:
    there = selectors.in_use(programme, modules).count()
    if there < number:
        raise DomainError(
            _("A try draws %(number)d questions, and the chosen modules would have only %(there)d in use.")
            % {"number": number, "there": there},
            code="too_few_questions",
        )
