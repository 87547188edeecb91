"""The series are public; finance officers and directors add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User


def can_add(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.is_active and actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Finance officers and directors add figures, each with its source."))
