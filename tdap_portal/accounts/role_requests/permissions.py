"""Who may see and decide what somebody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts import permissions as accounts_permissions
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import RoleRequest, User


def can_see_waiting(actor: User) -> Answer:
    """Administrators see who waits, directors who waits for a second signature."""
    if actor.has_role(Role.ADMINISTRATOR, Role.APPROVER):
        return allowed()
    return denied(_("Only an administrator can give or take roles."))


def can_decide(actor: User, request: RoleRequest) -> Answer:
    """Grant or refuse: whoever could give the role now, see `can_give_role_to`."""
    first = request.signed_by if signature_counts(request) else None
    return accounts_permissions.can_give_role_to(actor, request.user, Role(request.role), signed_by=first)


def signature_counts(request: RoleRequest) -> bool:
    """Whether it was signed by somebody who can still give roles."""
    return request.signed_by is not None and bool(accounts_permissions.can_grant_roles(request.signed_by))
