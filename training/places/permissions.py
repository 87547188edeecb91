"""Who chooses a place for a firm, and who sees the places of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Application
    from tdap_portal.accounts.models import User

CHOOSING_ROLES = ("owner", "preparer")


def can_choose(actor: User, application: Application) -> Answer:
    """Taking a place, moving, waiting, and naming who comes. The seat is accepted already, so a preparer may do it too."""
    role = people_selectors.role_of(actor, application.sme)
    if role is None:
        return denied(_("Only people of the firm choose its place."))
    if role not in CHOOSING_ROLES:
        return denied(_("An owner or a preparer of the firm chooses the place. You can read this page and tell them."))
    return allowed()


def can_correct(actor: User) -> Answer:
    """The name of somebody who comes, once the firm cannot change it by itself any more."""
    if actor.is_active and actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Programme managers correct the name of who comes."))


def can_see_places(actor: User) -> Answer:
    """Firms without a place, waiting lists and rosters."""
    if actor.is_active and actor.has_role(Role.PROGRAMME_MANAGER, *DESK_ROLES):
        return allowed()
    return denied(_("Places in cohorts are for programme managers, officers and directors."))
