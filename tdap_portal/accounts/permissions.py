"""Who may manage people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.core.access import Answer, allowed, denied

from .roles import Role

if TYPE_CHECKING:
    from .models import User


def can_grant_roles(actor: User) -> Answer:
    if actor.has_role(Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only an administrator can give or take roles."))


def can_give_role_to(actor: User, user: User) -> Answer:
    """Two people stand behind every role: whoever gives it, and whoever gets it."""
    if actor.pk == user.pk:
        return denied(_("Nobody gives a role to themself. Ask another administrator."))
    return can_grant_roles(actor)


def can_administer(actor: User) -> Answer:
    """Lock people out, write down partners, correct the calendar."""
    if actor.has_role(Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only an administrator changes this."))
