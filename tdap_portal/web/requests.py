"""Reading requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
