"""Who may manage people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.core.access import Answer, allowed, denied

from .roles import DECIDING_ROLES, Role

if TYPE_CHECKING:
    from .models import User


def can_grant_roles(actor: User) -> Answer:
    if actor.has_role(Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only an administrator can give or take roles."))


def can_give_role_to(actor: User, user: User, role: Role | None = None, *, signed_by: User | None = None) -> Answer:
    """Two people stand behind every role: whoever gives it, and whoever gets it.

    signed_by: who signed first for one of DECIDING_ROLES, as long as that person can still give roles. The second
    signature may be a director's, too.
    """
    if actor.pk == user.pk:
        return denied(_("Nobody gives a role to themself. Ask another administrator."))
    is_second = role in DECIDING_ROLES and signed_by is not None
    if is_second and actor.has_role(Role.APPROVER):
        return allowed()
    return can_grant_roles(actor)


def can_administer(actor: User) -> Answer:
    """Lock people out, write down partners, correct the calendar."""
    if actor.has_role(Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only an administrator changes this."))
