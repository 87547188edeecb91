"""Who may do what in a firm. Each answer comes with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

from . import selectors

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User

    from .models import Document, DuplicateFlag, Invitation, Sme

PAPER_HANDLERS = ("owner", "preparer", "finance")


def can_edit_step(actor: User | AnonymousUser, sme: Sme, step: str) -> Answer:
    """Owners fill in every step, preparers all but payments, finance members only payments."""
    role = selectors.role_of(actor, sme)
    if role == "owner" or (role == "preparer" and step != "payments") or (role == "finance" and step == "payments"):
        return allowed()
    if role is None:
        return denied(_("Only people of the firm change its profile."))
    if step == "payments":
        return denied(_("Only an owner or a finance member of the firm fills in payments."))
    return denied(_("Your role in the firm does not change this step. Ask an owner or a preparer."))


def can_correct_profile(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """Correct single facts that an officer asked for."""
    if selectors.role_of(actor, sme) in {"owner", "preparer"}:
        return allowed()
    return denied(_("Only an owner or a preparer of the firm corrects its facts."))


def can_manage_people(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if selectors.role_of(actor, sme) == "owner":
        return allowed()
    return denied(_("Only an owner of the firm lets people in or changes what they may do."))


def can_send_papers(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if selectors.role_of(actor, sme) in PAPER_HANDLERS:
        return allowed()
    return denied(_("Only an owner, preparer or finance member of the firm sends papers."))


def can_see_papers(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """The firm's people but trainees, and the officials who judge or pay."""
    if selectors.role_of(actor, sme) in PAPER_HANDLERS:
        return allowed()
    if actor.is_authenticated and actor.has_role(Role.OFFICER, Role.APPROVER, Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Papers are seen by owners, preparers and finance members of the firm, and by TDAP's officers."))


def can_open_paper(actor: User | AnonymousUser, document: Document) -> Answer:
    return can_see_papers(actor, document.sme)


def can_judge_papers(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.OFFICER):
        return allowed()
    return denied(_("Only an officer of TDAP verifies or refuses papers."))


def can_judge_paper(actor: User | AnonymousUser, document: Document) -> Answer:
    """An officer, but not one who is tied to that firm."""
    answer = can_judge_papers(actor)
    if answer and selectors.is_tied(actor, document.sme):
        return denied(_("You are tied to this firm: another officer looks at its papers."))
    return answer


def can_verify_profile(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if not (actor.is_authenticated and actor.has_role(Role.OFFICER)):
        return denied(_("Only an officer of TDAP verifies profiles."))
    if selectors.is_tied(actor, sme):
        return denied(_("You are tied to this firm: another officer verifies its profile."))
    return allowed()


def can_judge_duplicates(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only an officer or a director of TDAP judges possible duplicates."))


def can_judge_duplicate(actor: User | AnonymousUser, flag: DuplicateFlag) -> Answer:
    """An official of the list, but not one who is tied to either firm."""
    answer = can_judge_duplicates(actor)
    if answer and selectors.is_tied(actor, flag.one, flag.other):
        return denied(_("You are tied to one of these firms: another official judges them."))
    return answer


def can_accept(actor: User, invitation: Invitation) -> Answer:
    """Whoever holds the address the invitation was sent to, as verified when they signed in; while its inviter may invite."""
    if not can_manage_people(invitation.invited_by, invitation.sme):
        return denied(_("This invitation was used, withdrawn or has run out. Ask the firm for a new one."))
    if invitation.email and selectors.holds_email(actor, invitation.email):
        return allowed()
    if invitation.mobile and actor.mobile_verified and actor.mobile == invitation.mobile:
        return allowed()
    return denied(
        _("This invitation was sent to another address. Sign in with that one, or ask the firm for a new one.")
    )
