"""Who may give the open work of one person to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_hand_over(actor: User) -> Answer:
    """Directors answer for the files, administrators for who comes and goes."""
    if actor.has_role(Role.APPROVER, Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only a director or an administrator gives an officer's files to another."))


def can_see_person(actor: User, person: User) -> Answer:
    """Administrators see everybody, directors the people who have files or may have some."""
    if actor.has_role(Role.ADMINISTRATOR) or (actor.has_role(Role.APPROVER) and Role.OFFICER in person.roles):
        return allowed()
    return denied(_("Only an administrator sees this person."))
