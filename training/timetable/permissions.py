"""Who plans the timetable, and who sees the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_plan(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only a programme manager plans the timetable."))


def can_see_plan(actor: User) -> Answer:
    """What is planned and not published yet; what is published, everybody sees who is in it."""
    if actor.has_role(Role.PROGRAMME_MANAGER, Role.APPROVER, Role.OFFICER):
        return allowed()
    return denied(_("Only officials see the plan before it is published."))
