"""Where a person starts after signing in, and the page about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_change import finalize_password_set
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from . import proofs, selectors, services
from .forms import PersonForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest


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
    form = PersonForm(request.POST or None, initial={"name": request.user.name, "language": request.user.language})
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


@login_required
@require_POST
@reauthentication_required
def new_token(request: SignedInRequest) -> HttpResponse:
    """A new key for the API; the old one stops at once. It is shown once."""
    key = services.renew_token(user=request.user)
    return render(request, "account/token.html", {"key": key, "token": selectors.token_of(request.user)})


@login_required
@require_GET
def second_factor(request: SignedInRequest) -> HttpResponse:
    return render(request, "account/second_factor.html")
