"""Per-request plumbing: compression, an id for the log, bodies that are too large, the cleaning of texts, and refusals that
nobody caught."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import Http404, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from tdap_portal.core.cleaning import clean
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.core.logs import request_id

from .clashes import refusal_of
from .uploads import BYTES, max_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

PASSWORDS = re.compile("((old|new)_?)?password[12]?")
"""The names of fields in which every character counts."""
PAGE_METHODS = ("GET", "HEAD", "POST")
TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages, and sheets and scripts that lie there uncompressed (`manage.py run` serves them from packages).

    Only texts, and whole ones: photographs, PDFs and fonts are compressed in themselves and would lose their length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.get("Content-Type", "").startswith(TEXTS)
        if not is_text or response.has_header("Content-Encoding") or response.has_header("Content-Range"):
            return response
        if not response.get("ETag", "").startswith("W/"):  # a weak tag says what is in it, compressed or not
            # WhiteNoise knows its tag only as it wrote it, of the uncompressed file; the file's date serves as well.
            del response["ETag"]
        return super().process_response(request, response)


class HeadersMiddleware:
    """What a browser may keep, and what a page may use of the device.

    Whatever is answered to somebody who is, or is just being, signed in stays in no cache. Told by the cookie and the
    key alone, so that the page of a fault carries it too and nobody is looked up for it. No page uses the device; a key
    of the second step and printing need no permission from here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = settings.SESSION_COOKIE_NAME
        if session in request.COOKIES or session in response.cookies or "Authorization" in request.headers:
            response["Cache-Control"] = "private, no-store"
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class RequestIdMiddleware:
    """Gives each request an id that stands in every log line, in the answer's header and on the error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = secrets.token_hex(4)  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class MethodsMiddleware:
    """Pages are read and posted to. Other methods belong to the API, whose views name theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in PAGE_METHODS or request.path.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(PAGE_METHODS)


class BodySizeMiddleware:
    """Turns a request away whose body is too large, before a byte of it is read. Without a length there is no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()) or int(length) <= (limit := max_bytes(request)):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "too_large", "detail": str(_("The request is too large."))}, status=413)
        return render(request, "413.html", {"megabytes": limit // (1024 * 1024)}, status=413)


class CleanTextMiddleware:
    """Cleans every text that a browser or program sends, whatever form or page reads it, so that none can forget to.

    A NUL, which no keyboard sends, is turned away. A password stays as it was typed; so does what a door reads as bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise BadRequest("NUL in the address")
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]  # as immutable as before
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_arguments: object) -> None:
        if not getattr(view, BYTES, False):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]  # read already, for the form's token


def _cleaned(data: QueryDict) -> QueryDict:
    if any("\0" in text for name, values in data.lists() for text in (name, *values)):
        raise BadRequest("NUL in what was sent")
    cleaned = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        cleaned.setlist(name, values if PASSWORDS.fullmatch(name) else [clean(value) for value in values])
    cleaned._mutable = False  # noqa: SLF001  as Django makes the one it stands for
    return cleaned


class RefusalMiddleware:
    """A thing that is not there for this person reads as "not found"; a refusal no form could show gets its own page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception | None) -> HttpResponse | None:
        if isinstance(exception, IntegrityError):
            exception = refusal_of(exception)
        if isinstance(exception, NotFound):
            return page_not_found(request, Http404(str(exception)))
        if isinstance(exception, NotAllowed):
            return render(request, "errors/refused.html", {"refusal": exception}, status=403)
        if isinstance(exception, DomainError):
            return render(request, "errors/refused.html", {"refusal": exception}, status=409)
        return None
