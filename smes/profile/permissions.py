"""Who fills in, corrects and verifies a profile."""

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


def can_edit_step(actor: User | AnonymousUser, sme: Sme, step: str) -> Answer:
    """Owners fill in every step, preparers all but payments, finance members only payments."""
    role = people_selectors.role_of(actor, sme)
    if role == "owner" or (role == "preparer" and step != "payments") or (role == "finance" and step == "payments"):
        return allowed()
    if role is None:
        return denied(_("Only people of the firm change its profile."))
    if step == "payments":
        return denied(_("Only an owner or a finance member of the firm fills in payments."))
    return denied(_("Your role in the firm does not change this step. Ask an owner or a preparer."))


def can_correct_profile(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """Correct single facts that an officer asked for."""
    if people_selectors.role_of(actor, sme) in {"owner", "preparer"}:
        return allowed()
    return denied(_("Only an owner or a preparer of the firm corrects its facts."))


def can_verify_profile(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if not (actor.is_authenticated and actor.has_role(Role.OFFICER)):
        return denied(_("Only an officer of TDAP verifies profiles."))
    if people_selectors.is_tied(actor, sme):
        return denied(_("You are tied to this firm: another officer verifies its profile."))
    return allowed()
