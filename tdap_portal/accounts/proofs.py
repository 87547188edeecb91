"""What a person has shown in this session, from the records that allauth keeps of each step of signing in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records

from . import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .models import User

BY_CODE_ALONE = frozenset({"account_confirm_login_code", "account_confirm_password_reset_code"})
A_CODE_IS_FRESH_SECONDS = 15 * 60


def is_proving_by_code_alone(request: HttpRequest) -> bool:
    """True while a code is typed that proves an address without the account's password: signing in by code, a reset."""
    match = request.resolver_match
    return match is not None and match.url_name in BY_CODE_ALONE


def signed_in_by_code(request: HttpRequest) -> bool:
    """True if this person came in by a code a moment ago: as good as the code of a reset, so a new password may be set."""
    since = time.time() - A_CODE_IS_FRESH_SECONDS
    return any(
        record["method"] == "code" and record["at"] > since
        for record in get_authentication_records(request, request.user)
    )


def used_second_factor(request: HttpRequest, user: User) -> bool:
    """True if this person's session was opened, or confirmed later, with a factor that they still have."""
    used = [record["id"] for record in get_authentication_records(request, user) if record["method"] == "mfa"]
    return bool(used) and selectors.has_one_of_factors(user, used)


def way_to_second_factor(request: HttpRequest) -> str:
    """Where somebody who is signed in shows a factor, and comes back from to this page."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    url = next(way["url"] for way in ways if way["id"].startswith("mfa"))
    return f"{url}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else url
