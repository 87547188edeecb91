"""Sign in, or your own home, account and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.web.context import NavItem

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        yield NavItem(_("Sign in"), reverse("account_login"), order=90)
        return
    if request.user.roles:  # the home of a firm's person is the file, which stands first anyway
        yield NavItem(_("Home"), reverse(selectors.homes_of(request.user)[0]), order=5)
    yield NavItem(request.user.name or _("Your account"), reverse("account_person"), order=90)
    yield NavItem(_("Sign out"), reverse("account_logout"), order=95)
