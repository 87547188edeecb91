"""Asking for a role, and for those who give roles: who waits, one request, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.models import REQUEST_STATE_LABELS, ROLE_LABELS
from tdap_portal.accounts.roles import DECIDING_ROLES, Role
from tdap_portal.accounts.states import RequestState
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services, wording
from .forms import AskForm, RefuseForm

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest) -> HttpResponse:
    """What the person waits for, what happens next, and the form for another role."""
    roles = [role for role in ROLE_LABELS if role not in request.user.roles or role == Role.PARTNER]
    form = AskForm(posted(request), roles=roles, partners=selectors.partners_to_ask_for(), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_role(actor=request.user, **form.as_act())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your request is with the administrators. They answer by a message to you."))
            return redirect("roles:ask")
    own = wording.own_rows(selectors.own_requests(request.user))
    return render(
        request,
        "account/roles/ask.html",
        {"form": form, "own": own, "waits": any(row.is_open for row in own), "days": settings.ROLE_REQUEST_DAYS},
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.own_request(request.user, public_id)
    if request.method == "POST":
        try:
            services.withdraw_request(actor=request.user, request=row)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request is withdrawn."))
        return redirect("roles:ask")
    context = {
        "title": _("Withdraw the request?"),
        "says": _("Nobody decides on it then. You can ask again."),
        "rows": [{"label": wording.role_and_partner(row), "note": REQUEST_STATE_LABELS[RequestState(row.state)]}],
        "submit": _("Withdraw"),
        "danger": True,
        "back_url": reverse("roles:ask"),
    }
    return render(request, "web/confirm.html", context)


@signed_in()
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    """Who waits for access, the oldest first."""
    if not permissions.can_see_waiting(request.user):
        raise NotFound
    rows = selectors.waiting_for(request.user)
    page = keyset_page(rows, order=("created_at", "pk"), cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": wording.waiting_rows(page.rows, request.user),
        "have_two": accounts_selectors.have_two_to_sign(),
    }
    return render(request, "account/roles/waiting.html", context)


@signed_in()
@require_safe
def one(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.request_for(request.user, public_id)
    return _page(request, row, RefuseForm(initial=kept_for(request)))


@signed_in(back="roles:request")
@require_POST
def grant(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.request_for(request.user, public_id)
    try:
        is_given = services.grant_request(actor=request.user, request=row)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("roles:request", public_id=public_id)
    if is_given:
        messages.success(request, _("%(person)s has the role now.") % {"person": row.user.name})
        return redirect("roles:waiting")
    messages.info(
        request, _("Your signature is noted. A second person completes it: another administrator, or a director.")
    )
    return redirect("roles:request", public_id=public_id)


@signed_in(back="roles:request")
@require_POST
def refuse(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.request_for(request.user, public_id)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        permissions.can_decide(request.user, row).require()
        return _page(request, row, form)
    try:
        services.refuse_request(actor=request.user, request=row, **form.as_act())
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("roles:request", public_id=public_id)
    messages.success(request, _("The request is refused, and the person is told why."))
    return redirect("roles:waiting")


def _page(request: SignedInRequest, row: Any, form: RefuseForm) -> HttpResponse:
    needs_two = row.role in DECIDING_ROLES
    can_decide = permissions.can_decide(request.user, row)
    signed = row.signed_by_id == request.user.pk
    context = {
        "row": row,
        "words": wording.waiting_row(row, request.user),
        "state": REQUEST_STATE_LABELS[RequestState(row.state)],
        "held": [label for role, label in ROLE_LABELS.items() if role in row.user.roles],
        "form": form,
        "needs_two": needs_two,
        "have_two": accounts_selectors.have_two_to_sign(besides=row.user),
        "signed": signed,
        "counts": permissions.signature_counts(row) or not row.is_open,
        "can_decide": row.is_open and bool(can_decide),
        "why_not": "" if can_decide else can_decide.reason,
    }
    return render(request, "account/roles/request.html", context)
