"""Entries of the masthead, and where a trainer begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.web.context import NavItem
from training.board.links import partner_link
from training.teaching import selectors as teaching_selectors
from training.teaching.selectors import TEACHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tdap_portal.accounts.models import User


def home_of(user: User) -> str:
    """Where a person without a role begins who teaches; "" for everybody else."""
    return "training:day" if teaching_selectors.is_trainer(user) else ""


def items(request: HttpRequest) -> Iterator[NavItem]:
    """A trainer's day; the programme manager's lists; for other officials the cohorts, for officers the calls; for everybody else the
    calendar of the training."""
    user = request.user
    if user.is_authenticated and request.session.get(TEACHES):
        yield NavItem(_("Your day"), reverse("training:day"), order=8, is_home=True)
        yield NavItem(_("Your sessions"), reverse("training:calendar"), order=9)
        if not user.is_official:  # the calendar of cohorts is no entry of theirs: the head has room for seven
            return
    if not user.is_authenticated or not user.is_official:
        if user.is_authenticated and (link := partner_link(user)):
            yield NavItem(link.label, link.url, order=11)
        yield NavItem(_("Training"), reverse("training:public_calendar"), order=25)
    elif user.has_role(Role.PROGRAMME_MANAGER):
        yield NavItem(_("Board"), reverse("training:board"), order=10)
        yield NavItem(_("Cohorts"), reverse("training:cohorts"), order=11)
        yield NavItem(_("Timetable"), reverse("training:timetable"), order=12)
        yield NavItem(_("Programmes"), reverse("training:programmes"), order=13, is_spare=True)
        yield NavItem(_("Trainers"), reverse("training:trainers"), order=14, is_spare=True)
        yield NavItem(_("Venues"), reverse("training:venues"), order=15, is_spare=True)
        yield NavItem(_("Places"), reverse("training:desk_places"), order=16)
        yield NavItem(_("Calls"), reverse("training:calls"), order=17)
    else:
        if user.has_role(Role.OFFICER):
            yield NavItem(_("Calls"), reverse("training:calls"), order=46)
        yield NavItem(_("Training"), reverse("training:cohorts"), order=45, is_spare=True)
        if user.has_role(*DESK_ROLES):
            yield NavItem(_("Board"), reverse("training:board"), order=46, is_spare=True)
