"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.web.context import NavItem
from training.board import selectors as board_selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    """The programme manager's lists; for other officials the cohorts; for everybody else the calendar of the training."""
    user = request.user
    if not user.is_authenticated or not user.is_official:
        if user.is_authenticated and board_selectors.partners_of(user):
            yield NavItem(_("Your cohorts"), reverse("training:partner_board"), order=11)
        yield NavItem(_("Training"), reverse("training:public_calendar"), order=25)
    elif user.has_role(Role.PROGRAMME_MANAGER):
        yield NavItem(_("Board"), reverse("training:board"), order=10)
        yield NavItem(_("Cohorts"), reverse("training:cohorts"), order=11)
        yield NavItem(_("Timetable"), reverse("training:timetable"), order=12)
        yield NavItem(_("Programmes"), reverse("training:programmes"), order=13)
        yield NavItem(_("Trainers"), reverse("training:trainers"), order=14)
        yield NavItem(_("Venues"), reverse("training:venues"), order=15)
        yield NavItem(_("Places"), reverse("training:desk_places"), order=16)
    else:
        yield NavItem(_("Training"), reverse("training:cohorts"), order=45)
        if user.has_role(*DESK_ROLES):
            yield NavItem(_("Board"), reverse("training:board"), order=46)
