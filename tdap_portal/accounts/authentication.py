"""How programs sign in to the API: `Authorization: Token …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS

from . import selectors

if TYPE_CHECKING:
    from rest_framework.request import Request

    from .models import ApiToken, User


READS_ONLY = _("This key only reads. Make a new one at your account that may act in your name, too.")


class PortalTokenAuthentication(TokenAuthentication):
    """Refuses keys of people who would not get in by the pages: the key is good only beside a second factor."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """A key that was made to read acts in nobody's name, whatever its person may do."""
        found = super().authenticate(request)
        if found and request.method not in SAFE_METHODS and not found[1].may_write:
            raise PermissionDenied(READS_ONLY, code="read_only_key")
        return found

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = selectors.token_by_key(key)
        if token is None or self._lacks_second_factor(token.user):
            raise AuthenticationFailed
        return token.user, token

    def _lacks_second_factor(self, user: User) -> bool:
        return settings.SECOND_FACTOR_COMPULSORY and user.needs_second_factor and not selectors.has_second_factor(user)
