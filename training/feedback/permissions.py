"""Who reads what was said of a session: its trainer and programme managers, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Session


def can_see_all(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("What people say of sessions is for programme managers, and for trainers of their own sessions."))


def can_see_results(actor: User, session: Session) -> Answer:
    if session.trainer is not None and session.trainer.user_id == actor.pk and actor.is_active:
        return allowed()
    return can_see_all(actor)
