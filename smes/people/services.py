"""Acts on the people of a firm: let in by invitation, change what they may do, let go."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from smes.models import Invitation, Member, Sme
from smes.states import Happened
from smes.vocabulary.wording import MEMBER_ROLES
from tdap_portal.audit.selectors import acts_of, timeline
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from tdap_portal.notifications.services import send_now
from tdap_portal.notifications.texts import without_links

from . import permissions, selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

INVITATION_DAYS = 14
MAX_OPEN_INVITATIONS = 20
# Invitations reach strangers at TDAP's cost and in its name.
AGAIN_AFTER = timedelta(minutes=10)
MAX_PER_FIRM_AND_DAY = 30
MAX_PER_PERSON_AND_DAY = 40


@transaction.atomic
def invite_member(*, actor: User, sme: Sme, role: str, email: str = "", mobile: str = "") -> Invitation:
    """Invite by e-mail or mobile number (E.164); the link goes out at once and works for 14 days.

    The same address invited again gets the open invitation anew, with the role asked for now.
    Raises NotAllowed, DomainError "no_address", "is_member", "too_many", "too_soon", "too_many_today".
    """
    sme = _locked_firm(actor, sme.pk)
    if not (email or mobile):
        raise DomainError(_("Give an e-mail address or a mobile number."), code="no_address")
    if _is_member(sme, email, mobile):
        raise DomainError(_("This person is in the firm already."), code="is_member")
    still_open = selectors.open_invitations_of(sme)
    found = still_open.filter(email__iexact=email, mobile=mobile).first()
    if found is None and still_open.count() >= MAX_OPEN_INVITATIONS:
        raise DomainError(_("Too many invitations are open. Withdraw some first."), code="too_many")
    _keep_strangers_in_peace(actor, sme, email, mobile)
    invitation = found or Invitation(sme=sme, email=email, mobile=mobile)
    invitation.role, invitation.invited_by = role, actor
    invitation.token = secrets.token_urlsafe(32)
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save()
    record(Happened.MEMBER_INVITED, subject=sme, actor=actor, role=role, by="mail" if email else "sms")
    _send(invitation, actor)
    return invitation


@transaction.atomic
def accept_invitation(*, actor: User, invitation: Invitation) -> Member:
    """Join the firm. Accepting twice joins once. Raises NotAllowed for another person's invitation, or one that is no
    longer open: both are asked under the lock, so that of accepting and withdrawing at once one counts."""
    row = _locked_invitation(invitation)
    member = Member.objects.filter(sme=row.sme, user=actor).first()
    if row.accepted_at is not None and member is not None:
        return member
    permissions.can_accept(actor, row).require()
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at", "updated_at"])
    if member is None:
        member = Member.objects.create(sme=row.sme, user=actor, role=row.role)
        record(Happened.MEMBER_JOINED, subject=row.sme, actor=actor, person=actor.public_id, role=row.role)
    return member


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation: Invitation) -> None:
    """The link stops; withdrawing twice is one act. Raises NotAllowed, DomainError "accepted" where it was taken first."""
    row = _locked_invitation(invitation)
    permissions.can_manage_people(actor, row.sme).require()
    if row.accepted_at is not None:
        raise DomainError(_("The invitation was accepted a moment ago. Look at the list of people."), code="accepted")
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at", "updated_at"])
        record(Happened.INVITATION_WITHDRAWN, subject=row.sme, actor=actor)


@transaction.atomic
def change_role(*, actor: User, member: Member, role: str) -> Member:
    """Change what a person may do. Raises NotAllowed, NotFound for somebody who was removed meanwhile, DomainError
    "last_owner"."""
    sme = _locked_firm(actor, member.sme_id)
    row = selectors.member_for(sme, member.user.public_id)
    if row.role == role:
        return row
    _keep_an_owner(row)
    row.role = role
    row.save(update_fields=["role", "updated_at"])
    record(Happened.MEMBER_CHANGED, subject=sme, actor=actor, person=row.user.public_id, role=role)
    return row


@transaction.atomic
def remove_member(*, actor: User, member: Member) -> None:
    """Let a person go; their past acts stay in the history. Who is gone already is let go once.

    Raises NotAllowed, also for an owner who was removed meanwhile; DomainError "last_owner".
    """
    sme = _locked_firm(actor, member.sme_id)
    row = selectors.members_of(sme).filter(pk=member.pk).first()
    if row is None:
        return
    _keep_an_owner(row)
    row.delete()
    record(Happened.MEMBER_REMOVED, subject=sme, actor=actor, person=row.user.public_id)


def locked_firm(sme_id: int) -> Sme:
    """The firm under the lock of every act on its people. It is read anew, without the role that a page reads along: what a
    person may do in it is looked up when it is asked."""
    return Sme.objects.select_for_update(no_key=True).get(pk=sme_id)  # rows that only point at the firm do not wait


def hold_still(sme_id: int) -> None:
    """Lock a firm so that until the end of the transaction none of its papers is judged or replaced, and no duplicate of it or
    contradiction in it is noted."""
    Sme.objects.select_for_update().get(pk=sme_id)


def _locked_firm(actor: User, sme_id: int) -> Sme:
    """The firm whose people the actor is about to change. Asked under its lock: another owner may just have removed them."""
    sme = locked_firm(sme_id)
    permissions.can_manage_people(actor, sme).require()
    return sme


def _locked_invitation(invitation: Invitation) -> Invitation:
    """As it stands, after its firm as in every act on people, so that no two acts wait for each other."""
    sme = locked_firm(invitation.sme_id)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    row.sme = sme
    return row


def _keep_an_owner(member: Member) -> None:
    others = selectors.members_of(member.sme).filter(role="owner", user__is_active=True).exclude(pk=member.pk)
    if member.role == "owner" and not others.exists():
        raise DomainError(_("A firm needs an owner. Make somebody else an owner first."), code="last_owner")


def _is_member(sme: Sme, email: str, mobile: str) -> bool:
    people = selectors.members_of(sme)
    if email and people.filter(user__email__iexact=email).exists():
        return True
    return bool(mobile) and people.filter(user__mobile=mobile).exists()


def _keep_strangers_in_peace(actor: User, sme: Sme, email: str, mobile: str) -> None:
    if selectors.invited_since(timezone.now() - AGAIN_AFTER, email=email, mobile=mobile):
        raise DomainError(
            _("This address was invited a few minutes ago. Wait ten minutes before you send it again."), code="too_soon"
        )
    a_day_ago = timezone.now() - timedelta(days=1)
    by_firm = timeline(sme).filter(name=Happened.MEMBER_INVITED, at__gt=a_day_ago).count()
    by_person = acts_of(actor).filter(name=Happened.MEMBER_INVITED, at__gt=a_day_ago).count()
    if by_firm >= MAX_PER_FIRM_AND_DAY or by_person >= MAX_PER_PERSON_AND_DAY:
        raise DomainError(
            _("That is enough invitations for one day. Send the next ones tomorrow."), code="too_many_today"
        )


def _send(invitation: Invitation, actor: User) -> None:
    with translation.override(actor.language):
        role = str(MEMBER_ROLES[invitation.role])
    send_now(
        address=invitation.email or invitation.mobile,
        channel="mail" if invitation.email else "sms",
        template="sme.invitation",
        language=actor.language,
        firm=without_links(invitation.sme.name),
        inviter=without_links(actor.name),
        role=role,
        days=INVITATION_DAYS,
        url=f"{settings.SITE_URL}/invitation/{invitation.token}/",
    )
