"""Who may run rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_run_rounds(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director can set up, open or close a round."))
