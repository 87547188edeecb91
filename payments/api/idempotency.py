"""A request that a program may send again: its effect happens once, and each repeat gets the first answer.

The row of the key is written first, in the effect's own transaction: others with the same key wait for its end. Where the effect is
refused, the row goes with it, so that the same key may be tried again. Any room can use it: `once(request, act)`.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from payments.models import KeptAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from tdap_portal.accounts.models import User

HEADER: Final = "Idempotency-Key"
KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,80}")
KEPT_FOR: Final = timedelta(days=7)
PARAMETER: Final = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="8 to 80 letters, figures, - and _ of your own. Sent again with the same body within seven days, the first answer comes back.",
)


class KeyMissing(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("Send the header Idempotency-Key: 8 to 80 letters, figures, - and _.")
    default_code = "idempotency_key"


class KeyUsed(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This key was used for another request.")
    default_code = "idempotency_key_used"


def require_free_or_same(request: Request, user: User) -> None:
    """Look before something is done outside of the transaction of `once`. Raises KeyMissing, KeyUsed."""
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        raise KeyMissing
    row = KeptAnswer.objects.filter(user=user, key=key).first()
    if row is not None and row.digest != digest_of(request):
        raise KeyUsed


def once(request: Request, user: User, act: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """Act, and keep the answer for this person's key; a repeat gets it again, with the header Idempotency-Replayed.

    act: gives the status of HTTP and the JSON-able body; it runs within the transaction and calls nobody outside. Raises KeyMissing,
    KeyUsed, and whatever act raises, after which nothing is kept.
    """
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        raise KeyMissing
    digest = digest_of(request)
    with transaction.atomic():
        row, is_new = _row(user, key, digest)
        if not is_new:
            return _again(row, digest)
        row.status, row.body = act()
        row.save(update_fields=["status", "body"])
        return Response(row.body, status=row.status)


def _row(user: User, key: str, digest: str) -> tuple[KeptAnswer, bool]:
    """Inserted first: a second one waits here for the end of the first, and then finds it, or takes its place."""
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user=user, key=key, digest=digest), True
    except IntegrityError:
        return KeptAnswer.objects.get(user=user, key=key), False


def _again(row: KeptAnswer, digest: str) -> Response:
    if row.digest != digest:
        raise KeyUsed
    return Response(row.body, status=row.status, headers={"Idempotency-Replayed": "true"})


def digest_of(request: Request) -> str:
    """Of method, path and what was sent, whatever the order of its names. Keyed: a body may hold numbers of a person, which nobody shall
    find by trying."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"), default=str)
    text = f"{request.method}\n{request.path}\n{body}"
    return salted_hmac("payments.idempotency", text, algorithm="sha256").hexdigest()


def forget_old() -> int:
    """Answers older than a week; how many."""
    gone, _by_model = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return gone
