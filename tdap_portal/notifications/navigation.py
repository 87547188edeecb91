"""Your messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.web.context import NavItem

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tdap_portal.accounts.models import User


def items(request: HttpRequest) -> Iterator[NavItem]:
    if request.user.is_authenticated:
        yield NavItem(_("Messages"), reverse("notifications:inbox"), order=40, count=_shown(request.user))


def _shown(user: User) -> int | str:
    count = selectors.unread_count(user)
    return count if count <= selectors.COUNTED_UP_TO else f"{selectors.COUNTED_UP_TO}+"
