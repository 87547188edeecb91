"""One error shape for the whole API: {"code", "detail", "fields"?, "data"?}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView, set_rollback

from tdap_portal.core.errors import DomainError, NotAllowed, NotFound

from .clashes import refusal_of

STATUS_BY_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, status.HTTP_404_NOT_FOUND),
    (NotAllowed, status.HTTP_403_FORBIDDEN),
    (DomainError, status.HTTP_409_CONFLICT),
)


class UnknownAddress(APIView):
    """Any address below /api/ that there is not: "not found" in the API's own shape."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.check_throttles(request)
        raise exceptions.NotFound


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. Returns None for a fault, which then rises and is logged."""
    if isinstance(exception, IntegrityError):
        exception = refusal_of(exception) or exception
    if isinstance(exception, DomainError):
        set_rollback()
        code = next(number for kind, number in STATUS_BY_KIND if isinstance(exception, kind))
        body: dict[str, object] = {"code": exception.code, "detail": str(exception)}
        if exception.data:
            body["data"] = exception.data
        return Response(body, status=code)
    exception = _as_api_exception(exception, context)
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = exception.auth_header
    if getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(exception.wait))
    if isinstance(exception, exceptions.ValidationError):
        body = {"code": "invalid", "detail": gettext("Some fields need to be put right."), "fields": exception.detail}
    else:
        body = {"code": str(exception.get_codes()), "detail": str(exception.detail)}
    return Response(body, status=exception.status_code, headers=headers)


def _as_api_exception(exception: Exception, context: dict[str, Any]) -> Exception:
    if isinstance(exception, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        return _counted(exception, context)
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    return exception


def _counted(refusal: exceptions.APIException, context: dict[str, Any]) -> exceptions.APIException:
    """The same, or "too often": DRF counts a call only after it was let in, so visitors would never be counted."""
    throttle = AnonRateThrottle()
    if throttle.allow_request(context["request"], context["view"]):
        return refusal
    return exceptions.Throttled(throttle.wait())
