"""Programmes with their modules, and what is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from training.models.labels import EQUIPMENT_LABELS

from . import history, permissions, selectors, services
from .forms import ModuleForm, ProgrammeChangeForm, ProgrammeForm, shown_module

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Module

EDITS = ["GET", "HEAD", "POST"]


@signed_in()
@require_safe
def programmes(request: SignedInRequest) -> HttpResponse:
    permissions.require_official(request.user)
    context = {"rows": selectors.programmes(), "may_manage": permissions.can_manage_training(request.user)}
    return render(request, "training/programmes/list.html", context)


@signed_in()
@require_safe
def programme(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One programme with its modules in their order, and what happened to it."""
    permissions.require_official(request.user)
    row = selectors.programme_for(public_id)
    modules = list(selectors.modules_of(row))
    context = {
        "programme": row,
        "modules": [_shown(module) for module in modules],
        "minutes": sum(module.minutes for module in modules),
        "may_manage": permissions.can_manage_training(request.user),
        "history": history.lines_of(audit_selectors.timeline(row)),
    }
    return render(request, "training/programmes/programme.html", context)


def _shown(module: Module) -> dict[str, Any]:
    return {
        "module": module,
        "needs": [one.title_here for one in module.after.all()],
        "equipment": [EQUIPMENT_LABELS[code] for code in module.equipment if code in EQUIPMENT_LABELS],
    }


@signed_in()
@require_http_methods(EDITS)
def new(request: SignedInRequest) -> HttpResponse:
    permissions.require_manager(request.user)
    form = ProgrammeForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.create_programme(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The programme is set up. Add its modules now."))
            return redirect("training:programme", row.public_id)
    return render(request, "training/programmes/edit.html", {"form": form})


@signed_in()
@require_http_methods(EDITS)
def edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    row = selectors.programme_for(public_id)
    shown = {name: getattr(row, name) for name in ProgrammeChangeForm.base_fields}
    form = ProgrammeChangeForm(posted(request), initial=shown | kept_for(request))
    if request.method == "POST" and form.is_valid():
        services.change_programme(actor=request.user, programme=row, **form.cleaned_data)
        messages.success(request, _("The programme is changed. Cohorts that exist keep their sessions."))
        return redirect("training:programme", public_id)
    return render(request, "training/programmes/edit.html", {"form": form, "programme": row})


# -------------------------------------------------------------------------------------------------------- modules


@signed_in()
@require_http_methods(EDITS)
def module_new(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    row = selectors.programme_for(public_id)
    form = ModuleForm(posted(request), earlier=selectors.modules_of(row), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_module(actor=request.user, programme=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The module is added at the end."))
            return redirect("training:programme", public_id)
    return render(request, "training/programmes/module.html", {"form": form, "programme": row})


@signed_in()
@require_http_methods(EDITS)
def module_edit(request: SignedInRequest, public_id: str, module_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    row = selectors.programme_for(public_id)
    module = selectors.module_in(row, module_id)
    earlier = selectors.modules_of(row).filter(position__lt=module.position)
    form = ModuleForm(posted(request), earlier=earlier, initial=shown_module(module) | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_module(actor=request.user, module=module, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The module is changed. Cohorts that exist keep their sessions."))
            return redirect("training:programme", public_id)
    return render(request, "training/programmes/module.html", {"form": form, "programme": row, "module": module})


@signed_in("training:programme")
@require_POST
def module_move(request: SignedInRequest, public_id: str, module_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    module = selectors.module_in(selectors.programme_for(public_id), module_id)
    position = request.POST.get("position", "")
    is_up = request.POST.get("way") == "up"
    try:
        number = int(position) if position.isdecimal() else 0
        services.move_module(actor=request.user, module=module, up=is_up, position=number)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("training:programme", public_id)


# ------------------------------------------------------------------------------------------------------ materials
