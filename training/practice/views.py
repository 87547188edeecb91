"""Practical tasks: set by programme managers, handed in by firms, marked by trainers and programme managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smes.papers import selectors as papers_selectors
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files
from training.states import TO_BE_MARKED, WorkState

from . import permissions, selectors, services, wording
from .forms import AgreeForm, MarkForm, QueueFilterForm, TaskForm, WorkForm, shown_task

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Work, WorkFile

EDITS = ["GET", "HEAD", "POST"]


# ---------------------------------------------------------------------------------------------- the programme manager


@signed_in()
@require_safe
def practical_tasks(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    context = {"programme": programme, "rows": selectors.tasks_of(programme)}
    return render(request, "training/practice/tasks.html", context)


@signed_in()
@require_http_methods(EDITS)
def practical_task_new(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _task_page(request, public_id, None)


@signed_in()
@require_http_methods(EDITS)
def practical_task(request: SignedInRequest, public_id: str, task_id: str) -> HttpResponse:
    """Change it; what was handed in keeps its rubric."""
    return _task_page(request, public_id, task_id)


def _task_page(request: SignedInRequest, public_id: str, task_id: str | None) -> HttpResponse:
    permissions.require_manager(request.user)
    programme = selectors.programme_for(public_id)
    task = selectors.task_in(programme, task_id) if task_id else None
    form = TaskForm(posted(request), initial=kept_for(request) or (shown_task(task) if task else {}))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_task(actor=request.user, programme=programme, task=task, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The task holds from now on. What was handed in keeps its rubric."))
            return redirect("training:practical_tasks", public_id)
    context = {"programme": programme, "task": task, "form": form}
    return render(request, "training/practice/task_edit.html", context)


# --------------------------------------------------------------------------------------------------------- the firm


@takes_files
@signed_in()
@require_http_methods(EDITS)
def firm_task(request: SignedInRequest, public_id: str, task_id: str) -> HttpResponse:
    """What is asked, what was handed in and what became of it; here it is handed in."""
    place = selectors.place_for(request.user, public_id)
    task = selectors.task_for(place, task_id)
    form = WorkForm(posted(request), request.FILES or None, initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_in(actor=request.user, place=place, task=task, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Handed in. Two people mark it, and we write to you."))
            return redirect("training:firm_task", public_id, task_id)
    works = selectors.works_of(place, task)
    last = next((work for work in works if work.state != WorkState.REPLACED), None)
    context = {
        "place": place,
        "task": task,
        "rubric": wording.rubric_words(task.criteria),
        "works": [(work, wording.firm_words(work), wording.outcome_of(work)) for work in works],
        "last": last,
        "can_hand_in": selectors.takes_work(place, task, last),
        "form": form,
    }
    return render(request, "training/practice/firm_task.html", context)


@signed_in()
@require_safe
def firm_work_file(request: SignedInRequest, public_id: str, work_id: str, file_id: str) -> FileResponse:
    place = selectors.place_for(request.user, public_id)
    return _file(selectors.file_in(selectors.work_of_place(place, work_id), file_id))


# ------------------------------------------------------------------------------------------------------- the markers


@signed_in()
@require_safe
def marking(request: SignedInRequest) -> HttpResponse:
    """What waits for marks."""
    if not selectors.marks_anything(request.user):
        raise NotFound
    form = QueueFilterForm(request.GET)
    page = selectors.queue_page(request.user, form.filters(), request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": [(work, wording.state_words(work), wording.tone_of(work)) for work in page.rows],
        "number": selectors.number_to_mark(request.user),
    }
    return render(request, "training/practice/queue.html", context)


@signed_in()
@require_http_methods(EDITS)
def marking_work(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A work with its rubric; before one's own marks are in, no other marks are shown."""
    work = selectors.work_to_mark(request.user, public_id)
    may_mark = permissions.can_mark(request.user, work, teaches=selectors.teaches(request.user, work))
    seen = selectors.markings_seen_by(request.user, work)
    is_own = any(one.marker_id == request.user.pk for one in seen)
    is_agreeing = is_own and work.state == WorkState.DIFFERING
    form = _mark_form(request, work, is_agreeing=is_agreeing)
    if request.method == "POST":
        may_mark.require()
        if form.is_valid():
            try:
                act = services.agree if is_agreeing else services.mark
                row = act(actor=request.user, work=work, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, wording.done_words(row))
                return redirect("training:marking_work", public_id)
    is_open = work.state in TO_BE_MARKED
    context = {
        "work": work,
        "state": wording.state_words(work),
        "tone": wording.tone_of(work),
        "files": selectors.files_of(work),
        "rubric": wording.rubric_words(work.rubric["criteria"]),
        "markings": [(one, wording.marked_words(work, one)) for one in seen],
        "is_own": is_own,
        "is_agreeing": is_agreeing,
        "may_mark": may_mark,
        "form": form if may_mark and is_open and (is_agreeing or not is_own) else None,
    }
    return render(request, "training/practice/work.html", context)


def _mark_form(request: SignedInRequest, work: Work, *, is_agreeing: bool) -> MarkForm:
    make = AgreeForm if is_agreeing else MarkForm
    initial: dict[str, Any] = kept_for(request)
    return make(posted(request), criteria=work.rubric["criteria"], initial=initial)


@signed_in()
@require_safe
def marking_file(request: SignedInRequest, public_id: str, file_id: str) -> FileResponse:
    return _file(selectors.file_in(selectors.work_to_mark(request.user, public_id), file_id))


def _file(row: WorkFile) -> FileResponse:
    """Always a file to save, never shown in the page's own address."""
    try:
        content = papers_selectors.open_file(row.stored_as)
    except FileNotFoundError:
        raise NotFound(_("This file is missing. Tell TDAP.")) from None
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
