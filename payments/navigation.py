"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.finance.cases.permissions import lenders_of
from payments.finance.pools.permissions import can_see_demand
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """Loans of a firm; a lender's queue; the finance officer's pages; none for everybody else."""
    user = request.user
    if not user.is_authenticated:
        return
    if user.has_role(Role.FINANCE_OFFICER):
        yield NavItem(_("Accounts of firms"), reverse("payments:readiness_queue"), order=40)
        yield NavItem(_("Finance cases"), reverse("payments:finance_overview"), order=41)
        yield NavItem(_("Schemes"), reverse("payments:schemes_desk"), order=42, is_spare=True)
    if lenders_of(user):
        yield NavItem(_("Cases"), reverse("payments:lender_queue"), order=12)
        if can_see_demand(user):
            yield NavItem(_("Demand, no names"), reverse("payments:lender_demand"), order=13)
        yield NavItem(_("Schemes"), reverse("payments:schemes"), order=14, is_spare=True)
    firm = people_selectors.firm_here(request)
    if firm is not None and not user.is_official and not user.is_partner:
        yield NavItem(_("Loans"), reverse("payments:finance", args=[firm.public_id]), order=27, is_spare=True)
