"""Who works on what the bank says, and who may look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_see_bank(actor: User) -> Answer:
    """Files of the bank, their lines and days."""
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only finance officers, directors and programme managers see what the bank says."))


def can_work_bank(actor: User) -> Answer:
    """Hand files in, take them, match lines, set accounts and rules."""
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer works on files of the bank."))
