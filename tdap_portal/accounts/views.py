"""Where a person starts after signing in, and the page about themselves."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_change import finalize_password_set
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core.exceptions import RateLimited
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from . import codes, proofs, selectors, services
from .forms import PersonForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tdap_portal.web.requests import SignedInRequest

RETRY_AFTER_SECONDS = 60


# One transaction for the person and the message: as many commits for an address that has an account as for a new one.
sign_up = transaction.atomic(allauth_views.signup)


@login_required
@require_GET
def start(request: SignedInRequest) -> HttpResponse:
    """Each kind of person has one place to begin. Also brings the person's own language along."""
    response = redirect(selectors.homes_of(request.user)[0])
    if request.user.language != translation.get_language():
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.user.language,
            max_age=60 * 60 * 24 * 365,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@login_required
def person(request: SignedInRequest) -> HttpResponse:
    shown = {name: getattr(request.user, name) for name in ("name", "language", "shortcuts")}
    form = PersonForm(request.POST or None, user=request.user, initial=shown)
    if request.method == "POST" and form.is_valid():
        services.change_person(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account_person")
    context = {
        "form": form,
        "second_factor": selectors.has_second_factor(request.user),
        "token": selectors.token_of(request.user),
        "by_code": proofs.signed_in_by_code(request),
    }
    return render(request, "account/person.html", context)


@sensitive_post_parameters("password1", "password2")
@login_required
@rate_limit(action="change_password")
def new_password(request: SignedInRequest) -> HttpResponse:
    """For who forgot the password and came in by a code, the one way for a number without an e-mail."""
    if not proofs.signed_in_by_code(request):
        return redirect("account_change_password")
    form = SetPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        finalize_password_set(request, request.user)
        return redirect("account_start")
    return render(request, "account/password_set.html", {"form": form})


@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Send the code that this browser waits for once more. Who was too quick reads how long to wait."""
    waiting = codes.waiting_step(request)
    if waiting is None:
        return redirect("account_login")
    process, page = waiting
    try:
        codes.send_again(request, process)
    except RateLimited:
        messages.error(request, get_adapter().error_messages["rate_limited"])
    return redirect(passthrough_next_redirect_url(request, reverse(page), "next"))


def too_often(request: HttpRequest) -> HttpResponse:
    """Anything of the account that was asked for too often. Whoever waits for a code finds the page to type it."""
    stage = get_pending_stage(request)
    page = reverse(stage.urlname) if stage and stage.urlname else ""
    response = render(request, "429.html", {"code_page": page}, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


@login_required
@require_POST
@reauthentication_required
def new_token(request: SignedInRequest) -> HttpResponse:
    """A new key for the API; the old one stops at once. It is shown once."""
    key = services.renew_token(user=request.user, may_write="may_write" in request.POST)
    return render(request, "account/token.html", {"key": key, "token": selectors.token_of(request.user)})


@login_required
@require_GET
def second_factor(request: SignedInRequest) -> HttpResponse:
    return render(request, "account/second_factor.html")
