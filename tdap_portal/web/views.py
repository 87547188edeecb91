"""Pages that belong to the ground: health, the style page, the page after a lost form token, language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.defaults import bad_request as default_bad_request

from tdap_portal.core import selectors as core_selectors

from . import specimens
from .faults import passing_fault
from .keeping import keep_over_switch

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers; says nothing about anybody else."""
    return HttpResponse("alive", content_type="text/plain")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Officials see the lines; a machine that names HEALTH_KEY gets them as JSON. 503 when something must be mended."""
    key = request.headers.get("X-Health-Key", "")
    is_machine = bool(settings.HEALTH_KEY) and constant_time_compare(key, settings.HEALTH_KEY)
    if not is_machine and not (request.user.is_authenticated and request.user.is_official):
        raise Http404
    lines = core_selectors.health()
    ok = all(line.ok for line in lines if line.weight == "must")
    status = 200 if ok else 503
    if key or "application/json" in request.headers.get("Accept", ""):
        brief = [{"name": str(line.name), "ok": line.ok} for line in lines]
        return JsonResponse({"ok": ok, "lines": brief}, status=status)
    return render(request, "web/health.html", {"lines": lines, "ok": ok}, status=status)


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, for developers."""
    return render(request, "web/style.html", specimens.context())


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language here and, for somebody signed in, for the messages too; then back to the same page."""
    language = request.POST.get("language", "")
    target = request.POST.get("next") or request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)  # redirect() would take a word for the name of a page
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=60 * 60 * 24 * 365,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated and request.user.language != language:
            request.user.language = language
            request.user.save(update_fields=["language"])
        translation.activate(language)
        keep_over_switch(request, target)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is too old (signed out meanwhile, or cookies are off). What was typed is kept by the browser."""
    return render(request, "errors/csrf.html", {"title": _("This form is too old to be sent")}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no browser of a person sends; the API says so in its own shape."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "bad_request", "detail": str(_("The request cannot be read."))}, status=400)
    return default_bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault: the plain page with the reference that stands in the log. Touches neither database nor session.

    Where the fault passes by itself, the page says so and the answer says when to try again. Django hands the fault over
    by no other way than that it is being handled.
    """
    passing = passing_fault(sys.exception())
    status, reference = passing.status if passing else 500, getattr(request, "id", "")
    response: HttpResponse
    if request.path.startswith("/api/"):
        detail = passing.detail if passing else _("Something broke on our side.")
        told = {"code": passing.code if passing else "fault", "detail": str(detail), "data": {"reference": reference}}
        response = JsonResponse(told, status=status)
    else:
        response = render(None, passing.template if passing else "500.html", {"request_id": reference}, status=status)
    if passing:
        response["Retry-After"] = passing.retry_after
    return response
