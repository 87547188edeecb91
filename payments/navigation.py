"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.proceeds import permissions as proceeds_permissions
from payments.proceeds import selectors as proceeds_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """Payments of a firm; the finance officer's pages; what a bank confirms; what is public of exports and finance."""
    user = request.user
    if not user.is_authenticated:
        yield NavItem(_("Export proceeds"), reverse("payments:statement"), order=36, is_spare=True)
        yield NavItem(_("SME finance"), reverse("payments:pulse"), order=37, is_spare=True)
        return
    if user.is_official:
        if proceeds_permissions.can_see_board(user):
            spare = not user.has_role(Role.FINANCE_OFFICER)
            yield NavItem(_("Proceeds"), reverse("payments:board"), order=21, is_spare=spare)
        return
    if proceeds_permissions.banks_of(user):
        number = proceeds_selectors.number_to_confirm(user)
        count = "99+" if number > 99 else number or None
        yield NavItem(_("Proceeds to confirm"), reverse("payments:bank_queue"), order=12, count=count)
        return
    firm = None if user.is_partner else people_selectors.firm_here(request)
    if firm is not None and proceeds_permissions.can_see_own(user, firm):
        yield NavItem(_("Proceeds"), reverse("payments:proceeds", args=[firm.public_id]), order=16)
