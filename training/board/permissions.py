"""Who sees the boards: a partner its own nominees, officials the cohorts, officers and directors the funnels of all partners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.nominations import permissions as nominations_permissions
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import DESK_ROLES, PartnerKind, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import Partner, User


def can_see_partner_board(actor: User, partner: Partner) -> Answer:
    """Its own people, of an organisation that nominates."""
    is_own = actor.is_partner and partner in accounts_selectors.partners_here(actor)
    if is_own and partner.kind in nominations_permissions.NOMINATING:
        return allowed()
    return denied(_("Only people of the organisation see what became of the firms that it nominated."))


def can_see_taught(actor: User) -> Answer:
    """The cohorts that trainers of their organisation teach: people of the platform, which nominates nobody."""
    if actor.is_partner and any(one.kind == PartnerKind.PLATFORM for one in accounts_selectors.partners_here(actor)):
        return allowed()
    return denied(_("Only people of the platform see the cohorts that its trainers teach."))


def can_want_digest(actor: User, partner: Partner) -> Answer:
    return can_see_partner_board(actor, partner)


def can_see_board(actor: User) -> Answer:
    """All cohorts in figures."""
    if actor.is_active and actor.has_role(Role.PROGRAMME_MANAGER, *DESK_ROLES):
        return allowed()
    return denied(_("The board of cohorts is for programme managers, officers and directors."))


def can_see_funnels(actor: User) -> Answer:
    """How the nominees of each partner went: whoever may read all nominations."""
    if nominations_permissions.can_see_nominations(actor):
        return allowed()
    return denied(_("Only officers and directors see how the nominees of each partner went."))
