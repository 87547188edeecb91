"""Reads about people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .models import ApiToken, Partner, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from .roles import Role


def user_by_mobile(mobile: str) -> User | None:
    return User.objects.filter(mobile=mobile).first()


def user_by_login(login: str) -> User | None:
    """The person with this e-mail (case does not matter) or this E.164 mobile number."""
    column = "email__iexact" if "@" in login else "mobile"
    return User.objects.filter(**{column: login}).first()


def person_by_id(pk: int | str) -> User | None:
    return User.objects.filter(pk=pk).first()


def person_by_public_id(public_id: str) -> User | None:
    return User.objects.filter(public_id=public_id).first()


def unfinished_registrations(*, older_than: int) -> QuerySet[User]:
    """People who never signed in and have an address that they never showed to be theirs. older_than: in days."""
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    return User.objects.filter(
        Q(mobile__isnull=False, mobile_verified=False) | Q(~Exists(verified), email__isnull=False),
        last_login=None,
        joined_at__lt=timezone.now() - timedelta(days=older_than),
        role_grants=None,
        partnerships=None,
    )


def people_with_role(role: Role) -> QuerySet[User]:
    return User.objects.filter(role_grants__role=role.value, is_active=True).order_by("name", "pk")


def homes_of(user: User) -> list[str]:
    """Names of the pages where this person may begin (settings.HOMES), one a role, the first one first; never empty."""
    return [name for role, name in settings.HOMES.items() if role in user.roles] or [settings.HOMES[""]]


def partners_of(user: User) -> list[Partner]:
    """The active organisations that this person belongs to, by name."""
    return list(Partner.objects.filter(members__user=user, is_active=True))


def has_second_factor(user: User) -> bool:
    """True if an app or a key is enrolled; spare codes alone are none."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  needs the app registry

    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def has_one_of_factors(user: User, factors: Iterable[int]) -> bool:
    """factors: ids of apps, keys or sets of spare codes."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  needs the app registry

    return Authenticator.objects.filter(user=user, pk__in=factors).exists()


def token_of(user: User) -> ApiToken | None:
    """The person's API key row, if the key still works (the key itself is shown only once)."""
    row = ApiToken.objects.filter(user=user, expires_at__gt=timezone.now()).select_related("user").first()
    return row if row and row.is_of_this_password else None


def token_by_key(key: str) -> ApiToken | None:
    """The row of a key that works, with its person."""
    row = (
        ApiToken.objects.filter(digest=ApiToken.digest_of(key), expires_at__gt=timezone.now(), user__is_active=True)
        .select_related("user")
        .first()
    )
    return row if row and row.is_of_this_password else None
