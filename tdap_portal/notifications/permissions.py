"""Who sees what left the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User

ADMINISTRATOR = "administrator"  # accounts.roles.Role, which stands a floor above


def can_see_sent(actor: User | AnonymousUser) -> Answer:
    """In the demo everybody, since nobody else gets the codes; else administrators, without addresses and texts."""
    if settings.DEMO or is_administrator(actor):
        return allowed()
    return denied(_("Only an administrator can see what the portal has sent."))


def can_send_again(actor: User | AnonymousUser) -> Answer:
    if is_administrator(actor):
        return allowed()
    return denied(_("Only an administrator can send a message again."))


def is_administrator(actor: User | AnonymousUser) -> bool:
    return actor.is_authenticated and actor.has_role(ADMINISTRATOR)  # type: ignore[arg-type]
