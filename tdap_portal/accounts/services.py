"""Acts on people: create, grant roles, change a number. Registration itself is allauth's."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors
from .models import ApiToken, Partner, PartnerMember, RoleGrant, RoleRequest, User
from .roles import DECIDING_ROLES, PartnerKind, Role
from .states import ROLE_REQUEST, Happened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tdap_portal.core.models import ClosedDay
    from tdap_portal.core.states import Move


UNFINISHED_DAYS = 7
TOKEN_DAYS = 90


def lock_person(user: User) -> None:
    """Until the transaction ends: for a limit that is counted for each person. Rows that name the person need not wait."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


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
    for request in selectors.open_requests_of(user):  # somebody else may have asked in their name
        move = move_request(request, "withdraw", actor=user)
        record(move.event.value, subject=user, actor=user, role=request.role, request=request.public_id)
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
    email = email.lower() if email else None  # as allauth looks for it
    user = User.objects.create_user(
        email=email,
        password=password,
        name=name,
        mobile=mobile,
        mobile_verified=bool(mobile),
        language=language,
        is_demo=is_demo,
    )
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("person.created", subject=user, actor=actor)
    for role in roles:
        if actor is None:
            _grant(actor=None, user=user, role=role)
        else:
            grant_role(actor=actor, user=user, role=role)
    return user


@transaction.atomic
def create_administrator(*, name: str, email: str, reason: str = "") -> User:
    """The first administrator, by command, or the second where nobody else can sign; somebody registered becomes one.

    reason: why it is done by command although two people could sign; it stands in history. Raises DomainError
    "not_confirmed", "two_sign" (without a reason).
    """
    user = selectors.user_by_login(email)
    if user is not None and user.has_role(Role.ADMINISTRATOR):
        return user
    if not reason.strip() and selectors.have_two_to_sign(besides=user):
        raise DomainError(
            _("Two people can give this role in the portal: an administrator, and another one or a director."),
            code="two_sign",
        )
    if user is None:
        user = create_person(actor=None, name=name, email=email)
    elif not EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists():
        raise DomainError(
            _("%(email)s is registered, but nobody has shown that it is theirs.") % {"email": email},
            code="not_confirmed",
        )
    _grant(actor=None, user=user, role=Role.ADMINISTRATOR, reason=reason)
    return user


@transaction.atomic
def grant_role(*, actor: User, user: User, role: Role, reason: str = "") -> bool:
    """Give a role; giving it again changes nothing. One of DECIDING_ROLES takes two people: the first one signs (False:
    it waits for the second), the second one gives it. Raises NotAllowed, also for whoever gives it to themself."""
    actor = as_administrators_stand(actor)
    return _give(actor=actor, user=user, role=role, reason=reason)


@transaction.atomic
def revoke_role(*, actor: User, user: User, role: Role, reason: str = "") -> None:
    """Take a role; taking what is not there changes nothing. Raises NotAllowed, DomainError "last_administrator"."""
    actor = as_administrators_stand(actor)
    permissions.can_grant_roles(actor).require()
    _revoke(actor=actor, user=user, role=role, reason=reason)


@transaction.atomic
def change_roles(*, actor: User, user: User, roles: Collection[Role], reason: str, **details: object) -> set[Role]:
    """Give and take roles until the person holds exactly these; returns what changed, empty where all stands already.
    What needs a second person is signed and waits; it did not change yet.

    details: kept in history beside what is taken. Raises NotAllowed, also for whoever gives a role to themself, and
    DomainError "last_administrator" or "no_words" (without a reason).
    """
    actor = as_administrators_stand(actor)
    permissions.can_grant_roles(actor).require()
    held = {Role(grant.role) for grant in RoleGrant.objects.filter(user=user)}
    given, taken = set(roles) - held, held - set(roles)
    if given or taken:
        _require_reason(reason)
    given = {role for role in sorted(given) if _give(actor=actor, user=user, role=role, reason=reason)}
    for role in sorted(taken):
        _revoke(actor=actor, user=user, role=role, reason=reason, **details)
    return given | taken


