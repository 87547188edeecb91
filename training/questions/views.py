"""The question bank of a programme, and the rules of its assessment: for programme managers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import (
    AssessmentForm,
    QuestionChangeForm,
    QuestionFilterForm,
    QuestionForm,
    shown_question,
    shown_rules,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]


@signed_in()
@require_safe
def questions(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The bank, and whether it is large enough for the rules of the assessment."""
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    modules = list(selectors.modules_of(programme))
    form = QuestionFilterForm(request.GET, modules=modules)
    page = selectors.questions_page(programme, form.filters(), request.GET.get("cursor"))
    numbers = selectors.numbers_by_module(programme)
    context = {
        "programme": programme,
        "form": form,
        "page": page,
        "rows": page.rows,
        "modules": [(module, numbers.get(module.pk, 0)) for module in modules],
        "number": sum(numbers.values()),
        "rules": selectors.assessment_of(programme),
    }
    return render(request, "training/questions/list.html", context)


@signed_in()
@require_http_methods(EDITS)
def question_new(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    initial = {"module": request.GET.get("module", "")} | kept_for(request)
    form = QuestionForm(posted(request), modules=selectors.modules_of(programme), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.add_question(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The question is in the bank. Write the next one."))
            return _redirect_to_new(public_id, row.module.public_id)
    context = {"programme": programme, "form": form}
    return render(request, "training/questions/edit.html", context)


def _redirect_to_new(public_id: str, module: str) -> HttpResponse:
    response = redirect("training:question_new", public_id)
    response["Location"] += f"?module={module}"
    return response


@signed_in()
@require_safe
def question(request: SignedInRequest, public_id: str, question_id: str) -> HttpResponse:
    """One question with its versions."""
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    row = selectors.question_in(programme, question_id)
    context = {"programme": programme, "question": row, "versions": selectors.versions_of(row)}
    return render(request, "training/questions/question.html", context)


@signed_in()
@require_http_methods(EDITS)
def question_edit(request: SignedInRequest, public_id: str, question_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    row = selectors.question_in(programme, question_id)
    newest = selectors.newest_of(row)
    form = QuestionChangeForm(posted(request), initial=kept_for(request) or shown_question(newest))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_question(actor=request.user, question=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The question is changed. Tries that were begun keep the old wording."))
            return redirect("training:question", public_id, question_id)
    context = {"programme": programme, "form": form, "question": row, "version": newest}
    return render(request, "training/questions/edit.html", context)


@signed_in("training:question", of=("public_id", "question_id"))
@require_POST
def question_retire(request: SignedInRequest, public_id: str, question_id: str) -> HttpResponse:
    """Take it out of what is drawn, or back in."""
    permissions.require_manager(request.user)
    row = selectors.question_in(selectors.programme_for(public_id), question_id)
    try:
        if request.POST.get("act") == "take_up":
            services.take_up_question(actor=request.user, question=row)
            messages.success(request, _("The question is drawn again."))
        else:
            services.retire_question(actor=request.user, question=row)
            messages.success(request, _("The question is drawn no more. Tries that have it keep it."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("training:question", public_id, question_id)


@signed_in()
@require_http_methods(EDITS)
def assessment_rules(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The rules of the assessment from now on."""
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    rules = selectors.assessment_of(programme)
    form = AssessmentForm(
        posted(request),
        modules=selectors.modules_of(programme),
        numbers=selectors.numbers_by_module(programme),
        initial=kept_for(request) or shown_rules(rules),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.set_assessment(actor=request.user, programme=programme, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rules hold from now on. Tries that were begun keep theirs."))
            return redirect("training:questions", public_id)
    context = {"programme": programme, "form": form, "rules": rules}
    return render(request, "training/questions/rules.html", context)
