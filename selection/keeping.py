"""Signing in without losing what was typed: a session that ended in the middle of a form costs a sign-in and nothing else."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

KEY = "kept_form"
MOST_CHARACTERS = 20_000
NEVER_KEPT = ("csrfmiddlewaretoken", "declared", "sure")  # a word that was given is given again


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign in first. A form that arrives without a session is kept in the new one and filled in again after signing in.

    The view finds what was kept in `kept_for(request)`, once. Files cannot be kept; the page says so by asking again.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        typed = {name: value for name, value in request.POST.items() if name not in NEVER_KEPT}
        if sum(len(name) + len(value) for name, value in typed.items()) <= MOST_CHARACTERS:
            request.session[KEY] = {"path": request.path, "typed": typed}
            messages.info(request, _("Your session had ended. Sign in and go on: what you wrote is kept."))
        return redirect_to_login(request.path)

    return wrapped


def kept_for(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before signing in; handed out once, {} where there is nothing."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept.get("path") != request.path:
        return {}
    del request.session[KEY]
    return dict(kept["typed"])
