"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.reconciliation.permissions import can_see_bank
from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """Payments of a firm; the finance officer's pages; none for everybody else."""
    user = request.user
    if user.is_authenticated and can_see_bank(user):
        is_spare = not user.has_role(Role.FINANCE_OFFICER)
        yield NavItem(_("Bank files"), reverse("payments:bank"), order=31, is_spare=is_spare)
