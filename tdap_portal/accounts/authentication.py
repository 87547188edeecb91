"""How programs sign in to the API: `Authorization: Token …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from . import selectors

if TYPE_CHECKING:
    from .models import ApiToken, User


class PortalTokenAuthentication(TokenAuthentication):
    """Refuses keys of people who would not get in by the pages: the key is good only beside a second factor."""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = selectors.token_by_key(key)
        if token is None or self._lacks_second_factor(token.user):
            raise AuthenticationFailed
        return token.user, token

    def _lacks_second_factor(self, user: User) -> bool:
        return settings.SECOND_FACTOR_COMPULSORY and user.needs_second_factor and not selectors.has_second_factor(user)
