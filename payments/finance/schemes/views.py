"""Schemes as everybody reads them, and the finance officer who keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import SchemeForm, TermsForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from payments.models import Scheme
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """What holds today, with its source; everybody may read it."""
    context = {
        "rows": selectors.schemes_on(),
        "today": today(),
        "may_write": bool(permissions.can_write_schemes(request.user)),
    }
    return render(request, "payments/finance/schemes.html", context)


@signed_in()
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """Every row that was ever written."""
    permissions.can_write_schemes(request.user).require()
    context = {"rows": selectors.schemes_on(), "history": selectors.schemes_written(), "terms": selectors.terms_on()}
    return render(request, "payments/finance/schemes_desk.html", context)


@signed_in()
@require_http_methods(EDITS)
def new(request: SignedInRequest) -> HttpResponse:
    """A scheme that there was not."""
    permissions.can_write_schemes(request.user).require()
    return _form(request, code="", newest=None)


@signed_in()
@require_http_methods(EDITS)
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """A new row of a scheme, from a day on."""
    permissions.can_write_schemes(request.user).require()
    return _form(request, code=code.upper(), newest=selectors.scheme_history(code.upper())[0])


def _form(request: SignedInRequest, *, code: str, newest: Scheme | None) -> HttpResponse:
    kept = kept_for(request)
    form = SchemeForm(
        posted(request) or (as_sent(kept) if kept else None), is_new=newest is None, initial=_as_initial(newest)
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        name = code or values.pop("code")
        try:
            services.write_scheme(actor=request.user, code=name, since=values.pop("since"), values=values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is written, and holds from that day on."))
            return redirect("payments:schemes_desk")
    context = {"form": form, "newest": newest}
    return render(
        request, "payments/finance/scheme_edit.html", context, status=422 if request.method == "POST" else 200
    )


def _as_initial(row: Scheme | None) -> dict[str, Any]:
    """The newest row, but its day: the officer chooses from when on it is another."""
    if row is None:
        return {}
    return {name: getattr(row, name) for name in SchemeForm.Meta.fields if name not in ("since", "code")}


@signed_in()
@require_http_methods(EDITS)
def terms(request: SignedInRequest) -> HttpResponse:
    """Days for lenders and firms, from a day on."""
    permissions.can_write_schemes(request.user).require()
    newest = selectors.terms_on()
    initial = {name: getattr(newest, name) for name in TermsForm.Meta.fields if name != "since"}
    form = TermsForm(posted(request), initial=initial | kept_for(request))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            services.write_terms(actor=request.user, since=values.pop("since"), values=values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is written, and holds from that day on."))
            return redirect("payments:schemes_desk")
    return render(
        request, "payments/finance/terms.html", {"form": form}, status=422 if request.method == "POST" else 200
    )
