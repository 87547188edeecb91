"""Officials and partners need a second factor before they see anything, where the settings say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

OPEN_WITHOUT = ("/accounts/", "/language/", "/static/", "/alive/")
SESSION_KEY = "second_factor_seen"


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECOND_FACTOR_COMPULSORY and self._is_missing(request):
            return redirect(reverse("account_second_factor"))
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or request.path.startswith(OPEN_WITHOUT):
            return False
        if not (user.is_official or user.is_partner):
            return False
        if request.session.get(SESSION_KEY):
            return False
        if selectors.has_second_factor(user):
            request.session[SESSION_KEY] = True
            return False
        return True
