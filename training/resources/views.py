"""Trainers and rooms: lists, pages, and when they cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from training.models.labels import EQUIPMENT_LABELS, LANGUAGE_LABELS, SKILL_LABELS
from training.programmes import history, permissions

from . import selectors, services
from .forms import (
    AwayForm,
    ClosingForm,
    TrainerFilterForm,
    TrainerForm,
    VenueFilterForm,
    VenueForm,
    shown_trainer,
    shown_venue,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Trainer, Venue

EDITS = ["GET", "HEAD", "POST"]
NAMED_SESSIONS = 5


def _words(codes: Iterable[Any], labels: Mapping[Any, Any]) -> list[Any]:
    return [labels[code] for code in codes if code in labels]


# ------------------------------------------------------------------------------------------------------- trainers


@signed_in()
@require_safe
def trainers(request: SignedInRequest) -> HttpResponse:
    permissions.require_official(request.user)
    form = TrainerFilterForm(request.GET)
    page = selectors.trainers_page(form.filters(), request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "trainer": row,
                "skills": _words(row.skills, SKILL_LABELS),
                "languages": _words(row.languages, LANGUAGE_LABELS),
            }
            for row in page.rows
        ],
        "cities": selectors.known_cities(),
        "may_manage": permissions.can_manage_training(request.user),
    }
    return render(request, "training/trainers/list.html", context)


@signed_in()
@require_http_methods(EDITS)
def trainer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One trainer with the load of the next weeks and the times away; POST notes one more."""
    permissions.require_official(request.user)
    row = selectors.trainer_for(public_id)
    form, answer = _away(request, row, services.note_absence, "trainer")
    if answer is not None:
        return answer
    context = {
        "trainer": row,
        "skills": _words(row.skills, SKILL_LABELS),
        "languages": _words(row.languages, LANGUAGE_LABELS),
        "weekdays": _words(row.weekdays, WEEKDAYS),
        **_of_both(request, row, form),
    }
    return render(request, "training/trainers/trainer.html", context)


@signed_in()
@require_http_methods(EDITS)
def trainer_new(request: SignedInRequest) -> HttpResponse:
    permissions.require_manager(request.user)
    form = TrainerForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.create_trainer(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("%(name)s is among the trainers.") % {"name": row.name_here})
            return redirect("training:trainer", row.public_id)
    return render(request, "training/trainers/edit.html", {"form": form, "cities": selectors.known_cities()})


@signed_in()
@require_http_methods(EDITS)
def trainer_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    row = selectors.trainer_for(public_id)
    form = TrainerForm(posted(request), initial=shown_trainer(row) | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_trainer(actor=request.user, trainer=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("What is noted of the trainer is changed."))
            return redirect("training:trainer", public_id)
    context = {"form": form, "trainer": row, "cities": selectors.known_cities()}
    return render(request, "training/trainers/edit.html", context)


@signed_in("training:trainer")
@require_POST
def absence_remove(request: SignedInRequest, public_id: str, away_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    absence = selectors.time_away_of(selectors.trainer_for(public_id), away_id)
    services.take_away_absence(actor=request.user, absence=absence)
    messages.success(request, _("This time is free again."))
    return redirect("training:trainer", public_id)


# --------------------------------------------------------------------------------------------------------- venues


@signed_in()
@require_safe
def venues(request: SignedInRequest) -> HttpResponse:
    permissions.require_official(request.user)
    form = VenueFilterForm(request.GET)
    page = selectors.venues_page(form.filters(), request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"venue": row, "equipment": _words(row.equipment, EQUIPMENT_LABELS)} for row in page.rows],
        "cities": selectors.known_cities(),
        "may_manage": permissions.can_manage_training(request.user),
    }
    return render(request, "training/venues/list.html", context)


@signed_in()
@require_http_methods(EDITS)
def venue(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same for a room."""
    permissions.require_official(request.user)
    row = selectors.venue_for(public_id)
    form, answer = _away(request, row, services.note_closing, "venue")
    if answer is not None:
        return answer
    context = {
        "venue": row,
        "equipment": _words(row.equipment, EQUIPMENT_LABELS),
        "opening": [(name, row.opening.get(str(day))) for day, name in WEEKDAYS.items()],
        **_of_both(request, row, form),
    }
    return render(request, "training/venues/venue.html", context)


@signed_in()
@require_http_methods(EDITS)
def venue_new(request: SignedInRequest) -> HttpResponse:
    permissions.require_manager(request.user)
    form = VenueForm(posted(request), initial=shown_venue(None) | kept_for(request))
    if request.method == "POST" and form.is_valid():
        row = services.create_venue(actor=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s is among the venues.") % {"name": row.name_here})
        return redirect("training:venue", row.public_id)
    return render(request, "training/venues/edit.html", {"form": form, "cities": selectors.known_cities()})


@signed_in()
@require_http_methods(EDITS)
def venue_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    row = selectors.venue_for(public_id)
    form = VenueForm(posted(request), initial=shown_venue(row) | kept_for(request))
    if request.method == "POST" and form.is_valid():
        services.change_venue(actor=request.user, venue=row, **form.cleaned_data)
        messages.success(request, _("What is noted of the venue is changed."))
        return redirect("training:venue", public_id)
    context = {"form": form, "venue": row, "cities": selectors.known_cities()}
    return render(request, "training/venues/edit.html", context)


@signed_in("training:venue")
@require_POST
def closing_remove(request: SignedInRequest, public_id: str, away_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    closing = selectors.time_away_of(selectors.venue_for(public_id), away_id)
    services.take_away_closing(actor=request.user, closing=closing)
    messages.success(request, _("This time is free again."))
    return redirect("training:venue", public_id)


# ----------------------------------------------------------------------------------------------------------- both


def _away(
    request: SignedInRequest, who: Trainer | Venue, note: Callable[..., object], name: str
) -> tuple[AwayForm, HttpResponse | None]:
    """The form of a time away, and where to go once one was noted; the published sessions in it are named."""
    if request.method == "POST":
        permissions.can_manage_training(request.user).require()
    form = (ClosingForm if name == "venue" else AwayForm)(posted(request), initial=kept_for(request))
    if request.method != "POST" or not form.is_valid():
        return form, None
    try:
        note(actor=request.user, **{name: who}, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return form, None
    messages.success(request, _("The time is noted."))
    times = {key: form.cleaned_data[key] for key in ("starts_at", "ends_at")}
    if touched := selectors.sessions_within(who, **times):
        messages.warning(request, _touched(touched))
    return form, redirect(f"training:{name}", who.public_id)


def _touched(sessions: list[Any]) -> str:
    names = _(", ").join(f"{one.cohort.code}/{one.position}" for one in sessions[:NAMED_SESSIONS])
    return ngettext(
        "%(number)d published session falls into this time and stays until it is moved: %(names)s.",
        "%(number)d published sessions fall into this time and stay until they are moved: %(names)s.",
        len(sessions),
    ) % {"number": len(sessions), "names": names}


def _of_both(request: SignedInRequest, who: Trainer | Venue, form: AwayForm) -> dict[str, Any]:
    may_manage = permissions.can_manage_training(request.user)
    return {
        "away": selectors.times_away(who),
        "form": form if may_manage else None,
        "load": selectors.weekly_load(who, on=today()),
        "may_manage": may_manage,
        "history": history.lines_of(audit_selectors.timeline(who)),
    }