def _give(*, actor: User, user: User, role: Role, reason: str) -> bool:
    """Call it below the lock on administrators: a first signature counts only while its giver can still give roles."""
    lock_person(user)
    request = current_request(user, role)
    first = request.signed_by if request is not None else None
    if first is not None and not permissions.can_grant_roles(first):
        first = None
    permissions.can_give_role_to(actor, user, role, signed_by=first).require()
    is_held = RoleGrant.objects.filter(user=user, role=role.value).exists()
    if role in DECIDING_ROLES and not is_held and (first is None or first == actor):
        if first is None:
            _sign(request, actor=actor, user=user, role=role, reason=reason)
        return False
    _grant(actor=actor, user=user, role=role, reason=reason)
    return True


def _sign(request: RoleRequest | None, *, actor: User, user: User, role: Role, reason: str) -> None:
    if request is None:
        lapses_at = timezone.now() + timedelta(days=settings.ROLE_REQUEST_DAYS)
        request = RoleRequest(user=user, asked_by=actor, role=role.value, why=reason, lapses_at=lapses_at)
    request.signed_by, request.signed_at = actor, timezone.now()
    move = move_request(request, "sign")
    record(move.event.value, subject=user, actor=actor, role=role.value, reason=reason, request=request.public_id)


def current_request(user: User, role: Role) -> RoleRequest | None:
    """The request that waits; one whose time is over lapses. Call it below the lock on its person."""
    request = selectors.open_request_of(user, role)
    if request is None or request.lapses_at > timezone.now():
        return request
    lapse_request(request)
    return None


def lapse_request(request: RoleRequest) -> None:
    """Nobody decided in time. Call it below the lock on its person. Raises WrongState."""
    move = move_request(request, "lapse")
    record(move.event.value, subject=request.user, actor=None, role=request.role, request=request.public_id)


def require_open(request: RoleRequest) -> None:
    """Raises WrongState, with words, for a request that waits no more."""
    if not request.is_open:
        raise WrongState(_("This request was decided or withdrawn meanwhile."), state=request.state)


def move_request(request: RoleRequest, action: str, *, actor: User | None = None) -> Move:
    """Bring the request to its next state and save it; actor: who ended it. Call it below the lock on its person.

    Raises WrongState.
    """
    require_open(request)
    move = ROLE_REQUEST.move(action, request.state)
    request.state = move.target.value
    if not request.is_open:
        request.decided_by, request.decided_at = actor, timezone.now()
    request.save()
    return move


def _grant(*, actor: User | None, user: User, role: Role, reason: str = "") -> None:
    _row, created = RoleGrant.objects.get_or_create(user=user, role=role.value, defaults={"granted_by": actor})
    if created:
        words = {}
        request = selectors.open_request_of(user, role)
        if request is not None and request.partner is None:  # for which partner is said with the request alone
            move_request(request, "grant", actor=actor)
            words = {"request": request.public_id}
        record(Happened.GRANTED.value, subject=user, actor=actor, role=role.value, reason=reason, **words)
        _after_roles_changed(user)


def _revoke(*, actor: User, user: User, role: Role, reason: str, **details: object) -> None:
    held = RoleGrant.objects.filter(user=user, role=role.value)
    if held.exists():
        if role == Role.ADMINISTRATOR:
            _keep_an_administrator(without=user)
        held.delete()
        record("role.revoked", subject=user, actor=actor, role=role.value, reason=reason, **details)
        _after_roles_changed(user)


def as_administrators_stand(actor: User) -> User:
    """The actor, read anew while nobody else can change who is an administrator until this act ends.

    Two administrators who take each other's role at the same moment come one after the other, and the second one is none
    any more.
    """
    grants = RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR.value)
    list(grants.order_by("pk").values_list("pk"))
    return User.objects.get(pk=actor.pk)


