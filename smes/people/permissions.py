"""Who lets people into a firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.core.access import Answer, allowed, denied

from . import selectors

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from smes.models import Invitation, Sme
    from tdap_portal.accounts.models import User


def can_manage_people(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if selectors.role_of(actor, sme) == "owner":
        return allowed()
    return denied(_("Only an owner of the firm lets people in or changes what they may do."))


def can_accept(actor: User, invitation: Invitation) -> Answer:
    """Whoever holds the address the invitation was sent to, as verified when they signed in; while it is open and its
    inviter may invite."""
    if not (invitation.is_open and can_manage_people(invitation.invited_by, invitation.sme)):
        return denied(_("This invitation was used, withdrawn or has run out. Ask the firm for a new one."))
    if invitation.email and selectors.holds_email(actor, invitation.email):
        return allowed()
    if invitation.mobile and actor.mobile_verified and actor.mobile == invitation.mobile:
        return allowed()
    return denied(
        _("This invitation was sent to another address. Sign in with that one, or ask the firm for a new one.")
    )
