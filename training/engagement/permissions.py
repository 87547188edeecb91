"""Who calls people that fall behind, and who sets the rules by which they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_call(actor: User) -> Answer:
    """Reading the list, taking a call, and noting what was said."""
    if actor.has_role(Role.PROGRAMME_MANAGER, Role.OFFICER):
        return allowed()
    return denied(_("Programme managers and officers call people who fall behind."))


def can_set_rules(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(
        _("Only a programme manager sets when somebody counts as falling behind, and how often people are written to.")
    )
