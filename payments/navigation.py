"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.deposits import selectors
from payments.ledger import permissions
from payments.finance.cases.permissions import lenders_of
from payments.finance.pools.permissions import can_see_demand
from payments.proceeds import permissions as proceeds_permissions
from payments.proceeds import selectors as proceeds_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """Payments of a firm that was asked for some; the finance officer's pages; for directors the same behind "More"."""
    user = request.user
    if not user.is_authenticated:
        return
    if permissions.can_read_books(user):
        is_finance = user.has_role(Role.FINANCE_OFFICER)
        yield NavItem(_("Payments"), reverse("payments:desk"), order=14, is_spare=not is_finance)
        yield NavItem(_("Books"), reverse("payments:books"), order=15, is_spare=True)
        return
    sme = people_selectors.firm_here(request)
    if sme is not None and permissions.can_see_payments(user, sme) and selectors.payments_of(sme).exists():
        yield NavItem(_("Payments"), reverse("payments:home"), order=22)
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
        yield NavItem(_("Schemes"), reverse("payments:schemes"), order=14)
    firm = people_selectors.firm_here(request)
    if firm is not None and not user.is_official and not user.is_partner:
        yield NavItem(_("Loans"), reverse("payments:finance", args=[firm.public_id]), order=27, is_spare=True)
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
