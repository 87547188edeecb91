"""Reading requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict
    from django.urls import ResolverMatch

    from tdap_portal.accounts.models import User

    class SignedInRequest(HttpRequest):
        """What a view behind `signed_in` is handed: somebody is there. For annotations only; Django makes no such object."""

        user: User
        resolver_match: RoutedMatch

    class RoutedMatch(ResolverMatch):
        """Every address behind the sign-in has a name."""

        url_name: str


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
