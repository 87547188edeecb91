"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.finance.cases import permissions as cases_permissions
from payments.finance.pools.permissions import can_see_demand
from payments.ledger import permissions
from payments.proceeds import permissions as proceeds_permissions
from payments.proceeds import selectors as proceeds_selectors
from payments.reconciliation.permissions import can_see_bank
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from smes.models import Sme
    from tdap_portal.accounts.models import User


def items(request: HttpRequest) -> Iterator[NavItem]:
    """The finance officer's pages, for other officials behind "More"; a lender's and a bank's queues; payments, proceeds and loans of a firm;
    for visitors what is public of exports and finance."""
    user = request.user
    if not user.is_authenticated:
        yield NavItem(_("Export proceeds"), reverse("payments:proceeds_statement"), order=36, is_spare=True)
        yield NavItem(_("SME finance"), reverse("payments:pulse"), order=37, is_spare=True)
    elif user.is_official:
        yield from _of_official(user)
    elif user.is_partner:
        yield from _of_partner(user)
    elif (firm := people_selectors.firm_here(request)) is not None:
        yield from _of_firm(user, firm)


def _of_official(user: User) -> Iterator[NavItem]:
    is_finance = user.has_role(Role.FINANCE_OFFICER)
    if permissions.can_read_books(user):
        yield NavItem(_("Payments"), reverse("payments:desk"), order=14, is_spare=not is_finance)
        yield NavItem(_("Books"), reverse("payments:books"), order=15, is_spare=True)
    if can_see_bank(user):
        yield NavItem(_("Bank files"), reverse("payments:bank"), order=16, is_spare=not is_finance)
    if proceeds_permissions.can_see_board(user):
        yield NavItem(_("Proceeds"), reverse("payments:board"), order=21, is_spare=not is_finance)
    if is_finance:
        yield NavItem(_("Accounts of firms"), reverse("payments:readiness_queue"), order=40, is_spare=True)
        yield NavItem(_("Finance cases"), reverse("payments:finance_overview"), order=41)
        yield NavItem(_("Schemes"), reverse("payments:schemes_desk"), order=42, is_spare=True)


def _of_partner(user: User) -> Iterator[NavItem]:
    if cases_permissions.lenders_of(user):
        yield NavItem(_("Cases"), reverse("payments:lender_queue"), order=8)
        if can_see_demand(user):
            yield NavItem(_("Demand, no names"), reverse("payments:lender_demand"), order=10)
        yield NavItem(_("Schemes"), reverse("payments:schemes"), order=14, is_spare=True)
    if proceeds_permissions.banks_of(user):
        number = proceeds_selectors.number_to_confirm(user)
        count = "99+" if number > 99 else number or None
        yield NavItem(_("Proceeds"), reverse("payments:proceeds_queue"), order=9, count=count)


def _of_firm(user: User, firm: Sme) -> Iterator[NavItem]:
    if permissions.can_see_payments(user, firm):  # what is to be paid stands on top of the firm's own page
        yield NavItem(_("Payments"), reverse("payments:home"), order=22, is_spare=True)
    if proceeds_permissions.can_see_own(user, firm):
        yield NavItem(_("Proceeds"), reverse("payments:proceeds", args=[firm.public_id]), order=23, is_spare=True)
    if cases_permissions.can_see_own(user, firm):
        yield NavItem(_("Loans"), reverse("payments:finance", args=[firm.public_id]), order=27, is_spare=True)
