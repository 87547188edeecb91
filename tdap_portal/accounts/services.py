"""Acts on people: create, grant roles, change a number. Registration itself is allauth's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction
from rest_framework.authtoken.models import Token

from tdap_portal.audit.services import record

from . import permissions, selectors
from .models import Partner, PartnerMember, RoleGrant, User
from .roles import PartnerKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable


UNFINISHED_DAYS = 7


def set_mobile(*, user: User, mobile: str, verified: bool) -> None:
    """Set the number (E.164) and whether its owner has shown that it is theirs."""
    user.mobile, user.mobile_verified = mobile, verified
    if user.pk:
        user.save(update_fields=["mobile", "mobile_verified"])


@transaction.atomic
def claim_account(*, user: User, email: str = "", mobile: str = "") -> None:
    """Somebody proved for the first time, by a code alone, that this address is theirs: from now on so is the account.

    Anybody can register another's address with a password of their own, and verify an address of their own beside it.
    So the password opens nothing any more, sessions end with it, and where nobody ever signed in the other address goes.
    """
    user.set_unusable_password()
    if user.last_login is None:
        if email:
            user.email, user.mobile, user.mobile_verified = email, None, False
        else:
            user.email, user.mobile = None, mobile
            EmailAddress.objects.filter(user=user).delete()
    user.save(update_fields=["password", "email", "mobile", "mobile_verified"])
    record("person.claimed", subject=user, actor=user)


def purge_unfinished_registrations() -> int:
    """Delete who registered and never showed that the address is theirs, so that it is free again; returns how many."""
    return selectors.unfinished_registrations(older_than=UNFINISHED_DAYS).delete()[1].get("accounts.User", 0)


@transaction.atomic
def create_person(
    *,
    actor: User | None,
    name: str,
    email: str | None = None,
    mobile: str | None = None,
    password: str | None = None,
    roles: Iterable[Role] = (),
    language: str = "en",
    is_demo: bool = False,
) -> User:
    """A person whose address TDAP has checked itself (officials, partners, the demo). actor None: set-up by command."""
    user = User.objects.create_user(
        email=email,
        password=password,
        name=name,
        mobile=mobile,
        mobile_verified=bool(mobile),
        language=language,
        is_demo=is_demo,
        is_staff=Role.ADMINISTRATOR in roles,
    )
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("person.created", subject=user, actor=actor)
    for role in roles:
        _grant(actor=actor, user=user, role=role)
    return user


@transaction.atomic
def grant_role(*, actor: User, user: User, role: Role) -> None:
    """Give a role; giving it again changes nothing. Raises NotAllowed."""
    permissions.can_grant_roles(actor).require()
    _grant(actor=actor, user=user, role=role)


@transaction.atomic
def revoke_role(*, actor: User, user: User, role: Role) -> None:
    """Take a role; taking what is not there changes nothing. Raises NotAllowed."""
    permissions.can_grant_roles(actor).require()
    taken, _details = RoleGrant.objects.filter(user=user, role=role.value).delete()
    if taken:
        user.__dict__.pop("roles", None)
        record("role.revoked", subject=user, actor=actor, role=role.value)


def _grant(*, actor: User | None, user: User, role: Role) -> None:
    _row, created = RoleGrant.objects.get_or_create(user=user, role=role.value, defaults={"granted_by": actor})
    if created:
        user.__dict__.pop("roles", None)
        record("role.granted", subject=user, actor=actor, role=role.value)


@transaction.atomic
def create_partner(*, actor: User | None, name: str, kind: PartnerKind, province: str = "") -> Partner:
    partner = Partner.objects.create(name=name, kind=kind.value, province=province)
    record("partner.created", subject=partner, actor=actor, kind=kind.value)
    return partner


@transaction.atomic
def add_partner_member(*, actor: User | None, partner: Partner, user: User) -> PartnerMember:
    """Let this person act for the organisation; doing it again changes nothing."""
    member, created = PartnerMember.objects.get_or_create(partner=partner, user=user)
    if created:
        record("partner.member_added", subject=partner, actor=actor, person=user.public_id)
    return member


@transaction.atomic
def change_person(*, user: User, name: str, language: str) -> None:
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    record("person.changed", subject=user, actor=user)


@transaction.atomic
def renew_token(*, user: User) -> str:
    """A new API key for this person; the old one stops."""
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    record("token.renewed", subject=user, actor=user)
    return str(token.key)
