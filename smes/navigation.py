"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from smes.duplicates import permissions as duplicates_permissions
from smes.papers import permissions as papers_permissions
from smes.people import selectors as people_selectors
from tdap_portal.web.context import NavItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        return
    if request.user.is_official or request.user.is_partner:
        if duplicates_permissions.can_judge_duplicates(request.user):
            yield NavItem(_("Duplicates"), reverse("smes:duplicates"), order=60, is_spare=True)
        return
    firm = people_selectors.firm_here(request)
    if firm is None:
        yield NavItem(_("Register your firm"), reverse("smes:register"), order=10, gives_way=True)
        return
    yield NavItem(_("Profile"), reverse("smes:profile", args=[firm.public_id]), order=12)
    if papers_permissions.can_see_papers(request.user, firm):
        yield NavItem(_("Papers"), reverse("smes:papers", args=[firm.public_id]), order=13)
    yield NavItem(_("People"), reverse("smes:people", args=[firm.public_id]), order=14)
