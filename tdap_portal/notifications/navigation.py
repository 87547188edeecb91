"""Your messages, and in the demo what left for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.core.context import NavItem

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    if request.user.is_authenticated:
        yield NavItem(_("Messages"), reverse("notifications:inbox"), order=40, count=_shown(request))
    if settings.DEMO:
        yield NavItem(_("Sent mail and SMS"), reverse("notifications:sent"), order=80)


def _shown(request: HttpRequest) -> int | str:
    count = selectors.unread_count(request.user)
    return count if count <= selectors.COUNTED_UP_TO else f"{selectors.COUNTED_UP_TO}+"
