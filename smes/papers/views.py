"""The vault: list, send, replace, download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smes.people import selectors as people_selectors
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import permissions, selectors, services, vault
from .forms import PaperForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from smes.models import Document, Sme
    from tdap_portal.web.requests import SignedInRequest


@takes_files
@signed_in()
def papers(request: SignedInRequest, public_id: str) -> HttpResponse:
    sme = people_selectors.sme_for(request.user, public_id)
    permissions.can_see_papers(request.user, sme).require()
    may_send = permissions.can_send_papers(request.user, sme)
    only = request.GET.get("kind", "")
    only = only if only in KINDS else ""
    form = PaperForm(posted(request), request.FILES or None, sme=sme, only=only, initial=kept_for(request))
    if request.method == "POST":
        may_send.require()
        if form.is_valid() and _sent(request, sme, form, None):
            return redirect(_papers_said(sme))
    context = {
        "sme": sme,
        "form": form,
        "only": only,
        "may_send": bool(may_send),
        "documents": selectors.documents_of(sme),
        "missing": selectors.missing_papers(sme),
        "is_member": people_selectors.role_of(request.user, sme) is not None,
        "today": today(),
    }
    return render(request, "smes/papers/papers.html", context)


@takes_files
@signed_in()
def replace(request: SignedInRequest, public_id: str, paper_id: str) -> HttpResponse:
    document = _document(request, public_id, paper_id)
    sme = document.sme
    permissions.can_send_papers(request.user, sme).require()
    form = PaperForm(posted(request), request.FILES or None, sme=sme, replaces=document, initial=kept_for(request))
    if request.method == "POST" and form.is_valid() and _sent(request, sme, form, document):
        return redirect(_papers_said(sme))
    return render(request, "smes/papers/replace_paper.html", {"sme": sme, "document": document, "form": form})


@signed_in()
@require_safe
def download(request: SignedInRequest, public_id: str, paper_id: str) -> FileResponse:
    """Always a file to save, never shown in the page's own address, never kept by a shared computer."""
    document = _document(request, public_id, paper_id)
    permissions.can_open_paper(request.user, document).require()
    try:
        content = vault.open_paper(document.stored_as)
    except FileNotFoundError:
        raise NotFound(_("The file of this paper is missing. Send it again, or tell TDAP.")) from None
    response = FileResponse(content, as_attachment=True, filename=document.name, content_type=document.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@signed_in()
@require_safe
def page_picture(request: SignedInRequest, public_id: str, paper_id: str, number: int) -> FileResponse:
    """A page of a PDF as the portal drew it, for whoever may open the paper. number: 1 for the first."""
    document = _document(request, public_id, paper_id)
    permissions.can_open_paper(request.user, document).require()
    try:
        content = vault.open_paper(selectors.picture_of(document, number))
    except FileNotFoundError:
        raise NotFound from None
    response = FileResponse(content, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _document(request: SignedInRequest, public_id: str, paper_id: str) -> Document:
    document = selectors.document_for(request.user, paper_id)
    if document.sme.public_id != public_id:
        raise NotFound
    return document


def _papers_said(sme: Sme) -> str:
    """The list of papers, at what the portal says: a browser would keep the fragment of the form's own address."""
    return f"{reverse('smes:papers', args=[sme.public_id])}#said"


def _sent(request: SignedInRequest, sme: Sme, form: PaperForm, replaces: Document | None) -> bool:
    try:
        document = services.upload_document(actor=request.user, sme=sme, replaces=replaces, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    days = settings.PROMISE_WORKING_DAYS
    messages.success(
        request,
        _("%(name)s is with TDAP. An officer looks at it within %(days)d working days of your application.")
        % {"name": document.name, "days": days},
    )
    return True
