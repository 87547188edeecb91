"""The door at which providers tell of payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.providers.interface import Refused
from payments.providers.reading import MAX_BYTES
from tdap_portal.web.uploads import reads_bytes

from . import notices

if TYPE_CHECKING:
    from django.http import HttpRequest

TEXT = "text/plain; charset=utf-8"


@reads_bytes
@csrf_exempt
@require_POST
def notice(request: HttpRequest, way: str) -> HttpResponse:
    """Kept whole and answered at once, whatever it says; the bytes are believed by their signature, and read before anything else of the
    request is."""
    body = request.body
    if len(body) > MAX_BYTES:
        return HttpResponse("too large\n", content_type=TEXT, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    said = notices.take_notice(way=way, body=body, headers=headers)
    if isinstance(said, Refused):
        return HttpResponse("not believed\n", content_type=TEXT, status=403)
    return HttpResponse(said.body, content_type=said.content_type)
