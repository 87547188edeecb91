"""Who explains what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from smes.models import Sme
    from tdap_portal.accounts.models import User


def can_explain(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """An officer, but not one who is tied to that firm."""
    if not actor.is_authenticated or not actor.has_role(Role.OFFICER):
        return denied(_("Only an officer of TDAP explains what does not fit."))
    if people_selectors.is_tied(actor, sme):
        return denied(_("You are tied to this firm: another officer looks at it."))
    return allowed()