def _keep_an_administrator(*, without: User) -> None:
    """Refuses to leave nobody who could give roles. Call it below the lock."""
    if not selectors.people_with_role(Role.ADMINISTRATOR).exclude(pk=without.pk).exists():
        raise DomainError(
            _("This is the last administrator who can sign in. Make somebody else an administrator first."),
            code="last_administrator",
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(_("Write the reason: it stands in history."), code="no_words")


def _after_roles_changed(user: User) -> None:
    """The administration pages go with the role; a program gets what its person may do now by a new key only."""
    user.__dict__.pop("roles", None)
    user.is_staff = user.is_superuser or user.role_grants.filter(role=Role.ADMINISTRATOR.value).exists()
    user.save(update_fields=["is_staff"])
    ApiToken.objects.filter(user=user).delete()


@transaction.atomic
def set_active(*, actor: User, user: User, is_active: bool, reason: str = "", **details: object) -> bool:
    """Lock somebody out, or let them in again; sessions and a program's key end for good. False: it was so already.

    details: kept in history beside the reason. Raises NotAllowed, DomainError "last_administrator".
    """
    actor = as_administrators_stand(actor)
    permissions.can_administer(actor).require()
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # whoever assigns only refers to the key
    if row.is_active == is_active:
        return False
    if not is_active:
        if row.has_role(Role.ADMINISTRATOR):
            _keep_an_administrator(without=row)
        row.sessions_ended_at = timezone.now()
    row.is_active = is_active
    row.save(update_fields=["is_active", "sessions_ended_at"])
    ApiToken.objects.filter(user=row).delete()
    name = "person.let_in" if is_active else "person.locked_out"
    record(name, subject=row, actor=actor, reason=reason.strip(), **details)
    return True


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
def remove_partner_member(*, actor: User, member: PartnerMember) -> None:
    """This person no longer acts for the organisation. Raises NotAllowed."""
    permissions.can_administer(actor).require()
    member.delete()
    record("partner.member_removed", subject=member.partner, actor=actor, person=member.user.public_id)


@transaction.atomic
def keep_partner(*, actor: User, partner: Partner) -> None:
    """Save an organisation as an administrator wrote it down. Raises NotAllowed."""
    permissions.can_administer(actor).require()
    name = "partner.changed" if partner.pk else "partner.created"
    partner.save()
    record(name, subject=partner, actor=actor, kind=partner.kind, name=partner.name, is_active=partner.is_active)


@transaction.atomic
def keep_closed_day(*, actor: User, day: ClosedDay) -> None:
    """Save a day that differs from the calendar: promised dates move with it. Raises NotAllowed."""
    permissions.can_administer(actor).require()
    day.save()
    record("calendar.changed", subject=day, actor=actor, day=day.day, is_open=day.is_open, source=day.source)


@transaction.atomic
def remove_closed_day(*, actor: User, day: ClosedDay) -> None:
    """The library's calendar counts again for this day. Raises NotAllowed."""
    permissions.can_administer(actor).require()
    record("calendar.restored", subject=day, actor=actor, day=day.day)
    day.delete()


@transaction.atomic
def change_person(*, user: User, name: str, language: str, shortcuts: bool | None = None) -> None:
    """shortcuts: use the keys of the desk; None leaves it as it is."""
    user.name, user.language = name, language
    if shortcuts is not None:
        user.shortcuts = shortcuts
    user.save(update_fields=["name", "language", "shortcuts"])
    record("person.changed", subject=user, actor=user)


@transaction.atomic
def renew_token(*, user: User, may_write: bool = False) -> str:
    """A new API key for this person, given back this once; the old one stops. may_write: it acts, too, in their name."""
    key, now = secrets.token_hex(20), timezone.now()
    ApiToken.objects.update_or_create(
        user=user,
        defaults={
            "digest": ApiToken.digest_of(key),
            "password_mark": user.get_session_auth_hash(),
            "may_write": may_write,
            "created_at": now,
            "expires_at": now + timedelta(days=TOKEN_DAYS),
        },
    )
    record("token.renewed", subject=user, actor=user, may_write=may_write)
    return key
