"""What stands between a request and the pages: limits, and the second factor of whoever sees papers of many firms."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from . import proofs, selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

OPEN = frozenset(
    {"account_login", "account_logout", "account_inactive", "account_reauthenticate", "set_language", "alive"}
)
TO_ENROL = OPEN | {"account_second_factor", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
TO_USE = OPEN | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
API = "/api/"
BEGAN, SEEN = "staff_began", "staff_seen"  # in the session, seconds since 1970
NOTED_EVERY_SECONDS = 60  # a session is not written for every page
USE_IT_FIRST = _("Use your second step first: sign in to the portal and open any page.")


class RateLimitMiddleware:
    """A limit that a page of allauth does not catch itself gets the page that says to wait (see urls.handler429)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return respond_429(request) if isinstance(exception, RateLimited) else None


class StaffSessionMiddleware:
    """Signs out whoever sees more than the own firm, some hours after signing in or after the last page.

    Before any page is asked, so that the page does with it what it does with every session that ended: it keeps what was
    typed and asks to sign in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        session, now = request.session, int(time.time())
        began, seen = session.get(BEGAN, 0), session.get(SEEN, 0)  # noted when the session began, see hooks
        if now - seen < NOTED_EVERY_SECONDS and now - began < settings.STAFF_SESSION_HOURS * 3600:
            return  # the common case asks for no roles
        if not (request.user.is_authenticated and request.user.needs_second_factor):
            return
        if now - began >= settings.STAFF_SESSION_HOURS * 3600 or now - seen >= settings.STAFF_IDLE_MINUTES * 60:
            logout(request)
        else:
            session[SEEN] = now


class SecondFactorMiddleware:
    """Asks what was used in this session, not what is enrolled: a password alone opens nothing, by whichever door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        user = request.user
        if not (settings.SECOND_FACTOR_COMPULSORY and user.is_authenticated and user.needs_second_factor):
            return None
        if proofs.used_second_factor(request, user):
            return None
        is_enrolled = selectors.has_second_factor(user)
        if request.resolver_match.view_name in (TO_USE if is_enrolled else TO_ENROL):  # type: ignore[union-attr]
            return None
        if request.path.startswith(API):
            return JsonResponse({"code": "second_factor", "detail": str(USE_IT_FIRST)}, status=403)
        if not is_enrolled:
            return redirect("account_second_factor")
        return redirect(proofs.way_to_second_factor(request))
