"""Materials of a programme: versions of each, and all of them as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smes.papers import selectors as papers_selectors
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files
from training.models.labels import LANGUAGE_LABELS
from training.programmes import permissions
from training.programmes.selectors import programme_for

from . import selectors, services
from .forms import FileForm, MaterialForm
from .packs import pack_of

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]


@takes_files
@signed_in()
@require_http_methods(EDITS)
def materials(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What is handed out, for officials, trainers and firms with a place; a programme manager adds to it."""
    row = selectors.programme_with_materials_for(request.user, public_id)
    may_manage = permissions.can_manage_training(request.user)
    if request.method == "POST":
        may_manage.require()
    form = MaterialForm(posted(request), request.FILES or None, programme=row, initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            version = services.add_material(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is handed out from now on.") % {"name": version.name})
            return redirect("training:materials", public_id)
    rows = selectors.materials_of(row)
    languages = sorted({one.language for one in rows})
    context = {
        "programme": row,
        "rows": rows,
        "languages": [(code, LANGUAGE_LABELS[code]) for code in languages],
        "form": form if may_manage else None,
        "may_manage": may_manage,
    }
    return render(request, "training/programmes/materials.html", context)


@takes_files
@signed_in()
@require_http_methods(EDITS)
def material(request: SignedInRequest, public_id: str, material_id: str) -> HttpResponse:
    """Its versions; a newer one is added here."""
    permissions.require_manager(request.user)
    programme = programme_for(public_id)
    row = selectors.material_in(programme, material_id)
    form = FileForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.add_version(actor=request.user, material=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Version %(number)d counts from now on.") % {"number": version.number})
            return redirect("training:material", public_id, material_id)
    context = {"programme": programme, "material": row, "form": form}
    return render(request, "training/programmes/material.html", context)


@signed_in()
@require_http_methods(EDITS)
def withdraw(request: SignedInRequest, public_id: str, material_id: str) -> HttpResponse:
    permissions.require_manager(request.user)
    programme = programme_for(public_id)
    row = selectors.material_in(programme, material_id)
    if request.method == "POST":
        services.withdraw_material(actor=request.user, material=row)
        messages.success(request, _("“%(title)s” is handed out no more.") % {"title": row.title})
        return redirect("training:materials", public_id)
    return render(request, "training/programmes/withdraw.html", {"programme": programme, "material": row})


@signed_in()
@require_safe
def file(request: SignedInRequest, public_id: str, material_id: str, number: int) -> FileResponse:
    """Always a file to save, never shown in the page's own address. What is withdrawn officials alone can open."""
    programme = selectors.programme_with_materials_for(request.user, public_id)
    sees_all = bool(permissions.can_see_training(request.user))
    row = selectors.material_file(programme, material_id, number, withdrawn=sees_all)
    try:
        content = papers_selectors.open_file(row.stored_as)
    except FileNotFoundError:
        raise NotFound(_("This file is missing. Tell TDAP.")) from None
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)
    return _guarded(response)


@signed_in()
@require_safe
def pack(request: SignedInRequest, public_id: str, language: str) -> HttpResponseBase:
    """The newest files in a language as one ZIP, for places without a connection."""
    programme = selectors.programme_with_materials_for(request.user, public_id)
    files = selectors.newest_files(programme, language)
    if not files:
        raise NotFound
    response = StreamingHttpResponse(pack_of(files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{programme.code}-{language}.zip"'
    return _guarded(response)


def _guarded(response: Any) -> Any:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
