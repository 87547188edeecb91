"""Sign in, or your own home, account and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.web.context import NavItem

from . import selectors
from .roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        yield NavItem(_("Sign in"), reverse("account_login"), order=90)
        return
    if request.user.roles:  # the home of a firm's person is the file, which stands first anyway
        home = reverse(selectors.homes_of(request.user)[0])
        yield NavItem(_("Home"), home, order=5)
    if request.user.has_role(Role.ADMINISTRATOR):
        people = reverse(settings.HOMES[Role.ADMINISTRATOR])
        if people != home:  # who holds another role as well begins there
            yield NavItem(_("People"), people, order=72)
        yield NavItem(_("Health"), reverse("health"), order=74)
        yield NavItem(_("Administration"), reverse("admin:index"), order=78)
    yield NavItem(request.user.name or _("Your account"), reverse("account_person"), order=90)
    yield NavItem(_("Sign out"), reverse("account_logout"), order=95)
