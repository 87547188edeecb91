"""Cohorts as officials see them, and the calendar of the training for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from training.models.labels import COHORT_STATE_LABELS, SESSION_STAGE_LABELS
from training.programmes import history, permissions
from training.resources.selectors import known_cities
from training.states import COHORT, UNFINISHED, CohortState, SessionStage

from . import selectors, services
from .forms import (
    CalendarFilterForm,
    CancelForm,
    CloneForm,
    CohortChangeForm,
    CohortFilterForm,
    CohortForm,
    JoiningForm,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Cohort

EDITS = ["GET", "HEAD", "POST"]
TONES = {
    CohortState.PLANNED: "rest",
    CohortState.OPEN: "you",
    CohortState.RUNNING: "us",
    CohortState.FINISHED: "done",
    CohortState.CANCELLED: "no",
}
STAGE_TONES = {
    SessionStage.UNPLACED: "rest",
    SessionStage.TO_COME: "us",
    SessionStage.IN_PROGRESS: "you",
    SessionStage.HELD: "done",
    SessionStage.CANCELLED: "no",
}


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """What is coming, for visitors too: cohorts that are open or running, with the places that are left."""
    form = CalendarFilterForm(request.GET)
    page = selectors.calendar_page(form.filters(), request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": page.rows,
        "cities": known_cities(),
        "holidays": selectors.holidays_ahead(timezone.localdate()),
    }
    return render(request, "training/calendar.html", context)


@signed_in()
@require_safe
def cohorts(request: SignedInRequest) -> HttpResponse:
    permissions.require_official(request.user)
    form = CohortFilterForm(request.GET)
    page = selectors.cohorts_page(form.filters(), request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, *_state(row)) for row in page.rows],
        "cities": known_cities(),
        "may_manage": permissions.can_manage_training(request.user),
    }
    return render(request, "training/cohorts/list.html", context)


def _state(cohort: Cohort) -> tuple[object, str]:
    """Its state in words, and their tone."""
    state = CohortState(cohort.state)
    return COHORT_STATE_LABELS[state], TONES[state]


@signed_in()
@require_safe
def cohort(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One cohort with its sessions, and what happened to it."""
    permissions.require_official(request.user)
    row = selectors.cohort_for(public_id)
    now = timezone.now()
    stages = [(session, session.stage(now)) for session in selectors.sessions_of(row)]
    text, tone = _state(row)
    events = list(audit_selectors.timeline(row))
    context = {
        "cohort": row,
        "state": text,
        "tone": tone,
        "sessions": [(session, SESSION_STAGE_LABELS[stage], STAGE_TONES[stage]) for session, stage in stages],
        "is_provisional": any(stage == SessionStage.UNPLACED for _session, stage in stages),
        "may_manage": permissions.can_manage_training(request.user),
        "may_see_rolls": permissions.can_open_rolls(request.user),
        "can": {action: COHORT.allows(action, row.state) for action in ("open", "cancel")},
        "can_join": row.state in UNFINISHED,
        "history": history.lines_of(events),
    }
    return render(request, "training/cohorts/cohort.html", context)


@signed_in()
@require_http_methods(EDITS)
def new(request: SignedInRequest) -> HttpResponse:
    permissions.require_manager(request.user)
    form = CohortForm(posted(request), initial={"programme": request.GET.get("programme"), **kept_for(request)})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.create_cohort(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            says = _("Cohort %(code)s is planned. Only officials see it until you open it.")
            messages.success(request, says % {"code": row.code})
            return redirect("training:cohort", row.public_id)
    context = {"form": form, "cities": known_cities()}
    return render(request, "training/cohorts/edit.html", context)


@signed_in()
@require_http_methods(EDITS)
def edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Change a cohort while it is planned."""
    permissions.require_manager(request.user)
    row = selectors.cohort_for(public_id)
    shown = {name: getattr(row, name) for name in CohortChangeForm.base_fields}
    shown["round"] = row.round.number if row.round else None
    form = CohortChangeForm(posted(request), initial=shown | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_cohort(actor=request.user, cohort=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Cohort %(code)s is changed.") % {"code": row.code})
            return redirect("training:cohort", public_id)
    context = {"form": form, "cohort": row, "cities": known_cities()}
    return render(request, "training/cohorts/edit.html", context)


@signed_in()
@require_http_methods(EDITS)
def clone(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same cohort once more, with a short name and days of its own."""
    permissions.require_manager(request.user)
    row = selectors.cohort_for(public_id)
    initial = {"code": selectors.suggested_code(row.city), "places": row.places, **kept_for(request)}
    form = CloneForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.clone_cohort(actor=request.user, cohort=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            says = _("Cohort %(code)s is planned. Only officials see it until you open it.")
            messages.success(request, says % {"code": made.code})
            return redirect("training:cohort", made.public_id)
    return render(request, "training/cohorts/clone.html", {"form": form, "cohort": row})


@signed_in()
@require_http_methods(EDITS)
def joining(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Where its meetings are: of all sessions, and of one alone."""
    permissions.require_manager(request.user)
    row = selectors.cohort_for(public_id)
    sessions = selectors.sessions_to_join(row)
    form = JoiningForm(posted(request), sessions=sessions, initial={"join_url": row.join_url, **kept_for(request)})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_joining(
                actor=request.user, cohort=row, join_url=form.cleaned_data["join_url"], sessions=form.sessions()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The addresses are kept."))
            return redirect("training:cohort", public_id)
    return render(request, "training/cohorts/joining.html", {"form": form, "cohort": row})


@signed_in()
@require_http_methods(EDITS)
def open_(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Into the public calendar: the page says what it does before it does it."""
    permissions.require_manager(request.user)
    row = selectors.cohort_for(public_id)
    refusal = None
    if request.method == "POST":
        try:
            services.open_cohort(actor=request.user, cohort=row)
        except DomainError as said_no:
            refusal = said_no
        else:
            messages.success(request, _("Cohort %(code)s is open and in the public calendar.") % {"code": row.code})
            return redirect("training:cohort", public_id)
    context = {"cohort": row, "refusal": refusal}
    return render(request, "training/cohorts/open.html", context, status=409 if refusal else 200)


@signed_in()
@require_http_methods(EDITS)
def cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Call it off, with a reason."""
    permissions.require_manager(request.user)
    row = selectors.cohort_for(public_id)
    form = CancelForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_cohort(actor=request.user, cohort=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Cohort %(code)s is cancelled.") % {"code": row.code})
            return redirect("training:cohort", public_id)
    return render(request, "training/cohorts/cancel.html", {"form": form, "cohort": row})
