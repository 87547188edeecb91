"""Who may run rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.review import permissions as review_permissions
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def require_director_of_rounds(actor: User) -> None:
    """Raises NotFound for whoever has no desk, since these pages are none of theirs; NotAllowed for an officer, with the reason."""
    if not review_permissions.can_use_desk(actor):
        raise NotFound
    can_run_rounds(actor).require()


def can_run_rounds(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director can set up, open or close a round."))
