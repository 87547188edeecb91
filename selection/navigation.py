"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from selection.nominations import selectors as nominations_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """What everybody sees, the firm's file, or the desk; an official who also has a firm finds it through the desk's way."""
    user = request.user
    if not user.is_authenticated:
        yield NavItem(_("Programme"), reverse("home"), order=10)
        yield NavItem(_("Calendar"), reverse("rounds"), order=20)
        yield NavItem(_("Is this for me?"), reverse("check"), order=20)
        yield NavItem(_("Results"), reverse("results"), order=30)
    elif user.has_role(*DESK_ROLES):
        yield NavItem(_("Desk"), reverse("selection:desk"), order=10)
        yield NavItem(_("Rounds"), reverse("selection:rounds"), order=20)
        yield NavItem(_("Nominations"), reverse("selection:desk_nominations"), order=30, is_spare=True)
        if user.has_role(Role.APPROVER):
            yield NavItem(_("Appeals"), reverse("selection:desk_appeals"), order=30)
        yield NavItem(_("Results"), reverse("results"), order=40, is_spare=True)
    elif user.is_official or user.is_partner:
        if nominations_selectors.nominating_partners(user):
            yield NavItem(_("Nominations"), reverse("selection:nominations_start"), order=10)
        yield NavItem(_("Calendar"), reverse("rounds"), order=20, is_spare=True)
        yield NavItem(_("Results"), reverse("results"), order=40, is_spare=True)
    else:
        firm = people_selectors.firm_here(request)
        is_home = firm is not None and request.path == firm.home_url
        url = request.path if is_home else reverse("selection:firm_home")
        yield NavItem(_("Your file"), url, order=10, gives_way=firm is None)
