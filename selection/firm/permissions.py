"""Who may read a score receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.states import ENDED_STATES
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Application
    from tdap_portal.accounts.models import User


def can_read_receipt(actor: User, application: Application) -> Answer:
    """Officers and directors at any time; the firm and whoever is tied to it after the decision, since before it the points are still
    only a proposal."""
    if actor.has_role(*DESK_ROLES) and not people_selectors.is_tied(actor, application.sme):
        return allowed()
    if application.state in ENDED_STATES and application.decided_at is not None:
        return allowed()
    return denied(_("Your score receipt is here as soon as your application is decided."))
