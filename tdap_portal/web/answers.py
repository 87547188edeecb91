"""What every list of the API has: its page with the addresses of its neighbours, and the shape of a refusal (rest.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers, status
from rest_framework.response import Response

if TYPE_CHECKING:
    from rest_framework.request import Request

    from .paging import KeysetPage


class ErrorSerializer(serializers.Serializer):
    """The one shape of every refusal."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fields = serializers.DictField(required=False)
    data = serializers.DictField(required=False)


ERRORS = {
    status.HTTP_401_UNAUTHORIZED: ErrorSerializer,
    status.HTTP_404_NOT_FOUND: ErrorSerializer,
    status.HTTP_429_TOO_MANY_REQUESTS: ErrorSerializer,
}
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` or `previous` of another page.")


def paged(shape: Any, name: str) -> Any:
    """The schema of one page of a list."""
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )


def page_of(request: Request, page: KeysetPage[Any], shape: Any) -> Response:
    """One page with the addresses of its neighbours; the other words of the address are kept."""

    def beside(cursor: str | None) -> str | None:
        if cursor is None:
            return None
        params = request.query_params.copy()
        params["cursor"] = cursor
        return str(request.build_absolute_uri(f"{request.path}?{params.urlencode()}"))

    rows = shape(page.rows, many=True).data
    return Response({"next": beside(page.next), "previous": beside(page.previous), "results": rows})
