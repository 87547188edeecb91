"""Who writes questions and sets assessments; nobody else sees them, for the right answers stand beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_write_questions(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only a programme manager writes questions and sets assessments."))


def require_manager(actor: User) -> None:
    """Raises NotFound for whoever is no official; NotAllowed, with the reason, for other officials."""
    if not actor.is_official:
        raise NotFound
    can_write_questions(actor).require()
