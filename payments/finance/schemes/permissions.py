"""Who keeps the schemes and the terms of lending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User


def can_write_schemes(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer of TDAP keeps the finance schemes."))
